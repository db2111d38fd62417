/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug keys of a running hypervisor, as far as they only tell. */
#include "xen/model/host/console.h"

#include <stdlib.h>
#include <string.h>

#include "extensions/support/command.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Keys of Xen 4.4 to master (common/keyhandler.c and the register_keyhandler()
 * of others). What a version does not have it says itself.
 */
static const struct {
	char key;
	const char *what;
	const char *refused;	/* why it is not pressed; NULL: it is */
} keys[] = {
	{ 'a', "timer queues", NULL },
	{ 'c', "ACPI processor states", NULL },
	{ 'e', "event channels", NULL },
	{ 'g', "grant tables", NULL },
	{ 'h', "list of keys", NULL },
	{ 'H', "heap", NULL },
	{ 'i', "interrupt bindings", NULL },
	{ 'I', "interrupts of HVM guests", NULL },
	{ 'l', "lock profile", NULL },
	{ 'm', "memory", NULL },
	{ 'M', "MSI", NULL },
	{ 'n', "NMI counts", NULL },
	{ 'p', "performance counters", NULL },
	{ 'q', "domains and vcpus", NULL },
	{ 'Q', "PCI devices", NULL },
	{ 'r', "run queues", NULL },
	{ 's', "guests with an emulated TSC", NULL },
	{ 't', "clocks", NULL },
	{ 'u', "NUMA nodes", NULL },
	{ 'V', "IOMMU interrupt remapping", NULL },
	{ 'x', "livepatches", NULL },
	{ 'z', "IO-APIC", NULL },
	{ '0', "registers of dom0", "stops dom0's vcpus while it prints" },
	{ 'A', "other handling of keys", "changes how Xen handles keys" },
	{ 'C', "crash", "kills the host" },
	{ 'd', "registers of all pcpus", "stops all pcpus while it prints" },
	{ 'D', "EPT tables", "prints tables of all guests, with interrupts held up for minutes" },
	{ 'G', "log level", "changes Xen's log level" },
	{ 'L', "reset of the lock profile", "loses what was counted" },
	{ 'N', "NMI", "sends NMIs, which may end the host" },
	{ 'o', "IOMMU tables", "prints tables of all guests, with interrupts held up for minutes" },
	{ 'O', "audit of shadow tables", "stops guests while it audits" },
	{ 'P', "reset of performance counters", "loses what was counted" },
	{ 'R', "reboot", "kills the host" },
	{ 'S', "reset of shadow tables", "throws away guests' shadow tables" },
	{ 'T', "trace buffer", "stops the host while it prints" },
	{ 'v', "VMCS or VMCB", "touches the state of running guests' vcpus" },
	{ 'w', "synchronous console", "makes the console synchronous, which slows the host" },
	{ '%', "trap to a debugger", "stops the host for good" },
	{ '*', "all diagnostics", "presses all keys, some of which disturb the host" },
	{ '+', "log level", "changes Xen's log level" },
	{ '-', "log level", "changes Xen's log level" },
};

static const struct column columns[] = {
	{ .key = "key", .title = "KEY" },
	{ .key = "what", .title = "SHOWS" },
	{ .key = "refused", .title = "REFUSED, SINCE IT" },
};

static void list(struct out *o)
{
	size_t i;

	out_list(o, "keys", columns, N(columns));
	for (i = 0; i < N(keys); i++) {
		out_fmt(o, "%c", keys[i].key);
		out_str(o, keys[i].what);
		if (keys[i].refused)
			out_str(o, keys[i].refused);
		else
			out_none(o);
	}
	out_end(o);
}

/* What is not known to be harmless is refused. */
static struct err *check(const char *text)
{
	size_t i;

	for (i = 0; i < N(keys) && (keys[i].key != text[0] || text[1]); i++)
		;
	if (i == N(keys))
		return err_new(ERR_REFUSED,
			       "%s is no debug key that is known to be harmless; \"xen keys\" lists those",
			       text);
	if (keys[i].refused)
		return err_new(ERR_REFUSED, "key %s (%s) is not pressed: it %s",
			       text, keys[i].what, keys[i].refused);
	return NULL;
}

static struct err *press(struct session *s, struct out *o, char key)
{
	char *text, *line, *rest;

	ERR_TRY(console_press_key(s->xen, key, &text));
	out_lines(o, "key");
	for (rest = text; rest && *rest;) {
		line = strsep(&rest, "\n");
		out_line(o, "%s", line);
	}
	out_end(o);
	if (!*text)
		out_note(o, "Xen printed nothing within 3 s");
	free(text);
	return NULL;
}

static struct err *run_keys(struct session *s, struct out *o, int argc,
			    char **argv)
{
	if (argc > 2)
		return command_usage("one key at a time");
	if (argc == 1) {
		list(o);
		return NULL;
	}
	ERR_TRY(check(argv[1]));
	return press(s, o, argv[1][0]);
}

static const char *const help[] = {
	"  Presses a debug key of the running hypervisor (as \"xl debug-keys\" does) and",
	"  shows just what it printed. The output goes through Xen's console ring, where it",
	"  takes the place of older text, and to the serial line, which may be slow. Keys",
	"  that disturb or kill the host are refused; without KEY all are listed.",
	"",
	"EXAMPLE",
	"    crash> xen keys s",
	"    (XEN) TSC not marked as either constant or reliable, warp=0 (count=1)",
	"    (XEN) dom1: mode=0,ofs=0xab92ac60d,khz=2596120,inc=1",
	"    (XEN) dom2(hvm): mode=0,ofs=0xdf93ab38a,khz=2596120,inc=1",
	NULL
};

const struct command command_keys = {
	.needs = NEEDS_XEN,
	.live = true,
	.run_words = run_keys,
	.synopsis = "[-j] [KEY]",
	.help = help,
};
