/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "command.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* A new command is one line here: its file defines command_NAME. */
#define COMMANDS(C)	\
	C(files)	\
	C(load)		\
	C(unload)	\
	C(start)	\
	C(source)	\
	C(log)		\
	C(keys)		\
	C(sys)		\
	C(config)	\
	C(kernel)	\
	C(doms)		\
	C(dom)		\
	C(vcpus)	\
	C(vcpu)		\
	C(pcpus)	\
	C(pcpu)		\
	C(bt)		\
	C(regs)		\
	C(notes)	\
	C(sched)	\
	C(evtchn)	\
	C(grants)	\
	C(timers)	\
	C(clocks)	\
	C(trace)	\
	C(cpuid)	\
	C(softirqs)	\
	C(rcu)		\
	C(vtop)		\
	C(m2p)		\
	C(p2m)		\
	C(page)		\
	C(heap)		\
	C(irqs)		\
	C(pci)		\
	C(livepatch)	\
	C(decode)	\
	C(locks)	\
	C(sym)		\
	C(struct)	\
	C(rd)		\
	C(dis)		\
	C(p)		\
	C(list)

#define DECLARE(name) extern const struct command command_##name;
#define ENTRY(name) &command_##name,

COMMANDS(DECLARE)
const struct command *const commands[] = { COMMANDS(ENTRY) NULL };

/* Names of crash's hypervisor mode (xen_hyper_global_data.c). */
const struct command_alias command_aliases[] = {
	{ "doms", "doms" },
	{ "domain", "dom" },
	{ "vcpus", "vcpus" },
	{ "vcpu", "vcpu" },
	{ "pcpus", "pcpus" },
	{ "dumpinfo", "notes" },
	{ "sched", "sched" },
	{ NULL, NULL }
};

const struct command *command_find(const char *name)
{
	const struct command_alias *a;
	const struct command *const *c;

	for (a = command_aliases; a->alias; a++)
		if (!strcmp(name, a->alias))
			name = a->name;
	for (c = commands; *c; c++)
		if (!strcmp(name, (*c)->name))
			return *c;
	return NULL;
}

void command_help(const struct command *c, FILE *fp)
{
	const char *const *line;

	fprintf(fp, "\nNAME\n  %s - %s\n\nSYNOPSIS\n  %s %s\n\nDESCRIPTION\n",
		c->name, c->summary, c->name, c->synopsis);
	for (line = c->help; *line; line++)
		fprintf(fp, "%s\n", *line);
}

struct err *command_usage(const char *fmt, ...)
{
	struct err *e;
	va_list ap;
	char *text;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	e = err_new(ERR_USAGE, "%s", text ? text : "wrong arguments");
	free(text);
	return e;
}

#define DEBUGINFO "install its debuginfo (Debian xen-hypervisor-*-dbg, SUSE and Fedora xen-debuginfo), or give a xen-syms with debuginfo with \"xen load FILE\""

/* Why a command cannot run now, or NULL. */
static struct err *check_needs(struct session *s, const struct command *c)
{
	if (c->needs >= NEEDS_XEN && !s->xen)
		return err_new(ERR_UNSUPPORTED, "%s", s->why_no_xen ?
			       s->why_no_xen : "no hypervisor was found");
	if (c->needs >= NEEDS_XEN && s->xen->live)
		return c->live ? NULL :
		       err_new(ERR_UNSUPPORTED,
			       "needs the hypervisor's memory, which a running one shows to nobody by itself; \"xen source -x auto\" reads it, see \"help xen-source\"");
	if (c->needs >= NEEDS_SYMBOLS && !s->xen->symbols)
		return err_new(ERR_NO_SYMBOL,
			       "needs the hypervisor's symbols; give its xen-syms with \"xen load FILE\"%s%s",
			       s->image_search ? "; " : "",
			       s->image_search ? s->image_search : "");
	if (c->needs >= NEEDS_RECORDS && !records_known(s->xen->records))
		return err_new(ERR_NO_TYPE, "needs the hypervisor's types; " DEBUGINFO "%s%s",
			       s->types_from ? "; " : "",
			       s->types_from ? s->types_from : "");
	if (c->needs >= NEEDS_TYPES && !s->xen->types)
		return err_new(ERR_NO_TYPE, "needs all of the hypervisor's types (DWARF), not only the members of a layout profile; "
			       DEBUGINFO);
	return NULL;
}

/* Takes an option out of argv, wherever it stands before "--". */
static bool take_option(const char *option, int *argc, char **argv)
{
	int i, kept = 0;
	bool found = false, options = true;

	for (i = 0; i < *argc; i++) {
		if (!strcmp(argv[i], "--"))
			options = false;
		if (options && i && !strcmp(argv[i], option))
			found = true;
		else
			argv[kept++] = argv[i];
	}
	*argc = kept;
	argv[kept] = NULL;
	return found;
}

/* -v of a command by hypercalls: why something is not told. */
static bool take_why(struct session *s, const struct command *c, int *argc,
		     char **argv)
{
	return s->xen && s->xen->live && c->live_unknown &&
	       take_option("-v", argc, argv);
}

static void print_error(struct session *s, const struct command *c,
			struct err *e)
{
	fprintf(s->fp, "xen %s: %s\n", c->name, err_text(e));
	if (err_reason(e) == ERR_USAGE)
		fprintf(s->fp, "Usage: xen %s %s\n", c->name, c->synopsis);
}

static bool run(struct session *s, const struct command *c, int argc,
		char **argv)
{
	bool json = take_option("-j", &argc, argv), ok;
	bool why = take_why(s, c, &argc, argv);
	struct out *o;
	struct err *e = out_create(s->fp, json ? OUT_JSON : OUT_TEXT, c->name, &o);

	if (e) {
		print_error(s, c, e);
		err_free(e);
		return false;
	}
	optind = 0;
	opterr = 0;
	if (s->xen)
		xen_refresh(s->xen);
	e = check_needs(s, c);
	if (!e)
		e = c->run(s, o, argc, argv);
	ok = !e;
	if (s->xen && records_unproved(s->xen->records) && !out_has_unproved(o))
		out_note(o, "~ some of this is from members that a layout profile gave and nothing on this dump proved; see \"help xen-load\"");
	if (why)
		out_note(o, "\"-\" is for %s", c->live_unknown);
	if (s->image_warning && c->needs >= NEEDS_SYMBOLS)
		out_note(o, "%s", s->image_warning);
	if (json) {
		out_error(o, e);
		out_finish(o);
	} else {
		out_finish(o);
		if (e)
			print_error(s, c, e);
		err_free(e);
	}
	out_destroy(o);
	return ok;
}

static bool run_help(struct session *s, const char *name)
{
	const struct command *c = name ? command_find(name) : &command_overview;

	if (!c) {
		fprintf(s->fp, "xen help: no command %s\n", name);
		return false;
	}
	command_help(c, s->fp);
	return true;
}

bool command_run(struct session *s, int argc, char **argv, FILE *fp)
{
	char *overview[] = { (char *)command_overview.name, NULL, NULL };
	const struct command *c;

	s->fp = fp;
	if (!argc || (argc == 1 && !strcmp(argv[0], command_overview.name)))
		return run(s, &command_overview, 1, overview);
	if (argc == 1 && !strcmp(argv[0], "-j")) {
		overview[1] = argv[0];
		return run(s, &command_overview, 2, overview);
	}
	if (!strcmp(argv[0], "help"))
		return run_help(s, argc > 1 ? argv[1] : NULL);
	c = command_find(argv[0]);
	if (!c) {
		fprintf(fp, "xen: no command %s; \"help xen\" lists them\n", argv[0]);
		return false;
	}
	return run(s, c, argc, argv);
}

struct err *parse_decimal(const char *text, uint64_t *ret)
{
	char *end;
	uint64_t v = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);

	if (*end || end == text || *text == '-')
		return command_usage("%s is not a number", text);
	*ret = v;
	return NULL;
}

struct err *parse_pcpu(const struct session *s, const char *text, uint64_t *ret)
{
	uint64_t pcpu;

	ERR_TRY(parse_decimal(text, &pcpu));
	if (pcpu >= s->xen->nr_cpus)
		return err_new(ERR_NOT_FOUND, "no pcpu %s: there are %u", text,
			       s->xen->nr_cpus);
	*ret = pcpu;
	return NULL;
}

struct err *parse_only_pcpu(const struct session *s, int argc, char **argv,
			    uint64_t *only)
{
	int c;

	*only = UINT64_MAX;
	while ((c = getopt(argc, argv, "c:")) != -1) {
		if (c != 'c')
			return command_usage("unknown option");
		ERR_TRY(parse_pcpu(s, optarg, only));
	}
	if (optind < argc)
		return command_usage("%s takes no %s", argv[0], argv[optind]);
	return NULL;
}

struct err *show_each_pcpu(struct session *s, struct out *o, uint64_t only,
			   pcpu_show show, void *arg)
{
	for (unsigned int cpu = 0; cpu < s->xen->nr_cpus; cpu++) {
		struct err *e;

		ERR_TRY(interrupt_check());
		if (only != UINT64_MAX && only != cpu)
			continue;
		e = show(s, o, cpu, arg);
		if (e && err_reason(e) == ERR_INTERRUPTED)
			return e;
		if (e && err_reason(e) == ERR_NOT_FOUND && only == UINT64_MAX)
			err_free(e);
		else
			out_error(o, e);
	}
	return NULL;
}

struct err *parse_hex(const char *text, uint64_t *ret)
{
	char *end;
	uint64_t v = strtoull(text, &end, 16);

	if (*end || end == text || *text == '-')
		return command_usage("%s is not a hexadecimal number", text);
	*ret = v;
	return NULL;
}

struct err *parse_address(struct session *s, const char *text, uint64_t *ret)
{
	struct err *e = parse_hex(text, ret);
	const char *plus = strchr(text, '+');
	uint64_t va, offset = 0;
	char *name;

	if (!e)
		return NULL;
	err_free(e);
	if (plus)
		ERR_TRY(parse_hex(plus + 1, &offset));
	name = strndup(text, plus ? (size_t)(plus - text) : strlen(text));
	if (!name)
		return err_nomem();
	e = xen_symbol(s->xen, name, &va);
	free(name);
	if (e)
		return e;
	*ret = va + offset;
	return NULL;
}
