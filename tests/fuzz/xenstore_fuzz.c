/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arbitrary bytes as the memory of xenstored, at one address; as a record; and
 * as the page tables of a process whose stack contains the name of its program.
 */
#include <stdlib.h>
#include <string.h>

#include "xen/model/dom0/xenstore_memory.h"
#include "xen/model/dom0/xenstore_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEAP	0x555500000000UL

struct bytes {
	const uint8_t *data;
	size_t size;
};

static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	const struct bytes *b = priv;
	size_t n;

	if (maddr >= b->size)
		return err_new(ERR_NOT_IN_DUMP, "behind the end");
	n = b->size - maddr < XPAGE_SIZE ? b->size - maddr : XPAGE_SIZE;
	memset(page, 0, XPAGE_SIZE);
	memcpy(page, b->data + maddr, n);
	return NULL;
}

static const struct memory_ops ops = { .name = "bytes", .read_page = read_page };

/* All strings of a node are in its own block, and end there. */
static void check_store(struct store *s)
{
	size_t i, stale = 0;

	for (i = 0; i < s->nr; i++) {
		const struct store_node *n = &s->node[i];

		if (!store_path_is_valid(n->path, strlen(n->path)) ||
		    n->value[n->len] || !store_find(s, n->path) ||
		    (n->children_len && n->children[n->children_len - 1]))
			abort();
		stale += n->stale;
	}
	if (stale != s->stale)
		abort();
	store_free(s);
}

static void read_store(struct memory *m, size_t size, unsigned int flags)
{
	struct user_run run = { HEAP, 0, (size + XPAGE_SIZE - 1) & XPAGE_MASK };
	struct user_space u = { .memory = m, .run = &run, .nr = 1, .size = run.size };
	struct store s;
	struct err *e = store_from_space(&u, flags, &s);

	if (!e)
		check_store(&s);
	err_free(e);
}

static void read_record(const uint8_t *data, size_t size)
{
	struct store_node n;
	int form;

	for (form = 0; form < 3; form++)
		if (store_record_parse(form, data, size, &n) &&
		    (n.children + n.children_len > (const char *)data + size ||
		     (const char *)n.perm < (const char *)data))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memory *m;
	static struct bytes b;
	char name[64];
	struct err *e;

	if (!size || size > 1 << 18)
		return 0;
	if (!m && memory_create(&ops, &b, &m))
		abort();
	b = (struct bytes){ data, size };
	memory_flush(m);
	read_store(m, size, 0);
	read_store(m, size, STORE_STALE);
	read_record(data, size);
	e = user_program(m, 0, name, sizeof(name));
	if (!e && strlen(name) >= sizeof(name))
		abort();
	err_free(e);
	return 0;
}
