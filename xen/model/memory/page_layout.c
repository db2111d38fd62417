/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_layout.h"

#include "xen/base/array.h"
#include "xen/model/words.h"

#define BIT(n) (1ULL << (n))
#define BITS(n) (BIT(n) - 1)
#define FLAG(n) ((n) ? BIT(n) : 0)

/* Common to all layouts (asm/mm.h, 4.4 to master). */
#define PGC_ALLOCATED	63
#define PGC_XEN_HEAP	62
#define PGT_PINNED	59
#define PGT_VALIDATED	58
#define PGT_PAE_XEN_L2	57
#define PGT_PARTIAL	56

#define RELEASE(major, minor) ((major) << 8 | (minor))

/*
 * asm/mm.h of stable-4.4 to master. XSA-402 (2022) removed the cache attributes
 * and moved the lower bits, in 4.13.5, 4.14.6, 4.15.3 and 4.16.2.
 */
static const struct page_layout layouts[] = {
	{
		.name = "4.4 to 4.9",
		.since = RELEASE(4, 0), .until = RELEASE(4, 9),
		.type_shift = 60, .type_count = 55, .locked = 55, .count = 55,
		.page_table = 61, .cacheattr = 58, .broken = 57, .state = 55,
	}, {
		.name = "4.10 to 4.13.4",
		.since = RELEASE(4, 10), .until = RELEASE(4, 13),
		.type_shift = 61, .type_count = 56, .locked = 60, .count = 55,
		.page_table = 61, .cacheattr = 58, .broken = 57, .state = 55,
		.need_scrub = 63,
	}, {
		.name = "4.14.0 to 4.16.1",
		.since = RELEASE(4, 14), .until = RELEASE(4, 16),
		.type_shift = 61, .type_count = 56, .locked = 60, .count = 54,
		.page_table = 61, .cacheattr = 58, .broken = 57, .state = 55,
		.extra = 54, .need_scrub = 63,
	}, {
		.name = "4.13.5",
		.since = RELEASE(4, 13), .until = RELEASE(4, 13),
		.type_shift = 61, .type_count = 55, .locked = 60,
		.non_coherent = 55, .count = 58, .page_table = 61,
		.broken = 60, .state = 58, .need_scrub = 63,
	}, {
		.name = "4.14.6 to 4.17",
		.since = RELEASE(4, 14), .until = RELEASE(4, 17),
		.type_shift = 61, .type_count = 55, .locked = 60,
		.non_coherent = 55, .count = 57, .page_table = 61,
		.broken = 60, .state = 58, .extra = 57, .need_scrub = 63,
	}, {
		.name = "4.18 to 4.21",
		.since = RELEASE(4, 18), .until = RELEASE(4, 21),
		.type_shift = 61, .type_count = 55, .locked = 60,
		.non_coherent = 55, .count = 57, .extra = 61, .broken = 60,
		.state = 58, .shadowed_pt = 57, .need_scrub = 63,
	}, {
		.name = "4.22 and later",
		.since = RELEASE(4, 22), .until = UINT16_MAX,
		.type_shift = 61, .type_count = 55, .locked = 60,
		.non_coherent = 55, .count = 56, .extra = 61, .broken = 60,
		.state = 58, .need_scrub = 57, .shadowed_pt = 56,
	},
};

const struct page_layout *page_layout_nth(unsigned int n)
{
	return n < ARRAY_SIZE(layouts) ? &layouts[n] : NULL;
}

enum page_state page_state(const struct page_layout *l, uint64_t count_info)
{
	return count_info >> l->state & 3;
}

uint64_t page_count(const struct page_layout *l, uint64_t count_info)
{
	return count_info & BITS(l->count);
}

uint64_t page_type_count(const struct page_layout *l, uint64_t type_info)
{
	return type_info & BITS(l->type_count);
}

uint64_t page_type_mask(const struct page_layout *l)
{
	return ~BITS(l->type_shift);
}

/* Types of four bits, until 4.9: 8 is shared, and 6 is unused. */
static const uint8_t types_of_4_bits[16] = {
	PAGE_NONE, PAGE_L1, PAGE_L2, PAGE_L3, PAGE_L4, PAGE_SEGDESC,
	PAGE_TYPE_UNKNOWN, PAGE_WRITABLE, PAGE_SHARED,
	PAGE_TYPE_UNKNOWN, PAGE_TYPE_UNKNOWN, PAGE_TYPE_UNKNOWN,
	PAGE_TYPE_UNKNOWN, PAGE_TYPE_UNKNOWN, PAGE_TYPE_UNKNOWN,
	PAGE_TYPE_UNKNOWN,
};

static const uint8_t types_of_3_bits[8] = {
	PAGE_NONE, PAGE_L1, PAGE_L2, PAGE_L3, PAGE_L4, PAGE_SEGDESC,
	PAGE_SHARED, PAGE_WRITABLE,
};

enum page_type page_type(const struct page_layout *l, uint64_t type_info)
{
	uint64_t type = type_info >> l->type_shift;

	return l->type_shift == 60 ? types_of_4_bits[type] : types_of_3_bits[type];
}

bool page_is_xen_heap(uint64_t count_info)
{
	return count_info & BIT(PGC_XEN_HEAP);
}

/* In a free page the same bit may be need_scrub. */
bool page_is_allocated(const struct page_layout *l, uint64_t count_info)
{
	return (count_info & BIT(PGC_ALLOCATED)) &&
	       page_state(l, count_info) != PAGE_FREE;
}

bool page_is_extra(const struct page_layout *l, uint64_t count_info)
{
	return count_info & FLAG(l->extra);
}

bool page_needs_scrub(const struct page_layout *l, uint64_t count_info)
{
	return page_state(l, count_info) == PAGE_FREE &&
	       (count_info & FLAG(l->need_scrub));
}

uint64_t page_flag_mask(const struct page_layout *l)
{
	return BIT(PGC_ALLOCATED) | BIT(PGC_XEN_HEAP) | 3ULL << l->state |
	       FLAG(l->broken) | FLAG(l->extra) | FLAG(l->need_scrub);
}

const char *page_state_name(enum page_state state)
{
	static const char *const names[] = {
		"in use", "going offline", "offline", "free",
	};

	return names[state & 3];
}

const char *page_type_name(enum page_type type)
{
	static const char *const names[] = {
		"none", "l1 table", "l2 table", "l3 table", "l4 table",
		"segment descriptors", "shared", "writable", "?",
	};

	return names[type < ARRAY_SIZE(names) ? type : PAGE_TYPE_UNKNOWN];
}

struct flag_word {
	uint8_t bit;
	const char *word;
};

static void add_words(char *buf, size_t size, uint64_t bits,
		      const struct flag_word *flags, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (flags[i].bit && (bits & BIT(flags[i].bit)))
			words_add(buf, size, flags[i].word);
}

static const char *const cacheattrs[] = {
	NULL, "write-combining", "cache attribute 2", "cache attribute 3",
	"write-through", "write-protected", "cache attribute 6", "uncached",
};

const char *page_count_flags(const struct page_layout *l, uint64_t count_info,
			     char *buf, size_t size)
{
	bool free = page_state(l, count_info) == PAGE_FREE;
	const struct flag_word flags[] = {
		{ free && l->need_scrub == PGC_ALLOCATED ? 0 : PGC_ALLOCATED,
		  "allocated" },
		{ PGC_XEN_HEAP, "xen heap" },
		{ l->page_table, "page table" },
		{ l->extra, "extra" },
		{ l->broken, "broken" },
		{ l->shadowed_pt, "shadowed" },
		{ free ? l->need_scrub : 0, "needs scrub" },
	};

	buf[0] = 0;
	add_words(buf, size, count_info, flags, ARRAY_SIZE(flags));
	if (l->cacheattr && (count_info >> l->cacheattr & 7))
		words_add(buf, size, cacheattrs[count_info >> l->cacheattr & 7]);
	return buf;
}

const char *page_type_flags(const struct page_layout *l, uint64_t type_info,
			    char *buf, size_t size)
{
	const struct flag_word flags[] = {
		{ PGT_PINNED, "pinned" },
		{ PGT_VALIDATED, "validated" },
		{ PGT_PAE_XEN_L2, "pae xen l2" },
		{ PGT_PARTIAL, "partly validated" },
		{ l->locked, "locked" },
		{ l->non_coherent, "non-coherent" },
	};

	buf[0] = 0;
	add_words(buf, size, type_info, flags, ARRAY_SIZE(flags));
	return buf;
}

static bool agrees_free(const struct page_layout *l, uint64_t count_info)
{
	return page_state(l, count_info) == PAGE_FREE &&
	       !(count_info & ~(3ULL << l->state | FLAG(l->need_scrub) |
				FLAG(l->broken)));
}

bool page_layout_agrees(const struct page_layout *l, enum page_known known,
			uint64_t count_info, uint64_t type_info)
{
	bool used = page_state(l, count_info) != PAGE_FREE &&
		    page_is_allocated(l, count_info) && page_count(l, count_info);

	switch (known) {
	case KNOWN_FREE:
		return agrees_free(l, count_info);
	case KNOWN_DIRTY:
		/* layouts without the flag cannot be contradicted */
		return page_state(l, count_info) == PAGE_FREE &&
		       (!l->need_scrub || page_needs_scrub(l, count_info));
	case KNOWN_DOMAIN:
		return used && !page_is_xen_heap(count_info) &&
		       !page_is_extra(l, count_info);
	case KNOWN_XENHEAP:
		/* shared with a guest, writable or (dom_xen) read-only */
		return used && page_is_xen_heap(count_info) &&
		       (page_type(l, type_info) == PAGE_WRITABLE ||
			page_type(l, type_info) == PAGE_NONE);
	case KNOWN_EXTRA:
		return page_state(l, count_info) != PAGE_FREE &&
		       page_is_extra(l, count_info);
	}
	return false;
}
