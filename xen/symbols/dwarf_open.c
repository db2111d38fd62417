/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dwarf_open.h"

#include <inttypes.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/leb128.h"
#include "dwarf_begin.h"
#include "elf_names.h"
#include "units.h"

/* Limit; compilers write some twenty. */
#define ATTRIBUTES_MAX	128
/* Bytes of the tables of all units, per byte of DWARF; one unless tables are shared. */
#define SHARED_MAX	4

/* The bytes of .debug_abbrev from a table on. */
struct abbrevs {
	const uint8_t *at, *end;
};

/* The limit of the bytes of all tables. */
struct budget_bytes {
	const uint8_t *bytes;
	size_t len;
	uint64_t left;
	bool names_dwo;		/* a table has an attribute of split DWARF */
};

/* Numbers of more than 32 bits are cut. */
static bool take_number(struct abbrevs *a, uint32_t *ret)
{
	uint64_t number;
	bool cut;

	if (!leb128_take(&a->at, a->end, &number, &cut))
		return false;
	*ret = number;
	return true;
}

/* Passes the attributes of an abbreviation; *nr is their number. */
static bool pass_attributes(struct abbrevs *a, unsigned int *nr, bool *names_dwo)
{
	uint32_t name, form, value;

	for (*nr = 0; take_number(a, &name) && take_number(a, &form); ++*nr) {
		if (!name && !form)
			return true;
		*names_dwo |= dwarf_names_dwo(name);
		if (form == FORM_IMPLICIT_CONST && !take_number(a, &value))
			return false;
	}
	return false;
}

static struct err *overlap(void)
{
	return err_new(ERR_CORRUPT, "DWARF: the abbreviations of its units overlap");
}

/* Passes one table, up to its end or that of the section. */
static struct err *pass_table(struct budget_bytes *b, uint64_t offset)
{
	struct abbrevs a = { b->bytes + offset, b->bytes + b->len };
	const uint8_t *start = a.at;
	uint32_t code, tag;
	unsigned int nr;

	/* the rest of the limit and no more is read */
	if (b->left < (uint64_t)(a.end - a.at))
		a.end = a.at + b->left;
	while (take_number(&a, &code) && code && take_number(&a, &tag) && a.at < a.end) {
		a.at++;	/* has children */
		if (!pass_attributes(&a, &nr, &b->names_dwo))
			break;
		if (nr > ATTRIBUTES_MAX)
			return err_new(ERR_CORRUPT, "DWARF: an abbreviation of %u attributes", nr);
	}
	b->left -= a.at - start;
	return b->left ? NULL : overlap();
}

/* Passes the table of each unit; one that repeats that of the unit before is not read again. */
static struct err *pass_units(Dwarf *dwarf, struct budget_bytes *b, bool types)
{
	Dwarf_Off next = 0, at = 0, abbrev, type;
	uint64_t signature, last = UINT64_MAX, last_size = 0;
	unsigned int nr = 0;
	size_t header;

	while (!dwarf_next_unit(dwarf, at, &next, &header, NULL, &abbrev, NULL, NULL,
				types ? &signature : NULL, types ? &type : NULL)) {
		uint64_t left = b->left;

		if (!(nr++ & 0xff))
			ERR_TRY(interrupt_check());
		at = next;
		if (abbrev >= b->len)
			continue;
		if (abbrev != last)
			ERR_TRY(pass_table(b, abbrev));
		else if (b->left <= last_size)
			return overlap();
		else
			b->left -= last_size;
		last = abbrev;
		last_size = left - b->left;
	}
	return NULL;
}

static struct err *check(Dwarf *dwarf, bool *names_dwo)
{
	static const char *const sections[] = { "debug_info", "debug_types", "debug_abbrev" };
	struct budget_bytes b = { .left = 1 };
	Elf *elf = dwarf_getelf(dwarf);

	for (size_t i = 0; elf && i < ARRAY_SIZE(sections); i++) {
		/* that of the last one, debug_abbrev, remains */
		ERR_TRY(elf_debug_section(elf, sections[i], &b.bytes, &b.len));
		b.left += SHARED_MAX * b.len;
	}
	if (!b.len)
		return err_new(ERR_NO_TYPE, "the image has no DWARF (.debug_abbrev)");
	ERR_TRY(pass_units(dwarf, &b, false));
	ERR_TRY(pass_units(dwarf, &b, true));
	*names_dwo = b.names_dwo;
	return NULL;
}

static struct err *check_units(Dwarf *dwarf)
{
	struct units u = { .dwarf = dwarf };
	unsigned int nr = 0;
	Dwarf_Die unit;

	while (units_next(&u, &unit)) {
		if (!(nr++ & 0xff))
			ERR_TRY(interrupt_check());
		ERR_TRY(dwarf_check_unit(&unit));
	}
	return NULL;
}

struct err *dwarf_open(Elf *elf, Dwarf **ret)
{
	bool names_dwo = false, common_dwo;
	struct err *e;
	Dwarf *dwarf;
	Dwarf_Die unit;

	ERR_TRY(dwarf_begin_checked(elf, &dwarf));
	/* an image stripped of .debug_info may still have other sections */
	if (units_next(&(struct units){ .dwarf = dwarf }, &unit))
		e = check(dwarf, &names_dwo);
	else
		e = err_new(ERR_NO_TYPE, "the image has no DWARF (.debug_info)");
	/* libdw reads the abbreviations of each unit for it */
	if (!e && names_dwo)
		e = check_units(dwarf);
	if (!e && units_common_file(dwarf))
		e = check(units_common_file(dwarf), &common_dwo);
	if (e) {
		dwarf_end(dwarf);
		return e;
	}
	*ret = dwarf;
	return NULL;
}
