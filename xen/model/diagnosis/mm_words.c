/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of arch/x86/mm.c on PV guests' page tables in words, Xen 4.4 to master. */
#include "message_words.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/memory/page_layout.h"
#include "xen/model/words.h"

/* The layouts until 4.9 and later, by the bits of the type. */
static const struct page_layout *layout(unsigned int n)
{
	return page_layout_nth(n);
}

/*
 * True if the value of type_info can be of that layout: its type exists, and it
 * is not locked, which is rare.
 */
static bool is_possible(const struct page_layout *l, uint64_t type)
{
	return page_type(l, type) != PAGE_TYPE_UNKNOWN && !(type >> l->locked & 1);
}

/*
 * The layout of a message, by its values; NULL: both are possible. The value 0
 * is no evidence.
 */
static const struct page_layout *layout_of(const uint64_t *type, size_t nr)
{
	bool old = true, new = true;
	size_t i;

	for (i = 0; i < nr; i++) {
		old = old && is_possible(layout(0), type[i]);
		new = new && is_possible(layout(1), type[i]);
	}
	return old == new ? NULL : layout(old ? 0 : 1);
}

/* "writable (validated, count 1)" */
static void add_type(char *buf, size_t size, const struct page_layout *l, uint64_t type)
{
	const struct page_layout *one = l ? l : layout(1);
	uint64_t count = page_type_count(one, type);
	char flags[120];
	size_t n = strlen(buf);

	if (l || page_type(layout(0), type) == page_type(layout(1), type))
		snprintf(buf + n, size - n, "%s", page_type_name(page_type(one, type)));
	else
		snprintf(buf + n, size - n, "%s (until 4.9: %s)",
			 page_type_name(page_type(layout(1), type)),
			 page_type_name(page_type(layout(0), type)));
	page_type_flags(one, type, flags, sizeof(flags));
	if (count)
		words_append(flags, sizeof(flags), "count %" PRIu64, count);
	n = strlen(buf);
	if (*flags && n < size)
		snprintf(buf + n, size - n, " (%s)", flags);
}

/* "7400000000000001 != exp 1000000000000000) for mfn 23a5c (pfn 1b5c)" */
void words_bad_type(const char *rest, char *buf, size_t size)
{
	static const char mark[] = " != exp ";
	const struct page_layout *l;
	const char *exp = strstr(rest, mark);
	uint64_t type[2];
	size_t n;

	if (!exp)
		return;
	type[0] = strtoull(rest, NULL, 16);
	type[1] = strtoull(exp + strlen(mark), NULL, 16);
	l = layout_of(type, ARRAY_SIZE(type));
	snprintf(buf, size, "type of the page: ");
	add_type(buf, size, l, type[0]);
	n = strlen(buf);
	snprintf(buf + n, size - n, "; requested: ");
	add_type(buf, size, l, type[1]);
}

/* "7400000000000001" */
void words_page_type(const char *rest, char *buf, size_t size)
{
	char *end;
	uint64_t type = strtoull(rest, &end, 16);

	if (end - rest != 16)
		return;
	snprintf(buf, size, "type of the page: ");
	add_type(buf, size, layout_of(&type, 1), type);
}

/* Flags of a page table entry as Xen keeps them: bits 52 to 63 follow bits 0 to 11. */
static const char *const pte_flags[] = {
	"present", "writable", "user", "write-through", "cache disabled", "accessed",
	"dirty", "page attribute or large page", "global", "available 0", "available 1",
	"available 2", "available 3", "available 4", "available 5", "available 6",
	"available 7", "available 8", "available 9", "protection key 0",
	"protection key 1", "protection key 2", "protection key 3", "no execute",
};

/* "800000" */
void words_pte_flags(const char *rest, char *buf, size_t size)
{
	char *end;
	uint64_t flags = strtoull(rest, &end, 16);

	if (end == rest || !flags)
		return;
	snprintf(buf, size, "flags that the guest may not set:");
	words_add_bits(buf, size, flags, pte_flags, ARRAY_SIZE(pte_flags));
}

#define PTE_FRAME	UINT64_C(0x000ffffffffff000)

/* "8000000001234625": frame and flags */
void words_pte(const char *rest, char *buf, size_t size)
{
	char *end;
	uint64_t pte = strtoull(rest, &end, 16);

	if (end - rest < 16)
		return;
	snprintf(buf, size, "the entry: mfn %" PRIx64, (pte & PTE_FRAME) >> 12);
	words_add_bits(buf, size, (pte >> 40 & 0xfff000) | (pte & 0xfff), pte_flags,
		       ARRAY_SIZE(pte_flags));
}
