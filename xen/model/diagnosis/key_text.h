/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output of debug keys in a console text, as tables: domains and vcpus (q),
 * event channels (e), grants (g), irqs (i), units of the schedulers (r), timers
 * (a), free memory (m, H), MSIs (M), PCI devices (Q). Lines: Xen 4.4 to master,
 * common/keyhandler.c, event_channel.c, grant_table.c, page_alloc.c, timer.c,
 * sched/, arch/x86/irq.c, msi.c, drivers/passthrough/pci.c. A line that cannot be
 * parsed gives no row.
 */
#ifndef XEN_MODEL_KEY_TEXT_H
#define XEN_MODEL_KEY_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "console_text.h"

enum key_cell_kind { KEY_NONE, KEY_DEC, KEY_SDEC, KEY_HEX, KEY_STR };

struct key_cell {
	uint8_t kind;			/* enum key_cell_kind */
	union {
		uint64_t u;
		int64_t s;
		const char *str;	/* valid as long as the struct key_text */
	};
};

#define KEY_CELLS_MAX	10

/* Columns of each kind: extensions/commands/decode_keys.c. */
struct key_row {
	size_t line;			/* number of the line in the text, from 1 */
	struct key_cell cell[KEY_CELLS_MAX];
};

enum key_kind {
	KEY_DOMAINS, KEY_VCPUS, KEY_CHANNELS, KEY_GRANTS, KEY_IRQS, KEY_UNITS,
	KEY_TIMERS, KEY_HEAP, KEY_MSIS, KEY_PCI, KEY_KINDS
};

struct key_text;

/* Reads a text, which may be freed afterwards. ERR_INTERRUPTED on ^C. */
struct err *key_text_read(const struct console_text *c,
			  struct key_text **ret) ERR_MUST_CHECK;
void key_text_free(struct key_text *t);

/* The rows of a table in the order of the text; *nr: number of rows, may be 0. */
const struct key_row *key_text_rows(const struct key_text *t, enum key_kind kind,
				    size_t *nr);
/*
 * A debug key without a table whose output is in the text; NULL past the last.
 * Those of which key_text_read() found a heading, in the order of their keys.
 */
struct key_other {
	char key;
	const char *about;
	const char *command;	/* of a dump with the same values; NULL: none */
};

const struct key_other *key_text_other(const struct key_text *t, unsigned int n);
/* The pcpus below 64 that key r printed as idle, one bit each. */
uint64_t key_text_idle(const struct key_text *t);

#endif
