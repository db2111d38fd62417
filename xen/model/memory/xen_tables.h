/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All of Xen's own page tables: the frames that they map, and the frames of the tables. */
#ifndef XEN_MODEL_XEN_TABLES_H
#define XEN_MODEL_XEN_TABLES_H

#include "xen/model/xen.h"

/* Receives nr frames that one entry maps at va, which is in region; or one table. */
struct xen_tables_fn {
	struct err *(*mapped)(void *arg, enum region_id region, uint64_t va,
			      uint64_t mfn, uint64_t nr);
	struct err *(*table)(void *arg, uint64_t mfn);
	void *arg;
};

/*
 * Visits the tables below idle_pg_table. Skips the slots that differ between
 * page tables (linear, per-domain) and frames that are mapped by the directmap.
 * The memory mapped by an unreadable table is left out; the table is counted in
 * *lost. ERR_UNSUPPORTED without a root table; fails also with ERR_INTERRUPTED,
 * fn's error, and ERR_CORRUPT for more tables than any host has.
 */
struct err *xen_tables_visit(struct xen *x, const struct xen_tables_fn *fn,
			     unsigned int *lost) ERR_MUST_CHECK;

/*
 * Visits the tables of a subtree: the table at mfn, of level 1 to 4, and those
 * below it. Only fn->table is called.
 */
struct err *xen_tables_below(struct xen *x, uint64_t mfn, unsigned int level,
			     const struct xen_tables_fn *fn,
			     unsigned int *lost) ERR_MUST_CHECK;

#endif
