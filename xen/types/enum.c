/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of enums by name. */
#include <inttypes.h>
#include <string.h>

#include "enum_table.h"
#include "internal.h"

struct err *type_enum_value(const struct type *t, const char *name,
			    int64_t *ret)
{
	struct type e = type_strip(t);
	Dwarf_Die die = { .addr = NULL };
	char text[TYPE_NAME_SIZE];
	const char *n;
	int64_t v;

	while (type_kind(&e) == TYPE_ENUM && (n = enum_next_constant(&e.die, &die, &v))) {
		if (strcmp(n, name))
			continue;
		*ret = v;
		return NULL;
	}
	return err_new(ERR_NO_TYPE, "\"%s\" has no constant \"%s\"",
		       type_name(t, text, sizeof(text)), name);
}

static void flags_text(const struct enum_table *t, uint64_t value, char *buf,
		       size_t size)
{
	const char *sep = "(";
	size_t len = 0;

	for (unsigned int i = 0; i < t->nr_flags && len < size; i++) {
		if (!(value & t->flag[i].value))
			continue;
		value &= ~(uint64_t)t->flag[i].value;
		len += snprintf(buf + len, size - len, "%s%s", sep, t->flag[i].name);
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
	struct type e = type_strip(t);
	const struct enum_table *table = type_kind(&e) == TYPE_ENUM && e.types ?
		enum_table_of(types_enum_tables(e.types), &e.die) : NULL;
	const char *name = table ? enum_table_name(table, value) : NULL;

	if (name)
		snprintf(buf, size, "%s", name);
	else if (table && table->is_flags)
		flags_text(table, value, buf, size);
	else
		snprintf(buf, size, "%" PRId64, value);
	return buf;
}
