/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "extensions/support/command.h"
#include "extensions/support/text.h"

#define COUNT_DEFAULT	16
#define COUNT_MAX	100000

/*
 * One instruction per byte is the most a function can have; gdb stops by the
 * end address instead, with the disassemble command.
 */
static struct err *make_command(struct session *s, int argc, char **argv,
				char *buf, size_t size)
{
	const struct symbol *sym;
	uint64_t va, offset, count, length;

	ERR_TRY(parse_address(s, argv[1], &va));
	if (argc > 2) {
		ERR_TRY(parse_decimal(argv[2], &count));
		if (!count || count > COUNT_MAX)
			return command_usage("a count is from 1 to %d", COUNT_MAX);
		snprintf(buf, size, "x/%" PRIu64 "i 0x%" PRIx64, count, va);
		return NULL;
	}
	sym = symbols_by_addr(s->xen->symbols, va, &offset);
	length = sym && !offset ? xen_symbol_size(s->xen, sym) : 0;
	if (!length)
		snprintf(buf, size, "x/%di 0x%" PRIx64, COUNT_DEFAULT, va);
	else
		snprintf(buf, size, "disassemble 0x%" PRIx64 ",0x%" PRIx64, va,
			 va + length);
	return NULL;
}

static struct err *run_dis(struct session *s, struct out *o, int argc,
			   char **argv)
{
	char command[128];
	struct text text;
	struct err *e;

	if (argc < 2 || argc > 3)
		return command_usage("which address?");
	if (!s->front->gdb)
		return err_new(ERR_UNSUPPORTED, "%s has no disassembler", s->front->name);
	ERR_TRY(make_command(s, argc, argv, command, sizeof(command)));
	ERR_TRY(text_begin(&text));
	e = s->front->gdb(command, text.fp);
	text_show(&text, o, "dis");
	return e;
}

static const char *const help[] = {
	"  Disassembles code of the hypervisor: COUNT instructions from ADDRESS, or the",
	"  whole function when a function's name is given without COUNT.",
	NULL
};

const struct command command_dis = {
	.needs = NEEDS_SYMBOLS,
	.run_words = run_dis,
	.synopsis = "[-j] ADDRESS|SYMBOL[+OFFSET] [COUNT]",
	.help = help,
};
