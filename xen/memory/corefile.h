/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dump files. ELF cores are read here whole, so that the core runs without
 * crash; of makedumpfile's compressed format only the notes are, since pages
 * come through crash there.
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

/* The memory of an ELF core by its PT_LOADs' p_paddr (machine addresses). */
struct err *corefile_memory(const char *path, struct memory **ret) ERR_MUST_CHECK;

#endif
