/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "locate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "head.h"
#include "match.h"

#define STEP		(2UL << 20)
#define LIMIT		(4UL << 30)

/* Multiboot's header is in the first 8 KiB, at a multiple of 4. */
#define HEADER_MAX	8192
#define HEADER_MAGIC	0x1badb002

/* XEN_IMG_OFFSET: from 4.9 on, and before */
static const uint64_t image_offsets[] = { 2UL << 20, 1UL << 20 };

static const uint64_t virt_starts[] = { XEN_VIRT_START_NEW, XEN_VIRT_START_OLD };

struct candidate {
	struct memory *memory;
	uint64_t base;		/* maddr of XEN_VIRT_START */
};

/* Places that were searched without success. */
struct misses {
	unsigned int images;
	uint64_t last;		/* maddr of the last of these places */
	char unreadable[200];	/* error of the first place */
};

/* Xen begins with code for the boot loader, also if it is loaded by firmware. */
static bool starts_at(struct memory *m, uint64_t maddr, struct misses *misses)
{
	uint8_t bytes[HEADER_MAX];
	struct err *e = memory_read(m, maddr, bytes, sizeof(bytes));
	size_t i;

	if (e) {
		if (!*misses->unreadable)
			snprintf(misses->unreadable, sizeof(misses->unreadable),
				 "%s", err_text(e));
		err_free(e);
		return false;
	}
	for (i = 0; i + 12 <= sizeof(bytes); i += 4)
		if (get_le32(bytes + i) == HEADER_MAGIC &&
		    !(uint32_t)(HEADER_MAGIC + get_le32(bytes + i + 4) +
				get_le32(bytes + i + 8)))
			return true;
	return false;
}

/* An image_read_fn that reads the candidate without address translation. */
static struct err *read_candidate(void *ctx, uint64_t va, void *buf, size_t len)
{
	const struct candidate *c = ctx;

	return memory_read(c->memory, va - XEN_VIRT_START_NEW + c->base, buf, len);
}

/* True if the table at root maps a hypervisor to the place of the candidate. */
static struct err *try_root(const struct candidate *c, uint64_t root,
			    uint64_t offset, struct space_params *ret, bool *ok)
{
	size_t i;

	for (i = 0; !*ok && i < ARRAY_SIZE(virt_starts); i++) {
		struct space_params p = { virt_starts[i], c->base, root, false };
		struct space *s;
		struct walk walk;
		struct err *e;

		ERR_TRY(space_create(c->memory, &p, &s));
		e = space_walk(s, root, p.virt_start + offset, &walk);
		*ok = !e && walk.maddr == c->base + offset;
		err_free(e);
		if (*ok) {
			/* with CONFIG_BIGMEM the frame table has another address */
			e = space_walk(s, root, 0xffff82e000000000, &walk);
			p.bigmem = e && err_reason(e) == ERR_BAD_POINTER;
			err_free(e);
			*ret = p;
		}
		space_destroy(s);
	}
	return NULL;
}

/* Checks the candidate by the page table that its symbols give. */
static struct err *find_root(struct candidate *c, uint64_t *root)
{
	const struct symbol *sym;
	struct symbols *s;
	struct err *e;

	ERR_TRY(image_memory_symbols_by(read_candidate, c, XEN_VIRT_START_NEW, &s));
	e = symbols_by_name(s, "idle_pg_table", &sym);
	if (!e)
		*root = sym->addr - XEN_VIRT_START_NEW + c->base;
	symbols_destroy(s);
	return e;
}

/* Fails only with errors that end the search. */
static struct err *try_base(struct candidate *c, uint64_t offset,
			    const uint64_t *roots, unsigned int nr_roots,
			    struct space_params *ret, bool *ok)
{
	uint64_t root = 0;
	struct err *e = find_root(c, &root);
	unsigned int i;

	ERR_TRY(err_drop(e));
	if (root)
		ERR_TRY(try_root(c, root, offset, ret, ok));
	for (i = 0; !*ok && i < nr_roots; i++)
		ERR_TRY(try_root(c, roots[i], offset, ret, ok));
	return NULL;
}

static struct err *not_found(const struct misses *m)
{
	if (m->images)
		return err_new(ERR_NOT_FOUND,
			       "no running hypervisor in the memory below 4 GiB: of %u images, the last at machine address %" PRIx64 ", none is mapped by its own page table",
			       m->images, m->last);
	return err_new(ERR_NOT_FOUND,
		       "no Xen notes, and no hypervisor in the memory below 4 GiB: this is not the dump of a Xen host%s%s%s",
		       *m->unreadable ? ", or not a whole one (" : "", m->unreadable,
		       *m->unreadable ? ")" : "");
}

struct err *image_locate(struct memory *m, const uint64_t *root,
			 unsigned int nr_roots, struct space_params *ret)
{
	struct candidate c = { .memory = m };
	struct misses misses = { 0 };
	size_t i;

	for (c.base = 0; c.base < LIMIT; c.base += STEP) {
		ERR_TRY(interrupt_check());
		for (i = 0; i < ARRAY_SIZE(image_offsets); i++) {
			uint64_t offset = image_offsets[i];
			bool ok = false;

			if (!starts_at(m, c.base + offset, &misses))
				continue;
			misses.images++;
			misses.last = c.base + offset;
			ERR_TRY(try_base(&c, offset, root, nr_roots, ret, &ok));
			if (ok)
				return NULL;
		}
	}
	return not_found(&misses);
}
