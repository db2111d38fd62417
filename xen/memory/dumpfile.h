/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a dump file, also of one in makedumpfile's flattened form, for
 * the formats in this folder. Other code uses corefile.h.
 */
#ifndef XEN_DUMPFILE_H
#define XEN_DUMPFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"
#include "flat.h"
#include "memory.h"
#include "notes.h"

/* Read-ahead of a file. */
struct window {
	unsigned char *bytes;	/* NULL: none yet */
	uint64_t at;
	size_t len;
	size_t used;		/* number of bytes that were requested */
};

struct dumpfile {
	char *path;
	int fd;
	uint64_t size;		/* size of the file when it was opened, holes included */
	struct flat *flat;	/* NULL: the file is not flattened */
	struct window window;	/* state of dumpfile_bytes() */
};

/* Opens a regular file; ERR_UNSUPPORTED for other files. */
struct err *dumpfile_open(const char *path,
			  struct dumpfile **ret) ERR_MUST_CHECK;
void dumpfile_close(struct dumpfile *f);

/* Copies len bytes at an offset of the dump. ERR_NOT_IN_DUMP if the file is truncated. */
struct err *dumpfile_read(const struct dumpfile *f, uint64_t at, void *buf,
			  size_t len) ERR_MUST_CHECK;

/*
 * Returns the first offset from at on that is not in a hole of the file; end if
 * there is none before end. Every offset of a flattened file counts as data.
 */
uint64_t dumpfile_data(const struct dumpfile *f, uint64_t at, uint64_t end);

/*
 * Returns the same bytes, for a pass over a large part of the file: reads ahead
 * while offsets ascend. at is a multiple of 8, as is the address returned,
 * which is valid until the next call. NULL if the file is truncated or
 * flattened, if it cannot be read, and for more than a page.
 */
const void *dumpfile_bytes(struct dumpfile *f, uint64_t at, size_t len);

/* Parses the notes in the len bytes at an offset. */
struct err *dumpfile_parse_notes(const struct dumpfile *f, uint64_t at,
				 uint64_t len,
				 struct notes **ret) ERR_MUST_CHECK;

/*
 * A format, recognised by its first bytes. memory and join own the file on
 * success. join adds a part to a split dump; NULL if the format has no parts.
 */
struct dump_format {
	const char *name;	/* operations of its memory */
	const char *magic;
	size_t magic_len;
	struct err *(*notes)(const struct dumpfile *f, struct notes **ret);
	struct err *(*memory)(struct dumpfile *f, struct memory **ret);
	struct err *(*join)(struct memory *m, struct dumpfile *f);
};

extern const struct dump_format elfcore_format;	/* elfcore.c */
extern const struct dump_format kdump_format;	/* kdump.c */
extern const struct dump_format raw_format;	/* rawimage.c */

#endif
