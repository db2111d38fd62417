/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report as JSON: the output of each command with -j as a member of one
 * document. doc/report.schema.json describes it.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/version.h"

/* The object that a command prints with -j. */
static struct err *show_sheet(const struct sheet *sh, FILE *fp)
{
	struct out *o;
	size_t i;

	ERR_TRY(out_create(fp, OUT_JSON, sh->command, &o));
	sheet_print(o, sh);
	for (i = 0; i < sh->nr_notes; i++)
		out_note(o, "%s", sh->note[i]);
	for (i = 0; i < sh->nr_errors; i++)
		out_error(o, err_new(sh->error[i].why, "%s", sh->error[i].text));
	out_finish(o);
	out_destroy(o);
	return interrupt_check();
}

static const struct column signature_columns[] = {
	{ .key = "kind" }, { .key = "hash" }, { .key = "message" }, { .key = "proved" },
};

/* Writes an object; the names are in a separate array. */
static void make_signature(const struct signature *s, struct out *o)
{
	struct provenance before = provenance_enter();
	unsigned int i;

	provenance_use_if(s->unproved);
	out_card(o, "signature", signature_columns, ARRAY_SIZE(signature_columns));
	out_str(o, s->kind);
	out_fmt(o, "%016llx", (unsigned long long)s->hash);
	if (*s->message)
		out_str(o, s->message);
	else
		out_none(o);
	out_bool(o, s->proved);
	out_lines(o, "functions");
	for (i = 0; i < s->nr; i++)
		out_line(o, "%s", s->name[i]);
	out_end(o);
	provenance_leave(before);
}

static struct err *show_head(const struct report *r, FILE *fp)
{
	struct out *o;

	ERR_TRY(out_create(fp, OUT_JSON, "report", &o));
	make_signature(&r->signature, o);
	sheet_print(o, &r->head);
	out_finish(o);
	out_destroy(o);
	return NULL;
}

struct err *report_json(const struct report *r, FILE *fp)
{
	unsigned int i;
	bool first = true;

	print_safe(fp, "{\"report\": %d, \"program\": \"crash-xen %s\", \"shared\": %s,\n\"head\": ",
		   REPORT_VERSION, crash_xen_version, r->redactor ? "true" : "false");
	ERR_TRY(show_head(r, fp));
	print_safe(fp, ",\n\"parts\": {\n");
	for (i = 0; report_parts[i].id; i++) {
		if (!r->part[i].command)
			continue;
		print_safe(fp, "%s\"%s\": ", first ? "" : ",\n", report_parts[i].id);
		ERR_TRY(show_sheet(&r->part[i], fp));
		first = false;
	}
	print_safe(fp, "}}\n");
	return NULL;
}
