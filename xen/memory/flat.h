/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_FLAT_H
#define XEN_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

/* A flattened dump; reading it gives the same bytes as makedumpfile -R. */
struct flat;

bool flat_is(const unsigned char *bytes, uint64_t len);

/*
 * Sorts the records in len bytes, which must outlive the flat. Of a truncated
 * dump the records before its end are used.
 */
struct err *flat_open(const unsigned char *bytes, uint64_t len,
		      struct flat **ret) ERR_MUST_CHECK;
void flat_close(struct flat *f);

/* ERR_NOT_IN_DUMP past the end, or in a part missing from a truncated dump. */
struct err *flat_read(const struct flat *f, uint64_t at, void *buf,
		      size_t len) ERR_MUST_CHECK;

#endif
