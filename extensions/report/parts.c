/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a report, in their order, one line per command; if a command
 * fails, only its part is missing.
 */
#include "report.h"

#include "xen/base/array.h"

const struct report_part report_parts[] = {
	{ "xen", "Evidence of the verdict", { "xen" }, 0, {
		{ "statements", "about,statement,evidence", 0 } } },
	{ "bt", "Processors and their call traces", { "bt", "-a" }, 0, {
		{ "pcpus", "pcpu,state,current,from", 0 },
		{ "frames", "frame,function,found", 24 } } },
	{ "pcpus", "Processors", { "pcpus" }, PART_SHUT, { { .section = NULL } } },
	{ "vcpus", "Vcpus and where they are", { "vcpus" }, 0, {
		{ "vcpus", "domid=DOM,vcpu_id=VCPU,type,processor=PCPU,runstate=RUNSTATE,IN STATE,hard_affinity,paused", 40 } } },
	{ "doms", "Domains", { "doms" }, 0, {
		{ "doms", "domid,state,type,tot_pages,max_pages,vcpus,life=LIFE,name=NAME,uuid=UUID", 40 } } },
	{ "locks", "Locks and deadlocks", { "locks" }, 0, {
		{ "locks", "*", 12 }, { "waiters", "*", 12 } } },
	{ "waits", "Waits, the longest first", { "waits" }, 0, {
		{ "waits", "kind,who,TIME,what,holder,because", 20 } } },
	{ "io", "Devices of guests", { "io", "-v" }, 0, {
		{ "devices", "domid,domain_name=NAME,class=CLASS,id=ID,device=DEV,served_by=SERVED BY,outstanding,unfetched,unread,judgement,because=EVIDENCE", 40 } } },
	{ "guest", "Operating systems of domains", { "guest" }, PART_GUESTS, {
		{ "guests", "domid,os,release,hostname", 40 } } },
	{ "rcu", "RCU", { "rcu" }, PART_SHUT, {
		{ "rcu", "cur=BATCH,completed,waits_for", 0 } } },
	{ "sched", "Schedulers", { "sched" }, PART_SHUT, {
		{ "cpupools", "pool,scheduler,pcpus,domains", 8 },
		{ "units", "name=UNIT,pool,pcpu,runstate=RUNSTATE,place,queue,credit", 40 } } },
	{ "softirqs", "Softirqs and tasklets", { "softirqs" }, PART_SHUT, {
		{ "pcpus", "pcpu,softirqs,handlers,tasklets", 24 } } },
	{ "timers", "Timers", { "timers" }, PART_SHUT, { { .section = NULL } } },
	{ "clocks", "Clocks", { "clocks" }, PART_SHUT, { { .section = NULL } } },
	{ "irqs", "Interrupts", { "irqs" }, PART_SHUT, { { .section = NULL } } },
	{ "pci", "PCI devices", { "pci" }, PART_SHUT, {
		{ "devices", "sbdf,owner,type,faults", 24 } } },
	{ "evtchn", "Event channels", { "evtchn" }, PART_SHUT, {
		{ "domains", "domid,abi,active,valid", 24 } } },
	{ "grants", "Grants", { "grants" }, PART_SHUT, {
		{ "tables", "domid,version,frames,max_frames,mapped", 24 } } },
	{ "mem", "Memory: all of RAM, in pages", { "mem" }, PART_SHUT | PART_SCAN, {
		{ "uses", "group,use,pages", 24 | ROWS_LARGEST }, { "ram", "total,unscrubbed,claimed,available,reserved,acpi,unusable", 0 } } },
	{ "heap", "Memory: free heap", { "heap" }, PART_SHUT, {
		{ "heap", "problems=PROBLEMS OF THE HEAP", 0 } } },
	{ "sys", "Host", { "sys" }, PART_SHUT, {
		{ "sys", "compiler,compile_date,command_line,cpu_khz,memory,free", 0 } } },
	{ "kernel", "Kernel of dom0", { "kernel" }, PART_SHUT, {
		{ "kernel", "release,build_id", 0 } } },
	{ "livepatch", "Livepatches", { "livepatch" }, PART_SHUT, {
		{ "payloads", "name,state,rc,functions,text,build_id", 12 } } },
	{ "trace", "Trace buffers", { "trace", "-n", "400" }, PART_SHUT, { { .section = NULL } } },
	{ "notes", "Crash notes", { "notes" }, PART_SHUT, { { .section = NULL } } },
	{ "config", "Build configuration", { "config" }, PART_SHUT, { { .section = NULL } } },
	{ "dom0log", "Log of dom0's kernel", { "log", "-d", "0", "-n", "300" }, PART_SHUT | PART_PRIVATE | PART_GUESTS, {
		{ .section = NULL } } },
	{ "xenstore", "Xenstore", { "xenstore" }, PART_SHUT | PART_PRIVATE | PART_GUESTS, {
		{ .section = NULL } } },
	{ "log", "Console ring", { "log" }, PART_SHUT, { { .section = NULL } } },
	{ .id = NULL }
};

_Static_assert(ARRAY_SIZE(report_parts) <= REPORT_PARTS_MAX, "room for all parts");
