/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Sets of two ways: reads alternate between the hypervisor's structures and the
 * tables that translate them, which must not evict each other.
 */
#define SETS	512
#define WAYS	2
#define NO_PAGE	(~0ULL)

struct memory {
	_Alignas(XPAGE_SIZE) unsigned char bytes[SETS * WAYS][XPAGE_SIZE];
	const struct memory_ops *ops;
	void *priv;
	uint64_t generation;
	uint64_t tag[SETS][WAYS];	/* maddr of a page; way 0 is the recent one */
	uint32_t slot[SETS][WAYS];	/* its row of bytes; were it 16 bits wide, gcc 12.2 -O1 would drop memory_flush() */
};

void memory_flush(struct memory *m)
{
	unsigned int set, way;

	m->generation++;
	if (m->ops->flush)
		m->ops->flush(m->priv);
	for (set = 0; set < SETS; set++) {
		for (way = 0; way < WAYS; way++) {
			m->tag[set][way] = NO_PAGE;
			m->slot[set][way] = set * WAYS + way;
		}
	}
}

struct err *memory_create(const struct memory_ops *ops, void *priv,
			  struct memory **ret)
{
	struct memory *m = aligned_alloc(XPAGE_SIZE, sizeof(*m));

	if (!m)
		return err_nomem();
	m->ops = ops;
	m->priv = priv;
	m->generation = 0;
	memory_flush(m);
	*ret = m;
	return NULL;
}

void memory_destroy(struct memory *m)
{
	if (!m)
		return;
	if (m->ops->destroy)
		m->ops->destroy(m->priv);
	free(m);
}

uint64_t memory_generation(const struct memory *m)
{
	return m->generation;
}

const char *memory_name(const struct memory *m)
{
	return m->ops->name;
}

void *memory_priv(const struct memory *m)
{
	return m->priv;
}

/* Makes way 1 of a set the recent one. */
static void swap_ways(struct memory *m, unsigned int set)
{
	uint64_t tag = m->tag[set][0];
	uint32_t slot = m->slot[set][0];

	m->tag[set][0] = m->tag[set][1];
	m->slot[set][0] = m->slot[set][1];
	m->tag[set][1] = tag;
	m->slot[set][1] = slot;
}

static struct err *page_slow(struct memory *m, uint64_t page,
			     unsigned int set, const void **ret)
{
	unsigned char *bytes;

	swap_ways(m, set);
	if (m->tag[set][0] != page) {
		bytes = m->bytes[m->slot[set][0]];
		m->tag[set][0] = NO_PAGE;
		ERR_TRY(m->ops->read_page(m->priv, page, bytes));
		m->tag[set][0] = page;
	}
	*ret = m->bytes[m->slot[set][0]];
	return NULL;
}

struct err *memory_page(struct memory *m, uint64_t maddr, const void **ret)
{
	uint64_t page = maddr & XPAGE_MASK;
	unsigned int set = (page >> XPAGE_SHIFT) % SETS;

	if (__builtin_expect(m->tag[set][0] == page, 1)) {
		*ret = m->bytes[m->slot[set][0]];
		return NULL;
	}
	return page_slow(m, page, set, ret);
}

struct err *memory_borrow_page(struct memory *m, uint64_t maddr,
			       const void **ret)
{
	const void *bytes = m->ops->borrow_page ?
		m->ops->borrow_page(m->priv, maddr & XPAGE_MASK) : NULL;

	if (!bytes)
		return memory_page(m, maddr, ret);
	*ret = bytes;
	return NULL;
}

static bool is_cached(const struct memory *m, uint64_t page)
{
	unsigned int set = (page >> XPAGE_SHIFT) % SETS;

	return m->tag[set][0] == page || m->tag[set][1] == page;
}

/*
 * Whole pages that are not cached bypass the cache: a search through much
 * memory reads them once, and would evict pages that are read again.
 */
static struct err *read_within_page(struct memory *m, uint64_t maddr, void *to,
				    size_t n)
{
	const unsigned char *bytes;
	const void *page;

	if (n == XPAGE_SIZE && !is_cached(m, maddr))
		return m->ops->read_page(m->priv, maddr, to);
	ERR_TRY(memory_page(m, maddr, &page));
	bytes = page;
	memcpy(to, bytes + (maddr & (XPAGE_SIZE - 1)), n);
	return NULL;
}

/* Reads whole pages at once, which bypass the cache, too, and returns the number of bytes. */
static size_t read_pages(struct memory *m, uint64_t maddr, void *to, size_t len)
{
	if (!m->ops->read_pages || maddr & (XPAGE_SIZE - 1) || len < 2 * XPAGE_SIZE)
		return 0;
	return m->ops->read_pages(m->priv, maddr, to, len / XPAGE_SIZE) * XPAGE_SIZE;
}

struct err *memory_read(struct memory *m, uint64_t maddr, void *buf,
			size_t len)
{
	unsigned char *to = buf;

	if (len && maddr + len - 1 < maddr)
		return err_new(ERR_BAD_POINTER,
			       "machine address %" PRIx64 " + %zu wraps around",
			       maddr, len);
	while (len) {
		size_t n = read_pages(m, maddr, to, len);

		if (!n) {
			n = XPAGE_SIZE - (maddr & (XPAGE_SIZE - 1));
			if (n > len)
				n = len;
			ERR_TRY(read_within_page(m, maddr, to, n));
		}
		to += n;
		maddr += n;
		len -= n;
	}
	return NULL;
}
