/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of enums by name. */
#include <dwarf.h>
#include <inttypes.h>
#include <string.h>

#include "internal.h"

/* Returns the next named constant of an enum; die->addr NULL starts. */
static const char *next_constant(const struct type *e, Dwarf_Die *die,
				 int64_t *value)
{
	while (die_next_child(&e->die, die)) {
		const char *name;

		if (die_tag(die) != DW_TAG_enumerator ||
		    !die_constant(die, value))
			continue;
		name = die_name(die);
		if (name)
			return name;
	}
	return NULL;
}

/* Returns the constant with that value, or NULL. */
static const char *enum_name(const struct type *t, int64_t value)
{
	struct type e = type_strip(t);
	Dwarf_Die die = { .addr = NULL };
	const char *name;
	int64_t v;

	if (type_kind(&e) != TYPE_ENUM)
		return NULL;
	while ((name = next_constant(&e, &die, &v)))
		if (v == value)
			return name;
	return NULL;
}

struct err *type_enum_value(const struct type *t, const char *name,
			    int64_t *ret)
{
	struct type e = type_strip(t);
	Dwarf_Die die = { .addr = NULL };
	char text[TYPE_NAME_SIZE];
	const char *n;
	int64_t v;

	while (type_kind(&e) == TYPE_ENUM && (n = next_constant(&e, &die, &v))) {
		if (strcmp(n, name))
			continue;
		*ret = v;
		return NULL;
	}
	return err_new(ERR_NO_TYPE, "\"%s\" has no constant \"%s\"",
		       type_name(t, text, sizeof(text)), name);
}

/* Rule of gdb for flags: no constant is negative or has several bits. */
static bool is_flags(const struct type *e)
{
	Dwarf_Die die = { .addr = NULL };
	int64_t v;

	while (next_constant(e, &die, &v))
		if (v < 0 || (v & (v - 1)))
			return false;
	return true;
}

static void flags_text(const struct type *e, uint64_t value, char *buf,
		       size_t size)
{
	Dwarf_Die die = { .addr = NULL };
	const char *name, *sep = "(";
	size_t len = 0;
	int64_t v;

	while ((name = next_constant(e, &die, &v))) {
		if (!(value & v) || len >= size)
			continue;
		value &= ~(uint64_t)v;
		len += snprintf(buf + len, size - len, "%s%s", sep, name);
		sep = " | ";
	}
	if (value && len < size)
		len += snprintf(buf + len, size - len, "%sunknown: 0x%" PRIx64,
				sep, value);
	if (len < size)
		snprintf(buf + len, size - len, "%s", len ? ")" : "0");
}

const char *type_enum_text(const struct type *t, int64_t value, char *buf,
			   size_t size)
{
	const char *name = enum_name(t, value);
	struct type e = type_strip(t);

	if (name)
		snprintf(buf, size, "%s", name);
	else if (type_kind(&e) == TYPE_ENUM && is_flags(&e))
		flags_text(&e, value, buf, size);
	else
		snprintf(buf, size, "%" PRId64, value);
	return buf;
}
