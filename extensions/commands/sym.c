/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "extensions/support/command.h"
#include "extensions/support/guests.h"
#include "xen/model/guest/guest_symbols.h"

static const struct column columns[] = {
	{ .key = "address", .title = "ADDRESS",
	  .help = "virtual address given, else that of the symbol" },
	{ .key = "type", .title = "T",
	  .help = "type as nm prints it: t T code, d D data, b B bss, r R read-only" },
	{ .key = "name", .title = "NAME", .help = "name; for a static with its file" },
	{ .key = "offset", .title = "OFFSET",
	  .help = "bytes from the symbol to the address, hexadecimal" },
	{ .key = "size", .title = "SIZE",
	  .help = "size of the symbol in bytes, hexadecimal; 0: unknown" },
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

/* Names have precedence: "add" and "dead" are symbols before they are numbers. */
static struct err *one(const struct symbols *symbols, struct out *o,
		       const char *arg, bool guest)
{
	const struct symbol *sym;
	uint64_t va, offset;
	struct err *e = symbols_by_name(symbols, arg, &sym), *hex;

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
	sym = symbols_by_addr(symbols, va, &offset);
	if (!sym)
		return err_new(ERR_NO_SYMBOL, "no symbol at %s%s", arg, guest ?
			       ": not in the kernel's image; symbols of modules are not listed" : "");
	row(o, sym, offset);
	return NULL;
}

static void all_with(const struct symbols *symbols, struct out *o,
		     const char *part)
{
	const struct symbol *sym;
	char name[256];
	size_t i;

	for (i = 0; (sym = symbols_nth(symbols, i)) && !interrupt_pending; i++)
		if (strstr(symbol_full_name(sym, name, sizeof(name)), part))
			row(o, sym, 0);
}

static struct err *guest_table(struct session *s, const char *domid,
			       const struct symbols **ret)
{
	struct guest *g;

	ERR_TRY(guest_argument(s, domid, &g));
	return err_prefix(guest_symbols(g, ret), "domain %" PRIu64,
			  value_of(&g->domain.domain_id));
}

static struct err *run_sym(struct session *s, struct out *o,
			   const struct args *a)
{
	const char *part = args_has(a, "l") ? "" : args_text(a, "q");
	const struct symbols *symbols = s->xen->symbols;
	unsigned int i;

	if (!part && !a->nr_words)
		return command_usage("missing NAME or ADDRESS");
	if (part && a->nr_words)
		return command_usage("unexpected argument \"%s\"", a->word[0]);
	if (args_has(a, "d"))
		ERR_TRY(guest_table(s, args_text(a, "d"), &symbols));
	out_list(o, "symbols", columns, ARRAY_SIZE(columns));
	if (part)
		all_with(symbols, o, part);
	for (i = 0; i < a->nr_words && !interrupt_pending; i++)
		out_error(o, one(symbols, o, a->word[i], args_has(a, "d")));
	out_end(o);
	return interrupt_check();
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .value = "DOMID",
	  .help = "symbols of this domain's Linux kernel (3, d3, a name), without modules" },
	{ "l", .group = 1, .help = "all symbols, by address" },
	{ "q", OPTION_TEXT, .group = 1, .value = "STRING",
	  .help = "all symbols whose name contains STRING" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("symbols", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows symbols of the hypervisor by name or by address. A static is named",
	"  with its source file, as Xen prints it (\"console.c#conring\"); the end of the",
	"  file's path is sufficient, or the name alone if it is unique.",
	"  crash's own sym, rd, dis, struct and union take symbols of the hypervisor as",
	"  well; a name that dom0's kernel also has refers to dom0 there.",
	"",
	"  With -d they are symbols of a domain's Linux kernel, from the kallsyms",
	"  table in its memory. No vmlinux is required. VMCOREINFO lists it since",
	"  Linux 6.0; in earlier kernels, from 4.6 on, it is searched for.",
	NULL
};

static const char *const example[] = {
	"    crash> xen sym conring ffff82d040230072",
	"             ADDRESS  T  NAME                            OFFSET  SIZE",
	"    ffff82d0404672c8  d  drivers/char/console.c#conring       0     8",
	"    ffff82d040230072  t  arch/x86/psr.c#cpu_callback         c2   146",
	NULL
};

const struct command command_sym = {
	.live = true,
	.needs = NEEDS_SYMBOLS,
	.run = run_sym,
	.args = { .options = options, .words = { .synopsis = "[NAME|ADDRESS]..." } },
	.tables = tables,
	.description = description,
	.example = example,
};
