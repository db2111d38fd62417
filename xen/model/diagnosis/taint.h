/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_TAINT_H
#define XEN_MODEL_TAINT_H

#include "xen/model/xen.h"

/*
 * Formats the bits of Xen's variable "tainted" as text, "none" for 0; returns
 * buf. The meaning of a bit depends on the version in id.
 */
const char *taint_text(const struct xen_identity *id, uint64_t tainted, char *buf,
		       size_t size);

#endif
