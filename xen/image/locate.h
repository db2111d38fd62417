/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_IMAGE_LOCATE_H
#define XEN_IMAGE_LOCATE_H

#include "xen/address/space.h"

/*
 * Finds the hypervisor in machine memory that comes without Xen's notes.
 * It is where its own page table, whose place its embedded symbol table tells,
 * maps it: at one of the 2 MiB steps below 4 GiB that it can be loaded at.
 * root, of nr_roots cr3, are tried where the symbols are of text only (Xen
 * before 4.10). ERR_NOT_FOUND when there is none; the text says what there was
 * instead.
 */
struct err *image_locate(struct memory *m, const uint64_t *root,
			 unsigned int nr_roots,
			 struct space_params *ret) ERR_MUST_CHECK;

#endif
