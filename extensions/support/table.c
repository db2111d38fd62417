/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table: all commands, in the order and under the headings of `help xen`. */
#include "command.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/*
 * A new command requires one line in this table; its file,
 * extensions/commands/NAME.c, defines command_NAME. Lines of a group are
 * adjacent.
 */
#define COMMANDS(C)	\
	C("Images and session", files, "Xen images found, and the one that is the build in memory") \
	C("Images and session", load, "load symbols and types from an image") \
	C("Images and session", unload, "remove the image with its symbols and types") \
	C("Images and session", start, "complete a dom0 session started with --minimal") \
	C("Images and session", source, "memory sources: available, in use, blocked with the reason") \
	C("Host", log, "console ring of the hypervisor") \
	C("Host", keys, "press a harmless debug key and print its output") \
	C("Host", sys, "version, command line, memory, pcpus, uptime") \
	C("Host", config, "build configuration (.config) of the hypervisor") \
	C("Host", kernel, "dom0's Linux kernel: release, build-id, matching vmlinux") \
	C("Host", livepatch, "livepatches and the functions they replace") \
	C("Host", cpuid, "CPUID policies of domains and of the host") \
	C("Host", trace, "trace buffers, decoded and ordered by time") \
	C("Host", notes, "crash notes of the pcpus") \
	C("Domains", doms, "domains: state, type, memory, vcpus, cpu time") \
	C("Domains", dom, "one domain in detail, with its vcpus") \
	C("Domains", vcpus, "vcpus: state, pcpu, time, affinity") \
	C("Domains", vcpu, "one vcpu in detail") \
	C("Domains", guest, "operating systems of domains: release, build-id, KASLR") \
	C("Domains", extract, "a core of one domain, or of the hypervisor alone") \
	C("Domains", sched, "schedulers: cpupools, run queues, running and waiting units") \
	C("Processors", pcpus, "pcpus: state, current vcpu, addresses") \
	C("Processors", pcpu, "one pcpu in detail") \
	C("Processors", timers, "timers of the pcpus: expiry, function, object") \
	C("Processors", clocks, "clocks of the pcpus and the skew between them") \
	C("Processors", softirqs, "pending softirqs and tasklets of each pcpu") \
	C("Processors", rcu, "RCU: grace period, pcpus it waits for, callbacks") \
	C("Failures", report, "the whole host in one file: text, JSON or HTML") \
	C("Failures", bt, "call traces of pcpus and vcpus") \
	C("Failures", regs, "registers of pcpus and vcpus") \
	C("Failures", locks, "held locks, waiting pcpus, deadlocks") \
	C("Failures", waits, "waits of vcpus, pcpus and domains, the longest first") \
	C("Failures", decode, "console text with functions and source lines added") \
	C("Memory", mem, "all of RAM: domains, Xen, crash kernel, free, unaccounted") \
	C("Memory", page, "machine frames: owner, type, references, mappings; totals") \
	C("Memory", heap, "free memory by node, zone and order, checked") \
	C("Memory", p2m, "guest frame to machine frame, each step shown") \
	C("Memory", m2p, "machine frame to guest frame") \
	C("Memory", vtop, "virtual to machine address, each step shown") \
	C("Channels and devices", evtchn, "event channels: both ends, pending, masked, notified vcpu") \
	C("Channels and devices", grants, "grant tables: granted, pinned and mapped frames") \
	C("Channels and devices", io, "devices of guests: ends, rings, events, judgement") \
	C("Channels and devices", irqs, "interrupts: vector, pcpus, guests bound to them") \
	C("Channels and devices", xenstore, "nodes of the xenstore: owner, permissions, value") \
	C("Channels and devices", pci, "PCI devices, their owners and interrupts") \
	C("Symbols and data", sym, "symbols by name, address or part of a name") \
	C("Symbols and data", struct, "layout or content of a structure") \
	C("Symbols and data", p, "value of an expression") \
	C("Symbols and data", rd, "memory of the hypervisor, the machine or a guest") \
	C("Symbols and data", dis, "disassembled code") \
	C("Symbols and data", list, "objects on a linked list")

#define DECLARE(group, name, summary) extern const struct command command_##name;
#define ENTRY(group, name, summary) { #name, group, summary, &command_##name },

COMMANDS(DECLARE)
const struct command_entry command_table[] = { COMMANDS(ENTRY) { .name = NULL } };

extern const struct command command_xen;
const struct command_entry command_overview = {
	"xen", "Overview", "identity, verdict and counts of the Xen host", &command_xen,
};

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

const struct command_entry *command_find(const char *name)
{
	const struct command_entry *c;
	const struct command_alias *a;

	if (!strcmp(name, command_overview.name))
		return &command_overview;
	for (a = command_aliases; a->alias; a++)
		if (!strcmp(name, a->alias))
			name = a->name;
	for (c = command_table; c->name; c++)
		if (!strcmp(name, c->name))
			return c;
	return NULL;
}

/* True for the same word in another case, or with one letter more, less, other or exchanged. */
static bool is_near(const char *typed, const char *name)
{
	size_t same = 0, length = strlen(typed);

	while (typed[same] && tolower((unsigned char)typed[same]) == name[same])
		same++;
	typed += same;
	name += same;
	if (!*typed && !*name)
		return true;
	if (length < 3)
		return false;
	if ((*typed && !strcasecmp(typed + 1, name)) ||
	    (*name && !strcasecmp(typed, name + 1)) ||
	    (*typed && *name && !strcasecmp(typed + 1, name + 1)))
		return true;
	return *typed && typed[1] && *name && name[1] && !strcasecmp(typed + 2, name + 2) &&
	       tolower((unsigned char)typed[0]) == name[1] &&
	       tolower((unsigned char)typed[1]) == name[0];
}

const char *command_nearest(const char *name)
{
	const struct command_entry *c;
	const struct command_alias *a;

	for (c = command_table; c->name; c++)
		if (is_near(name, c->name))
			return c->name;
	for (a = command_aliases; a->alias; a++)
		if (is_near(name, a->alias))
			return a->alias;
	return NULL;
}
