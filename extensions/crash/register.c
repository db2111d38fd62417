/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

#include <getopt.h>

#include "xen/memory/corefile.h"

static const struct front_end crash_front = {
	.name = "crash",
	.help = "help xen",
	.gdb = gdb_run,
	.image_attached = gdb_add_image,
	.image_detached = gdb_remove_image,
	.start = start_session,
	.source = live_source,
	.source_use = live_source_use,
	.dom0_state = start_state,
	.dom0_symbol = dom0_symbol,
	.dom0_irq = dom0_irq,
};

struct session session = { .front = &crash_front };

/*
 * One handler for all names: argv[0] says which. The aliases of crash's
 * hypervisor mode and the "xen-NAME" help topics come here too.
 */
static void cmd_xen(void)
{
	const char *name = !strcmp(args[0], "xen") ? NULL : args[0];
	bool prefixed = name && !strncmp(name, "xen-", 4);

	signals_enter();
	if (name)
		args[0] = (char *)name + (prefixed ? 4 : 0);
	command_run(&session, argcnt - !name, args + !name, fp);
	signals_leave();
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

/* "xen", crash's hypervisor names, and "xen-NAME" so that help finds it. */
static bool table_make(void)
{
	const struct command_alias *a;
	const struct command_entry *c;
	struct command_table_entry *e;
	size_t n = 2;

	for (c = command_table; c->name; c++)
		n++;
	for (a = command_aliases; a->alias; a++)
		n++;
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
	return true;
}

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

static struct err *open_dump(void)
{
	struct memory *memory = NULL;
	struct notes *notes;
	struct err *e;

	ERR_TRY(corefile_notes(pc->dumpfile, &notes));
	e = dump_memory_create(&memory);
	if (!e)
		e = session_open(&session, memory, notes);
	if (e) {
		memory_destroy(memory);
		notes_destroy(notes);
	}
	return e;
}

static void open_session(void)
{
	struct err *e;

	if (!ACTIVE())
		session.dump_path = copy(pc->dumpfile);
	session.vmlinux_path = copy(pc->namelist_debug ? pc->namelist_debug :
				    pc->namelist);
	if (ACTIVE()) {
		hooks_install();
		live_find();
		session_banner(&session, fp);
		return;
	}
	e = open_dump();
	if (e) {
		session.why_no_xen = copy(err_text(e));
		err_free(e);
	} else {
		machine_adopt(session.xen);
		hooks_install();
	}
	session_banner(&session, fp);
}

/*
 * Runs when the extension is unloaded, and when crash exits. By atexit() and
 * not as a destructor: those of a library run after gdb's own objects are gone.
 */
static void xen_fini(void)
{
	bool unloading = !strcmp(pc->curcmd, "extend");

	/* gdb keeps our pointers out of a process that ends anyway. */
	if (!unloading)
		gdb_forget_image();
	hooks_remove();
	machine_forget();
	m2p_forget();
	session_close(&session);
	table_free();
}

/* No error(FATAL) in here: it would jump out of dlopen(). */
static void __attribute__((constructor)) xen_init(void)
{
	/* crash is in the middle of "extend"'s own arguments. */
	int saved_optind = optind;
	struct err *e = abi_check();

	if (!e && XEN_HYPER_MODE())
		e = err_new(ERR_UNSUPPORTED,
			    "load xen.so in a session of dom0's kernel (crash vmlinux vmcore), not in one of xen-syms");
	if (!e && !table_make())
		e = err_nomem();
	if (e) {
		/* crash adds that nothing was registered, and unloads us. */
		fprintf(fp, "xen.so: %s\n", err_text(e));
		err_free(e);
		table_free();
		return;
	}
	signals_enter();
	register_extension(table);
	if (pc->curext->flags & REGISTERED) {
		atexit(xen_fini);
		open_session();
	}
	signals_leave();
	optind = saved_optind;
}
