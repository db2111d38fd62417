/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_KERNEL_H
#define XEN_MODEL_KERNEL_H

#include "xen/model/xen.h"

/* Which Linux dom0 runs, found without any file. */
struct kernel {
	char banner[256];	/* "Linux version 6.12.1 (...) ..."; or empty */
	char release[96];	/* "6.12.1"; or empty */
	uint8_t build_id[BUILD_ID_MAX];
	unsigned int build_id_len;	/* bytes; 0: not found */
};

/*
 * Searches dom0's kernel image, which every PV and PVH kernel has at 16 MiB of
 * its own memory (Linux, arch/x86 PHYSICAL_START). ERR_NOT_FOUND when there is no
 * Linux; errors of dom0_open() when its memory cannot be found.
 */
struct err *kernel_find(struct xen *x, struct kernel *ret) ERR_MUST_CHECK;

/*
 * ERR_MISMATCH when a vmlinux has another build-id than the kernel in dom0's
 * memory, with both in the text. What cannot be told is no mismatch.
 */
struct err *kernel_check_vmlinux(struct xen *x, const char *path) ERR_MUST_CHECK;

#endif
