/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_scan.h"

#include <stdlib.h>
#include <string.h>

#include "page_internal.h"
#include "xen/base/array.h"
#include "xen/base/hash.h"

#define BLOCK_BYTES	131072

/* The part of the table that one page table entry maps. */
struct stretch {
	uint64_t va, end;
	uint64_t maddr;
	bool mapped;
};

/* Bytes covered by the entry at which a failed walk ended. */
static uint64_t hole_size(const struct walk *walk)
{
	return 1ULL << (39 - 9 * (walk->steps ? walk->steps - 1 : 0));
}

static struct stretch find_stretch(struct pages *p, uint64_t va)
{
	struct space *s = p->x->space;
	struct stretch st = { .va = va };
	struct walk walk;
	struct err *e = space_walk(s, space_params(s)->root, va, &walk);
	uint64_t size = e ? hole_size(&walk) : walk.page_size;

	if (e && err_reason(e) != ERR_BAD_POINTER)
		size = XPAGE_SIZE;	/* unreadable page table: proceed in small steps */
	st.mapped = !e;
	st.maddr = e ? 0 : walk.maddr;
	st.end = (va | (size - 1)) + 1;
	err_free(e);
	return st;
}

struct scan_state {
	struct pages *p;
	page_block_fn *fn;
	void *arg;
	const struct page_progress *progress;
	struct page_scan *ret;
	uint64_t end;			/* va past the last entry */
	unsigned char *bytes;		/* a block of the table: fn may read other memory */
};

static void report_progress(const struct scan_state *s, uint64_t pdx)
{
	if (s->progress && s->progress->fn)
		s->progress->fn(s->progress->arg, pdx, s->p->table.max_pdx);
}

/* Passes len bytes of the table, whole pages, which no entry crosses; singly if they cannot be read at once. */
static struct err *scan_block(struct scan_state *s, const struct stretch *st, uint64_t va,
			      uint64_t len)
{
	uint64_t left = s->end - va, pdx = (va - s->p->table.base) / s->p->table.size;
	unsigned int nr = (left < len ? left : len) / s->p->table.size;
	struct err *e = memory_read(s->p->x->memory, st->maddr + (va - st->va), s->bytes, len);

	if (!e) {
		s->ret->seen += nr;
		return s->fn(s->arg, pdx, s->bytes, nr);
	}
	ERR_TRY(err_drop(e));
	if (len == XPAGE_SIZE)
		s->ret->lost += nr;
	for (uint64_t at = 0; len > XPAGE_SIZE && at < len && va + at < s->end; at += XPAGE_SIZE)
		ERR_TRY(scan_block(s, st, va + at, XPAGE_SIZE));
	return NULL;
}

static struct err *scan_stretch(struct scan_state *s, const struct stretch *st)
{
	uint64_t end = st->end < s->end ? st->end : s->end, len;

	if (!st->mapped) {
		s->ret->unmapped += (end - st->va) / s->p->table.size;
		return interrupt_check();
	}
	for (uint64_t va = st->va; va < end; va += len) {
		len = BLOCK_BYTES - (va & (BLOCK_BYTES - 1));
		if (len > end - va)
			len = (end - va + XPAGE_SIZE - 1) & XPAGE_MASK;
		ERR_TRY(interrupt_check());
		report_progress(s, (va - s->p->table.base) / s->p->table.size);
		ERR_TRY(scan_block(s, st, va, len));
	}
	return NULL;
}

static struct err *scan_pages(struct scan_state *s)
{
	uint64_t va = s->p->table.base;

	while (va < s->end) {
		struct stretch st = find_stretch(s->p, va);

		ERR_TRY(scan_stretch(s, &st));
		va = st.end;
	}
	return NULL;
}

static struct err *read_entries(const struct scan_state *s, uint64_t pdx, unsigned int nr,
				unsigned char *bytes)
{
	return space_read(s->p->x->space, s->p->table.base + pdx * s->p->table.size,
			  bytes, (size_t)nr * s->p->table.size);
}

/* Passes the readable entries of a block that cannot be read as a whole. */
static struct err *scan_singly(struct scan_state *s, uint64_t pdx, unsigned int nr,
			       unsigned char *bytes)
{
	for (unsigned int i = 0; i < nr; i++) {
		struct err *e = read_entries(s, pdx + i, 1, bytes);

		if (!e) {
			s->ret->seen++;
			e = s->fn(s->arg, pdx + i, bytes, 1);
		} else if (!err_is_final(e)) {
			s->ret->unmapped += err_reason(e) == ERR_BAD_POINTER;
			s->ret->lost += err_reason(e) != ERR_BAD_POINTER;
		}
		ERR_TRY(err_drop(e));
	}
	return NULL;
}

/* Number of entries from pdx on that begin in unmapped memory; at most left. */
static uint64_t count_unmapped(const struct scan_state *s, uint64_t pdx, uint64_t left)
{
	const struct frame_table *t = &s->p->table;
	struct stretch st = { .mapped = true };
	uint64_t nr;

	if (space_params(s->p->x->space)->root)
		st = find_stretch(s->p, t->base + pdx * t->size);
	if (st.mapped)
		return 0;
	nr = (st.end - st.va + t->size - 1) / t->size;
	return nr < left ? nr : left;
}

/* Likewise where entries cross pages (CONFIG_BIGMEM). */
static struct err *scan_blocks(struct scan_state *s)
{
	unsigned char *bytes = s->bytes;
	struct err *e = NULL;
	uint64_t nr;

	for (uint64_t pdx = 0; !e && pdx < s->p->table.max_pdx; pdx += nr) {
		uint64_t left = s->p->table.max_pdx - pdx, unmapped;

		nr = BLOCK_BYTES / s->p->table.size;
		if (left < nr)
			nr = left;
		e = interrupt_check();
		if (e)
			break;
		report_progress(s, pdx);
		e = read_entries(s, pdx, nr, bytes);
		if (!e) {
			s->ret->seen += nr;
			e = s->fn(s->arg, pdx, bytes, nr);
			continue;
		}
		e = err_drop(e);
		unmapped = e ? 0 : count_unmapped(s, pdx, left);
		s->ret->unmapped += unmapped;
		if (unmapped)
			nr = unmapped;
		else if (!e)
			e = scan_singly(s, pdx, nr, bytes);
	}
	return e;
}

struct err *page_scan(struct pages *p, page_block_fn *fn, void *arg,
		      const struct page_progress *progress,
		      struct page_scan *ret)
{
	struct scan_state s = { p, fn, arg, progress, ret,
				p->table.base + p->table.max_pdx * p->table.size,
				aligned_alloc(XPAGE_SIZE, BLOCK_BYTES) };
	struct err *e;

	*ret = (struct page_scan){ 0 };
	if (!s.bytes)
		return err_nomem();
	if (!space_params(p->x->space)->root || XPAGE_SIZE % p->table.size)
		e = scan_blocks(&s);
	else
		e = scan_pages(&s);
	free(s.bytes);
	report_progress(&s, p->table.max_pdx);
	return e;
}

enum page_kind page_kind(const struct page_layout *l, uint64_t count_info,
			 uint64_t type_info, bool owned)
{
	static const uint8_t of_type[] = {
		[PAGE_NONE] = KIND_NO_TYPE, [PAGE_L1] = KIND_L1,
		[PAGE_L2] = KIND_L2, [PAGE_L3] = KIND_L3, [PAGE_L4] = KIND_L4,
		[PAGE_SEGDESC] = KIND_SEGDESC, [PAGE_SHARED] = KIND_SHARED,
		[PAGE_WRITABLE] = KIND_WRITABLE,
		[PAGE_TYPE_UNKNOWN] = KIND_NO_TYPE,
	};

	switch (page_state(l, count_info)) {
	case PAGE_FREE:
		return KIND_FREE;
	case PAGE_OFFLINED:
		return KIND_OFFLINE;
	default:
		break;
	}
	if (page_is_xen_heap(count_info))
		return KIND_XEN_HEAP;
	if (page_is_extra(l, count_info))
		return KIND_EXTRA;
	return owned ? of_type[page_type(l, type_info)] : KIND_OTHER;
}

const char *page_kind_name(enum page_kind kind)
{
	static const char *const names[KIND_NR] = {
		"free", "offline", "no type", "writable", "l1", "l2", "l3",
		"l4", "segdesc", "shared", "xen heap", "extra", "other",
	};

	return kind < KIND_NR ? names[kind] : "?";
}

uint64_t page_sum_tot_pages(const struct page_sum *s)
{
	uint64_t frames = 0;
	unsigned int i;

	for (i = 0; i < KIND_NR; i++)
		if (i != KIND_XEN_HEAP && i != KIND_EXTRA && i != KIND_FREE)
			frames += s->frames[i];
	return frames;
}

/*
 * Neighbouring entries are mostly equal, so a run of equal entries is counted
 * at once. A new run mostly repeats a recent kind of entry: a small hash table
 * caches these kinds with their counts, and a kind is added to its owner's sum
 * only when it is evicted. Entries are equal if they agree in the bits of a
 * mask as long as an entry; pairs of words are compared with one instruction.
 */
#define PAIRS_MAX (PAGE_INFO_MAX / 16)
#define SORTS_BITS 5

typedef uint64_t pair __attribute__((vector_size(16), aligned(8), may_alias));

struct sort {
	pair entry[PAIRS_MAX];		/* masked */
	uint64_t frames;
};

struct summing {
	struct pages *p;
	struct page_sums *sums;
	unsigned int pairs;		/* of an entry */
	pair mask[PAIRS_MAX];
	struct sort sort[1 << SORTS_BITS];
	struct sort *run;		/* the kind of the current run */
};

static struct err *sum_of(struct page_sums *s, uint64_t owner,
			  struct page_sum **ret)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++) {
		if (s->sum[i].owner == owner) {
			*ret = &s->sum[i];
			return NULL;
		}
	}
	if (!ARRAY_GROW(s->sum, s->nr))
		return err_nomem();
	s->sum[s->nr] = (struct page_sum){ .owner = owner };
	*ret = &s->sum[s->nr++];
	return NULL;
}

/* Adds the count of a kind to its owner's sum. */
static struct err *end_sort(struct summing *c, struct sort *sort)
{
	const struct page_layout *l = c->p->bits.layout;
	uint64_t count = frame_table_field(&c->p->table, sort->entry, PF_COUNT);
	uint64_t type = frame_table_field(&c->p->table, sort->entry, PF_TYPE);
	uint64_t owner = frame_table_field(&c->p->table, sort->entry, PF_OWNER);
	/* the member contains an owner only in pages in use */
	enum page_kind kind = page_kind(l, count, type, owner);
	struct page_sum *sum;

	if (!sort->frames)
		return NULL;
	owner = kind == KIND_FREE ? 0 : frame_table_owner(&c->p->table, owner);
	/* freed by the domain, but referenced by Xen: not counted as the domain's */
	if (kind == KIND_XEN_HEAP && !page_is_allocated(l, count))
		owner = 0;
	if (owner && !page_owner(c->p, owner))
		owner = kind == KIND_XEN_HEAP ? 0 : PAGE_SUM_UNKNOWN;
	ERR_TRY(sum_of(c->sums, owner, &sum));
	sum->frames[kind] += sort->frames;
	sort->frames = 0;
	return NULL;
}

static inline bool is_zero(pair v)
{
	return !(v[0] | v[1]);
}

/* Finds or creates the kind of a masked entry of the given number of pairs. */
static inline struct err *find_sort(struct summing *c, const pair *entry,
				    unsigned int pairs)
{
	pair mix = entry[0], differ;
	struct sort *sort;
	unsigned int i;

	for (i = 1; i < pairs; i++)
		mix ^= entry[i];
	sort = &c->sort[hash_number(mix[0] ^ mix[1] << 1) >> (64 - SORTS_BITS)];
	differ = sort->entry[0] ^ entry[0];
	for (i = 1; i < pairs; i++)
		differ |= sort->entry[i] ^ entry[i];
	if (!is_zero(differ)) {
		ERR_TRY(end_sort(c, sort));
		memcpy(sort->entry, entry, pairs * sizeof(pair));
	}
	c->run = sort;
	return NULL;
}

static struct err *start_run_32(struct summing *c, const unsigned char *at)
{
	const pair *p = (const pair *)at;
	pair entry[2] = { p[0] & c->mask[0], p[1] & c->mask[1] };

	return find_sort(c, entry, 2);
}

static struct err *start_run(struct summing *c, const unsigned char *at)
{
	pair entry[PAIRS_MAX];
	unsigned int i;

	entry[c->pairs - 1] = (pair){ 0 };
	memcpy(entry, at, c->p->table.size);
	for (i = 0; i < c->pairs; i++)
		entry[i] &= c->mask[i];
	return find_sort(c, entry, c->pairs);
}

/* The masked bits of a 32-byte entry that differ from those of the run. */
static inline pair differ_32(const pair *mask, const pair *entry,
			     const unsigned char *at)
{
	const pair *p = (const pair *)at;

	return ((p[0] & mask[0]) ^ entry[0]) | ((p[1] & mask[1]) ^ entry[1]);
}

/* Number of entries from at on, up to nr, that equal the run. */
static unsigned int run_length_32(const struct summing *c,
				  const unsigned char *at, unsigned int nr)
{
	/* local copies, which the compiler can keep in registers */
	const pair mask[2] = { c->mask[0], c->mask[1] };
	const pair entry[2] = { c->run->entry[0], c->run->entry[1] };
	unsigned int i;

	for (i = 0; i + 4 <= nr; i += 4, at += 128) {
		pair differ = differ_32(mask, entry, at) | differ_32(mask, entry, at + 32) |
			      differ_32(mask, entry, at + 64) |
			      differ_32(mask, entry, at + 96);

		if (!is_zero(differ))
			break;
	}
	while (i < nr && is_zero(differ_32(mask, entry, at))) {
		i++;
		at += 32;
	}
	return i;
}

static unsigned int run_length(const struct summing *c, const unsigned char *at,
			       unsigned int nr)
{
	unsigned int i, k, words = c->p->table.size / 8;
	const uint64_t *mask = (const uint64_t *)c->mask;
	const uint64_t *entry = (const uint64_t *)c->run->entry;

	for (i = 0; i < nr; i++, at += c->p->table.size) {
		for (k = 0; k < words; k++) {
			uint64_t word;

			memcpy(&word, at + 8 * k, sizeof(word));
			if ((word & mask[k]) != entry[k])
				return i;
		}
	}
	return i;
}

static struct err *sum_block(void *arg, uint64_t pdx, const void *entries,
			     unsigned int nr)
{
	struct summing *c = arg;
	const unsigned char *at = entries;
	unsigned int done = 0, n;
	bool usual = c->p->table.size == 32;

	(void)pdx;
	while (done < nr) {
		n = usual ? run_length_32(c, at, nr - done)
			  : run_length(c, at, nr - done);
		c->run->frames += n;
		done += n;
		at += n * c->p->table.size;
		if (done < nr)
			ERR_TRY(usual ? start_run_32(c, at) : start_run(c, at));
	}
	return NULL;
}

static void mask_field(struct summing *c, enum page_field f, uint64_t mask)
{
	memcpy((char *)c->mask + c->p->table.field[f].offset, &mask,
	       c->p->table.field[f].size);
}

struct err *page_sums_read(struct pages *p, const struct page_progress *progress,
			   struct page_sums *ret)
{
	struct page_sums sums = { 0 };
	struct summing c = {
		.p = p, .sums = &sums, .run = &c.sort[0],
		.pairs = (p->table.size + sizeof(pair) - 1) / sizeof(pair),
	};
	unsigned int i;
	struct err *e;

	if (p->table.size % 8)
		return err_new(ERR_UNSUPPORTED,
			       "struct page_info has %u bytes, not a multiple of 8", p->table.size);
	mask_field(&c, PF_COUNT, page_flag_mask(p->bits.layout));
	mask_field(&c, PF_TYPE, page_type_mask(p->bits.layout));
	mask_field(&c, PF_OWNER, ~0ULL);
	e = page_scan(p, sum_block, &c, progress, &sums.scan);
	for (i = 0; !e && i < ARRAY_SIZE(c.sort); i++)
		e = end_sort(&c, &c.sort[i]);
	if (e) {
		page_sums_free(&sums);
		return e;
	}
	*ret = sums;
	return NULL;
}

void page_sums_free(struct page_sums *s)
{
	free(s->sum);
	*s = (struct page_sums){ 0 };
}
