/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain's memory by gfn, in the form that tools without support of Xen read.
 * The page tables of a PV guest contain machine frames: they are rewritten to
 * the guest's own frames (like tools/libs/guest/xg_sr_save_x86_pv.c of Xen
 * 4.20), and variables of the kernel by which crash recognises a PV kernel are
 * 0.
 */
#ifndef XEN_MODEL_GUEST_PAGES_H
#define XEN_MODEL_GUEST_PAGES_H

#include "guest_map.h"

#define GUEST_PAGES_HIDDEN	2
#define GUEST_PAGES_TABLES	64	/* number of page tables kept, a power of two */

struct guest_pages {
	struct xen *x;
	struct p2m p2m;
	struct guest_map map;		/* empty if translated, unless the whole map was requested */
	uint64_t hidden[GUEST_PAGES_HIDDEN];	/* guest physical addresses of words to clear */
	unsigned int nr_hidden;
	uint64_t tables;		/* number of page tables rewritten so far */
	uint64_t cleared;		/* number of their entries that do not map memory of the domain */
	struct guest_pages_table *table;	/* buffer of guest_pages_read() */
};

/*
 * Opens a domain's memory. all: reads the map of all pages even if the source
 * can find single pages without it (by the P2M of an HVM or PVH domain, by
 * hypercalls). ERR_UNSUPPORTED for PV domains of 32 bits; fails like
 * guest_map_read(). Release with guest_pages_close().
 */
struct err *guest_pages_open(struct xen *x, const struct domain *d, bool all,
			     const struct page_progress *progress,
			     struct guest_pages *ret) ERR_MUST_CHECK;
void guest_pages_close(struct guest_pages *p);
/* Drops the cached memory of a running guest, which changes. */
void guest_pages_refresh(struct guest_pages *p);

/*
 * Sets the 8 bytes at a guest physical address to 0 for later reads, in a PV
 * guest; has no effect in others. False if there are too many of them.
 */
bool guest_pages_hide(struct guest_pages *p, uint64_t paddr);

/*
 * Reads the page of a frame; *ret points to the host's memory, valid until the
 * next read of that, or to copy.
 */
struct err *guest_pages_frame(struct guest_pages *p, const struct guest_frame *f,
			      uint64_t copy[512], const void **ret) ERR_MUST_CHECK;
/*
 * Reads bytes at a guest physical address; ERR_NOT_FOUND if the domain has no
 * memory there.
 */
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
