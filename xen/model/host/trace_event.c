/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and texts of trace records, by event (public/trace.h). */
#include "trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Formats in text consume the words of the record in order: %V domain and vcpu,
 * %v both in one word, %D domain, %d decimal, %x hexadecimal, %X two words in
 * hexadecimal. Remaining words follow in hexadecimal. mask: bits of the event
 * that vary, such as runstates and the 64-bit form.
 */
static const struct event {
	uint32_t event;
	const char *name, *text;
	uint32_t mask;		/* bits of event that vary */
} events[] = {
	{ 0x0001f001, "LOST_RECORDS", "%d lost", 0 },
	{ 0x0001f003, "TRACE_CPU_CHANGE", "pcpu %d, %d bytes", 0 },
	{ 0x00021001, "SCHED_RUNSTATE_CHANGE", "%v", 0x330 },
	{ 0x00021002, "SCHED_CONTINUE_RUNNING", "%v", 0 },
	{ 0x00028001, "SCHED_DOM_ADD", "%D", 0 },
	{ 0x00028002, "SCHED_DOM_REM", "%D", 0 },
	{ 0x00028003, "SCHED_SLEEP", "%V", 0 },
	{ 0x00028004, "SCHED_WAKE", "%V", 0 },
	{ 0x00028005, "SCHED_YIELD", "%V", 0 },
	{ 0x00028006, "SCHED_BLOCK", "%V", 0 },
	{ 0x00028007, "SCHED_SHUTDOWN", "%V reason %d", 0 },
	{ 0x00028008, "SCHED_CTL", "", 0 },
	{ 0x00028009, "SCHED_ADJDOM", "%D", 0 },
	{ 0x0002800a, "SCHED_SWITCH", "from %V to %V", 0 },
	{ 0x0002800b, "SCHED_S_TIMER_FN", "", 0 },
	{ 0x0002800c, "SCHED_T_TIMER_FN", "", 0 },
	{ 0x0002800d, "SCHED_DOM_TIMER_FN", "", 0 },
	{ 0x0002800e, "SCHED_SWITCH_INFPREV", "%V ran %d ns", 0 },
	{ 0x0002800f, "SCHED_SWITCH_INFNEXT", "%V waited %d ns, gets %d ns", 0 },
	{ 0x00028010, "SCHED_SHUTDOWN_CODE", "%V reason %d", 0 },
	{ 0x00028011, "SCHED_SWITCH_INFCONT", "%V ran %d ns, gets %d ns", 0 },
	{ 0x00041001, "DOM0_DOM_ADD", "%D", 0 },
	{ 0x00041002, "DOM0_DOM_REM", "%D", 0 },
	{ 0x0010f001, "MEM_PAGE_GRANT_MAP", "%D", 0 },
	{ 0x0010f002, "MEM_PAGE_GRANT_UNMAP", "%D", 0 },
	{ 0x0010f003, "MEM_PAGE_GRANT_TRANSFER", "%D", 0 },
	{ 0x0010f004, "MEM_SET_P2M_ENTRY", "", 0 },
	{ 0x0010f005, "MEM_DECREASE_RESERVATION", "gfn %X, %D", 0 },
	{ 0x0010f010, "MEM_POD_POPULATE", "", 0 },
	{ 0x0010f011, "MEM_POD_ZERO_RECLAIM", "", 0 },
	{ 0x0010f012, "MEM_POD_SUPERPAGE_SPLINTER", "", 0 },
	{ 0x00201001, "PV_HYPERCALL", "", 0x100 },
	{ 0x00201003, "PV_TRAP", "", 0x100 },
	{ 0x00201104, "PV_PAGE_FAULT", "rip %X address %X error %x", 0 },
	{ 0x00201004, "PV_PAGE_FAULT", "eip %x address %x error %x", 0 },
	{ 0x00201105, "PV_FORCED_INVALID_OP", "rip %X", 0 },
	{ 0x00201106, "PV_EMULATE_PRIVOP", "rip %X", 0 },
	{ 0x00201107, "PV_EMULATE_4GB", "rip %X", 0 },
	{ 0x00201008, "PV_MATH_STATE_RESTORE", "", 0 },
	{ 0x00201109, "PV_PAGING_FIXUP", "rip %X address %X", 0 },
	{ 0x0020110a, "PV_GDT_LDT_MAPPING_FAULT", "rip %X offset %X", 0 },
	{ 0x0020110b, "PV_PTWR_EMULATION", "pte %X address %X rip %X", 0 },
	{ 0x0020100d, "PV_HYPERCALL_V2", "", 0 },
	{ 0x0020200e, "PV_HYPERCALL_SUBCALL", "", 0 },
	{ 0x00081001, "HVM_VMENTRY", "", 0x500 },
	{ 0x00081002, "HVM_VMX_EXIT", "reason %x rip %x", 0x400 },
	{ 0x00081102, "HVM_VMX_EXIT", "reason %x rip %X", 0x400 },
	{ 0x00081003, "HVM_SVM_EXIT", "reason %x rip %x", 0x400 },
	{ 0x00081103, "HVM_SVM_EXIT", "reason %x rip %X", 0x400 },
	{ 0x00801001, "PM_FREQ_CHANGE", "from %d to %d MHz", 0 },
	{ 0x00801002, "PM_IDLE_ENTRY", "C%d", 0 },
	{ 0x00801003, "PM_IDLE_EXIT", "C%d", 0 },
	{ 0x00802001, "HW_IRQ_MOVE_CLEANUP_DELAY", "irq %d vector %x pcpu %d", 0 },
	{ 0x00802002, "HW_IRQ_MOVE_CLEANUP", "irq %d vector %x pcpu %d", 0 },
	{ 0x00802003, "HW_IRQ_BIND_VECTOR", "", 0 },
	{ 0x00802004, "HW_IRQ_CLEAR_VECTOR", "", 0 },
	{ 0x00802005, "HW_IRQ_MOVE_FINISH", "irq %d vector %x pcpu %d", 0 },
	{ 0x00802006, "HW_IRQ_ASSIGN_VECTOR", "", 0 },
	{ 0x00802007, "HW_IRQ_UNMAPPED_VECTOR", "vector %x", 0 },
	{ 0x00802008, "HW_IRQ_HANDLED", "irq %d from tsc %x to %x", 0 },
};

/* Events of one scheduler (TRC_SCHED_CLASS_EVT). */
#define SCHED_CLASS		0x00022000
#define SCHED_CLASS_MASK	0x0ffff000
#define SCHED_CLASS_ID(e)	((e) >> 9 & 7)
#define SCHED_CLASS_EVENT(e)	((e) & 0x1ff)

static const char *const schedulers[] = {
	"credit", "credit2", "sedf", "arinc653", "rtds", "null",
};

static const struct {
	uint32_t class;
	const char *name;
} classes[] = {
	{ 0x0001f000, "GEN" }, { 0x0002f000, "SCHED" }, { 0x0004f000, "DOM0OP" },
	{ 0x0008f000, "HVM" }, { 0x0010f000, "MEM" }, { 0x0020f000, "PV" },
	{ 0x0040f000, "SHADOW" }, { 0x0080f000, "HW" }, { 0x0800f000, "GUEST" },
};

static const struct event *find_event(uint32_t event)
{
	for (size_t i = 0; i < N(events); i++)
		if ((event & ~events[i].mask) == (events[i].event & ~events[i].mask))
			return &events[i];
	return NULL;
}

static const char *const runstates[] = { "running", "runnable", "blocked", "offline" };

const char *trace_event_name(uint32_t event, char *buf, size_t size)
{
	const struct event *e = find_event(event);
	uint32_t id = SCHED_CLASS_ID(event);

	if (e) {
		snprintf(buf, size, "%s", e->name);
		return buf;
	}
	if ((event & SCHED_CLASS_MASK) == SCHED_CLASS && id < N(schedulers)) {
		snprintf(buf, size, "SCHED %s %u", schedulers[id],
			 (unsigned int)SCHED_CLASS_EVENT(event));
		return buf;
	}
	for (size_t i = 0; i < N(classes); i++) {
		if ((event & 0x0fff0000) != (classes[i].class & 0x0fff0000))
			continue;
		snprintf(buf, size, "%s %x", classes[i].name, event);
		return buf;
	}
	snprintf(buf, size, "%x", event);
	return buf;
}

/* Prints the words of one format; returns the number of words that it consumed. */
static unsigned int expand(char code, const uint32_t *w, unsigned int left,
			   char *buf, size_t size)
{
	unsigned int need = strchr("VX", code) ? 2 : 1;

	buf[0] = '\0';
	if (left < need)
		return left;
	switch (code) {
	case 'V':
		snprintf(buf, size, "d%uv%u", w[0], w[1]);
		break;
	case 'v':
		snprintf(buf, size, "d%uv%u", w[0] >> 16, w[0] & 0xffff);
		break;
	case 'D':
		snprintf(buf, size, "d%u", w[0]);
		break;
	case 'd':
		snprintf(buf, size, "%u", w[0]);
		break;
	case 'x':
		snprintf(buf, size, "%x", w[0]);
		break;
	case 'X':
		snprintf(buf, size, "%" PRIx64, w[0] | (uint64_t)w[1] << 32);
		break;
	}
	return need;
}

static bool is_runstate_change(uint32_t event)
{
	return (event & ~0x330U) == 0x21001;
}

const char *trace_record_text(const struct trace_record *r, char *buf, size_t size)
{
	const struct event *e = find_event(r->event);
	const char *text = e ? e->text : "";
	unsigned int used = 0;
	size_t len = 0;
	char word[32];

	buf[0] = '\0';
	for (; *text && len + 1 < size; text++) {
		if (*text != '%') {
			len += snprintf(buf + len, size - len, "%c", *text);
			continue;
		}
		used += expand(*++text, r->word + used, r->nr - used, word, sizeof(word));
		len += snprintf(buf + len, size - len, "%s", word);
	}
	if (is_runstate_change(r->event) && len < size)
		len += snprintf(buf + len, size - len, " %s to %s",
				runstates[r->event >> 8 & 3], runstates[r->event >> 4 & 3]);
	for (; used < r->nr && len < size; used++)
		len += snprintf(buf + len, size - len, "%s%x", len ? " " : "",
				r->word[used]);
	return buf;
}

bool trace_record_is_of(const struct trace_record *r, uint64_t domid)
{
	const struct event *e = find_event(r->event);
	unsigned int used = 0;

	for (const char *t = e ? e->text : ""; (t = strchr(t, '%')); t += 2) {
		if (used >= r->nr)
			return false;
		if ((strchr("VD", t[1]) && r->word[used] == domid) ||
		    (t[1] == 'v' && r->word[used] >> 16 == domid))
			return true;
		used += strchr("VX", t[1]) ? 2 : 1;
	}
	return false;
}
