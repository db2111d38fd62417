/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain that exists for us only: no device, no name, memory of its own only
 * as far as it is given. RAM of the machine is mapped into it a window at a
 * time. It carries in its handle which process it belongs to.
 */
#ifndef LIVE_HELPER_H
#define LIVE_HELPER_H

#include <stdint.h>
#include <xenctrl.h>
#include <xenforeignmemory.h>

#include "xen/hypercall/live_memory_ops.h"
#include "watchdog.h"
#include "windows.h"

/*
 * Where a helper sees the machine's RAM: 1 GiB to 3 GiB, below its local APIC
 * and reached with 32 bits.
 */
#define HELPER_WINDOWS	(1ULL << 30)

struct helper {
	xc_interface *xc;
	xenforeignmemory_handle *fmem;
	const struct live_memory_facts *facts;
	uint32_t domid;
	xen_domain_handle_t handle;
	struct watchdog watchdog;
	struct windows windows;
};

/* The domain, paused, with one vcpu and no memory. what: see live_memory_ops.h */
int helper_create(const struct live_memory_facts *facts, struct helper **ret,
		  const char **what);
void helper_destroy(struct helper *h);

/* Where the helper sees a machine address; valid up to the next call. */
int helper_see(struct helper *h, uint64_t maddr, uint64_t *gpa);

/* Helpers whose process is gone. */
int helper_cleanup(unsigned int *removed);

#endif
