/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RAM of the machine, mapped into a domain one window at a time. The structure
 * has no pointers, so that processes can share it, and one can remove the
 * mappings of another one that was killed.
 */
#ifndef LIVE_WINDOWS_H
#define LIVE_WINDOWS_H

#include <stdbool.h>
#include <stdint.h>
#include <xenctrl.h>

#include "xen/hypercall/live_memory_ops.h"

#define WINDOW_SHIFT	LIVE_WINDOW_SHIFT
#define WINDOW_SIZE	(1ULL << WINDOW_SHIFT)
#define WINDOWS		32

struct windows {
	uint64_t base;			/* address of the first window in the domain */
	uint64_t clock;
	uint32_t domid;
	struct {
		uint64_t chunk;		/* maddr >> WINDOW_SHIFT */
		uint64_t used;		/* time of the last use; 0: not mapped */
		uint64_t stuck;		/* unmapping failed: not used again */
	} window[WINDOWS];
};

/*
 * Maps a machine address and returns its address in the domain, valid until the
 * next call.
 */
int windows_see(struct windows *w, xc_interface *xc,
		const struct live_memory_facts *facts, uint64_t maddr,
		uint64_t *gpa);
/* True if the machine address is mapped already. */
bool windows_has(const struct windows *w, uint64_t maddr);
/*
 * Unmaps all windows. After an error some are still mapped, and a later call
 * tries again.
 */
int windows_close(struct windows *w, xc_interface *xc,
		   const struct live_memory_facts *facts);

#endif
