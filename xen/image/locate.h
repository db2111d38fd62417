/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_IMAGE_LOCATE_H
#define XEN_IMAGE_LOCATE_H

#include "xen/address/space.h"

/*
 * Finds the hypervisor in machine memory without Xen's notes. Candidates are at
 * the 2 MiB steps below 4 GiB at which Xen can be loaded; a candidate is
 * confirmed if its own page table, found by its embedded symbol table, maps it
 * there. If the table has only symbols of text (Xen before 4.10) the nr_roots
 * cr3 in root are tried instead. The text of ERR_NOT_FOUND contains the reason
 * against the candidates.
 */
struct err *image_locate(struct memory *m, const uint64_t *root,
			 unsigned int nr_roots,
			 struct space_params *ret) ERR_MUST_CHECK;

#endif
