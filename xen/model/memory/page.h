/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machine frames: the entries of the frame table, their bits and their owners. */
#ifndef XEN_MODEL_PAGE_H
#define XEN_MODEL_PAGE_H

#include "frame_table.h"
#include "page_layout.h"
#include "xen/model/domain/domain.h"
#include "xen/model/xen.h"

struct pages;

/*
 * Reads the domains, and detects the layout of the bits the first time (it is
 * kept in x). Release with pages_close().
 */
struct err *pages_open(struct xen *x, struct pages **ret) ERR_MUST_CHECK;
void pages_close(struct pages *p);

const struct frame_table *pages_table(const struct pages *p);
const struct page_layout *pages_layout(const struct pages *p);
/* Returns the name of the layout and the evidence for it, as text. */
const char *pages_layout_proof(const struct pages *p);
/* True if there is evidence, and all of it agrees with the layout. */
bool pages_layout_sure(const struct pages *p);

/* ERR_NOT_FOUND beyond the table. */
struct err *page_read(const struct pages *p, uint64_t mfn,
		      struct page *ret) ERR_MUST_CHECK;

/*
 * Returns the domain at va, among all domains and Xen's own (dom_io, dom_xen
 * ...), or NULL. Valid until pages_close().
 */
const struct domain *page_owner(const struct pages *p, uint64_t va);
/*
 * Returns the owner of a page; NULL if it has none. The member has other
 * contents in free pages, in large allocations of Xen's own, and in shadow page
 * tables.
 */
const struct domain *page_owner_of(const struct pages *p,
				   const struct page *page);
/* "d1", "dom_io" ...; "none" for 0, "?" if va is not a domain; returns buf. */
const char *page_owner_text(const struct pages *p, uint64_t va, char *buf,
			    size_t size);

#endif
