/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "units.h"

#include <dlfcn.h>

/* 0: ret and u->next are set; otherwise like dwarf_next_unit() */
static int unit_at(struct units *u, Dwarf_Off at, Dwarf_Die *ret)
{
	size_t header;
	uint64_t signature;
	Dwarf_Off type;
	int r = dwarf_next_unit(u->dwarf, at, &u->next, &header, NULL, NULL,
				NULL, NULL, u->types ? &signature : NULL,
				u->types ? &type : NULL);

	if (r)
		return r;
	if (u->types)
		return dwarf_offdie_types(u->dwarf, at + header, ret) ? 0 : -1;
	return dwarf_offdie(u->dwarf, at + header, ret) ? 0 : -1;
}

bool units_next(struct units *u, Dwarf_Die *ret)
{
	int r = unit_at(u, u->next, ret);

	if (r == 1 && !u->types) {
		u->types = true;
		r = unit_at(u, 0, ret);
	}
	return !r;
}

Dwarf *units_common_file(Dwarf *dwarf)
{
	Dwarf *(*getalt)(Dwarf *) = (Dwarf *(*)(Dwarf *))dlsym(RTLD_DEFAULT, "dwarf_getalt");

	return getalt ? getalt(dwarf) : NULL;
}
