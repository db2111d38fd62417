/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi.h"
#include "crash.h"
#include "run.h"
#include "session.h"
#include "signals.h"

#include <getopt.h>

#include "extensions/support/command.h"

/* xencrash looks for this text in the file, as crash accepts any library as XEN_SO. */
static const char mark[] __attribute__((used)) = "crash-xen: extension of crash";

/* The function of all entries: "xen", the names of crash's hypervisor mode, and "xen-NAME". */
static void cmd_xen(void)
{
	const char *name = !strcmp(args[0], "xen") ? NULL : args[0];
	bool prefixed = name && !strncmp(name, "xen-", 4);

	if (name)
		args[0] = (char *)name + (prefixed ? 4 : 0);
	run_command(crash_session(), argcnt - !name, args + !name);
}

static struct command_table_entry *table;

static void table_free(void)
{
	struct command_table_entry *e;

	for (e = table; e && e->name; e++) {
		free(e->name);
		help_free(e->help_data);
	}
	free(table);
	table = NULL;
}

/* crash hands each line of a page to printf (help.c, cmd_usage): none has a '%'. */
static bool table_entry(struct command_table_entry *e, const char *prefix,
			const char *name, const struct command_entry *c,
			ulong flags)
{
	if (asprintf(&e->name, "%s%s", prefix, name) < 0) {
		e->name = NULL;
		return false;
	}
	e->func = cmd_xen;
	e->flags = flags | MINIMAL;
	e->help_data = help_page(c, e->name);
	return e->help_data;
}

/* "xen", the names of crash's hypervisor mode, and "xen-NAME" as help topics. */
static bool table_make(void)
{
	const struct command_alias *a;
	const struct command_entry *c;
	struct command_table_entry *e;
	size_t n = 2;

	for (c = command_table; c->name; c++)
		n++;
	for (a = command_aliases; a->alias; a++)
		n += 2;
	e = table = calloc(n, sizeof(*table));
	if (!table)
		return false;
	if (!table_entry(e++, "", "xen", &command_overview, 0))
		return false;
	for (a = command_aliases; a->alias; a++)
		if (!table_entry(e++, "", a->alias, command_find(a->name), 0))
			return false;
	for (c = command_table; c->name; c++)
		if (!table_entry(e++, "xen-", c->name, c, HIDDEN_COMMAND))
			return false;
	for (a = command_aliases; a->alias; a++) {
		if (!strcmp(a->alias, a->name))
			continue;
		if (!table_entry(e++, "xen-", a->alias, command_find(a->name),
				 HIDDEN_COMMAND))
			return false;
	}
	return true;
}

/*
 * Runs when the extension is unloaded, and when crash exits. Registered by
 * atexit() and not as a destructor: destructors of a library run after gdb's
 * objects were destroyed.
 */
static void xen_fini(void)
{
	crash_session_close(!strcmp(pc->curcmd, "extend"));
	table_free();
}

/* Does not use error(FATAL), which would jump out of dlopen(). */
static void __attribute__((constructor)) xen_init(void)
{
	/* crash calls getopt() in cmd_extend() while this runs */
	int saved_optind = optind;
	struct err *e = abi_check();

	if (!e && XEN_HYPER_MODE())
		e = err_new(ERR_UNSUPPORTED,
			    "not supported in a session of xen-syms; load it in one of dom0's kernel (crash vmlinux vmcore)");
	if (!e && !table_make())
		e = err_nomem();
	if (e) {
		/* crash reports that no command was registered, and unloads the library */
		print_safe(fp, "xen.so: %s\n", err_text(e));
		err_free(e);
		table_free();
		return;
	}
	signals_enter();
	register_extension(table);
	if (pc->curext->flags & REGISTERED) {
		atexit(xen_fini);
		crash_session_open();
	}
	signals_leave();
	optind = saved_optind;
}
