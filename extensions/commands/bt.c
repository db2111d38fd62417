/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/diagnosis/backtrace.h"
#include "xen/model/pcpu/guest_entry.h"
#include "xen/symbols/lines.h"
#include "extensions/support/cells.h"
#include "extensions/support/registers.h"
#include "extensions/support/targets.h"

struct run {
	struct backtrace *bt;
	struct trace trace;
	bool raw;
	struct lines *lines;	/* option -l; or NULL */
	/* kind of the trace; one of these */
	const struct pcpu *pcpu;
	const char *vcpu;
	unsigned int row;
};

static const struct column pcpu_columns[] = {
	{ .key = "pcpu", .title = "PCPU", .help = "number of the pcpu" },
	{ .key = "state", .title = "STATE",
	  .help = "saved: wrote a crash note; lost: did not respond at the crash; otherwise online or offline" },
	{ .key = "current", .title = "VCPU",
	  .help = "vcpu that is scheduled there" },
	{ .key = "loaded", .title = "LOADED",
	  .help = "vcpu whose registers are loaded; differs from VCPU while the pcpu idles" },
	{ .key = "stack", .title = "STACK",
	  .help = "lowest address of the pcpu's stack" },
	{ .key = "from", .title = "TRACE FROM",
	  .help = "source of the first frame: crash note, QEMU's note, guest, a search of the stack, or none found" },
};

static const struct column vcpu_columns[] = {
	{ .key = "vcpu", .title = "VCPU", .help = "name of the vcpu" },
	{ .key = "address", .title = "ADDRESS",
	  .help = "address of its struct vcpu" },
	{ .key = "place", .title = "STATE",
	  .help = "place of its registers: running on a pcpu, or descheduled" },
};

static const struct column frame_columns[] = {
	{ .key = "pcpu", .help = "pcpu of the trace" },
	{ .key = "vcpu", .help = "vcpu of the trace" },
	{ .key = "frame", .title = "#",
	  .help = "number of the frame, 0 the innermost; - for an inlined function" },
	{ .key = "stack_name",
	  .help = "stack that the frame is on: primary, NMI, double fault ..." },
	{ .key = "sp", .title = "SP", .help = "stack pointer" },
	{ .key = "pc", .title = "PC", .help = "address of the code" },
	{ .key = "function", .title = "FUNCTION",
	  .help = "function and offset; --- for an exception or interrupt, which is followed by the interrupted function" },
	{ .key = "found", .title = "FOUND BY",
	  .help = "how the frame was found, as listed above" },
	{ .key = "source", .title = "SOURCE",		/* source line of the last frame: -l */
	  .help = "-l: source file and line" },
};

static const char *start_text(const struct session *s, enum trace_start start)
{
	static const char *const texts[] = {
		[START_NOTE] = "crash note",
		[START_GUEST] = "guest",
		[START_SEARCH] = "search of its stack",
		[START_SLEEP] = "waitqueue",
		[START_NONE] = "nothing found",
	};

	if (start == START_NOTE && s->xen->notes->from_qemu)
		return "QEMU's note";
	return texts[start];
}

/* A return address is shown as the name of the call before it. */
static const char *address_text(struct session *s, uint64_t pc, bool is_return,
				char *buf, size_t size)
{
	const struct symbol *sym;
	char name[200];
	uint64_t offset;

	sym = symbols_by_addr(s->xen->symbols, pc - is_return, &offset);
	if (!sym)
		snprintf(buf, size, "?");
	else
		snprintf(buf, size, "%s+0x%" PRIx64,
			 symbol_full_name(sym, name, sizeof(name)), offset + is_return);
	return buf;
}

/* One row of the trace, or the line of the row before its raw words. */
struct row {
	uint64_t sp, pc;
	bool has_sp, has_pc;
	const char *stack, *function, *found;
	const char *source;	/* or NULL */
	bool inlined;		/* without a number: continues the frame of the previous row */
};

static void show_row(struct out *o, struct run *r, const struct row *row)
{
	if (r->raw) {
		out_line(o, "#%-2u [%" PRIx64 "] %" PRIx64 " %s (%s)%s%s", r->row, row->sp,
			 row->pc, row->function, row->found, row->source ? " at " : "",
			 row->source ? row->source : "");
		r->row += !row->inlined;
		return;
	}
	if (r->pcpu)
		out_dec(o, r->pcpu->id);
	else
		out_none(o);
	if (r->vcpu)
		out_str(o, r->vcpu);
	else
		out_none(o);
	if (row->inlined)
		out_none(o);
	else
		out_dec(o, r->row++);
	cell_text(o, row->stack ? row->stack : "");
	if (row->has_sp)
		out_hex(o, row->sp);
	else
		out_none(o);
	if (row->has_pc)
		out_hex(o, row->pc);
	else
		out_none(o);
	out_str(o, row->function);
	out_str(o, row->found);
	if (r->lines)
		cell_text(o, row->source ? row->source : "");
}

/*
 * Shows one row for each function inlined into the frame's function; source is
 * set to the line of that function.
 */
static void show_inlined(struct out *o, struct run *r, const struct frame *f,
			 char *source, size_t size)
{
	struct source_line line[SOURCE_LINES_MAX];
	struct row row = { .sp = f->sp, .pc = f->pc, .has_sp = true, .has_pc = true,
			   .stack = f->stack, .found = "inlined", .source = source,
			   .inlined = true };
	unsigned int i, nr;
	struct err *e = lines_at(r->lines, f->pc - f->is_return, line, &nr);

	source[0] = '\0';
	if (e) {
		err_free(e);
		return;
	}
	for (i = 0; i < nr; i++) {
		if (line[i].file)
			snprintf(source, size, "%s:%u", line[i].file, line[i].line);
		row.function = line[i].function ? line[i].function : "?";
		if (i + 1 < nr)
			show_row(o, r, &row);
	}
}

static void show_frame(struct session *s, struct out *o, struct run *r,
		       const struct frame *f)
{
	char text[256], name[80], source[200];
	struct row row = { .sp = f->sp, .has_sp = true, .stack = f->stack,
			   .function = text };

	if (f->kind == FRAME_ENTRY) {
		entry_text(f->entry.vector, f->entry.error_code, name, sizeof(name));
		snprintf(text, sizeof(text), "--- %s ---", name);
		row.found = "entry";
	} else {
		row.pc = f->pc;
		row.has_pc = true;
		address_text(s, f->pc, f->is_return, text, sizeof(text));
		row.found = frame_found_name(f->found);
		if (r->lines) {
			show_inlined(o, r, f, source, sizeof(source));
			row.source = source;
		}
	}
	show_row(o, r, &row);
}

/* Prints the words between two stack pointers, two per line like crash's bt -f. */
#define RAW_MAX 512

static void show_words(struct session *s, struct out *o, uint64_t from, uint64_t to)
{
	uint64_t va, word;

	if (to <= from || to - from > 8 * RAW_MAX)
		to = from;
	for (va = from; va < to; va += 8) {
		struct err *e = space_read_u64(s->xen->space, va, &word);
		char name[160] = "";

		if (!e)
			symbols_describe(s->xen->symbols, word, name, sizeof(name));
		if (e)
			out_line(o, "    %" PRIx64 ": %s", va, err_mark(err_reason(e)));
		else
			out_line(o, "    %" PRIx64 ": %016" PRIx64 "%s%s", va, word,
				 *name ? "  " : "", name);
		err_free(e);
	}
}

static void show_frames(struct session *s, struct out *o, struct run *r)
{
	const struct trace *t = &r->trace;
	unsigned int i;

	for (i = 0; i < t->nr; i++) {
		show_frame(s, o, r, &t->frame[i]);
		if (r->raw && i + 1 < t->nr)
			show_words(s, o, t->frame[i].sp, t->frame[i + 1].sp);
	}
}

static void show_end(struct out *o, struct run *r)
{
	struct row row = { .function = r->trace.why, .found = "broken" };

	if (r->trace.end == END_LIMIT)
		row.function = "too many frames";
	else if (r->trace.end != END_BROKEN)
		return;
	show_row(o, r, &row);
}

/* Registers of a vcpu that never ran have a vector of 0, which is no exception. */
static bool has_run(const struct vcpu *v)
{
	return (value_ok(&v->runstate) && value_of(&v->runstate) == RUNSTATE_RUNNING) ||
	       !value_ok(&v->time[RUNSTATE_RUNNING]) ||
	       value_of(&v->time[RUNSTATE_RUNNING]);
}

/*
 * Shows the last frame: the guest for which the hypervisor works, or from which
 * it was entered. d and v are NULL without types.
 */
static void show_guest(struct session *s, struct out *o, struct run *r,
		       const struct domain *d, const struct vcpu *v,
		       const struct regs *regs)
{
	char name[VCPU_NAME] = "guest", at[160] = "", how[80] = "", text[320];
	const char *between = " by ";
	struct row row = { .function = text, .found = "guest" };

	if (!value_ok(&regs->rip))
		return;
	if (v)
		vcpu_name_at(s->xen, v->va, name);
	/* HVM guests enter Xen without a vector */
	if (v && !has_run(v)) {
		between = ", ";
		snprintf(how, sizeof(how), "which never ran");
	} else if (value_ok(&regs->entry_vector)) {
		entry_text(value_of(&regs->entry_vector), value_of(&regs->error_code), how, sizeof(how));
	}
	if (d)
		guest_address_text(s, d, value_of(&regs->rip), at, sizeof(at));
	snprintf(text, sizeof(text), "%s%s%s%s%s", name, *how ? between : "", how,
		 *at ? " at " : "", at);
	row.pc = value_of(&regs->rip);
	row.sp = value_of(&regs->rsp);
	row.has_pc = true;
	row.has_sp = value_ok(&regs->rsp);
	show_row(o, r, &row);
}

/* Without types: shows the guest from which the pcpu was entered, if it is a PV guest. */
static void show_some_guest(struct session *s, struct out *o, struct run *r,
			    const struct pcpu *p)
{
	const struct unwinder u = { .space = s->xen->space };
	struct entry entry;
	struct regs regs;
	struct err *e = entry_read(unwind_read, (void *)&u, p->guest_regs, &entry);

	if (!e && entry_is_from_guest(&entry)) {
		regs_from_entry(&entry, &regs);
		guest_entry_complete(s->xen, p, &regs);
		show_guest(s, o, r, NULL, NULL, &regs);
	}
	out_error(o, e);
}

/* Shows the guest of the current vcpu; an idle vcpu has none. */
static void show_current_guest(struct session *s, struct out *o, struct run *r,
			       const struct pcpu *p)
{
	struct context c;
	struct domain d;
	struct vcpu v;
	struct err *e;

	if (!value_ok(&p->current_vcpu) || value_of(&p->current_vcpu) == p->idle_vcpu)
		return;
	if (!records_known(s->xen->records)) {
		show_some_guest(s, o, r, p);
		return;
	}
	e = vcpu_read(s->xen, value_of(&p->current_vcpu), &v);
	if (!e)
		e = domain_read(s->xen, value_of(&v.domain), &d);
	if (!e)
		e = context_read(s->xen, &d, &v, &c);
	if (!e && r->trace.end == END_GUEST)
		regs_from_entry(&r->trace.guest, &c.regs);
	if (!e)
		show_guest(s, o, r, &d, &v, &c.regs);
	out_error(o, err_prefix(e, "the guest of pcpu %u", p->id));
}

static void begin_frames(struct out *o, struct run *r)
{
	r->row = 0;
	if (r->raw)
		out_lines(o, "frames");
	else
		out_list(o, "frames", frame_columns, ARRAY_SIZE(frame_columns) - !r->lines);
}

static void show_trace(struct session *s, struct out *o, struct run *r,
		       const struct pcpu *p)
{
	begin_frames(o, r);
	show_frames(s, o, r);
	show_end(o, r);
	if (p)
		show_current_guest(s, o, r, p);
	out_end(o);
}

static void cell_vcpu_at(struct session *s, struct out *o, uint64_t va)
{
	char name[VCPU_NAME];

	if (!va || !records_known(s->xen->records))
		out_none(o);
	else
		out_str(o, vcpu_name_at(s->xen, va, name));
}

static struct err *show_pcpu(struct session *s, struct out *o,
			     const struct pcpu *p, void *arg)
{
	struct run *r = arg;
	enum trace_start start;

	ERR_TRY(err_prefix(backtrace_pcpu(r->bt, p, &r->trace, &start), "pcpu %u",
			   p->id));
	r->pcpu = p;
	out_list(o, "pcpus", pcpu_columns, ARRAY_SIZE(pcpu_columns));
	out_dec(o, p->id);
	out_str(o, pcpu_state_text(p));
	cell_vcpu_at(s, o, value_ok(&p->current_vcpu) ? value_of(&p->current_vcpu) : 0);
	cell_vcpu_at(s, o, p->curr_vcpu);
	out_hex(o, p->stack);
	out_str(o, start_text(s, start));
	out_end(o);
	show_trace(s, o, r, p);
	if (start == START_NONE)
		out_note(o, "pcpu %u saved no registers, and its stack has no chain of frames: it was in a guest, or its frames cannot be followed",
			 p->id);
	if (start == START_SEARCH)
		out_note(o, "pcpu %u saved no registers: its trace is the deepest chain on its stack, of which the uppermost frames may be stale",
			 p->id);
	r->pcpu = NULL;
	return NULL;
}

static struct err *show_vcpu(struct session *s, struct out *o,
			     const struct domain *d, const struct vcpu *v, void *arg)
{
	struct run *r = arg;
	char name[VCPU_NAME], where[80];
	struct context c;

	vcpu_name_at(s->xen, v->va, name);
	ERR_TRY(err_prefix(context_read(s->xen, d, v, &c), "%s", name));
	out_list(o, "vcpus", vcpu_columns, ARRAY_SIZE(vcpu_columns));
	out_str(o, name);
	out_hex(o, v->va);
	out_str(o, context_text(&c, where, sizeof(where)));
	out_end(o);
	if (c.place != PLACE_SAVED && c.place != PLACE_LAZY &&
	    c.place != PLACE_SWITCH_FROM)
		return show_pcpu(s, o, &c.pcpu, r);
	r->vcpu = name;
	r->trace.nr = 0;
	r->trace.end = END_BOTTOM;
	if (backtrace_is_asleep(v))
		ERR_TRY(err_prefix(backtrace_asleep(r->bt, v, &r->trace), "%s", name));
	begin_frames(o, r);
	show_frames(s, o, r);
	show_end(o, r);
	show_guest(s, o, r, d, v, &c.regs);
	out_end(o);
	r->vcpu = NULL;
	return NULL;
}

/* Prints a note if there are no source lines. */
static void open_lines(struct session *s, struct out *o, struct run *r)
{
	struct err *e;

	if (!s->xen->image || !s->xen->image->elf)
		e = err_new(ERR_NOT_FOUND, "no image is attached");
	else
		e = lines_create(s->xen->image->elf, &r->lines);
	if (e)
		out_note(o, "no source lines: %s", err_text(e));
	err_free(e);
}

static struct err *show_all(struct session *s, struct out *o,
			    const struct args *a, struct run *r)
{
	static const struct target_ops ops = {
		.pcpu = show_pcpu, .vcpu = show_vcpu,
	};
	struct err *e = backtrace_create(s->xen, &r->bt);

	if (e)
		return e;
	if (args_has(a, "s"))
		r->bt->methods = USE_WORDS;
	else if (args_has(a, "p"))
		r->bt->methods = USE_POINTERS | USE_TOP;
	if (args_has(a, "l"))
		open_lines(s, o, r);
	if (!r->bt->cfi)
		out_note(o, "the image has no .debug_frame: frames are found by frame pointers and by scanning");
	e = targets_each(s, o, a, &ops, r);
	lines_destroy(r->lines);
	backtrace_destroy(r->bt);
	return e;
}

static struct err *run_bt(struct session *s, struct out *o, const struct args *a)
{
	struct run *r = calloc(1, sizeof(*r));
	struct err *e;

	if (!r)
		return err_nomem();
	r->raw = args_has(a, "f");
	e = show_all(s, o, a, r);
	free(r);
	return e;
}

static const struct option_spec options[] = {
	TARGET_OPTIONS,
	{ "l", OPTION_FLAG, .help = "source lines, and the functions that were inlined" },
	{ "f", OPTION_FLAG, .help = "the words of the stack between the frames" },
	{ "s", OPTION_FLAG, .group = 2,
	  .help = "all words of the stack that are addresses of code, as Xen itself prints them" },
	{ "p", OPTION_FLAG, .group = 2,
	  .help = "only by frame pointers, which builds with debug=y have, and by the top of the stack where a function has not set its own yet" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("pcpus", pcpu_columns),
	COLUMNS("vcpus", vcpu_columns),
	COLUMNS("frames", frame_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows call traces, by default of the pcpu that crashed. A trace begins with",
	"  the registers in the pcpu's crash note, crosses exceptions, interrupts and",
	"  their stacks (the rows with ---), and ends in the guest for which the",
	"  hypervisor works: for dom0 with the function of its kernel, where crash's bt",
	"  begins. The trace of a vcpu is that of the pcpu it runs on; otherwise its",
	"  guest frame, and the stack saved while it sleeps in the hypervisor.",
	"",
	"  \"--- exception or interrupt ---\" means one whose entry code had not",
	"  yet saved the registers, so that its vector is unknown.",
	"",
	"  FOUND BY, the most reliable method first:",
	"    registers          the first frame",
	"    saved registers    saved by an exception or interrupt",
	"    cfi                .debug_frame of the image",
	"    frame pointer      rbp, if the code of the function sets it up",
	"    top of stack       a return address of that function, on top of the stack",
	"    scan               the next return address above that fits",
	"    word               -s: any word that is an address of code",
	"    inlined            -l: part of the next row",
	"    guest              the guest's registers",
	"    broken             the trace ends here, for the reason given",
	NULL
};

static const char *const example[] = {
	"  A watchdog's NMI, while pcpu 0 waited for a lock with interrupts off:",
	"",
	"    crash> xen bt",
	"    PCPU  STATE  VCPU  LOADED             STACK  TRACE FROM",
	"       0  saved  d0v0  d0v0    ffff83001dd70000  crash note",
	"",
	"     #                SP                PC  FUNCTION                                  FOUND BY",
	"     0  ffff83001dd72e68  ffff82d040230072  kexec_crash_save_cpu+0xb2                 registers",
	"     1  ffff83001dd72e70  ffff82d0402303c4  kexec_crash+0x64                          cfi",
	"     2  ffff83001dd72e80  ffff82d0402087c3  drivers/char/console.c#panic.cold+0x25    cfi",
	"     3  ffff83001dd72ef0  ffff82d04032de94  fatal_trap+0x74                           cfi",
	"     4  ffff83001dd72f20  ffff82d0403232f7  nmi_watchdog_tick+0x107                   cfi",
	"     5  ffff83001dd72f38  ffff82d04032f020  do_nmi+0xf0                               cfi",
	"     6  ffff83001dd72f58  ffff82d040201f15  handle_ist_exception+0x165                cfi",
	"     7  ffff83001dd72f58                 -  --- NMI ---                               entry",
	"     8  ffff83001dd77e88  ffff82d040241102  _spin_lock+0x32                           saved registers",
	"     9  ffff83001dd77e90  ffff82d040242b49  common/timer.c#timer_softirq_action+0x39  cfi",
	"    10  ffff83001dd77ec8  ffff82d040240a89  common/softirq.c#__do_softirq+0x59        cfi",
	"    11  ffff83001dd77ef8  ffff82d040215f46  x86_64/entry.S#process_softirqs+0x6       cfi",
	"    12  ffffffff82c03dc0  ffffffff81cfeba9  d0v0 by syscall at xen_hypercall_pv+0x9   guest",
	NULL
};

const struct command command_bt = {
	.needs = NEEDS_SYMBOLS,
	.run = run_bt,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
