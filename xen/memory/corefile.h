/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dump files, read without crash: ELF cores, makedumpfile's compressed format,
 * and plain images of physical memory.
 */
#ifndef XEN_COREFILE_H
#define XEN_COREFILE_H

#include "xen/base/error.h"
#include "memory.h"
#include "notes.h"

/*
 * Reads the notes of an ELF core, a compressed kdump, or either of them in
 * makedumpfile's flattened form. ERR_UNSUPPORTED for other files.
 */
struct err *corefile_notes(const char *path, struct notes **ret) ERR_MUST_CHECK;

/*
 * The memory in a dump by machine addresses. Reading a page fails with
 * ERR_UNSUPPORTED if the library for its compression is missing.
 */
struct err *corefile_memory(const char *path, struct memory **ret) ERR_MUST_CHECK;

/* Opens both at once: a flattened file is indexed at each opening. */
struct err *corefile_open(const char *path, struct memory **memory,
			  struct notes **notes) ERR_MUST_CHECK;

/*
 * Adds another file of a split dump (makedumpfile --split) to the memory of the
 * first. ERR_MISMATCH if they are not parts of one dump.
 */
struct err *corefile_join(struct memory *m, const char *path) ERR_MUST_CHECK;

#endif
