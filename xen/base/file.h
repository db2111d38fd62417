/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a file, unpacked if it is compressed (gzip, xz, zstd; recognised
 * by content). Only the requested length is unpacked, so that reading the
 * headers of a large file is fast.
 */
#ifndef XEN_FILE_H
#define XEN_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "error.h"

/* Limit of unpacked bytes, as a protection against decompression bombs. */
#define FILE_UNPACKED_MAX	(1UL << 30)

enum file_format { FILE_PLAIN, FILE_GZIP, FILE_XZ, FILE_ZSTD };

struct file;

/*
 * Opens a regular file for reading; -1 with errno, EINVAL for another kind, which is
 * not opened: some devices, such as a watchdog or a tape, are changed by it, and a
 * file in the folder of a dump may be a link to one. Check the kind again by fstat().
 */
int file_open_regular(const char *path);

/*
 * Opens a regular file or a readable text of procfs. ERR_IO, ERR_UNSUPPORTED
 * for directories, pipes and devices, and for a compression whose library this
 * build lacks.
 */
struct err *file_open(const char *path, struct file **ret) ERR_MUST_CHECK;

/* Likewise for len bytes in memory, which must outlive the file. */
struct err *file_from_bytes(const char *name, const void *bytes, size_t len,
			    struct file **ret) ERR_MUST_CHECK;
void file_close(struct file *f);

/*
 * Makes the first len unpacked bytes available, fewer when the file ends
 * before; SIZE_MAX means all. ERR_CORRUPT for a broken or truncated stream:
 * bytes before the damage remain available.
 */
struct err *file_want(struct file *f, size_t len) ERR_MUST_CHECK;

/* Returns the available bytes; the pointer is valid until the next file_want(). */
const uint8_t *file_data(const struct file *f);
size_t file_size(const struct file *f);

enum file_format file_format(const struct file *f);
const char *file_format_name(enum file_format format);

#endif
