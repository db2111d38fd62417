/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings that a member of a structure points to. */
#ifndef XEN_MODEL_TEXT_H
#define XEN_MODEL_TEXT_H

#include "xen.h"

/*
 * Reads the string that the pointer value at points to into buf; buf is "" on
 * failure and for a null pointer. ERR_CORRUPT: the bytes are not ASCII text.
 * Counts as a use of at (xen/base/provenance.h) only on failure: a caller that
 * shows buf uses at itself.
 */
struct err *text_read(struct xen *x, const struct value *at, char *buf,
		      size_t size) ERR_MUST_CHECK;

#endif
