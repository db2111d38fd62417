/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "entries.h"

#include <dwarf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "xen/base/leb128.h"
#include "xen/symbols/elf_names.h"
#include "xen/symbols/units.h"

/* Forms by their numbers: dwarf.h of libdw 0.158 lacks those of DWARF 5. */
enum {
	FORM_STRX = 0x1a, FORM_ADDRX = 0x1b, FORM_REF_SUP4 = 0x1c, FORM_STRP_SUP = 0x1d,
	FORM_DATA16 = 0x1e, FORM_LINE_STRP = 0x1f, FORM_LOCLISTX = 0x22, FORM_RNGLISTX = 0x23,
	FORM_REF_SUP8 = 0x24, FORM_STRX1 = 0x25, FORM_STRX4 = 0x28, FORM_ADDRX1 = 0x29,
	FORM_ADDRX4 = 0x2c, FORM_GNU_REF_ALT = 0x1f20, FORM_GNU_STRP_ALT = 0x1f21,
};

/* The attributes that are looked at. */
enum part_kind {
	PART_NAME, PART_SIBLING, PART_EXTERNAL, PART_ORIGIN, NR_PARTS, PART_OTHER = NR_PARTS,
};

#define SIZE_VARIES	0xff
#define SIZE_UNKNOWN	0xfe
#define SIZE_MAX_KNOWN	0xf0

/* An attribute, or several others of fixed size in a row. */
struct part {
	uint8_t kind;
	uint8_t size;		/* or SIZE_VARIES: by form */
	uint16_t form;
};

struct abbrev {
	uint32_t first, nr;	/* of its parts */
	uint8_t class;		/* of its tag */
	bool children, declaration;
	bool refers;		/* its name and flags may be those of another entry */
	bool ask_name, ask_external, ask_origin;	/* of libdw */
};

/* Size of an attribute in an entry. */
static uint8_t form_size(const struct entries *w, unsigned int form)
{
	switch (form) {
	case DW_FORM_flag_present: case FORM_IMPLICIT_CONST:
		return 0;
	case DW_FORM_data1: case DW_FORM_ref1: case DW_FORM_flag:
	case FORM_STRX1: case FORM_ADDRX1:
		return 1;
	case DW_FORM_data2: case DW_FORM_ref2: case FORM_STRX1 + 1: case FORM_ADDRX1 + 1:
		return 2;
	case FORM_STRX1 + 2: case FORM_ADDRX1 + 2:
		return 3;
	case DW_FORM_data4: case DW_FORM_ref4: case FORM_REF_SUP4: case FORM_STRX4:
	case FORM_ADDRX4:
		return 4;
	case DW_FORM_data8: case DW_FORM_ref8: case DW_FORM_ref_sig8: case FORM_REF_SUP8:
		return 8;
	case FORM_DATA16:
		return 16;
	case DW_FORM_addr:
		return w->address_size;
	case DW_FORM_ref_addr:
		return w->version < 3 ? w->address_size : w->offset_size;
	case DW_FORM_strp: case DW_FORM_sec_offset: case FORM_LINE_STRP: case FORM_STRP_SUP:
	case FORM_GNU_REF_ALT: case FORM_GNU_STRP_ALT:
		return w->offset_size;
	case DW_FORM_string: case DW_FORM_sdata: case DW_FORM_udata: case DW_FORM_ref_udata:
	case DW_FORM_block: case DW_FORM_block1: case DW_FORM_block2: case DW_FORM_block4:
	case DW_FORM_exprloc: case FORM_STRX: case FORM_ADDRX: case FORM_LOCLISTX:
	case FORM_RNGLISTX:
		return SIZE_VARIES;
	}
	return SIZE_UNKNOWN;
}

static bool take(const uint8_t **at, const uint8_t *end, uint64_t *ret)
{
	bool cut;

	return leb128_take(at, end, ret, &cut) && !cut;
}

/* Reads a number of 1, 2, 4 or 8 bytes. */
static uint64_t number_at(const uint8_t *at, unsigned int size)
{
	uint64_t v = 0;

	memcpy(&v, at, size);
	return le64toh(v);
}

/* Passes an attribute whose size depends on its bytes. */
static bool pass_varying(unsigned int form, const uint8_t **at, const uint8_t *end)
{
	unsigned int size = form == DW_FORM_block1 ? 1 : form == DW_FORM_block2 ? 2 : 4;
	const uint8_t *zero;
	uint64_t len;

	switch (form) {
	case DW_FORM_string:
		zero = memchr(*at, 0, end - *at);
		if (!zero)
			return false;
		*at = zero + 1;
		return true;
	case DW_FORM_block1: case DW_FORM_block2: case DW_FORM_block4:
		if ((size_t)(end - *at) < size)
			return false;
		len = number_at(*at, size);
		*at += size;
		break;
	case DW_FORM_block: case DW_FORM_exprloc:
		if (!take(at, end, &len))
			return false;
		break;
	default:	/* a number */
		do {
			if (*at == end)
				return false;
		} while (*(*at)++ & 0x80);
		return true;
	}
	if (len > (size_t)(end - *at))
		return false;
	*at += len;
	return true;
}

/* A reference to an entry of the unit, of fixed size. */
static bool is_reference(unsigned int form)
{
	return form == DW_FORM_ref1 || form == DW_FORM_ref2 || form == DW_FORM_ref4 ||
	       form == DW_FORM_ref8;
}

static enum part_kind part_kind(struct abbrev *a, unsigned int attribute, unsigned int form)
{
	switch (attribute) {
	case DW_AT_name:
		a->ask_name |= form != DW_FORM_strp && form != DW_FORM_string;
		return PART_NAME;
	case DW_AT_sibling:
		return PART_SIBLING;
	case DW_AT_external:
		a->ask_external |= form != DW_FORM_flag && form != DW_FORM_flag_present;
		return PART_EXTERNAL;
	case DW_AT_declaration:
		a->declaration = true;
		break;
	case DW_AT_specification:
	case DW_AT_abstract_origin:
		a->ask_origin |= a->refers || !is_reference(form);
		a->refers = true;
		return PART_ORIGIN;
	}
	return PART_OTHER;
}

/* Adds an attribute; *known is cleared if its size is not. */
static struct err *add_part(struct entries *w, struct abbrev *a, unsigned int attribute,
			    unsigned int form)
{
	struct part p = { part_kind(a, attribute, form), form_size(w, form), form };
	struct part *last = a->nr ? &w->parts[w->nr_parts - 1] : NULL;

	if (p.size == SIZE_UNKNOWN || (p.kind == PART_SIBLING && !is_reference(form)))
		w->known = false;
	if (p.kind == PART_OTHER && p.size < SIZE_UNKNOWN && last &&
	    last->kind == PART_OTHER && last->size + p.size < SIZE_MAX_KNOWN) {
		last->size += p.size;
		return NULL;
	}
	if (!ARRAY_GROW(w->parts, w->nr_parts))
		return err_nomem();
	w->parts[w->nr_parts++] = p;
	a->nr++;
	return NULL;
}

/* Reads one abbreviation, after its number. */
static struct err *read_abbrev(struct entries *w, const uint8_t **at, const uint8_t *end)
{
	struct abbrev a = { .first = w->nr_parts };
	uint64_t tag, attribute, form;

	if (!take(at, end, &tag) || tag > INT_MAX || *at == end) {
		w->known = false;
		return NULL;
	}
	a.class = class_of_tag(tag);
	a.children = *(*at)++ != 0;
	for (;;) {
		if (!take(at, end, &attribute) || !take(at, end, &form) || form > UINT16_MAX) {
			w->known = false;
			return NULL;
		}
		if (!attribute && !form)
			break;
		if (form == FORM_IMPLICIT_CONST && !pass_varying(DW_FORM_sdata, at, end))
			w->known = false;
		ERR_TRY(add_part(w, &a, attribute, form));
	}
	if (!ARRAY_GROW(w->abbrevs, w->nr_abbrevs))
		return err_nomem();
	w->abbrevs[w->nr_abbrevs++] = a;
	return NULL;
}

/*
 * Reads a table, whose numbers have to be 1, 2, 3 ... as compilers write them. How
 * long all tables may be is checked by dwarf_open().
 */
static struct err *read_table(struct entries *w, uint64_t table)
{
	const uint8_t *at = w->tables.at + table, *end = w->tables.at + w->tables.len;
	uint64_t number;

	w->table = table;
	w->nr_abbrevs = w->nr_parts = 0;
	w->known = true;
	while (w->known && take(&at, end, &number) && number) {
		if (number != w->nr_abbrevs + 1)
			w->known = false;
		else
			ERR_TRY(read_abbrev(w, &at, end));
	}
	return NULL;
}

static struct err *open_sections(struct entries *w, Dwarf *dwarf)
{
	const struct {
		const char *name;
		struct entry_bytes *to;
	} sections[] = {
		{ "debug_info", &w->info }, { "debug_types", &w->types },
		{ "debug_abbrev", &w->tables }, { "debug_str", &w->strings },
	};
	Elf *elf = dwarf_getelf(dwarf);

	w->nr_abbrevs = 0;
	w->dwarf = dwarf;
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		*sections[i].to = (struct entry_bytes){ .at = NULL };
		if (elf)
			ERR_TRY(elf_debug_section(elf, sections[i].name, &sections[i].to->at,
						  &sections[i].to->len));
	}
	return NULL;
}

/* Returns the section that contains an address; NULL: none. */
static const struct entry_bytes *section_of(const struct entries *w, const uint8_t *at)
{
	if (w->info.at && at >= w->info.at && at < w->info.at + w->info.len)
		return &w->info;
	if (w->types.at && at >= w->types.at && at < w->types.at + w->types.len)
		return &w->types;
	return NULL;
}

/* Reads the header of the unit, and the table if it is not that of the unit before. */
static struct err *read_head(struct entries *w, const struct entry_bytes *s)
{
	uint64_t signature;
	Dwarf_Off at, next, table, type;
	Dwarf_Half version;
	uint8_t address_size, offset_size;
	bool types = s == &w->types;
	size_t head;

	w->start = (const uint8_t *)w->unit.addr - dwarf_cuoffset(&w->unit);
	at = w->start - s->at;
	if (w->start < s->at ||
	    dwarf_next_unit(w->dwarf, at, &next, &head, &version, &table, &address_size,
			    &offset_size, types ? &signature : NULL, types ? &type : NULL) ||
	    table >= w->tables.len || next <= at + head ||
	    (offset_size != 4 && offset_size != 8) || address_size > 8) {
		w->nr_abbrevs = 0;
		w->known = false;
		return NULL;
	}
	w->end = s->at + (next < s->len ? next : s->len);
	if (w->nr_abbrevs && table == w->table && version == w->version &&
	    address_size == w->address_size && offset_size == w->offset_size)
		return NULL;
	w->version = version;
	w->address_size = address_size;
	w->offset_size = offset_size;
	return read_table(w, table);
}

/* The places of the attributes of an entry that are looked at; NULL: it has none. */
struct places {
	const uint8_t *at[NR_PARTS];
	uint16_t form[NR_PARTS];
};

/* Passes the attributes of an entry; false if they go beyond the unit. */
static bool pass_parts(const struct entries *w, const struct abbrev *a, const uint8_t **at,
		       struct places *ret)
{
	for (uint32_t i = 0; i < a->nr; i++) {
		const struct part *p = &w->parts[a->first + i];

		if (p->kind != PART_OTHER && !ret->at[p->kind]) {
			ret->at[p->kind] = *at;
			ret->form[p->kind] = p->form;
		}
		if (p->size == SIZE_VARIES) {
			if (!pass_varying(p->form, at, w->end))
				return false;
		} else if (p->size > (size_t)(w->end - *at)) {
			return false;
		} else {
			*at += p->size;
		}
	}
	return true;
}

/* Passes an entry up to its children; *a is its abbreviation. False: it is corrupt. */
static bool pass_entry(const struct entries *w, const uint8_t **at, const struct abbrev **a,
		       struct places *ret)
{
	uint64_t number;

	*ret = (struct places){ .at = { NULL } };
	if (!take(at, w->end, &number) || !number || number > w->nr_abbrevs)
		return false;
	*a = &w->abbrevs[number - 1];
	return pass_parts(w, *a, at, ret);
}

/* Goes to the entry that a reference names; false: it is not in the unit, or before at. */
static bool go_to(const struct entries *w, const uint8_t *place, unsigned int form,
		  const uint8_t **at)
{
	uint64_t offset = number_at(place, form_size(w, form));

	if (offset > (size_t)(w->end - w->start) || w->start + offset < *at)
		return false;
	*at = w->start + offset;
	return true;
}

/*
 * Sets w->at to the entry after one that was passed up to at: behind its children, and
 * NULL without another one.
 */
static void pass_children(struct entries *w, const uint8_t *at, const struct abbrev *a,
			  const uint8_t *sibling, unsigned int form)
{
	unsigned int depth = 0;
	struct places p;

	w->at = NULL;
	for (;;) {
		if (!sibling)
			depth += a->children;
		else if (!go_to(w, sibling, form, &at))
			return;
		for (; at < w->end && !*at && depth; depth--)
			at++;
		if (at == w->end || !*at)
			return;
		if (!depth)
			break;
		if (!pass_entry(w, &at, &a, &p))
			return;
		sibling = p.at[PART_SIBLING];
		form = p.form[PART_SIBLING];
	}
	w->at = at;
}

struct err *entries_start(struct entries *w, Dwarf *dwarf, const Dwarf_Die *unit)
{
	const struct entry_bytes *s;
	const struct abbrev *a;
	struct places p;
	const uint8_t *at;

	if (w->dwarf != dwarf)
		ERR_TRY(open_sections(w, dwarf));
	w->unit = *unit;
	w->last.addr = NULL;
	w->at = NULL;
	s = section_of(w, unit->addr);
	if (!s) {
		w->nr_abbrevs = 0;
		w->known = false;
		return NULL;
	}
	ERR_TRY(read_head(w, s));
	at = unit->addr;
	if (w->known && pass_entry(w, &at, &a, &p) && a->children && at < w->end && *at)
		w->at = at;
	return NULL;
}

/* The name, if it is among the file's strings or in the entry. */
static void set_name(const struct entries *w, const struct places *p, struct top_entry *ret)
{
	const uint8_t *at = p->at[PART_NAME];
	uint64_t offset;

	if (p->form[PART_NAME] == DW_FORM_string) {
		ret->text = (const char *)at;
		ret->text_max = w->end - at;
		return;
	}
	offset = number_at(at, w->offset_size);
	if (offset >= w->strings.len)
		return;
	ret->text = (const char *)w->strings.at + offset;
	ret->text_max = w->strings.len - offset;
}

static bool is_external(const struct places *p)
{
	const uint8_t *at = p->at[PART_EXTERNAL];

	return at && (p->form[PART_EXTERNAL] != DW_FORM_flag || *at);
}

/*
 * Sets name and flag of an entry; those that it lacks are those of the entry to which
 * it refers. What is more complicated is left to libdw.
 */
static void describe(const struct entries *w, const struct abbrev *a, const struct places *p,
		     struct top_entry *ret)
{
	const uint8_t *at = w->unit.addr;
	struct places origin = { .at = { NULL } };

	ret->ask = a->ask_name || a->ask_external || a->ask_origin;
	ret->declaration = a->declaration;
	if (!ret->ask && a->refers) {
		const struct abbrev *o;

		ret->ask = !go_to(w, p->at[PART_ORIGIN], p->form[PART_ORIGIN], &at) ||
			   !pass_entry(w, &at, &o, &origin) || o->refers || o->ask_name ||
			   o->ask_external;
	}
	if (ret->ask)
		return;
	if (p->at[PART_NAME])
		set_name(w, p, ret);
	else if (origin.at[PART_NAME])
		set_name(w, &origin, ret);
	ret->external = p->at[PART_EXTERNAL] ? is_external(p) : is_external(&origin);
}

/* The next entry of any class, by libdw. */
static bool next_by_libdw(struct entries *w, struct top_entry *ret)
{
	enum type_class class = NR_CLASSES;

	while (class == NR_CLASSES && die_next_child(&w->unit, &w->last))
		class = class_of_tag(die_tag(&w->last));
	*ret = (struct top_entry){ .die = w->last, .class = class, .ask = true };
	return class != NR_CLASSES;
}

bool entries_next(struct entries *w, struct top_entry *ret)
{
	const struct abbrev *a;
	const uint8_t *at, *entry;
	struct places p;

	if (!w->known)
		return next_by_libdw(w, ret);
	do {
		entry = at = w->at;
		if (!at || !pass_entry(w, &at, &a, &p))
			return false;
		pass_children(w, at, a, p.at[PART_SIBLING], p.form[PART_SIBLING]);
	} while (a->class == NR_CLASSES);
	*ret = (struct top_entry){ .die = w->unit, .class = a->class };
	ret->die.addr = (void *)entry;
	ret->die.abbrev = NULL;
	describe(w, a, &p, ret);
	return true;
}

const char *entry_name(const struct top_entry *e)
{
	return e->ask ? die_name(&e->die) : bounded_name(e->text, e->text_max);
}

enum rank entry_rank(const struct top_entry *e)
{
	if (e->ask)
		return die_rank(e->class, &e->die);
	if (e->declaration)
		return RANK_DECLARATION;
	if ((e->class == CLASS_VARIABLE || e->class == CLASS_FUNCTION) && !e->external)
		return RANK_STATIC;
	return RANK_DEFINITION;
}

void entries_free(struct entries *w)
{
	free(w->abbrevs);
	free(w->parts);
	*w = (struct entries){ .dwarf = NULL };
}
