/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_GUEST_RAM_H
#define XEN_MODEL_GUEST_RAM_H

#include "guest.h"

/*
 * Reads where the memory of a Linux kernel ends: the first pfn after all of its
 * nodes, rounded up to a section of its memory map. ERR_NOT_FOUND if VMCOREINFO
 * does not name the nodes; ERR_CORRUPT if they are not plausible.
 */
struct err *guest_ram_end(struct guest *g, uint64_t *pfn) ERR_MUST_CHECK;

#endif
