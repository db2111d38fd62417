/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM of the machine, mapped into a domain a window at a time. The plain
 * structure can be shared with another process, which takes back the mappings
 * of one that is gone.
 */
#ifndef LIVE_WINDOWS_H
#define LIVE_WINDOWS_H

#include <stdint.h>
#include <xenctrl.h>

#include "xen/hypercall/live_memory_ops.h"

#define WINDOW_SHIFT	26
#define WINDOW_SIZE	(1ULL << WINDOW_SHIFT)
#define WINDOWS		32

struct windows {
	uint64_t base;			/* of the first, in the domain */
	uint64_t clock;
	uint32_t domid;
	struct {
		uint64_t chunk;		/* maddr >> WINDOW_SHIFT */
		uint64_t used;		/* when last; 0: nothing is mapped */
	} window[WINDOWS];
};

/* Where the domain sees a machine address; valid up to the next call. */
int windows_see(struct windows *w, xc_interface *xc,
		const struct live_memory_facts *facts, uint64_t maddr,
		uint64_t *gpa);
/* Unmaps all. */
void windows_close(struct windows *w, xc_interface *xc,
		   const struct live_memory_facts *facts);

#endif
