/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as a boot loader's menu. */
#include <stdint.h>
#include <stdlib.h>

#include "xen/image/boot_menu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct boot_menu m = { .nr = 0 };

	err_free(boot_menu_parse(&m, (const char *)data, size, "menu"));
	for (size_t i = 0; i < m.nr; i++)
		if (!boot_entry_has_options(&m.entry[i], m.entry[i].options))
			abort();
	boot_menu_clear(&m);
	return 0;
}
