/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Use of the whole RAM of the machine. The frame table gives owner and kind of
 * each frame. Frames without owner are classified by their address: the ranges
 * that Xen's own page tables map, the objects of known size, the crash kernel's
 * area.
 */
#ifndef XEN_MODEL_RAM_H
#define XEN_MODEL_RAM_H

#include "e820.h"
#include "heap.h"
#include "page_scan.h"

/* Uses by address, of frames without an owner. */
enum ram_use {
	RAM_IMAGE,		/* text, data, livepatches */
	RAM_FRAME_TABLE, RAM_M2P, RAM_XEN_TABLES, RAM_VMAP,
	RAM_PERDOMAIN,		/* tables of slot 260 of the domains */
	RAM_CRASH_KERNEL,
	/* in Xen's heap */
	RAM_DOMAINS, RAM_VCPUS, RAM_STACKS, RAM_PERCPU, RAM_CONSOLE,
	RAM_USES,
};

struct ram_domain {
	struct domain d;
	uint64_t frames[KIND_NR];	/* zeros on a running host */
	uint64_t pages;		/* memory of the domain: by frames, else tot_pages */
	bool by_frames;
	struct value paging;	/* pages of its pool for P2M and shadow tables */
	uint64_t paging_owned;	/* of these, frames owned by the domain (old versions) */
	uint64_t counted;	/* frames that tot_pages has to include */
	bool contradicts;	/* tot_pages is another number */
	bool in_flight;		/* pages that a pcpu was assigning or freeing may explain it */
};

struct ram {
	struct value total;		/* total_pages: all RAM, in pages */
	struct e820 map;		/* nr 0: the map is not available */
	bool by_frames;			/* false: only counters are available */
	char no_frames[200];		/* why by_frames is not set, in a dump; or "" */
	struct ram_domain *domain;
	unsigned int nr_domains;
	uint64_t low;			/* of dom_io: the first MiB */
	uint64_t trace;			/* of dom_xen, without the M2P: trace buffers */
	uint64_t use[RAM_USES];
	uint64_t heap_rest;		/* of Xen's heap, without known use */
	struct value small;		/* of these, the pool of xmalloc(); pages */
	uint64_t paging;		/* pages of the pools of all domains, in frames without owner */
	uint64_t offline;
	uint64_t unreadable;		/* entries of the frame table */
	struct value free, unscrubbed, claimed;
	uint64_t not_ram;		/* frames with an entry that are not RAM */
	int64_t unaccounted;		/* pages; below 0: some are counted twice */
	bool has_unaccounted;
	unsigned int lost;		/* page tables and objects that are unreadable */
};

extern const struct record_type ram_paging_record;

/*
 * Number of pages of the domain's pool for P2M and shadow tables. Tables of the
 * P2M are owned by the domain with HAP in 4.4, and with shadow tables up to
 * 4.16.
 */
struct value ram_paging_pages(struct xen *x, const struct domain *d);

/*
 * Reads the use of RAM. Release with ram_release(). Unreadable frames are
 * counted in ret->lost; ret->by_frames is false if frames cannot be examined at
 * all. Fails with ERR_NO_MEMORY, ERR_INTERRUPTED, and when not even the
 * counters of the heap are available.
 */
struct err *ram_read(struct xen *x, const struct page_progress *progress,
		     struct ram *ret) ERR_MUST_CHECK;
void ram_release(struct ram *r);

/* "Xen image", "frame table" ... */
const char *ram_use_name(enum ram_use use);
/* True for uses that are part of Xen's heap. */
bool ram_use_is_heap(enum ram_use use);
/* Sum of all lines except the unaccounted one, in pages. */
uint64_t ram_accounted(const struct ram *r);

#endif
