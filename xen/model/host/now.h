/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_NOW_H
#define XEN_MODEL_NOW_H

#include "xen/model/xen.h"

/*
 * Reads the latest time in memory, in ns since the boot of Xen: of the pcpus'
 * last calibrations, at most a second old on a sound host, and of the vcpus' last
 * changes of their runstates. VALUE_NO_FIELD where neither is known. Fails with
 * ERR_INTERRUPTED only. That of a dump is kept: it is a walk over all vcpus.
 */
struct err *now_read(struct xen *x, struct value *ret) ERR_MUST_CHECK;

#endif
