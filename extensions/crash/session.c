/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "dom0.h"
#include "gdb.h"
#include "guest.h"
#include "hooks.h"
#include "hypervisor.h"
#include "irq.h"
#include "live.h"
#include "m2p.h"
#include "machine.h"
#include "memory.h"
#include "names.h"
#include "session.h"
#include "start.h"
#include "thread.h"

#include "extensions/support/command.h"
#include "xen/memory/corefile.h"

static const struct front_end crash_front = {
	.name = "crash",
	.help = "help xen",
	.gdb = gdb_run,
	.image_attached = gdb_add_image,
	.image_detached = gdb_remove_image,
	.start = start_session,
	.source = live_source_name,
	.source_use = live_source_use,
	.dom0_state = start_state,
	.kernel_symbol = kernel_symbol,
	.dom0_task = dom0_task,
	.dom0_thread = dom0_thread,
	.dom0_irq = dom0_irq,
	.dom0_irq_count = dom0_irq_count,
};

static struct session session = { .front = &crash_front };

struct session *crash_session(void)
{
	return &session;
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

/* On a running host crash's start is completed even without a hypervisor. */
static void open_hypervisor(void)
{
	struct err *e = ACTIVE() ? session_open_live(&session) : open_dump();

	if (e) {
		session.why_no_xen = copy(err_text(e));
		err_free(e);
		if (!ACTIVE())
			return;
	} else if (!ACTIVE()) {
		machine_register(session.xen);
	}
	hypervisor_register(&session);
	live_register(&session);
	dom0_register(&session);
	hooks_install();
}

void crash_session_open(void)
{
	session.front = &crash_front;
	session.kernel_domid = 0;
	if (guest_is_expected()) {
		session.why_no_xen = copy("the dump of the host is not open; use \"xen start -d DOMID VMCORE\"");
		names_install(&session);
		return;
	}
	if (!ACTIVE())
		session.dump_path = copy(pc->dumpfile);
	session.vmlinux_path = copy(pc->namelist_debug ? pc->namelist_debug :
				    pc->namelist);
	open_hypervisor();
	names_install(&session);
	session_banner(&session, fp);
}

void crash_session_close(bool unloading)
{
	if (!unloading)
		gdb_forget_image();
	names_remove();
	dom0_forget();
	hooks_remove();
	machine_forget();
	guest_close();
	m2p_forget();
	session_close(&session);
}
