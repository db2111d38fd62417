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
	uint64_t last, last_size;	/* offset and size of the table of the unit before */
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
			return err_new(ERR_CORRUPT, "DWARF: too many attributes in an abbreviation: %u", nr);
	}
	b->left -= a.at - start;
	return b->left ? NULL : overlap();
}

/* Passes the table of a unit; one that repeats that of the unit before is not read again. */
static struct err *pass_unit(struct budget_bytes *b, uint64_t abbrev)
{
	uint64_t left = b->left;

	if (abbrev >= b->len)
		return NULL;
	if (abbrev != b->last)
		ERR_TRY(pass_table(b, abbrev));
	else if (b->left <= b->last_size)
		return overlap();
	else
		b->left -= b->last_size;
	b->last = abbrev;
	b->last_size = left - b->left;
	return NULL;
}

/*
 * libdw reads the table of a unit to find its attributes: they are looked at after the table, and only where a table so
 * far has such an attribute.
 */
static struct err *pass_units(Dwarf *dwarf, struct budget_bytes *b, bool types)
{
	Dwarf_Off next = 0, at = 0, abbrev, type;
	unsigned int nr = 0;
	uint64_t signature;
	Dwarf_Die unit;
	size_t header;

	while (!dwarf_next_unit(dwarf, at, &next, &header, NULL, &abbrev, NULL, NULL,
				types ? &signature : NULL, types ? &type : NULL)) {
		if (!(nr++ & 0xff))
			ERR_TRY(interrupt_check());
		ERR_TRY(pass_unit(b, abbrev));
		if (b->names_dwo && (types ? dwarf_offdie_types(dwarf, at + header, &unit) :
					     dwarf_offdie(dwarf, at + header, &unit)))
			ERR_TRY(dwarf_check_unit(&unit));
		at = next;
	}
	return NULL;
}

static struct err *check(Dwarf *dwarf)
{
	static const char *const sections[] = { "debug_info", "debug_types", "debug_abbrev" };
	struct budget_bytes b = { .left = 1, .last = UINT64_MAX };
	Elf *elf = dwarf_getelf(dwarf);

	for (size_t i = 0; elf && i < ARRAY_SIZE(sections); i++) {
		/* that of the last one, debug_abbrev, remains */
		ERR_TRY(elf_debug_section(elf, sections[i], &b.bytes, &b.len));
		b.left += SHARED_MAX * b.len;
	}
	if (!b.len)
		return err_new(ERR_NO_TYPE, "the image has no DWARF (.debug_abbrev)");
	ERR_TRY(pass_units(dwarf, &b, false));
	return pass_units(dwarf, &b, true);
}

struct err *dwarf_open(Elf *elf, Dwarf **ret)
{
	struct err *e;
	Dwarf *dwarf;
	Dwarf_Die unit;

	ERR_TRY(dwarf_begin_checked(elf, &dwarf));
	/* an image stripped of .debug_info may still have other sections */
	if (units_next(&(struct units){ .dwarf = dwarf }, &unit))
		e = check(dwarf);
	else
		e = err_new(ERR_NO_TYPE, "the image has no DWARF (.debug_info)");
	if (!e && units_common_file(dwarf))
		e = check(units_common_file(dwarf));
	if (e) {
		dwarf_end(dwarf);
		return e;
	}
	*ret = dwarf;
	return NULL;
}
