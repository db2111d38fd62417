/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables of a hypervisor whose symbol table contains only functions, as that
 * in the image of Xen 4.4 to 4.9 (built without --all-symbols,
 * common/symbols.c), for dumps without xen-syms. VMCOREINFO_XEN has the
 * addresses of six variables; others are found in memory by contents that the
 * registers of the pcpus determine.
 */
#ifndef XEN_MODEL_VARIABLES_H
#define XEN_MODEL_VARIABLES_H

#include "xen.h"

/*
 * Finds variables of x, which has notes of a crash, and returns them as a table
 * for symbols_extend(), owned by the caller; NULL when there is none. A
 * variable is left out if more than one place matches.
 */
struct err *variables_find(struct xen *x, struct symbols **ret) ERR_MUST_CHECK;

#endif
