/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_KERNEL_PANIC_H
#define XEN_MODEL_KERNEL_PANIC_H

#include "xen/model/xen.h"

/* The panic message of a PV dom0's Linux. */
struct kernel_panic {
	char text[200];		/* "Kernel panic - not syncing: ..." */
	uint64_t pfn;		/* dom0's page with the message */
	bool from_note;		/* of a core (OWN_NOTE_PANIC), not from dom0's memory */
	bool unproved;		/* based on something unproved; each read counts as a use of it */
};

/*
 * Searches dom0's kernel image, which contains its log unless log_buf_len= moved
 * it. A core of the hypervisor alone has the message in a note instead. The
 * result is kept in x. ERR_NOT_FOUND if there is no message, or errors of
 * dom0_open().
 */
struct err *kernel_panic_find(struct xen *x,
			      struct kernel_panic *ret) ERR_MUST_CHECK;

#endif
