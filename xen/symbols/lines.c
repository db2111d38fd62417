/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "units.h"

struct lines {
	Dwarf *dwarf;
};

struct err *lines_create(Elf *elf, struct lines **ret)
{
	struct lines *l = calloc(1, sizeof(*l));
	Dwarf_Die unit;

	if (!l)
		return err_nomem();
	l->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	if (!l->dwarf || !units_next(&(struct units){ .dwarf = l->dwarf }, &unit)) {
		lines_destroy(l);
		return err_new(ERR_NOT_FOUND, "the image has no DWARF");
	}
	*ret = l;
	return NULL;
}

void lines_destroy(struct lines *l)
{
	if (!l)
		return;
	dwarf_end(l->dwarf);
	free(l);
}

/* Finds the unit of va: by .debug_aranges, or without them (clang) by a search. */
static bool find_unit(struct lines *l, uint64_t va, Dwarf_Die *ret)
{
	struct units units = { .dwarf = l->dwarf };

	if (dwarf_addrdie(l->dwarf, va, ret))
		return true;
	while (units_next(&units, ret))
		if (dwarf_tag(ret) == DW_TAG_compile_unit && dwarf_haspc(ret, va) > 0)
			return true;
	return false;
}

/*
 * Removes the directory in which the compiler was called, which some versions
 * put before the names of files.
 */
static const char *short_file(Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attr;
	const char *dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
	size_t len = dir ? strlen(dir) : 0;

	if (!file)
		return NULL;
	if (len && !strncmp(file, dir, len) && file[len] == '/')
		file += len + 1;
	while (!strncmp(file, "./", 2))
		file += 2;
	return file;
}

static const char *function_name(Dwarf_Die *die)
{
	Dwarf_Attribute attr;

	return dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attr));
}

/* Reads file and line of the call of an inlined function. */
static void call_site(Dwarf_Die *unit, Dwarf_Die *inlined, struct source_line *ret)
{
	Dwarf_Word file, line;
	Dwarf_Attribute attr;
	Dwarf_Files *files;
	size_t nr;

	ret->file = NULL;
	ret->line = 0;
	if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attr), &line))
		ret->line = line;
	if (!dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attr), &file) &&
	    !dwarf_getsrcfiles(unit, &files, &nr) && file < nr)
		ret->file = short_file(unit, dwarf_filesrc(files, file, NULL, NULL));
}

/*
 * Finds the scopes of va by the nesting of code. For inlined functions
 * dwarf_getscopes() returns the outer scopes by the nesting of the source
 * instead.
 */
static int code_scopes(Dwarf_Die *unit, uint64_t va, Dwarf_Die **ret)
{
	Dwarf_Die *scopes = NULL, innermost;
	int nr = dwarf_getscopes(unit, va, &scopes);

	if (nr <= 0)
		return 0;
	innermost = scopes[0];
	free(scopes);
	*ret = NULL;
	nr = dwarf_getscopes_die(&innermost, ret);
	return nr < 0 ? 0 : nr;
}

static unsigned int add_functions(Dwarf_Die *unit, Dwarf_Die *scopes, int nr_scopes,
				  struct source_line *ret)
{
	unsigned int nr = 0;
	int i;

	for (i = 0; i < nr_scopes && nr < SOURCE_LINES_MAX; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		ret[nr].function = function_name(&scopes[i]);
		ret[nr].inlined = tag == DW_TAG_inlined_subroutine;
		nr++;
		if (tag == DW_TAG_subprogram)
			break;
		if (nr < SOURCE_LINES_MAX)
			call_site(unit, &scopes[i], &ret[nr]);
	}
	return nr;
}

struct err *lines_at(struct lines *l, uint64_t va,
		     struct source_line ret[SOURCE_LINES_MAX], unsigned int *nr)
{
	struct source_line found[SOURCE_LINES_MAX];
	Dwarf_Die unit, *scopes = NULL;
	int number = 0, nr_scopes;
	Dwarf_Line *line;

	if (!find_unit(l, va, &unit))
		return err_new(ERR_NOT_FOUND, "no source line for %" PRIx64, va);
	line = dwarf_getsrc_die(&unit, va);
	if (!line || dwarf_lineno(line, &number))
		return err_new(ERR_NOT_FOUND, "no source line for %" PRIx64, va);
	memset(found, 0, sizeof(found));
	found[0].file = short_file(&unit, dwarf_linesrc(line, NULL, NULL));
	found[0].line = number;
	nr_scopes = code_scopes(&unit, va, &scopes);
	*nr = add_functions(&unit, scopes, nr_scopes, found);
	free(scopes);
	if (!*nr)
		*nr = 1;
	memcpy(ret, found, *nr * sizeof(*found));
	return NULL;
}
