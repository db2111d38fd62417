/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "elf_names.h"

#include <gelf.h>
#include <string.h>

#include "texts.h"

struct elf_names elf_names_of(Elf *elf, size_t section)
{
	Elf_Scn *scn = elf_getscn(elf, section);
	struct elf_names n = { .bytes = NULL };
	Elf_Data *data;
	GElf_Shdr sh;

	if (!scn || !gelf_getshdr(scn, &sh) || sh.sh_type != SHT_STRTAB)
		return n;
	data = elf_rawdata(scn, NULL);
	if (data && data->d_buf) {
		n.bytes = data->d_buf;
		n.len = data->d_size;
	}
	return n;
}

const char *elf_name_at(const struct elf_names *n, size_t at)
{
	size_t max;

	if (!n->bytes || at >= n->len)
		return NULL;
	max = n->len - at < TEXTS_NAME_MAX ? n->len - at : TEXTS_NAME_MAX;
	return strnlen(n->bytes + at, max) < max ? n->bytes + at : NULL;
}
