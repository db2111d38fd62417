/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_IDENTITY_H
#define XEN_MODEL_IDENTITY_H

#include "xen.h"

/* Fills x->id as far as it is known; requires notes, memory and space of x. */
void identity_read(struct xen *x);

#endif
