/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A string section of an ELF file. elf_strptr() looks for the end of the string in
 * the rest of the section on each call; here no more than a name's length is read.
 */
#ifndef XEN_SYMBOLS_ELF_NAMES_H
#define XEN_SYMBOLS_ELF_NAMES_H

#include <libelf.h>
#include <stddef.h>

struct elf_names {
	const char *bytes;	/* NULL: none */
	size_t len;
};

/* Opens the string section with that index; without bytes if it cannot be read. */
struct elf_names elf_names_of(Elf *elf, size_t section);

/* Returns the name at an offset; NULL if there is none, or longer than any name. */
const char *elf_name_at(const struct elf_names *n, size_t at);

#endif
