/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "extensions/support/command.h"

static const struct column columns[] = {
	{ .key = "address", .title = "ADDRESS" },
	{ .key = "type", .title = "T" },
	{ .key = "name", .title = "NAME" },
	{ .key = "offset", .title = "OFFSET" },
	{ .key = "size", .title = "SIZE" },
};

static void row(struct out *o, const struct symbol *sym, uint64_t offset)
{
	char name[256];

	out_hex(o, sym->addr + offset);
	out_fmt(o, "%c", sym->type);
	out_str(o, symbol_full_name(sym, name, sizeof(name)));
	out_hex(o, offset);
	out_hex(o, sym->size);
}

/* A name first: "add" and "dead" are symbols before they are numbers. */
static struct err *one(struct session *s, struct out *o, const char *arg)
{
	const struct symbol *sym;
	uint64_t va, offset;
	struct err *e = symbols_by_name(s->xen->symbols, arg, &sym), *hex;

	if (!e) {
		row(o, sym, 0);
		return NULL;
	}
	hex = parse_hex(arg, &va);
	if (hex) {
		err_free(hex);
		return e;
	}
	err_free(e);
	sym = symbols_by_addr(s->xen->symbols, va, &offset);
	if (!sym)
		return err_new(ERR_NO_SYMBOL, "no symbol at %s", arg);
	row(o, sym, offset);
	return NULL;
}

static void all_with(struct session *s, struct out *o, const char *part)
{
	const struct symbol *sym;
	char name[256];
	size_t i;

	for (i = 0; (sym = symbols_nth(s->xen->symbols, i)) && !interrupt_pending; i++)
		if (strstr(symbol_full_name(sym, name, sizeof(name)), part))
			row(o, sym, 0);
}

static struct err *run_sym(struct session *s, struct out *o, int argc,
			   char **argv)
{
	const char *part = NULL;
	int c;

	while ((c = getopt(argc, argv, "lq:")) != -1) {
		if (c == 'l')
			part = "";
		else if (c == 'q')
			part = optarg;
		else
			return command_usage("unknown option");
	}
	if (!part == (optind == argc))
		return command_usage("give either names and addresses or -l or -q");
	out_list(o, "symbols", columns, sizeof(columns) / sizeof(columns[0]));
	if (part)
		all_with(s, o, part);
	for (; optind < argc && !interrupt_pending; optind++)
		out_error(o, one(s, o, argv[optind]));
	out_end(o);
	return interrupt_check();
}

static const char *const help[] = {
	"  Shows symbols of the hypervisor by name or by address. A static is named with",
	"  the file it is from, as Xen prints it (\"console.c#conring\"); the file's tail",
	"  is enough, and nothing at all when the name is the only one.",
	"    -l          all symbols, by address",
	"    -q STRING   all whose name contains STRING",
	"",
	"EXAMPLE",
	"    crash> xen sym conring ffff82d040230072",
	"             ADDRESS  T  NAME                            OFFSET  SIZE",
	"    ffff82d040467348  d  drivers/char/console.c#conring       0     8",
	"    ffff82d040230072  T  kexec_crash_save_cpu                b2   152",
	NULL
};

const struct command command_sym = {
	.live = true,
	.needs = NEEDS_SYMBOLS,
	.run_words = run_sym,
	.synopsis = "[-j] NAME|ADDRESS... | -l | -q STRING",
	.help = help,
};
