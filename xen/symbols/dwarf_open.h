/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_SYMBOLS_DWARF_OPEN_H
#define XEN_SYMBOLS_DWARF_OPEN_H

#include <elfutils/libdw.h>

#include "xen/base/error.h"

/*
 * Opens the DWARF of an image, which must outlive it; dwarf_end() closes it.
 * ERR_NO_TYPE if there is none. ERR_CORRUPT if libdw's work for its abbreviations
 * would be out of proportion to the file: each unit has a table of them, which may
 * be that of all other units as well, and each entry has all attributes of one.
 */
struct err *dwarf_open(Elf *elf, Dwarf **ret) ERR_MUST_CHECK;

#endif
