/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "hypervisor.h"
#include "names.h"
#include "run.h"

#include <ctype.h>
#include <inttypes.h>

#include "extensions/support/command.h"

static struct native {
	const char *name;
	const char *values;	/* options that take an argument (getopt() in crash's function) */
	int at;			/* position of the address among the arguments; -1: all are addresses */
	struct command_table_entry *entry;	/* NULL: not wrapped */
	void (*original)(void);
} natives[] = {
	{ .name = "rd", .values = "er13o6", .at = 0 },
	{ .name = "dis", .values = "bB", .at = 0 },
	{ .name = "sym", .values = "qQm", .at = -1 },
	{ .name = "struct", .values = "crl", .at = 1 },
	{ .name = "union", .values = "crl", .at = 1 },
};

#define NR_NATIVES (sizeof(natives) / sizeof(natives[0]))

static struct session *session;

/*
 * Parses a symbol with an optional offset, in parentheses or not, as in crash's
 * expressions.
 */
struct expression {
	char name[256];
	bool has_offset;
	int64_t offset;
};

/* Numbers as in crash: decimal, or hexadecimal with 0x. */
static bool parse_offset(const char *text, struct expression *e)
{
	const char *digits = text + 1;
	bool hex = !strncmp(digits, "0x", 2);
	char *end;
	uint64_t n;

	if (!isxdigit((unsigned char)*digits))
		return false;
	n = strtoull(digits, &end, hex ? 16 : 10);
	if (*end)
		return false;
	e->has_offset = true;
	e->offset = *text == '-' ? -n : n;
	return true;
}

static bool parse_expression(const char *arg, struct expression *e)
{
	size_t len = strlen(arg), name;
	char text[sizeof(e->name) + 32], *mark;

	if (*arg == '(' && len > 2 && arg[len - 1] == ')') {
		arg++;
		len -= 2;
	}
	if (len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, arg);
	/* the name of a file may contain such characters */
	mark = strrchr(text, '#');
	name = mark ? mark - text : 0;
	name += strcspn(text + name, "+-");
	if (!name || name >= sizeof(e->name))
		return false;
	memset(e, 0, sizeof(*e));
	memcpy(e->name, text, name);
	return !text[name] || parse_offset(text + name, e);
}

enum owner {
	OWNER_CRASH,		/* a number, a symbol of dom0, or no symbol at all */
	OWNER_XEN,
	OWNER_UNCLEAR,		/* several symbols of the hypervisor have the name */
};

static bool xen_has(const char *name)
{
	const char *mark = strrchr(name, '#');
	const struct symbol *sym;
	size_t i;

	name = mark ? mark + 1 : name;
	for (i = 0; (sym = symbols_nth(session->xen->symbols, i)); i++)
		if (!strcmp(sym->name, name))
			return true;
	return false;
}

static enum owner find(const char *arg, struct expression *x, uint64_t *va)
{
	struct err *e;

	if (!session->xen || !session->xen->symbols || !parse_expression(arg, x) ||
	    symbol_exists(x->name) || hexadecimal(x->name, 0))
		return OWNER_CRASH;
	e = xen_symbol(session->xen, x->name, va);
	if (!e) {
		*va += x->offset;
		return OWNER_XEN;
	}
	err_free(e);
	return xen_has(x->name) ? OWNER_UNCLEAR : OWNER_CRASH;
}

static struct native *current(void)
{
	size_t i;

	for (i = 0; i < NR_NATIVES; i++)
		if (!strcmp(natives[i].name, pc->curcmd))
			return &natives[i];
	return NULL;
}

/* True if an option has the next argument as its value: the last of its letters has one. */
static bool takes_next(const struct native *n, const char *option)
{
	for (option++; *option; option++)
		if (strchr(n->values, *option))
			return !option[1];
	return false;
}

/* Returns the index in args[] of the first address; 0: none. */
static int address_argument(const struct native *n, bool *options)
{
	int i, nr = 0, at = n->at < 0 ? 0 : n->at;

	*options = false;
	for (i = 1; i < argcnt; i++) {
		if (args[i][0] == '-' && args[i][1]) {
			*options = true;
			i += takes_next(n, args[i]);
		} else if (nr++ == at) {
			return i;
		}
	}
	return 0;
}

/* Prints the symbol, or why there is not exactly one. */
static void show_symbol_of_xen(char *arg)
{
	char *argv[] = { "sym", arg, NULL };

	run_command(session, 2, argv);
}

/*
 * "dis NAME [COUNT]": crash's dis disassembles a whole function only for
 * symbols of dom0.
 */
static void run_dis(int at)
{
	char *argv[] = { "dis", args[at], at + 1 < argcnt ? args[at + 1] : NULL, NULL };

	run_command(session, argv[2] ? 3 : 2, argv);
}

static bool is_xen_address(const char *arg)
{
	return !symbol_exists((char *)arg) && hexadecimal((char *)arg, 0) &&
	       hypervisor_owns(strtoull(arg, NULL, 16));
}

/* Prints each argument by the symbols it belongs to, in the order of the arguments. */
static void run_sym(const struct native *n)
{
	char *all[MAXARGS];
	int i, nr = argcnt;

	memcpy(all, args, sizeof(all));
	for (i = 1; i < nr; i++) {
		struct expression x;
		uint64_t va;

		if (is_xen_address(all[i]) || find(all[i], &x, &va) != OWNER_CRASH) {
			show_symbol_of_xen(all[i]);
		} else {
			args[1] = all[i];
			args[2] = NULL;
			argcnt = 2;
			optind = 0;
			n->original();
		}
	}
}

static void wrapper(void)
{
	static char text[32];
	const struct native *n = current();
	struct expression x;
	bool options;
	uint64_t va;
	int at;

	if (!n || !n->original)
		return;
	at = address_argument(n, &options);
	if (n->at < 0) {
		if (options || !at)
			n->original();
		else
			run_sym(n);
		return;
	}
	if (!at) {
		n->original();
		return;
	}
	switch (find(args[at], &x, &va)) {
	case OWNER_XEN:
		if (!strcmp(n->name, "dis") && !options && !x.has_offset) {
			run_dis(at);
			return;
		}
		snprintf(text, sizeof(text), "%" PRIx64, va);
		args[at] = text;
		n->original();
		break;
	case OWNER_CRASH:
		n->original();
		break;
	case OWNER_UNCLEAR:
		show_symbol_of_xen(x.name);
		break;
	}
}

/*
 * Not by get_command_table_entry(), which in a minimal session hides the
 * commands of a complete one.
 */
static struct command_table_entry *find_entry(const char *name)
{
	struct command_table_entry *e;

	for (e = pc->cmd_table; e->name; e++)
		if (!strcmp(e->name, name))
			return e;
	return NULL;
}

void names_install(struct session *s)
{
	size_t i;

	session = s;
	for (i = 0; i < NR_NATIVES; i++) {
		struct native *n = &natives[i];

		n->entry = find_entry(n->name);
		if (!n->entry)
			continue;
		n->original = n->entry->func;
		n->entry->func = wrapper;
	}
}

void names_remove(void)
{
	size_t i;

	for (i = 0; i < NR_NATIVES; i++) {
		struct native *n = &natives[i];

		if (n->entry && n->entry->func == wrapper)
			n->entry->func = n->original;
		n->entry = NULL;
		n->original = NULL;
	}
}
