/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debug keys of a running hypervisor that only print. */
#include "xen/model/host/console.h"

#include <stdlib.h>
#include <string.h>

#include "extensions/support/command.h"

/*
 * Keys of Xen 4.4 to master (common/keyhandler.c and the register_keyhandler()
 * of others). A key that a version lacks is reported by Xen itself.
 */
static const struct {
	char key;
	const char *what;
	const char *refused;	/* "it ...", the reason of the refusal; NULL: harmless */
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
	{ 'D', "EPT tables", "prints tables of all guests and blocks interrupts for minutes" },
	{ 'G', "log level", "changes Xen's log level" },
	{ 'L', "reset of the lock profile", "discards the counts" },
	{ 'N', "NMI", "sends NMIs, which may crash the host" },
	{ 'o', "IOMMU tables", "prints tables of all guests and blocks interrupts for minutes" },
	{ 'O', "audit of shadow tables", "stops guests while it audits" },
	{ 'P', "reset of performance counters", "discards the counts" },
	{ 'R', "reboot", "kills the host" },
	{ 'S', "reset of shadow tables", "discards the shadow tables of guests" },
	{ 'T', "trace buffer", "stops the host while it prints" },
	{ 'v', "VMCS or VMCB", "touches the state of running guests' vcpus" },
	{ 'w', "synchronous console", "makes the console synchronous, which slows the host" },
	{ '%', "trap to a debugger", "stops the host for good" },
	{ '*', "all diagnostics", "presses all keys, some of which disturb the host" },
	{ '+', "log level", "changes Xen's log level" },
	{ '-', "log level", "changes Xen's log level" },
};

static const struct column columns[] = {
	{ .key = "key", .title = "KEY", .help = "the debug key, one character" },
	{ .key = "what", .title = "SUBJECT", .help = "output or effect of the key" },
	{ .key = "refused", .title = "REFUSAL",
	  .help = "effect on the host because of which the key is refused; - if harmless" },
};

static void list(struct out *o)
{
	size_t i;

	out_list(o, "keys", columns, ARRAY_SIZE(columns));
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		out_fmt(o, "%c", keys[i].key);
		out_str(o, keys[i].what);
		if (keys[i].refused)
			out_str(o, keys[i].refused);
		else
			out_none(o);
	}
	out_end(o);
}

/* Refuses every key that is not listed as harmless. */
static struct err *check(const char *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys) && (keys[i].key != text[0] || text[1]); i++)
		;
	if (i == ARRAY_SIZE(keys))
		return err_new(ERR_REFUSED,
			       "debug key \"%s\" is not known to be harmless; \"xen keys\" lists harmless keys",
			       text);
	if (keys[i].refused)
		return err_new(ERR_REFUSED, "debug key %s (%s) is refused: it %s",
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

static struct err *run_keys(struct session *s, struct out *o,
			    const struct args *a)
{
	if (!a->nr_words) {
		list(o);
		return NULL;
	}
	ERR_TRY(check(a->word[0]));
	return press(s, o, a->word[0][0]);
}

static const struct column_table tables[] = {
	COLUMNS("keys", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Presses a debug key of the running hypervisor, as \"xl debug-keys\" does, and",
	"  shows its output. The text is written to Xen's console ring,",
	"  where it replaces the oldest lines, and to the serial line, which may be",
	"  slow. Keys that disturb or crash the host are refused. Without KEY all keys",
	"  are listed, which also works on a dump.",
	NULL
};

static const char *const example[] = {
	"    crash> xen keys s",
	"    (XEN) TSC not marked as either constant or reliable, warp=0 (count=1)",
	"    (XEN) dom1: mode=0,ofs=0xab92ac60d,khz=2596120,inc=1",
	"    (XEN) dom2(hvm): mode=0,ofs=0xdf93ab38a,khz=2596120,inc=1",
	NULL
};

const struct command command_keys = {
	.needs = NEEDS_XEN,
	.live = true,
	.run = run_keys,
	.args = { .words = { "[KEY]", .max = 1 } },
	.tables = tables,
	.description = description,
	.example = example,
};
