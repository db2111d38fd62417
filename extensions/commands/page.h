/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of "xen page": sums of the frame table, and mappings of a frame. */
#ifndef EXT_PAGE_H
#define EXT_PAGE_H

#include "extensions/support/domains.h"
#include "xen/model/memory/page.h"

#define PAGE_SUM_COLUMNS	19
#define PAGE_TABLE_COLUMNS	5
#define PAGE_MAPPING_COLUMNS	9
extern const struct column page_sum_columns[PAGE_SUM_COLUMNS];
extern const struct column page_table_columns[PAGE_TABLE_COLUMNS];
extern const struct column page_mapping_columns[PAGE_MAPPING_COLUMNS];

/* Lists the frames of each owner in the filter by use, and of all their sum. */
struct err *page_sums_show(struct session *s, struct out *o, struct pages *p,
			   const struct domain_filter *f) ERR_MUST_CHECK;
/* Lists the entries of page tables that hold the frame. */
struct err *page_mappings_show(struct session *s, struct out *o,
			       struct pages *p, const struct domain_filter *f,
			       uint64_t mfn) ERR_MUST_CHECK;
/* Adds a note if the layout of the bits of page_info is not certain. */
void page_layout_note(struct out *o, const struct pages *p);

#endif
