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

/* True for "debug_info" of ".debug_info" and of ".zdebug_info", which is compressed. */
static bool is_debug_section(const char *have, const char *name)
{
	return have && have[0] == '.' && !strcmp(have + 1 + (have[1] == 'z'), name);
}

struct err *elf_debug_section(Elf *elf, const char *name, const uint8_t **bytes, size_t *len)
{
	struct elf_names names;
	Elf_Scn *scn = NULL, *found = NULL;
	Elf_Data *data;
	size_t index;
	GElf_Shdr sh;

	*bytes = NULL;
	*len = 0;
	if (elf_getshdrstrndx(elf, &index))
		return NULL;
	names = elf_names_of(elf, index);
	while ((scn = elf_nextscn(elf, scn))) {
		if (!gelf_getshdr(scn, &sh) || sh.sh_type == SHT_NOBITS ||
		    !is_debug_section(elf_name_at(&names, sh.sh_name), name))
			continue;
		if (found)
			return err_new(ERR_CORRUPT, "more than one section %s", name);
		found = scn;
	}
	data = found ? elf_getdata(found, NULL) : NULL;
	if (data && data->d_buf) {
		*bytes = data->d_buf;
		*len = data->d_size;
	}
	return NULL;
}
