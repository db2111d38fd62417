/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Variables of a hypervisor whose symbol table has functions only: that in the
 * image of Xen 4.4 to 4.9 (built without --all-symbols, common/symbols.c), when
 * no xen-syms is at hand. VMCOREINFO_XEN has the addresses of six; others are
 * found in memory by a content that the registers of the pcpus determine.
 */
#ifndef XEN_MODEL_VARIABLES_H
#define XEN_MODEL_VARIABLES_H

#include "xen.h"

/*
 * Finds variables of x, which has notes of a crash, and returns them as a table
 * for symbols_extend(), owned by the caller; NULL when there is none. A variable
 * that two places could be is left out.
 */
struct err *variables_find(struct xen *x, struct symbols **ret) ERR_MUST_CHECK;

#endif
