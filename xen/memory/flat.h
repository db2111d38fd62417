/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_FLAT_H
#define XEN_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

/* A flattened dump; reading it gives the same bytes as makedumpfile -R. */
struct flat;

/* Copies len bytes at an offset of a file of which that much exists. */
typedef struct err *flat_reader(const void *file, uint64_t at, void *buf,
				size_t len);

/* The len bytes of a file, by a reader. */
struct flat_file {
	flat_reader *read;
	const void *file;
	uint64_t len;
};

struct err *flat_is(const struct flat_file *file, bool *ret) ERR_MUST_CHECK;

/*
 * Sorts the records of a file, which must remain readable until flat_close().
 * Of a truncated dump the records before its end are used.
 */
struct err *flat_open(const struct flat_file *file, struct flat **ret) ERR_MUST_CHECK;
void flat_close(struct flat *f);

/* True if the end mark is missing: the file is truncated. */
bool flat_is_cut(const struct flat *f);

/*
 * ERR_NOT_IN_DUMP past the end, in a part missing from a truncated dump, or in a
 * page that no record has; errors of the reader.
 */
struct err *flat_read(const struct flat *f, uint64_t at, void *buf,
		      size_t len) ERR_MUST_CHECK;

#endif
