/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one command line: options of every command, requirements, errors. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xen/output/sheet.h"

#define DEBUGINFO "install its debuginfo (Debian: xen-hypervisor-*-dbg, SUSE and Fedora: xen-debuginfo), or load a xen-syms with debuginfo by \"xen load FILE\""

/* Returns the reason why a command cannot run now, or NULL. */
static struct err *check_needs(struct session *s, const struct command *c)
{
	if (c->needs >= NEEDS_XEN && !s->xen)
		return err_new(ERR_UNSUPPORTED, "%s", s->why_no_xen ?
			       s->why_no_xen : "no hypervisor found");
	if (c->needs >= NEEDS_XEN && !xen_reads_memory(s->xen))
		return c->live ? NULL :
		       err_new(ERR_UNSUPPORTED,
			       "hypervisor memory is not accessible on a running host; try \"xen source -x auto\" (\"help xen-source\" explains it)");
	if (c->needs >= NEEDS_SYMBOLS && !s->xen->symbols)
		return err_new(ERR_NO_SYMBOL,
			       "requires the hypervisor's symbols; load its xen-syms by \"xen load FILE\"%s%s",
			       s->image_search ? "; " : "",
			       s->image_search ? s->image_search : "");
	if (c->needs >= NEEDS_RECORDS && !records_known(s->xen->records))
		return err_new(ERR_NO_TYPE, "requires the hypervisor's types; " DEBUGINFO "%s%s",
			       s->types_from ? "; " : "",
			       s->types_from ? s->types_from : "");
	if (c->needs >= NEEDS_TYPES && !s->xen->types)
		return err_new(ERR_NO_TYPE, "requires all of the hypervisor's types (DWARF), not only the members of a layout profile; "
			       DEBUGINFO);
	return NULL;
}

/* Options of every command. */
struct common {
	bool json, help, why;
	const char *sort;
};

/* True if -v explains "-" on a running host; false if the command has its own option -v. */
static bool explains_with_v(const struct session *s, const struct command *c)
{
	const struct option_spec *o;

	for (o = c ? c->args.options : NULL; o && o->name; o++)
		if (!strcmp(o->name, "v"))
			return false;
	return s->xen && !xen_reads_memory(s->xen) && c && c->live_unknown;
}

/*
 * Removes the common options from argv at any place before "--". On a running
 * host -v is one of them if it explains "-".
 */
static struct err *take_common(struct session *s, const struct command *c,
			       int *argc, char **argv, struct common *ret)
{
	bool explains = explains_with_v(s, c);
	int i, kept = 0;

	*ret = (struct common){ .json = false };
	for (i = 0; i < *argc; i++) {
		if (!strcmp(argv[i], "--"))
			break;
		if (!strcmp(argv[i], "-j"))
			ret->json = true;
		else if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help"))
			ret->help = true;
		else if (explains && !strcmp(argv[i], "-v"))
			ret->why = true;
		else if (!strcmp(argv[i], "--sort") && argv[i + 1])
			ret->sort = argv[++i];
		else if (!strcmp(argv[i], "--sort"))
			return command_usage("\"--sort\" requires COLUMN");
		else if (!strncmp(argv[i], "--sort=", 7))
			ret->sort = argv[i] + 7;
		else
			argv[kept++] = argv[i];
	}
	while (i < *argc)
		argv[kept++] = argv[i++];
	*argc = kept;
	argv[kept] = NULL;
	return NULL;
}

/* ---- --sort ---- */

static bool sorts_by(const struct column_table *t, const char *name)
{
	struct column c;
	unsigned int i;

	for (i = 0; i < t->nr; i++) {
		c = column_of(t, i);
		if (out_column_is(&c, name))
			return true;
	}
	return false;
}

/*
 * Lists the keys of all columns of a command, each once; the caller frees it.
 * NULL: out of memory.
 */
static char *sort_keys(const struct command *c)
{
	const struct column_table *t, *before;
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);
	unsigned int i;

	for (t = c->tables; fp && t && t->key; t++) {
		for (i = 0; i < t->nr; i++) {
			struct column column = column_of(t, i);

			for (before = c->tables; column.key && before < t; before++)
				if (sorts_by(before, column.key))
					column.key = NULL;
			if (column.key)
				print_safe(fp, "%s%s", ftell(fp) ? ", " : "", column.key);
		}
	}
	if (fp)
		fclose(fp);
	return text;
}

/* ERR_USAGE, with the names of all columns, if no column has that name. */
static struct err *check_sort(const struct command *c, const char *name)
{
	const struct column_table *t;
	struct err *e;
	char *keys;

	for (t = c->tables; t && t->key; t++)
		if (sorts_by(t, name + (*name == '-')))
			return NULL;
	keys = sort_keys(c);
	if (!keys)
		return err_nomem();
	e = *keys ? command_usage("unknown column \"%.60s\"; available: %s", name, keys) :
		    command_usage("\"--sort\" is not available: no list is printed");
	free(keys);
	return e;
}

/* ---- a command ---- */

static void print_error(struct session *s, const struct command_entry *c,
			struct err *e)
{
	char buf[512];

	const char *name = c == &command_overview ? "" : c->name;
	const char *blank = *name ? " " : "";

	print_safe(s->fp, "xen%s%s: %s\n", blank, name, err_text(e));
	if (err_reason(e) == ERR_USAGE)
		print_safe(s->fp, "Usage: xen%s%s %s\n", blank, name,
			   args_synopsis(&c->command->args, buf, sizeof(buf)));
}

static struct err *run_checked(struct session *s, const struct command *c,
			       const struct common *common, struct out *o,
			       int argc, char **argv)
{
	struct args args;

	provenance_clear();
	if (s->xen)
		xen_refresh(s->xen);
	if (common->sort) {
		ERR_TRY(check_sort(c, common->sort));
		out_sort(o, common->sort);
	}
	ERR_TRY(check_needs(s, c));
	ERR_TRY(args_parse(s, &c->args, argc, argv, &args));
	ERR_TRY(c->run(s, o, &args));
	/* printers end silently on ^C, and if the pager was quit */
	return out_stream_error(o) ? NULL : interrupt_check();
}

static void add_notes(struct session *s, const struct command *c,
		      const struct common *common, struct out *o)
{
	if (s->xen && provenance_ever() && !out_has_unproved(o))
		out_note(o, "~ some values are from members of a layout profile that no check on this dump proved, or from an image loaded by force; see \"help xen-load\"");
	if (common->why)
		out_note(o, "\"-\" is for %s", c->live_unknown);
	/* also a command that requires no symbols uses those that are there */
	if (s->image_warning && c->needs >= NEEDS_XEN)
		out_note(o, "%s", s->image_warning);
}

/* True if the output could not be written; a pager that was quit is not an error. */
static bool report_stream(const struct out *o)
{
	int error = out_stream_error(o);

	if (error && error != EPIPE)
		print_safe(stderr, "xen: cannot write the output: %s\n", strerror(error));
	return error;
}

static bool run(struct session *s, const struct command_entry *entry, int argc,
		char **argv)
{
	const struct command *c = entry->command;
	struct common common;
	struct out *o;
	struct err *e = take_common(s, c, &argc, argv, &common);
	bool ok;

	if (!e)
		e = out_create(s->fp, common.json ? OUT_JSON : OUT_TEXT,
			       entry->name, &o);
	if (e) {
		print_error(s, entry, e);
		err_free(e);
		return false;
	}
	if (common.help) {
		help_show(entry, entry->name, o);
	} else {
		e = run_checked(s, c, &common, o, argc, argv);
		add_notes(s, c, &common, o);
	}
	ok = !e && !out_only_errors(o);
	if (common.json) {
		out_error(o, e);
		out_finish(o);
	} else {
		out_finish(o);
		if (e)
			print_error(s, entry, e);
		err_free(e);
	}
	ok = !report_stream(o) && ok;
	out_destroy(o);
	return ok;
}

bool command_collect(struct session *s, int argc, char **argv, struct sheet *ret)
{
	const struct command_entry *entry = command_find(argv[0]);
	struct common common;
	struct out *o;
	struct err *e;
	bool ok;

	e = sheet_create(ret, argv[0], &o);
	if (e) {
		err_free(e);
		memset(ret, 0, sizeof(*ret));
		ret->no_memory = true;
		return false;
	}
	if (!entry)
		e = err_new(ERR_USAGE, "no command \"%s\"", argv[0]);
	if (!e)
		e = take_common(s, entry->command, &argc, argv, &common);
	if (!e)
		e = run_checked(s, entry->command, &common, o, argc, argv);
	if (!e)
		add_notes(s, entry->command, &common, o);
	ok = !e;
	out_error(o, e);
	out_finish(o);
	out_destroy(o);
	return ok && !ret->no_memory;
}

/* ---- commands that are not in the table: help, and unknown names ---- */

static struct err *no_command(const struct session *s, const char *word)
{
	const char *near = command_nearest(word);

	if (near)
		return err_new(ERR_USAGE, "no command \"%s\"; did you mean \"%s\"?", word, near);
	return err_new(ERR_USAGE, "no command \"%s\"; \"%s\" lists them", word,
		       s->front->help);
}

/* Runs "xen help [NAME]", and "xen NAME" for an unknown command (help is false). */
static bool run_other(struct session *s, const char *word, bool help, int argc,
		      char **argv)
{
	const struct command_entry *c = NULL;
	struct common common;
	struct err *e = take_common(s, NULL, &argc, argv, &common);
	struct out *o;
	bool ok;

	if (!e)
		e = out_create(s->fp, common.json ? OUT_JSON : OUT_TEXT,
			       help ? "help" : word, &o);
	if (e) {
		print_safe(s->fp, "xen: %s\n", err_text(e));
		err_free(e);
		return false;
	}
	if (help && argc > 1)
		word = !strncmp(argv[1], "xen-", 4) ? argv[1] + 4 : argv[1];
	if (help && argc > 1)
		c = command_find(word);
	if (c)
		help_show(c, word, o);
	else if (help && argc == 1)
		help_list(o);
	else
		e = no_command(s, word);
	ok = !e;
	if (e && !common.json)
		print_safe(s->fp, "xen: %s\n", err_text(e));
	if (common.json)
		out_error(o, e);
	else
		err_free(e);
	out_finish(o);
	ok = !report_stream(o) && ok;
	out_destroy(o);
	return ok;
}

bool command_run(struct session *s, int argc, char **argv, FILE *fp)
{
	char *overview[ARGS_MAX + 2] = { (char *)command_overview.name, NULL };
	static char json[] = "-j";
	const struct command_entry *c;
	int i;

	/* "xen doms", as typed in crash */
	if (argc > 1 && !strcmp(argv[0], command_overview.name)) {
		argc--;
		argv++;
	}
	/* "xen -j doms" is "xen doms -j" */
	if (argc > 1 && !strcmp(argv[0], "-j") && argv[1][0] != '-') {
		argv[0] = argv[1];
		argv[1] = json;
	}
	s->fp = fp;
	s->collect = command_collect;
	/* "xen", and "xen -j" */
	if (!argc || argv[0][0] == '-') {
		for (i = 0; i < argc && i < ARGS_MAX; i++)
			overview[i + 1] = argv[i];
		overview[i + 1] = NULL;
		return run(s, &command_overview, i + 1, overview);
	}
	if (!strcmp(argv[0], "help"))
		return run_other(s, argv[0], true, argc, argv);
	c = command_find(argv[0]);
	if (!c)
		return run_other(s, argv[0], false, argc, argv);
	return run(s, c, argc, argv);
}

void session_banner(struct session *s, FILE *fp)
{
	if (!s->xen) {
		print_safe(fp, "xen: %s\n", s->why_no_xen);
		return;
	}
	s->brief = true;
	command_run(s, 0, NULL, fp);
	s->brief = false;
}
