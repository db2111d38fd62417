/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dump files, whatever their format, read without crash: ELF cores and
 * makedumpfile's compressed ones.
 */
#ifndef XEN_COREFILE_H
#define XEN_COREFILE_H

#include "../error.h"
#include "memory.h"
#include "notes.h"

/*
 * The notes of an ELF core, a compressed kdump, or either of them in
 * makedumpfile's flattened form. ERR_UNSUPPORTED when it is none of these.
 */
struct err *corefile_notes(const char *path, struct notes **ret) ERR_MUST_CHECK;

/*
 * The memory in a dump by machine addresses. A flattened one is
 * ERR_UNSUPPORTED, as is a compression this build has no library for.
 */
struct err *corefile_memory(const char *path, struct memory **ret) ERR_MUST_CHECK;

#endif
