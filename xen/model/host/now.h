/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_NOW_H
#define XEN_MODEL_NOW_H

#include "xen/model/xen.h"

/*
 * Reads the latest time in memory, in ns since the boot of Xen: of the pcpus'
 * last calibrations, at most a second old on a host without problems, and of
 * the vcpus' last changes of their runstates. VALUE_NO_FIELD if neither is
 * known. Fails with ERR_INTERRUPTED only. The result is kept for a dump, since
 * it requires a walk over all vcpus.
 */
struct err *now_read(struct xen *x, struct value *ret) ERR_MUST_CHECK;

#endif
