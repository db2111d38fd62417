/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "user_space.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/budget.h"
#include "xen/base/bytes.h"

#define PER_TABLE	512
#define LOWER_HALF	256	/* entries of the topmost table */
#define PRESENT		1ULL
#define SUPERPAGE	(1ULL << 7)
#define FRAME		0x000ffffffffff000ULL

/* Pages at the top of an address space that may precede the stack: vdso, vvar. */
#define TOP_PAGES	64
/* Limit of entries before the stack; more indicate damaged tables. */
#define TOP_ENTRIES	(1U << 14)
/* At the end of the stack are the path of the program and a null pointer. */
#define STACK_END	8

typedef struct err *page_fn(void *arg, uint64_t va, uint64_t maddr,
			    uint64_t size);

/* A walk over the leaf entries of the lower half, from the highest address down. */
struct leaf_walk {
	struct memory *memory;
	struct budget budget;
	uint64_t lost;
	bool done;		/* set by the function to end the walk */
	page_fn *fn;
	void *arg;
};

static struct err *walk_table(struct leaf_walk *w, uint64_t table,
			      unsigned int level, uint64_t va)
{
	unsigned int shift = 12 + 9 * (level - 1);
	unsigned int i = level == 4 ? LOWER_HALF : PER_TABLE;
	uint64_t entries[PER_TABLE];
	struct err *e = memory_read(w->memory, table, entries, sizeof(entries));

	if (e) {
		w->lost++;
		err_free(e);
		return interrupt_check();
	}
	while (i-- && !w->done) {
		uint64_t entry = le64toh(entries[i]);
		uint64_t at = va | (uint64_t)i << shift;

		if (!(entry & PRESENT))
			continue;
		ERR_TRY(budget_take(&w->budget, "page tables of a process"));
		if (level == 1 || (level < 4 && (entry & SUPERPAGE)))
			ERR_TRY(w->fn(w, at, entry & FRAME & ~((1ULL << shift) - 1),
				      1ULL << shift));
		else
			ERR_TRY(walk_table(w, entry & FRAME, level - 1, at));
	}
	return NULL;
}

static struct err *add_page(void *arg, uint64_t va, uint64_t maddr,
			    uint64_t size)
{
	struct leaf_walk *w = arg;
	struct user_space *s = w->arg;
	struct user_run *last = s->nr ? &s->run[s->nr - 1] : NULL;

	s->size += size;
	/* entries may be large pages, and map the same memory again and again */
	if (s->size > (uint64_t)USER_PAGES_MAX << XPAGE_SHIFT)
		return err_new(ERR_CORRUPT, "page tables of a process: more than %u pages",
			       USER_PAGES_MAX);
	if (last && last->va == va + size && last->maddr == maddr + size) {
		last->va = va;
		last->maddr = maddr;
		last->size += size;
		return NULL;
	}
	if (!ARRAY_GROW(s->run, s->nr))
		return err_nomem();
	s->run[s->nr++] = (struct user_run){ va, maddr, size };
	return NULL;
}

static int by_va(const void *a, const void *b)
{
	const struct user_run *r = a, *q = b;

	return r->va < q->va ? -1 : r->va > q->va;
}

struct err *user_space_open(struct memory *m, uint64_t root,
			    struct user_space *ret)
{
	struct user_space s = { .memory = m, .root = root };
	struct leaf_walk w = {
		.memory = m, .budget = { .limit = USER_PAGES_MAX },
		.fn = add_page, .arg = &s,
	};
	struct err *e = walk_table(&w, root, 4, 0);

	if (e) {
		user_space_close(&s);
		return e;
	}
	array_sort(s.run, s.nr, sizeof(*s.run), by_va);
	s.lost = w.lost;
	*ret = s;
	return NULL;
}

void user_space_close(struct user_space *s)
{
	free(s->run);
	*s = (struct user_space){ .memory = NULL };
}

static const struct user_run *find_run(const struct user_space *s, uint64_t va)
{
	size_t low = 0, high = s->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct user_run *r = &s->run[mid];

		if (va < r->va)
			high = mid;
		else if (va - r->va >= r->size)
			low = mid + 1;
		else
			return r;
	}
	return NULL;
}

struct err *user_space_read(const struct user_space *s, uint64_t va, void *buf,
			    size_t len)
{
	char *to = buf;

	while (len) {
		const struct user_run *r = find_run(s, va);
		uint64_t n;

		if (!r)
			return err_new(ERR_BAD_POINTER,
				       "%" PRIx64 " is not mapped in the process", va);
		n = r->size - (va - r->va);
		if (n > len)
			n = len;
		ERR_TRY(interrupt_check());
		ERR_TRY(memory_read(s->memory, r->maddr + (va - r->va), to, n));
		va += n;
		to += n;
		len -= n;
	}
	return NULL;
}

uint64_t user_space_mapped(const struct user_space *s, uint64_t va)
{
	const struct user_run *r;
	uint64_t start = va;

	while ((r = find_run(s, va)))
		va = r->va + r->size;
	return va - start;
}

/* ---- the program's name ---- */

struct name_search {
	char *buf;
	size_t size;
	bool found;
	unsigned int pages;
	struct err *e;		/* error of the first page that cannot be read */
};

/* Returns the path that ends before the null pointer at the end of a page. */
static bool path_at_end(const char *page, char *buf, size_t size)
{
	const char *end = page + XPAGE_SIZE - STACK_END - 1, *p = end, *name = NULL;

	if (get_le64(page + XPAGE_SIZE - STACK_END) || *end)
		return false;
	for (; p > page && p[-1]; p--) {
		if (p[-1] < ' ' || p[-1] > '~')
			return false;
		if (p[-1] == '/' && !name)
			name = p;
	}
	if (!name)
		name = p;
	if (name == end || (size_t)(end - name) >= size || p == page)
		return false;
	memcpy(buf, name, end - name + 1);
	return true;
}

static struct err *look_at_page(void *arg, uint64_t va, uint64_t maddr,
				uint64_t size)
{
	struct leaf_walk *w = arg;
	struct name_search *n = w->arg;
	const void *page;
	struct err *e = memory_page(w->memory, maddr + size - XPAGE_SIZE, &page);

	(void)va;
	if (!e)
		n->found = path_at_end(page, n->buf, n->size);
	else if (err_is_final(e))
		return e;
	else if (!n->e)
		n->e = e;
	else
		err_free(e);
	w->done = n->found || ++n->pages == TOP_PAGES;
	return NULL;
}

struct err *user_program(struct memory *m, uint64_t root, char *buf, size_t size)
{
	struct name_search n = { .buf = buf, .size = size };
	struct leaf_walk w = {
		.memory = m, .budget = { .limit = TOP_ENTRIES },
		.fn = look_at_page, .arg = &n,
	};
	struct err *e = walk_table(&w, root, 4, 0);

	if (e || n.found) {
		err_free(n.e);
		return e;
	}
	if (n.e)
		return n.e;
	return err_new(ERR_NOT_FOUND, "no program name at the end of the stack");
}
