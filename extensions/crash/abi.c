/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi.h"
#include "crash.h"

#include <dlfcn.h>
#include <link.h>

/*
 * crash has no version macro and does not check an extension that it loads,
 * while its structures differ between releases. Their sizes are in crash's own
 * dynamic symbol table, and differ between any two releases of different
 * layout.
 */
static const struct {
	const char *symbol;
	size_t size;
} abi[] = {
	{ "program_context", sizeof(struct program_context) },
	{ "machdep_table", sizeof(struct machdep_table) },
	{ "symbol_table_data", sizeof(struct symbol_table_data) },
	{ "kernel_table", sizeof(struct kernel_table) },
	{ "vm_table", sizeof(struct vm_table) },
	{ "task_table", sizeof(struct task_table) },
	{ "offset_table", sizeof(struct offset_table) },
	{ "size_table", sizeof(struct size_table) },
	{ "x86_64_machine_specific", sizeof(struct machine_specific) },
};

struct err *abi_check(void)
{
	char *const *version = dlsym(RTLD_DEFAULT, "build_version");
	size_t i;

	for (i = 0; i < sizeof(abi) / sizeof(abi[0]); i++) {
		void *addr = dlsym(RTLD_DEFAULT, abi[i].symbol);
		const ElfW(Sym) *sym = NULL;
		Dl_info info;

		if (!addr || !dladdr1(addr, &info, (void **)&sym, RTLD_DL_SYMENT) || !sym)
			return err_new(ERR_MISMATCH,
				       "this crash does not export %s, so its structures cannot be compared with those of xen.so",
				       abi[i].symbol);
		if (sym->st_size != abi[i].size)
			return err_new(ERR_MISMATCH,
				       "built with the headers of another crash: %s has %zu bytes here and %zu in this crash %s; rebuild with make CRASH_INCLUDE=DIR, DIR with its defs.h",
				       abi[i].symbol, abi[i].size,
				       (size_t)sym->st_size, version ? *version : "?");
	}
	return NULL;
}
