/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the writers of the two formats of a core. */
#ifndef XEN_COREWRITER_INTERNAL_H
#define XEN_COREWRITER_INTERNAL_H

#include <signal.h>

#include "corewriter.h"
#include "memory.h"

#define CORE_BUFFER_SIZE	(1UL << 20)

struct kdumpwriter;

struct corewriter {
	int fd;
	char *path;
	char *temporary;		/* name for the time until it is complete; NULL: none */
	struct core_load *load;
	uint64_t *offset;		/* offset of each load in an ELF file */
	unsigned int nr_loads, last;	/* last: load of the page before */
	uint64_t size;			/* of an ELF file */
	unsigned char *buffer;		/* bytes for the file at buffer_at */
	uint64_t buffer_at;
	size_t buffered;
	uint64_t nr_zeros;		/* see core_nr_zeros() */
	struct kdumpwriter *kdump;	/* NULL: ELF */
	/*
	 * Handler of SIGXFSZ before: the signal, which a limit of the size of files
	 * raises, would end crash; without it the write fails.
	 */
	struct sigaction on_limit;
	bool has_limit;			/* on_limit is valid */
};

struct err *core_write_at(const struct corewriter *c, uint64_t at,
			  const void *bytes, size_t len) ERR_MUST_CHECK;
/* Writes through the buffer, which combines consecutive bytes. */
struct err *core_append(struct corewriter *c, uint64_t at, const void *bytes,
			size_t len) ERR_MUST_CHECK;
struct err *core_flush(struct corewriter *c) ERR_MUST_CHECK;
/*
 * Offsets of the loads in the file, from first on; a load inside another one
 * uses a part of the bytes of that.
 */
struct err *core_place_loads(struct corewriter *c, uint64_t first) ERR_MUST_CHECK;

/* Writes headers and sections of "xl dump-core", except the pages. */
struct err *xcwriter_create(struct corewriter *c,
			    const struct core_params *p) ERR_MUST_CHECK;

/* Starts the compressed format: c has its file and its loads. */
struct err *kdumpwriter_create(struct corewriter *c,
			       const struct core_params *p) ERR_MUST_CHECK;
struct err *kdumpwriter_page(struct corewriter *c, uint64_t paddr,
			     const void *page, bool zero) ERR_MUST_CHECK;
struct err *kdumpwriter_finish(struct corewriter *c) ERR_MUST_CHECK;
void kdumpwriter_destroy(struct kdumpwriter *k);

#endif
