/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/symbols/lines.h"
#include "xen/model/host/console.h"
#include "xen/model/dom0/kernel_panic.h"
#include "machine_check.h"

/* ---- kind of crash ---- */

/* Kinds that the stack alone does not distinguish. */
enum family { FAMILY_NONE, FAMILY_PANIC, FAMILY_DOM0, FAMILY_KEY, FAMILY_HYPERCALL };

static enum family family_of(enum death d)
{
	switch (d) {
	case DEATH_UNKNOWN:
	case DEATH_NONE:
		return FAMILY_NONE;
	case DEATH_DOM0:
	case DEATH_DOM0_WATCHDOG:
		return FAMILY_DOM0;
	case DEATH_KEY:
		return FAMILY_KEY;
	case DEATH_HYPERCALL:
		return FAMILY_HYPERCALL;
	default:
		return FAMILY_PANIC;
	}
}

/* "read of ffff82cffffff0d0 (vmap), not mapped" */
static void describe_page_fault(struct verdict_job *j, struct verdict_line *l)
{
	bool on_stack = j->has_crash && j->crash.entry && j->crash.vector == 14;
	uint32_t code = on_stack ? j->crash.error_code : j->report.error_code;
	uint64_t va = j->report.has_linear ? j->report.linear : j->note ? j->note->cr2 : 0;
	const struct region *region = space_region(j->x->space, va);

	if (!on_stack && !j->report.has_error_code)
		return;
	if (!j->report.has_linear && !j->note)
		return;
	MORE(l, "%s %016" PRIx64 " (%s), %s", death_fault_access(code), va,
	     va < 4096 ? "null pointer" : region->id == REGION_NONE ?
	     "not the hypervisor's" : region->name, death_fault_reason(code));
	if (j->report.has_linear)
		EVIDENCE(l, "console: Faulting linear address");
	else
		EVIDENCE(l, "cr2 of the crash note");
	if (on_stack)
		EVIDENCE(l, "error code %04x on the stack at %" PRIx64, code,
			 j->crash.entry);
}

static void describe_kind(struct verdict_job *j, struct verdict_line *l)
{
	const struct death_report *r = &j->report;

	TEXT(l, "%s", death_name(j->v->kind));
	switch (j->v->kind) {
	case DEATH_PAGE_FAULT:
		describe_page_fault(j, l);
		break;
	case DEATH_BUG:
	case DEATH_ASSERT:
		if (*r->text)
			snprintf(l->text, sizeof(l->text), "%s", r->text);
		break;
	case DEATH_WATCHDOG:
		if (r->stuck_pcpu >= 0) {
			l->text[0] = '\0';
			TEXT(l, "Xen's watchdog found pcpu %d stuck", r->stuck_pcpu);
			EVIDENCE(l, "console: \"%s\"", r->stuck);
		}
		break;
	case DEATH_MCE:
		if (*r->mce)
			MORE(l, "\"%s\"", r->mce);
		break;
	case DEATH_NMI:
		if (*r->nmi)
			MORE(l, "\"%s\"", r->nmi);
		break;
	case DEATH_KEY:
		if (j->crash.how)
			MORE(l, "pressed %s", j->crash.how);
		break;
	case DEATH_PROTECTION:
		if (r->has_error_code)
			MORE(l, "error code %04x", r->error_code);
		break;
	case DEATH_DOUBLE_FAULT:
		if (!j->crash.overflow)
			break;
		MORE(l, "stack overflow");
		EVIDENCE(l, "rsp was %" PRIx64, j->crash.sp);
		break;
	case DEATH_PANIC:
	case DEATH_TRAP:
	case DEATH_CONTROL_FLOW:
		if (*r->text)
			MORE(l, "\"%s\"", r->text);
		break;
	default:
		break;
	}
}

/* A crash leaves Xen's crash notes or messages on the console. */
static bool was_running(const struct verdict_job *j)
{
	return j->v->kind == DEATH_UNKNOWN && j->x->notes &&
	       !notes_are_xen(j->x->notes) && !*j->no_console &&
	       j->report.kexec_pcpu < 0;
}

static void add_kind(struct verdict_job *j)
{
	struct verdict_line *l = verdict_line_add(j, "death");
	enum death console = j->report.kind, trace = j->has_crash ? j->crash.kind :
						     DEATH_UNKNOWN;
	bool agree = family_of(console) == family_of(trace);

	j->v->kind = console != DEATH_UNKNOWN && (agree || trace == DEATH_UNKNOWN) ?
		     console : trace;
	if (was_running(j)) {
		j->v->kind = DEATH_NONE;
		EVIDENCE(l, "no crash notes; no crash on the console");
	}
	if (j->v->kind == console && *j->report.evidence)
		EVIDENCE(l, "console: \"%s\"", j->report.evidence);
	if (j->crash.via && family_of(j->v->kind) != FAMILY_NONE)
		EVIDENCE(l, "pcpu %u went through %s()", j->crash.pcpu, j->crash.via);
	describe_kind(j, l);
	if (console != DEATH_UNKNOWN && trace != DEATH_UNKNOWN && !agree) {
		CONFLICT(l, "the console shows \"%s\"", j->report.evidence);
	} else if (j->v->kind == DEATH_UNKNOWN) {
		l->sure = false;
		if (j->report.kexec_pcpu >= 0)
			MORE(l, "but a crash kernel was executed");
		EVIDENCE(l, "%s", *j->no_console ? j->no_console :
						   "no crash on the console");
	} else if (!*j->report.evidence && family_of(j->v->kind) == FAMILY_PANIC) {
		l->sure = false;
		MORE(l, "unconfirmed: no panic message on the console");
	}
}

/* ---- machine checks ---- */

static void add_machine_check(struct verdict_job *j)
{
	const struct death_report *r = &j->report;
	char text[200];
	unsigned int i;

	if (j->v->kind != DEATH_MCE)
		return;
	for (i = 0; i < r->nr_banks; i++) {
		const struct death_bank *b = &r->bank[i];
		struct verdict_line *l = verdict_line_add(j, "bank");

		TEXT(l, "%u: %s", b->number, mce_status_text(b->status, text, sizeof(text)));
		if (b->has_address)
			MORE(l, "address %" PRIx64, b->address);
		if (b->has_misc)
			MORE(l, "misc %" PRIx64, b->misc);
		EVIDENCE(l, "console: status %016" PRIx64, b->status);
	}
	if (r->has_mcg_status) {
		struct verdict_line *l = verdict_line_add(j, "machine check");

		TEXT(l, "%s", mce_global_text(r->mcg_status, text, sizeof(text)));
		EVIDENCE(l, "console: MCG_STATUS %" PRIx64, r->mcg_status);
	}
}

/* ---- place of the crash, and current vcpu ---- */

static void add_pcpu(struct verdict_job *j)
{
	const struct death_report *r = &j->report;
	struct verdict_line *l;

	j->v->pcpu = j->has_crash ? (int)j->crash.pcpu :
		     r->kexec_pcpu >= 0 ? r->kexec_pcpu : r->panic_pcpu;
	if (j->v->pcpu < 0)
		return;
	l = verdict_line_add(j, "pcpu");
	TEXT(l, "%d", j->v->pcpu);
	if (j->has_crash)
		EVIDENCE(l, "kexec_crash() in its trace");
	if (r->panic_pcpu >= 0 && family_of(j->v->kind) == FAMILY_PANIC)
		EVIDENCE(l, "console: Panic on CPU %d", r->panic_pcpu);
	if (r->kexec_pcpu >= 0)
		EVIDENCE(l, "console: Executing kexec image on cpu%d", r->kexec_pcpu);
	if (j->has_crash && r->kexec_pcpu >= 0 && r->kexec_pcpu != j->v->pcpu)
		CONFLICT(l, "the console shows pcpu %d", r->kexec_pcpu);
}

/* "name+0x12 at file.c:34"; with inlined functions "name+0x12, in inlined ..." */
static void append_address(struct verdict_job *j, uint64_t pc, bool is_return, char *buf,
			 size_t size)
{
	struct source_line line[SOURCE_LINES_MAX];
	struct lines *lines = NULL;
	unsigned int nr = 0, i;
	char name[160];
	struct err *e = NULL;

	symbols_describe(j->x->symbols, pc, name, sizeof(name));
	if (*name)
		verdict_append(buf, size, "", "%s", name);
	else
		verdict_append(buf, size, "", "%016" PRIx64 ": no function of Xen", pc);
	if (j->x->image && j->x->image->has_dwarf) {
		e = lines_create(j->x->image->elf, &lines);
		if (!e)
			e = lines_at(lines, pc - is_return, line, &nr);
	}
	for (i = 0; !e && i < nr; i++) {
		if (!line[i].file)
			continue;
		if (line[i].inlined)
			verdict_append(buf, size, "", "%s %s() at %s:%u",
				       i ? " in" : ", in inlined", line[i].function ?
				       line[i].function : "?", line[i].file, line[i].line);
		else
			verdict_append(buf, size, "", "%s at %s:%u", i ? ", called" : "",
				       line[i].file, line[i].line);
	}
	err_free(e);
	lines_destroy(lines);
}

/* PC has no symbol: report the caller. */
static void append_caller(struct verdict_job *j, const struct pcpu_activity *s, char *buf,
			size_t size)
{
	if (s->outer && !symbols_by_addr(j->x->symbols, s->pc, NULL)) {
		verdict_append(buf, size, "", ", called from ");
		append_address(j, s->outer, true, buf, size);
	}
}

static struct err *add_function(struct verdict_job *j)
{
	const struct pcpu_activity *s = &j->crash;
	struct verdict_line *l;

	if (family_of(j->v->kind) != FAMILY_PANIC)
		return NULL;
	if (j->has_crash && s->pc) {
		append_address(j, s->pc, s->is_return, j->where, sizeof(j->where));
		append_caller(j, s, j->where, sizeof(j->where));
		l = verdict_line_add(j, "function");
		TEXT(l, "%s", j->where);
		if (s->entry)
			EVIDENCE(l, "registers saved by the exception at %" PRIx64,
				 s->entry);
		else
			EVIDENCE(l, "caller of panic(), stack %" PRIx64, s->sp);
		return verdict_add_altered(j, l, s->pc);
	}
	if (j->has_crash && s->from_guest) {
		l = verdict_line_add(j, "function");
		TEXT(l, "none: pcpu %u was running a guest", s->pcpu);
		EVIDENCE(l, "trace of pcpu %u", s->pcpu);
	} else if (!j->has_crash && j->report.has_rip) {
		append_address(j, j->report.rip, false, j->where, sizeof(j->where));
		l = verdict_line_add(j, "function");
		TEXT(l, "%s", j->where);
		EVIDENCE(l, "console: RIP %" PRIx64, j->report.rip);
		return verdict_add_altered(j, l, j->report.rip);
	}
	return NULL;
}

/* A vcpu runs on its processor: current_vcpu is not the only source. */
static void check_whom(struct verdict_job *j, struct verdict_line *l)
{
	struct vcpu v;
	struct err *e = vcpu_read(j->x, j->crash.vcpu, &v);

	if (e) {
		err_free(e);
		return;
	}
	if (value_ok(&v.processor) && value_of(&v.processor) != j->crash.pcpu)
		CONFLICT(l, "its processor is pcpu %" PRIu64, value_of(&v.processor));
	else if (value_ok(&v.is_running) && !value_of(&v.is_running))
		CONFLICT(l, "its is_running is 0");
}

static void add_whom(struct verdict_job *j)
{
	const struct pcpu_activity *s = &j->crash;
	struct verdict_line *l;

	if (!j->has_crash || (!s->idle && !*s->current))
		return;
	if (s->idle)
		verdict_append(j->whom, sizeof(j->whom), "", "no domain, idle pcpu");
	else
		verdict_append(j->whom, sizeof(j->whom), "", "%s", s->current);
	if (s->work)
		verdict_append(j->whom, sizeof(j->whom), ", ", "%s", s->work);
	if (*s->hypercall)
		verdict_append(j->whom, sizeof(j->whom), " ", "(%s)", s->hypercall);
	l = verdict_line_add(j, "for");
	TEXT(l, "%s", j->whom);
	EVIDENCE(l, "current_vcpu of pcpu %u", s->pcpu);
	if (s->work)
		EVIDENCE(l, "its trace");
	if (!s->idle)
		check_whom(j, l);
}

static struct err *add_dom0(struct verdict_job *j)
{
	struct kernel_panic k;
	struct verdict_line *l;
	struct err *e;

	/* requires no symbols: used also if the kind is unknown without them */
	if (family_of(j->v->kind) != FAMILY_DOM0 && j->v->kind != DEATH_UNKNOWN)
		return NULL;
	e = kernel_panic_find(j->x, &k);
	if (e && (err_is_final(e) || j->v->kind == DEATH_UNKNOWN))
		return err_drop(e);
	l = verdict_line_add(j, "dom0");
	if (!e) {
		TEXT(l, "%s", k.text);
		snprintf(j->dom0, sizeof(j->dom0), "%s", k.text);
		EVIDENCE(l, "%sdom0's log, pfn %" PRIx64, k.from_note ?
			 "note that the extraction of this core wrote: " : "", k.pfn);
	} else if (*j->report.dom0_panic) {
		TEXT(l, "%s", j->report.dom0_panic);
		snprintf(j->dom0, sizeof(j->dom0), "%s", j->report.dom0_panic);
		EVIDENCE(l, "console");
	} else {
		l->sure = false;
		TEXT(l, "reason unknown: %s; see crash's \"log\"", err_text(e));
		EVIDENCE(l, "search of dom0's kernel image");
	}
	err_free(e);
	return NULL;
}

/* ---- all statements ---- */

static const char *doubt_of(const struct verdict *v, const char *about)
{
	for (unsigned int i = 0; i < v->nr; i++)
		if (!strcmp(v->line[i].about, about))
			return v->line[i].sure ? "" : " (not sure)";
	return "";
}

static void summarise(struct verdict_job *j)
{
	struct verdict *v = j->v;

	v->unproved = provenance_unproved();
	snprintf(v->text, sizeof(v->text), "%s", v->line[0].text);
	if (*j->dom0)
		verdict_append(v->text, sizeof(v->text), ": ", "%s", j->dom0);
	if (v->pcpu >= 0)
		verdict_append(v->text, sizeof(v->text), ", ", "on pcpu %d%s", v->pcpu,
			       doubt_of(v, "pcpu"));
	if (*j->where)
		verdict_append(v->text, sizeof(v->text), ", ", "in %.*s",
			       (int)strcspn(j->where, ","), j->where);
	if (*j->whom)
		verdict_append(v->text, sizeof(v->text), ", ", "for %s%s", j->whom,
			       doubt_of(v, "for"));
}

static struct err *add_all(struct verdict_job *j, struct backtrace *b)
{
	struct provenance before = provenance_enter();
	bool unproved;
	char *console;
	size_t len;
	struct err *e = console_read(j->x, &console, &len);

	if (err_is_final(e))
		return e;
	if (!e) {
		death_from_console(console, &j->report);
		free(console);
	} else {
		snprintf(j->no_console, sizeof(j->no_console), "%s", err_text(e));
	}
	err_free(e);
	if (b)
		ERR_TRY(verdict_find_crash(j, b));
	add_kind(j);
	add_machine_check(j);
	add_pcpu(j);
	ERR_TRY(add_function(j));
	add_whom(j);
	ERR_TRY(add_dom0(j));
	verdict_line_end(j);
	summarise(j);
	/* the next two statements do not depend on the results above */
	unproved = provenance_leave(before);
	verdict_add_taint(j);
	ERR_TRY(verdict_add_livepatches(j));
	verdict_line_end(j);
	provenance_use_if(unproved);
	if (b)
		ERR_TRY(verdict_add_pcpus(j, b));
	verdict_line_end(j);
	return NULL;
}

static struct err *read_all(struct xen *x, struct verdict *ret)
{
	struct backtrace *b = NULL;
	struct verdict_job *j = calloc(1, sizeof(*j));
	struct err *e;

	if (!j)
		return err_nomem();
	memset(ret, 0, sizeof(*ret));
	ret->pcpu = -1;
	if (xen_is_running(x)) {
		snprintf(ret->text, sizeof(ret->text), "the host is running");
		free(j);
		return NULL;
	}
	j->x = x;
	j->v = ret;
	death_from_console("", &j->report);
	if (x->symbols) {
		e = backtrace_create(x, &b);
		if (err_is_final(e)) {
			free(j);
			return e;
		}
		err_free(e);
	}
	e = add_all(j, b);
	backtrace_destroy(b);
	free(j);
	return e;
}

struct err *verdict_read(struct xen *x, struct verdict *ret)
{
	struct provenance before = provenance_enter();
	struct err *e = read_all(x, ret);

	provenance_leave(before);	/* each statement has its own mark */
	return e;
}
