/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as a symbol map; then each symbol is looked up by name and by address. */
#include <stdlib.h>

#include "xen/symbols/map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_up(const struct symbols *s, const struct symbol *sym)
{
	const struct symbol *found = NULL;
	char full[1024], buf[64];

	symbol_full_name(sym, full, sizeof(full));
	do {
		found = symbols_next_match(s, full, found);
		if (!found)
			abort();
	} while (found != sym);
	err_free(symbols_by_name(s, full, &found));
	err_free(symbols_by_name(s, sym->name, &found));
	if ((sym->type | 0x20) != 'a' &&
	    !symbols_by_addr(s, sym->addr, NULL))
		abort();
	symbols_describe(s, sym->addr + 1, buf, sizeof(buf));
	symbols_describe(s, sym->addr - 1, buf, sizeof(buf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct symbol *sym;
	struct symbols *s;
	struct err *e = symbols_from_map_text((const char *)data, size, &s);

	if (e) {
		err_free(e);
		return 0;
	}
	/* few: equal names cause quadratic time */
	for (size_t i = 0; i < 64 && (sym = symbols_nth(s, i)); i++)
		look_up(s, sym);
	symbols_destroy(s);
	return 0;
}
