/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's memory by gfn, as tools without support of Xen read it. The page
 * tables of a PV guest hold machine frames: they are rewritten to the guest's own
 * (like tools/libs/guest/xg_sr_save_x86_pv.c of Xen 4.20), and variables of the
 * kernel by which crash recognises a PV kernel are 0.
 */
#ifndef XEN_MODEL_GUEST_PAGES_H
#define XEN_MODEL_GUEST_PAGES_H

#include "guest_map.h"

#define GUEST_PAGES_HIDDEN	2
#define GUEST_PAGES_TABLES	64	/* page tables kept, a power of two */

struct guest_pages {
	struct xen *x;
	struct p2m p2m;
	struct guest_map map;		/* empty if translated, unless all was asked for */
	uint64_t hidden[GUEST_PAGES_HIDDEN];	/* guest physical addresses of words */
	unsigned int nr_hidden;
	uint64_t tables;		/* page tables rewritten so far */
	uint64_t cleared;		/* entries of them that map no memory of the domain */
	struct guest_pages_table *table;	/* of guest_pages_read() */
};

/*
 * all: the map of all pages is read, where the source finds single ones without
 * it (by the P2M of an HVM or PVH domain, by hypercalls). ERR_UNSUPPORTED for PV
 * domains of 32 bits; fails like guest_map_read(). Release with guest_pages_close().
 */
struct err *guest_pages_open(struct xen *x, const struct domain *d, bool all,
			     const struct page_progress *progress,
			     struct guest_pages *ret) ERR_MUST_CHECK;
void guest_pages_close(struct guest_pages *p);
/* Drops what is kept of a running guest's memory, which changes. */
void guest_pages_refresh(struct guest_pages *p);

/*
 * The 8 bytes at a guest physical address are 0 from now on, in a PV guest; in
 * others this has no effect. False where there are too many of them.
 */
bool guest_pages_hide(struct guest_pages *p, uint64_t paddr);

/*
 * The page of a frame; *ret is in the host's memory, valid until the next read
 * of that, or in copy.
 */
struct err *guest_pages_frame(struct guest_pages *p, const struct guest_frame *f,
			      uint64_t copy[512], const void **ret) ERR_MUST_CHECK;
/* Bytes by guest physical address; ERR_NOT_FOUND where the domain has no memory. */
struct err *guest_pages_read(struct guest_pages *p, uint64_t paddr, void *buf,
			     size_t len) ERR_MUST_CHECK;

/*
 * Rewrites the 512 entries of a PV guest's page table of a level: machine
 * frames of the domain become its own frames, others are cleared. gfn returns
 * false for a frame that is not the domain's.
 */
typedef bool guest_gfn_fn(void *arg, uint64_t mfn, uint64_t *gfn);
void guest_pages_rewrite(uint64_t entry[512], enum page_kind level,
			 guest_gfn_fn *gfn, void *arg, uint64_t *cleared);

#endif
