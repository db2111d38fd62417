/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of frames of a known use, and the frames of the table in them. */
#ifndef XEN_MODEL_RAM_RANGES_H
#define XEN_MODEL_RAM_RANGES_H

#include "page.h"
#include "ram.h"

struct ram_range {
	uint64_t mfn, end;
	enum ram_use use;
};

struct ram_ranges {
	struct ram_range *at;
	unsigned int nr;
	unsigned int lost;	/* objects and tables that are unreadable */
};

/* Finds the ranges of x. Fails with ERR_NO_MEMORY and ERR_INTERRUPTED. */
struct err *ram_ranges_read(struct xen *x, struct pages *p,
			    struct ram_ranges *ret) ERR_MUST_CHECK;
void ram_ranges_release(struct ram_ranges *r);

struct ram_count {
	uint64_t use[RAM_USES];	/* frames without an owner, by the kind of use */
	uint64_t m2p_owned;	/* frames of the M2P, owned by dom_xen */
	/* frames outside of RAM, by owner */
	uint64_t hole_io, hole_none, hole_xen, holes;
};

/*
 * Counts the frames in the ranges, each once, and those outside of RAM by the
 * map (nr 0: unknown).
 */
struct err *ram_count_frames(struct pages *p, struct ram_ranges *r,
			     const struct e820 *map,
			     struct ram_count *ret) ERR_MUST_CHECK;

#endif
