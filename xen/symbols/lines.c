/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/budget.h"
#include "dwarf_open.h"
#include "units.h"

/*
 * Limits of one file: nested blocks of code, and entries and ranges that are compared
 * with addresses in all look-ups. 5000 addresses of Xen 4.20 require fewer than 2^23.
 */
#define DEPTH_MAX	64
#define STEPS_MAX	(1ULL << 25)
/* Limit of a name or path. */
#define TEXT_MAX	4096

struct lines {
	Dwarf *dwarf;
	struct budget budget;
};

/* The entries whose code contains an address, the outermost first. */
struct scopes {
	Dwarf_Die die[DEPTH_MAX];
	unsigned int nr;
};

struct err *lines_create(Elf *elf, struct lines **ret)
{
	struct lines *l = calloc(1, sizeof(*l));
	struct err *e;

	if (!l)
		return err_nomem();
	l->budget.limit = STEPS_MAX;
	e = dwarf_open(elf, &l->dwarf);
	if (e) {
		free(l);
		if (err_is_final(e))
			return e;
		err_free(e);
		return err_new(ERR_NOT_FOUND, "the image has no usable DWARF");
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

/*
 * True if the code of an entry contains va. Like dwarf_haspc(), but counts the ranges:
 * all entries may refer to one list of them.
 */
static struct err *has_code(struct lines *l, Dwarf_Die *die, uint64_t va, bool *ret)
{
	Dwarf_Addr base, start, end;
	ptrdiff_t at = 0;

	*ret = false;
	do {
		ERR_TRY(budget_take(&l->budget, "source lines"));
		at = dwarf_ranges(die, at, &base, &start, &end);
		*ret = at > 0 && va >= start && va < end;
	} while (at > 0 && !*ret);
	return NULL;
}

static bool unit_by_aranges(struct lines *l, uint64_t va, Dwarf_Die *ret)
{
	Dwarf_Aranges *aranges;
	Dwarf_Off offset;
	size_t nr;

	return !dwarf_getaranges(l->dwarf, &aranges, &nr) && aranges &&
	       !dwarf_getarangeinfo(dwarf_getarange_addr(aranges, va), NULL, NULL, &offset) &&
	       dwarf_offdie(l->dwarf, offset, ret);
}

/*
 * Finds the unit of va: by .debug_aranges, or without them (clang) by a search.
 * dwarf_addrdie() of elfutils 0.192 collects the ranges of all units then, however
 * many they are.
 */
static struct err *find_unit(struct lines *l, uint64_t va, Dwarf_Die *ret, bool *found)
{
	struct units units = { .dwarf = l->dwarf };

	*found = unit_by_aranges(l, va, ret);
	while (!*found && units_next(&units, ret))
		if (dwarf_tag(ret) == DW_TAG_compile_unit)
			ERR_TRY(has_code(l, ret, va, found));
	return NULL;
}

static const char *bounded(const char *text)
{
	return text && strnlen(text, TEXT_MAX) < TEXT_MAX ? text : NULL;
}

/*
 * Removes the directory in which the compiler was called, which some versions
 * put before the names of files.
 */
static const char *short_file(Dwarf_Die *unit, const char *file)
{
	Dwarf_Attribute attr;
	const char *dir = bounded(dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr)));
	size_t len = dir ? strlen(dir) : 0;

	file = bounded(file);
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

	return bounded(dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attr)));
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

/* Finds the first child of die whose code contains va. */
static struct err *find_child(struct lines *l, Dwarf_Die *die, uint64_t va,
			      Dwarf_Die *ret, bool *found)
{
	Dwarf_Die child, next;
	int end = dwarf_child(die, &child);

	*found = false;
	while (!end && !*found) {
		ERR_TRY(has_code(l, &child, va, found));
		*ret = child;
		/* a sibling at a lower offset would cause a loop */
		end = dwarf_siblingof(&child, &next) || (char *)next.addr <= (char *)child.addr;
		if (!end)
			child = next;
	}
	return NULL;
}

/*
 * Finds the scopes of va by the nesting of code. dwarf_getscopes() recurses as deep as
 * the entries are nested, and for inlined functions it returns the outer scopes by the
 * nesting of the source instead.
 */
static struct err *code_scopes(struct lines *l, Dwarf_Die *unit, uint64_t va,
			       struct scopes *s)
{
	Dwarf_Die at = *unit;
	bool found;

	for (s->nr = 0; s->nr < DEPTH_MAX; s->die[s->nr++] = at) {
		ERR_TRY(find_child(l, s->nr ? &s->die[s->nr - 1] : unit, va, &at, &found));
		if (!found)
			break;
	}
	return NULL;
}

static unsigned int add_functions(Dwarf_Die *unit, struct scopes *s,
				  struct source_line *ret)
{
	unsigned int nr = 0, i;

	for (i = s->nr; i-- && nr < SOURCE_LINES_MAX;) {
		Dwarf_Die *die = &s->die[i];
		int tag = dwarf_tag(die);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		ret[nr].function = function_name(die);
		ret[nr].inlined = tag == DW_TAG_inlined_subroutine;
		nr++;
		if (tag == DW_TAG_subprogram)
			break;
		if (nr < SOURCE_LINES_MAX)
			call_site(unit, die, &ret[nr]);
	}
	return nr;
}

struct err *lines_at(struct lines *l, uint64_t va,
		     struct source_line ret[SOURCE_LINES_MAX], unsigned int *nr)
{
	struct source_line found[SOURCE_LINES_MAX];
	struct scopes scopes;
	Dwarf_Die unit;
	Dwarf_Line *line;
	int number = 0;
	bool have;

	ERR_TRY(find_unit(l, va, &unit, &have));
	if (!have)
		return err_new(ERR_NOT_FOUND, "no source line for %" PRIx64, va);
	line = dwarf_getsrc_die(&unit, va);
	if (!line || dwarf_lineno(line, &number))
		return err_new(ERR_NOT_FOUND, "no source line for %" PRIx64, va);
	memset(found, 0, sizeof(found));
	found[0].file = short_file(&unit, dwarf_linesrc(line, NULL, NULL));
	found[0].line = number;
	ERR_TRY(code_scopes(l, &unit, va, &scopes));
	*nr = add_functions(&unit, &scopes, found);
	if (!*nr)
		*nr = 1;
	memcpy(ret, found, *nr * sizeof(*found));
	return NULL;
}
