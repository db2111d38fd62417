/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last events in the order of Xen's system time: dom0's log, whose clock
 * started with its kernel, console and trace. Lines of the console without a
 * time stamp remain after the line they follow; dom0's log comes first if its
 * clock is unknown.
 */
#include "report.h"

#include "extensions/support/guests.h"
#include "xen/model/guest/guest_log.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/diagnosis/death.h"

/* Maximum number of lines of logs and records of the trace */
#define DOM0_LINES 20
#define CONSOLE_LINES 30
#define TRACE_RECORDS 30

struct event {
	uint64_t ns;		/* since Xen's start; 0: unknown, sorted after the previous line */
	size_t order;
	bool has_time;
	bool unproved;		/* text of the time */
	const char *source, *text;
	char trace[200];
};

static const struct column columns[] = {
	{ .key = "time_ns" },
	{ .title = "TIME" },
	{ .key = "source", .title = "SOURCE" },
	{ .key = "text", .title = "TEXT" },
};

/*
 * Parses "(XEN) [ 12.345678] text", as printed with console_timestamps=boot.
 * Dates of console_timestamps=date remain in the text.
 */
static bool line_time(const char *line, uint64_t *ns)
{
	unsigned long long s, us;
	int end = 0;

	if (sscanf(line, "(XEN) [%llu.%6llu]%n", &s, &us, &end) != 2 || !end ||
	    s > UINT64_MAX / 2000000000)
		return false;
	*ns = s * 1000000000 + us * 1000;
	return true;
}

static const char *line_source(const char *line)
{
	if (!strncmp(line, "(XEN)", 5))
		return "xen";
	if (line[0] == '(' && line[1] == 'd')
		return "guest";
	return "dom0";
}

/*
 * Lines that the crash path prints in large numbers: words of stacks and
 * registers. They are in the call traces and in the part "log".
 */
static bool is_raw(const char *line)
{
	static const char *const starts[] = {
		"Xen stack", "Guest stack", "Xen call trace", "RIP:", "RFLAGS:", "rax:",
		"rbx:", "rdx:", "rbp:", "r8:", "r9:", "r10:", "r12:", "r13:", "r15:",
		"cr3:", "cr0:", "fsb:", "ds:", "Xen code", "CPU:", "[<", "R ", "F ", "S ",
	};
	const char *text;
	unsigned int len, i;

	text = console_line(line, line + strlen(line), &len);
	if (!text)
		return false;
	while (len && *text == ' ') {
		text++;
		len--;
	}
	if (!len || strspn(text, "0123456789abcdef ") >= len)
		return true;
	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (!strncmp(text, starts[i], strlen(starts[i])))
			return true;
	return false;
}

static size_t take_console(const struct report *r, struct event *event)
{
	const struct sheet *log = report_sheet(r, "log");
	const struct sheet_section *s = log && log->nr_sections ? &log->section[0] : NULL;
	const char *line[CONSOLE_LINES];
	size_t nr = 0, i;
	uint64_t ns = 0;
	bool has = false;

	for (i = s ? s->nr_lines : 0; i > 0 && nr < CONSOLE_LINES; i--)
		if (!is_raw(s->line[i - 1]))
			line[nr++] = s->line[i - 1];
	for (i = 0; i < nr; i++) {
		const char *text = line[nr - 1 - i];
		bool own = line_time(text, &ns);

		has |= own;
		event[i] = (struct event){
			.ns = has ? ns : 0, .order = i, .has_time = own,
			.source = line_source(text), .text = text,
		};
	}
	return nr;
}

/*
 * Lines that a panic or an oops of dom0's kernel prints in large numbers, which
 * would displace its message: registers, code, and return addresses that need
 * not be callers.
 */
static bool is_raw_dom0(const char *line)
{
	static const char *const starts[] = {
		"? ", "<TASK>", "</TASK>", "<IRQ>", "</IRQ>", "Code: ", "RSP: ", "RAX: ",
		"RDX: ", "RBP: ", "R10: ", "R13: ", "FS: ", "CS: ", "CR2: ", "DR0: ",
		"DR3: ", "PKRU: ", "Modules linked in: ", "Hardware name: ",
	};
	const char *text = *line == '[' ? strchr(line, ']') : NULL;
	unsigned int i;

	if (!text)
		return false;
	text += 1 + strspn(text + 1, " ");
	for (i = 0; i < ARRAY_SIZE(starts); i++)
		if (!strncmp(text, starts[i], strlen(starts[i])))
			return true;
	return false;
}

/*
 * Finds the difference of Xen's clock to dom0's; false: unknown, as without
 * symbols of dom0's kernel.
 */
static bool dom0_offset(const struct report *r, uint64_t *ns)
{
	struct guest *g;
	struct err *e;

	if (!r->s || !r->s->xen)
		return false;
	e = guest_argument(r->s, "0", &g);
	if (!e)
		e = guest_log_offset(g, ns);
	if (!e)
		return true;
	err_free(e);
	return false;
}

/* Converts the time of "[ 10.454452] text", by dom0's clock, to ns by Xen's clock. */
static bool dom0_time(const char *line, uint64_t offset, uint64_t *ns)
{
	unsigned long long s, us;
	int end = 0;

	if (sscanf(line, "[%llu.%6llu]%n", &s, &us, &end) != 2 || !end ||
	    s > UINT64_MAX / 2000000000)
		return false;
	*ns = s * 1000000000 + us * 1000 + offset;
	return *ns <= INT64_MAX;
}

static size_t take_dom0(const struct report *r, struct event *event, bool *placed)
{
	const struct sheet *log = report_sheet(r, "dom0log");
	const struct sheet_section *s = log && log->nr_sections ? &log->section[0] : NULL;
	const char *line[DOM0_LINES];
	size_t rows = s ? s->nr_lines : 0, nr = 0, i;
	struct provenance before = provenance_enter();
	uint64_t offset = 0, ns = 0;
	bool unproved;

	*placed = rows && dom0_offset(r, &offset);
	unproved = provenance_leave(before);
	for (i = rows; i > 0 && nr < DOM0_LINES; i--)
		if (!is_raw_dom0(s->line[i - 1]))
			line[nr++] = s->line[i - 1];
	for (i = 0; i < nr; i++) {
		const char *text = line[nr - 1 - i];
		bool own = *placed && dom0_time(text, offset, &ns);

		event[i] = (struct event){
			.order = i, .source = "dom0", .text = text,
			.ns = ns, .has_time = own, .unproved = unproved,
		};
	}
	return nr;
}

static size_t take_trace(const struct report *r, struct event *event, size_t order)
{
	const struct sheet *trace = report_sheet(r, "trace");
	const struct sheet_section *s = trace ? sheet_section(trace, "records") : NULL;
	size_t rows = s ? sheet_rows(s) : 0, nr = 0, i;

	for (i = rows > TRACE_RECORDS ? rows - TRACE_RECORDS : 0; i < rows; i++) {
		struct event *e = &event[nr];

		*e = (struct event){
			.ns = sheet_number(s, i, "time_ns", 0), .order = order + nr,
			.has_time = true, .unproved = sheet_unproved(s, i, "time_ns"),
			.source = "trace",
		};
		snprintf(e->trace, sizeof(e->trace), "pcpu %llu %s %s",
			 (unsigned long long)sheet_number(s, i, "pcpu", 0),
			 sheet_text(s, i, "event"), sheet_text(s, i, "text"));
		e->text = e->trace;
		nr++;
	}
	return nr;
}

static int compare(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void show_event(struct out *o, const struct event *e)
{
	struct provenance before = provenance_enter();

	provenance_use_if(e->unproved);
	if (e->has_time) {
		out_dec(o, e->ns);
		out_amount(o, "%llu.%06llu s", (unsigned long long)e->ns / 1000000000,
			   (unsigned long long)e->ns / 1000 % 1000000);
	} else {
		out_none(o);
		out_none(o);
	}
	provenance_leave(before);
	out_str(o, e->source);
	out_str(o, e->text);
}

void report_timeline(struct report *r, struct out *o)
{
	struct event *event = calloc(DOM0_LINES + CONSOLE_LINES + TRACE_RECORDS, sizeof(*event));
	size_t nr = 0, dom0 = 0, console = 0, i;
	bool placed;

	if (event) {
		dom0 = take_dom0(r, event, &placed);
		console = take_console(r, event + dom0);
		nr = dom0 + console;
		/* a console without times comes last: it ends with the crash */
		for (i = dom0; console && !event[nr - 1].ns && i < nr; i++)
			event[i].ns = UINT64_MAX;
		nr += take_trace(r, event + nr, console);
		if (placed)
			dom0 = 0;
		array_sort(event + dom0, nr - dom0, sizeof(*event), compare);
	}
	out_list(o, "timeline", columns, ARRAY_SIZE(columns));
	for (i = 0; i < nr; i++)
		show_event(o, &event[i]);
	out_end(o);
	free(event);
}
