/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits of the work that dwarf_begin_elf() of libdw does on a hostile image: it
 * unpacks sections, and opens the files that the image names.
 */
#ifndef XEN_SYMBOLS_DWARF_BEGIN_H
#define XEN_SYMBOLS_DWARF_BEGIN_H

#include <elfutils/libdw.h>
#include <stdbool.h>

#include "xen/base/error.h"

/*
 * dwarf_begin_elf() after these checks. ERR_NO_TYPE without DWARF, if it unpacks to
 * much more than the file has, and if its common file is neither below
 * /usr/lib/debug nor missing; *ret is NULL then.
 */
struct err *dwarf_begin_checked(Elf *elf, Dwarf **ret) ERR_MUST_CHECK;

/* True for the attributes of units of split DWARF that name the other file. */
bool dwarf_names_dwo(unsigned int attribute);
/* ERR_NO_TYPE for a unit of split DWARF, whose other file libdw would open. */
struct err *dwarf_check_unit(Dwarf_Die *unit) ERR_MUST_CHECK;

#endif
