/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_KERNEL_H
#define XEN_MODEL_KERNEL_H

#include "xen/model/xen.h"

/* Identity of dom0's Linux, read from its memory. */
struct kernel {
	char banner[256];	/* "Linux version 6.12.1 (...) ..."; or empty */
	char release[96];	/* "6.12.1"; or empty */
	uint8_t build_id[BUILD_ID_MAX];
	unsigned int build_id_len;	/* bytes; 0: not found */
	bool unproved;		/* based on something unproved; each read counts as a use of it */
};

/*
 * Finds dom0's kernel image, which is at 16 MiB of its own memory in every
 * PV and PVH kernel (Linux, arch/x86 PHYSICAL_START). The result is kept in x.
 * ERR_NOT_FOUND if there is no Linux; errors of dom0_open() if its memory cannot
 * be located.
 */
struct err *kernel_find(struct xen *x, struct kernel *ret) ERR_MUST_CHECK;

/*
 * ERR_MISMATCH if a vmlinux and the kernel in dom0's memory have different
 * build-ids, with both in the text. Succeeds if one of them has none.
 */
struct err *kernel_check_vmlinux(struct xen *x, const char *path) ERR_MUST_CHECK;

#endif
