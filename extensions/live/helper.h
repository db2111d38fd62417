/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain that is used only to read memory: without devices and name, and
 * without memory except the pages that copy.c adds. RAM of the machine is
 * mapped into it, one window at a time. Its handle identifies the process that
 * owns it.
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
 * Address of the windows in a helper: 1 GiB to 3 GiB, below its local APIC and
 * within 32 bits.
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

/*
 * Creates the domain, paused, with one vcpu and no memory. RAM is permitted before
 * the vcpu exists. what: see live_memory_ops.h
 */
int helper_create(const struct live_memory_facts *facts, struct helper **ret,
		  const char **what);
/*
 * After an error the domain may still exist; the watchdog remains active and
 * tries again at the end of this process. h is freed in either case.
 */
int helper_destroy(struct helper *h);

/*
 * Maps a machine address and returns its address in the helper, valid until the
 * next call.
 */
int helper_see(struct helper *h, uint64_t maddr, uint64_t *gpa);

/*
 * Destroys helpers whose process has ended; a process that cannot be looked up
 * counts as running.
 */
int helper_cleanup(unsigned int *removed);

#endif
