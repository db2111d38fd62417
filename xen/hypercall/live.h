/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running hypervisor by hypercalls. Hypercalls cannot read its memory:
 * members that no hypercall returns are VALUE_NO_FIELD.
 */
#ifndef XEN_HYPERCALL_LIVE_H
#define XEN_HYPERCALL_LIVE_H

#include "live_ops.h"
#include "xen/model/xen.h"

/*
 * Opens the hypervisor that answers the hypercalls. Owns priv, of ops->open(),
 * on success. Without XENPF_get_symbol there are no symbols.
 */
struct err *live_open(const struct live_ops *ops, void *priv,
		      struct xen **ret) ERR_MUST_CHECK;

#endif
