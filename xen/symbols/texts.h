/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of names, which are never moved: struct symbol points to them. */
#ifndef XEN_SYMBOLS_TEXTS_H
#define XEN_SYMBOLS_TEXTS_H

#include <stddef.h>

#include "xen/base/error.h"
#include "xen/base/hash.h"

/* Limits, above the largest kernel: bytes of a name and of all names. */
#define TEXTS_NAME_MAX	512
#define TEXTS_MAX	(256UL << 20)

struct texts_chunk;

struct texts {
	struct texts_chunk *chunks;
	size_t size;		/* bytes of all names */
	const char **shared;
	size_t nr_shared;
	struct hash hash;	/* of shared */
};

/*
 * Copies a text. *ret is NULL, without an error, if it has TEXTS_NAME_MAX bytes or
 * more: it is no name. ERR_CORRUPT beyond TEXTS_MAX.
 */
struct err *texts_add(struct texts *t, const char *text, const char **ret) ERR_MUST_CHECK;

/* Likewise; an equal text that was shared before is returned again. */
struct err *texts_share(struct texts *t, const char *text, const char **ret) ERR_MUST_CHECK;

void texts_clear(struct texts *t);

#endif
