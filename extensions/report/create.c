/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects the sheets of a report, and computes its head from them. */
#include "report.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/version.h"
#include "xen/model/host/sys.h"
#include "xen/output/redact.h"

const struct sheet *report_sheet(const struct report *r, const char *id)
{
	unsigned int i;

	for (i = 0; report_parts[i].id; i++)
		if (!strcmp(report_parts[i].id, id))
			return &r->part[i];
	return NULL;
}

/* ---- the head ---- */

static const struct column head_columns[] = {
	{ .key = "verdict", .title = "VERDICT" },
	{ .key = "behalf", .title = "FOR" },
	{ .key = "signature", .title = "SIGNATURE" },
	{ .key = "signature_hash", .title = "ID" },
	{ .key = "xen", .title = "XEN" },
	{ .key = "proof", .title = "PROOF" },
	{ .key = "dump", .title = "DUMP" },
	{ .key = "date", .title = "DATE" },
	{ .key = "uptime", .title = "UPTIME" },
	{ .key = "host", .title = "HOST" },
	{ .key = "taint", .title = "TAINT" },
	{ .key = "made_by", .title = "MADE BY" },
};

static const struct sheet_section *part_section(const struct report *r,
						const char *id, const char *key)
{
	const struct sheet *sh = report_sheet(r, id);

	return sh ? sheet_section(sh, key) : NULL;
}

/* The row of the first statement about a topic; the number of rows if there is none. */
static size_t statement_row(const struct sheet_section *s, const char *about)
{
	size_t i;

	for (i = 0; s && i < sheet_rows(s); i++)
		if (!strcmp(sheet_text(s, i, "about"), about))
			break;
	return i;
}

/* The text of the first statement about a topic; "" if there is none. */
static const char *statement(const struct report *r, const char *about)
{
	const struct sheet_section *s = part_section(r, "xen", "statements");

	return sheet_text(s, statement_row(s, about), "statement");
}

static void cell_or_none(struct out *o, const char *text, bool unproved)
{
	struct provenance before = provenance_enter();

	provenance_use_if(unproved);
	if (*text)
		out_str(o, text);
	else
		out_none(o);
	provenance_leave(before);
}

static void cell_of(struct out *o, const struct sheet_section *s, const char *key)
{
	cell_or_none(o, sheet_text(s, 0, key), sheet_unproved(s, 0, key));
}

static void cell_statement(const struct report *r, struct out *o, const char *about)
{
	const struct sheet_section *s = part_section(r, "xen", "statements");
	size_t row = statement_row(s, about);

	cell_or_none(o, sheet_text(s, row, "statement"), sheet_unproved(s, row, "statement"));
}

static void append(char *buf, size_t size, const char *first, const char *second)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, ", %s%s", first, second);
}

static void cell_uptime(struct out *o, const struct sheet_section *sys)
{
	const struct cell *c = sheet_cell(sys, 0, "uptime");
	char text[80];

	if (!c || c->kind != CELL_DEC) {
		cell_or_none(o, c && c->kind == CELL_STR ? c->str : "", c && c->unproved);
		return;
	}
	snprintf(text, sizeof(text), "%llu days, %02llu:%02llu:%02llu",
		 (unsigned long long)c->u / 86400, (unsigned long long)c->u / 3600 % 24,
		 (unsigned long long)c->u / 60 % 60, (unsigned long long)c->u % 60);
	cell_or_none(o, text, c->unproved);
}

static void cell_host(struct out *o, const struct sheet_section *x)
{
	char host[200];

	if (!x || !sheet_rows(x)) {
		cell_or_none(o, "", false);
		return;
	}
	snprintf(host, sizeof(host), "%llu pcpus",
		 (unsigned long long)sheet_number(x, 0, "pcpus", 0));
	if (*sheet_text(x, 0, "memory"))
		append(host, sizeof(host), sheet_text(x, 0, "memory"), " of memory");
	if (*sheet_text(x, 0, "domains"))
		append(host, sizeof(host), "domains: ", sheet_text(x, 0, "domains"));
	cell_or_none(o, host, sheet_unproved(x, 0, "pcpus") || sheet_unproved(x, 0, "memory") ||
		     sheet_unproved(x, 0, "domains"));
}

static void cells_signature(struct out *o, const struct signature *s)
{
	char name[256], text[300];

	snprintf(text, sizeof(text), "%s%s", signature_text(s, name, sizeof(name)),
		 s->proved ? "" : " (by a scan of the stack)");
	cell_or_none(o, text, s->unproved);
	snprintf(text, sizeof(text), "%016llx", (unsigned long long)s->hash);
	cell_or_none(o, text, s->unproved);
}

static void add_card(const struct report *r, struct out *o)
{
	const struct sheet_section *x = part_section(r, "xen", "xen");
	const struct sheet_section *sys = part_section(r, "sys", "sys");

	out_card(o, "report", head_columns, ARRAY_SIZE(head_columns));
	cell_of(o, x, "verdict");
	cell_statement(r, o, "for");
	cells_signature(o, &r->signature);
	cell_of(o, x, "version");
	cell_of(o, x, "proof");
	cell_of(o, x, "dump");
	cell_of(o, sys, "date");
	cell_uptime(o, sys);
	cell_host(o, x);
	cell_statement(r, o, "taint");
	out_fmt(o, "crash-xen %s", crash_xen_version);
	out_end(o);
}

static const struct column standing_columns[] = {
	{ .key = "about", .title = "ABOUT" },
	{ .key = "statement", .title = "STATEMENT" },
	{ .key = "sure" },
	{ .key = "evidence", .title = "EVIDENCE" },
};

bool report_is_usual(const char *about, const char *text)
{
	static const char *const usual[] = {
		"death", "pcpu", "function", "for", "dom0", "bank", "machine check",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(usual); i++)
		if (!strcmp(about, usual[i]))
			return true;
	return !strncmp(text, "none", 4);
}

bool report_verdict_has_behalf(const struct report *r)
{
	const struct sheet_section *s = sheet_section(&r->head, "report");
	const char *behalf = sheet_text(s, 0, "behalf");

	return *behalf && strstr(sheet_text(s, 0, "verdict"), behalf);
}

static void add_standing(const struct report *r, struct out *o)
{
	const struct sheet_section *s = part_section(r, "xen", "statements");
	size_t i;
	unsigned int c;

	out_list(o, "stands_out", standing_columns, ARRAY_SIZE(standing_columns));
	for (i = 0; s && i < sheet_rows(s); i++) {
		if (report_is_usual(sheet_text(s, i, "about"), sheet_text(s, i, "statement")))
			continue;
		for (c = 0; c < s->nr_columns; c++)
			sheet_print_cell(o, &s->cell[i * s->nr_columns + c]);
	}
	out_end(o);
}

static const struct column missing_columns[] = {
	{ .key = "part", .title = "PART" },
	{ .key = "reason", .title = "REASON" },
};

/* Limit of errors listed per part; a damaged dump has one for each row. */
#define MISSING_MAX 20

static void add_missing(const struct report *r, struct out *o)
{
	unsigned int i;
	size_t k;

	out_list(o, "missing", missing_columns, ARRAY_SIZE(missing_columns));
	for (i = 0; report_parts[i].id; i++) {
		const struct sheet *sh = &r->part[i];

		for (k = 0; k < sh->nr_errors && k < MISSING_MAX; k++) {
			out_str(o, report_parts[i].id);
			out_str(o, sh->error[k].text);
		}
		if (k < sh->nr_errors) {
			out_str(o, report_parts[i].id);
			out_fmt(o, "%zu more errors", sh->nr_errors - k);
		}
		if (sh->no_memory) {
			out_str(o, report_parts[i].id);
			out_str(o, "out of memory: incomplete");
		}
	}
	out_end(o);
}

static const struct column next_columns[] = {
	{ .key = "command", .title = "COMMAND" },
	{ .key = "shows", .title = "SHOWS" },
};

static void add_next(const struct report *r, struct out *o)
{
	const char *vcpu = statement(r, "for");
	int name = strcspn(vcpu, ", ");

	out_list(o, "next", next_columns, ARRAY_SIZE(next_columns));
	out_str(o, "xencrash VMLINUX VMCORE");
	out_str(o, "a session on dom0's kernel and the hypervisor");
	out_str(o, "xen bt -a -l");
	out_str(o, "the traces with source lines and inlined functions");
	if (*statement(r, "pcpu")) {
		out_fmt(o, "xen regs -c %s", statement(r, "pcpu"));
		out_str(o, "registers of the pcpu that crashed");
	}
	if (vcpu[0] == 'd' && vcpu[1] >= '0' && vcpu[1] <= '9') {
		out_fmt(o, "xen vcpu %.*s", name, vcpu);
		out_str(o, "the vcpu that was scheduled there");
	}
	out_str(o, "xen log");
	out_str(o, "the whole console ring");
	if (report_sheet(r, "dom0log") && report_sheet(r, "dom0log")->nr_sections) {
		out_str(o, "xen log -d 0");
		out_str(o, "the whole log of dom0's kernel");
	}
	out_str(o, "xen help");
	out_str(o, "all commands; each takes -j for JSON");
	out_end(o);
}

static struct err *make_head(struct report *r)
{
	struct out *o;

	/* provenance of the command that ran last: each cell below has its own */
	provenance_clear();
	ERR_TRY(sheet_create(&r->head, "report", &o));
	add_card(r, o);
	add_standing(r, o);
	report_timeline(r, o);
	add_missing(r, o);
	if (r->redactor)
		report_left_out(r, o);
	add_next(r, o);
	out_finish(o);
	out_destroy(o);
	return r->head.no_memory ? err_nomem() : NULL;
}

/* ---- the parts ---- */

static struct err *collect(struct report *r, const struct report_part *part,
			   struct sheet *sh)
{
	char *argv[REPORT_WORDS + 1] = { NULL }, *copy[REPORT_WORDS] = { NULL };
	struct err *e = NULL;
	int argc;

	for (argc = 0; argc < REPORT_WORDS && part->command[argc]; argc++) {
		copy[argc] = strdup(part->command[argc]);
		argv[argc] = copy[argc];
		if (!copy[argc])
			e = err_nomem();
	}
	if (!e)
		r->s->collect(r->s, argc, argv, sh);
	while (argc--)
		free(copy[argc]);
	return e ? e : interrupt_check();
}

/* Skips a part that would take too long: its sheet contains only the reason. */
static struct err *skip(const struct report_part *part, struct sheet *sh, unsigned int limit)
{
	char command[80] = "";
	struct out *o;
	unsigned int i;

	for (i = 0; i < REPORT_WORDS && part->command[i]; i++)
		snprintf(command + strlen(command), sizeof(command) - strlen(command), " %s",
			 part->command[i]);
	ERR_TRY(sheet_create(sh, part->command[0], &o));
	out_error(o, err_new(ERR_REFUSED, "left out: slow with more than %u GiB of memory; run \"xen%s\"",
			     limit, command));
	out_finish(o);
	out_destroy(o);
	return NULL;
}

/* Memory of the host in GiB; 0 if unknown. */
static uint64_t host_size(struct session *s)
{
	struct sys sys = { .cpus_present = 0 };

	if (!s->xen)
		return 0;
	err_free(sys_read(s->xen, &sys));
	return value_ok(&sys.total_pages) ? value_of(&sys.total_pages) >> 18 : 0;
}

static unsigned int size_limit(const struct report_part *part)
{
	if (part->flags & PART_GUESTS)
		return REPORT_GUESTS_GIB;
	return part->flags & PART_SCAN ? REPORT_SCAN_GIB : UINT_MAX;
}

static struct err *read_signature(struct report *r)
{
	struct verdict *v;
	struct err *e;

	r->signature.proved = true;
	signature_finish(&r->signature, DEATH_NONE, "");
	if (!r->s->xen)
		return NULL;
	v = malloc(sizeof(*v));
	if (!v)
		return err_nomem();
	e = verdict_read(r->s->xen, v);
	if (!e)
		e = signature_read(r->s->xen, v, &r->signature);
	free(v);
	return e;
}

static struct err *fill(struct report *r, bool share)
{
	uint64_t size = host_size(r->s);
	unsigned int i;

	ERR_TRY(read_signature(r));
	for (i = 0; report_parts[i].id; i++) {
		unsigned int limit = size_limit(&report_parts[i]);

		if (size > limit)
			ERR_TRY(skip(&report_parts[i], &r->part[i], limit));
		else
			ERR_TRY(collect(r, &report_parts[i], &r->part[i]));
	}
	if (!share)
		return make_head(r);
	ERR_TRY(report_redact(r));
	ERR_TRY(make_head(r));
	return report_redact_head(r);
}

struct err *report_create(struct session *s, bool share, struct report **ret)
{
	struct report *r = calloc(1, sizeof(*r));
	struct err *e;

	if (!r)
		return err_nomem();
	r->s = s;
	e = fill(r, share);
	if (e)
		report_destroy(r);
	else
		*ret = r;
	return e;
}

void report_destroy(struct report *r)
{
	unsigned int i;

	if (!r)
		return;
	for (i = 0; i < REPORT_PARTS_MAX; i++)
		sheet_free(&r->part[i]);
	sheet_free(&r->head);
	redactor_destroy(r->redactor);
	free(r);
}
