/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as a hypervisor's .rodata: its symbol table and its .config. */
#include <stdlib.h>

#include "xen/symbols/embedded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct symbols *s;
	char *text, buf[8];
	struct err *e = symbols_from_embedded(data, size, 0xffff82d040000000UL,
					      &s);

	if (!e) {
		symbols_describe(s, 0xffff82d040200000UL, buf, sizeof(buf));
		symbols_destroy(s);
	}
	err_free(e);
	e = embedded_config(data, size, &text);
	if (!e) {
		config_value(text, "DEBUG", buf, sizeof(buf));
		free(text);
	}
	err_free(e);
	return 0;
}
