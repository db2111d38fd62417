/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings that a structure points to. */
#ifndef XEN_MODEL_TEXT_H
#define XEN_MODEL_TEXT_H

#include "xen.h"

/*
 * Reads the string that the value at points to into buf, "" on failure and where
 * it points to none. ERR_CORRUPT: the bytes there are no text (ASCII). Is a use of
 * at (xen/base/provenance.h) only if it fails: the caller that shows buf uses at.
 */
struct err *text_read(struct xen *x, const struct value *at, char *buf,
		      size_t size) ERR_MUST_CHECK;

#endif
