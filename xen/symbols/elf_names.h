/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A string section of an ELF file. elf_strptr() looks for the end of the string in
 * the rest of the section on each call; here no more than a name's length is read.
 */
#ifndef XEN_SYMBOLS_ELF_NAMES_H
#define XEN_SYMBOLS_ELF_NAMES_H

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

struct elf_names {
	const char *bytes;	/* NULL: none */
	size_t len;
};

/* Opens the string section with that index; without bytes if it cannot be read. */
struct elf_names elf_names_of(Elf *elf, size_t section);

/* Returns the name at an offset; NULL if there is none, or longer than any name. */
const char *elf_name_at(const struct elf_names *n, size_t at);

/*
 * Returns the bytes of a section with DWARF, such as "debug_info", after
 * dwarf_begin_elf(), which unpacks it; *len is 0 without it. ERR_CORRUPT if there are
 * two: libdw might read the other one.
 */
struct err *elf_debug_section(Elf *elf, const char *name, const uint8_t **bytes,
			      size_t *len) ERR_MUST_CHECK;

#endif
