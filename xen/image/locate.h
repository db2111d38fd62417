/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_IMAGE_LOCATE_H
#define XEN_IMAGE_LOCATE_H

#include "xen/address/space.h"

/*
 * Finds the hypervisor in machine memory without Xen's notes. Candidates are at
 * the 2 MiB steps below 4 GiB at which Xen can be loaded; one is confirmed by its
 * own page table, found by its embedded symbol table, which must map it there.
 * If symbols are of text only (Xen before 4.10) the nr_roots cr3 in root are tried
 * instead. ERR_NOT_FOUND, with the reason against the candidates.
 */
struct err *image_locate(struct memory *m, const uint64_t *root,
			 unsigned int nr_roots,
			 struct space_params *ret) ERR_MUST_CHECK;

#endif
