/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redaction of a report (--share). */
#include "report.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/output/redact.h"
#include "xen/output/redact_match.h"

/* Columns that contain names of domains, hosts or disks */
static const char *const name_columns[] = {
	"name", "domain_name", "host", "hostname", "nodename", "backend_name",
	"frontend_name", "disk", "title",
};

/* Names of Xen's own domains are kept. */
static bool is_well_known(const char *name)
{
	static const char *const known[] = { "Domain-0", "idle", "xen", "io", "cow", "(none)", "localhost" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcasecmp(name, known[i]))
			return true;
	return !strncmp(name, "dom_", 4) || !strncmp(name, "DOM_", 4) ||
	       (name[0] == 'd' && strspn(name + 1, "0123456789") == strlen(name + 1));
}

static struct err *learn_column(struct redactor *r, const struct sheet_section *s,
				const char *key)
{
	size_t i;

	for (i = 0; i < sheet_rows(s); i++) {
		const char *text = sheet_text(s, i, key);

		if (*text && !is_well_known(text) && !redactor_learn(r, text))
			return err_nomem();
	}
	return interrupt_check();
}

/* Names of domains in xenstore: the values of nodes ".../name". */
static struct err *learn_nodes(struct redactor *r, const struct sheet_section *s)
{
	size_t i, len;

	for (i = 0; s && i < sheet_rows(s); i++) {
		const char *path = sheet_text(s, i, "path");
		const char *value = sheet_text(s, i, "value");

		len = strlen(path);
		if (len > 5 && !strcmp(path + len - 5, "/name") && *value &&
		    !is_well_known(value) && !redactor_learn(r, value))
			return err_nomem();
	}
	return interrupt_check();
}

/* Parts with names chosen by the user; those of locks and schedulers are Xen's own. */
static bool has_names(const char *id)
{
	static const char *const parts[] = { "doms", "xenstore", "guest", "io" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (!strcmp(id, parts[i]))
			return true;
	return false;
}

/*
 * The image as it was given: a relative path, or one with blanks, does not look like a
 * path in a text. Its usual names are kept.
 */
static struct err *learn_image(struct redactor *r, const struct sheet_section *s)
{
	static const char *const usual[] = { "xen", "xen.gz", "xen.efi", "xen-syms", "xen-syms.map" };
	size_t i, k;

	for (i = 0; i < sheet_rows(s); i++) {
		const char *path = sheet_text(s, i, "image");

		for (k = 0; k < ARRAY_SIZE(usual) && strcmp(path, usual[k]); k++)
			;
		if (k == ARRAY_SIZE(usual) && redact_path(path, path) < strlen(path) &&
		    !redactor_learn(r, path))
			return err_nomem();
	}
	return NULL;
}

static bool learn_text(void *redactor, const char *text)
{
	return redactor_learn_text(redactor, text);
}

static struct err *learn(struct report *r)
{
	unsigned int i, c;
	size_t k;

	ERR_TRY(learn_nodes(r->redactor, sheet_section(report_sheet(r, "xenstore"), "nodes")));
	for (i = 0; report_parts[i].id; i++) {
		ERR_TRY(interrupt_check());
		/* also of parts that are left out later: dom0's log contains the name of the host */
		if (!sheet_texts(&r->part[i], learn_text, r->redactor))
			return err_nomem();
		for (k = 0; k < r->part[i].nr_sections; k++)
			ERR_TRY(learn_image(r->redactor, &r->part[i].section[k]));
		if (!has_names(report_parts[i].id))
			continue;
		for (k = 0; k < r->part[i].nr_sections; k++)
			for (c = 0; c < ARRAY_SIZE(name_columns); c++)
				ERR_TRY(learn_column(r->redactor, &r->part[i].section[k],
						     name_columns[c]));
	}
	return NULL;
}

/* ---- parts that are left out as a whole ---- */

/* Removes stack pointer and address of a guest in the last frame of a trace. */
static void drop_guest_frames(struct sheet *sh)
{
	static const char *const keys[] = { "sp", "pc" };
	size_t k, i, c;

	for (k = 0; k < sh->nr_sections; k++) {
		struct sheet_section *s = &sh->section[k];

		for (i = 0; !strcmp(s->key, "frames") && i < sheet_rows(s); i++) {
			if (strcmp(sheet_text(s, i, "found"), "guest"))
				continue;
			for (c = 0; c < ARRAY_SIZE(keys); c++) {
				struct cell *cell = (struct cell *)sheet_cell(s, i, keys[c]);

				if (cell && cell->kind == CELL_HEX)
					cell->kind = CELL_NONE;
			}
		}
	}
}

/* Lines printed by Xen are kept, without words of stacks and values of registers. */
static bool line_stays(const char *line)
{
	static const char *const registers[] = {
		"rax:", "rbx:", "rdx:", "rbp:", "r8:", "r9:", "r10:", "r11:", "r12:",
		"r13:", "r14:", "r15:", "rsi:", "rdi:", "rcx:",
	};
	const char *text = line + 5;
	size_t i;

	if (strncmp(line, "(XEN)", 5))
		return false;
	text += strspn(text, " ");
	if (*text == '[') {
		text += strcspn(text, "]");
		text += *text == ']';
		text += strspn(text, " ");
	}
	for (i = 0; i < ARRAY_SIZE(registers); i++)
		if (!strncmp(text, registers[i], strlen(registers[i])))
			return false;
	/* "0000000000305000 00007fff7b6a8bc0" */
	return strspn(text, "0123456789abcdef") != 16;
}

static size_t drop_lines(struct sheet *sh)
{
	size_t k, i, kept, dropped = 0;

	for (k = 0; k < sh->nr_sections; k++) {
		struct sheet_section *s = &sh->section[k];

		for (i = 0, kept = 0; i < s->nr_lines; i++) {
			if (line_stays(s->line[i])) {
				s->line[kept++] = s->line[i];
			} else {
				free(s->line[i]);
				dropped++;
			}
		}
		s->nr_lines = kept;
	}
	return dropped;
}

/* ---- all ---- */

static char *replace(void *redactor, const char *text)
{
	return redactor_text(redactor, text);
}

/* Without its numbers a name or an address is not found in the message: it is taken again. */
static struct err *replace_message(struct report *r)
{
	const struct sheet_section *s = sheet_section(report_sheet(r, "xen"), "statements");
	char *text = NULL;
	size_t i;

	for (i = 0; s && i < sheet_rows(s); i++)
		if (!strcmp(sheet_text(s, i, "about"), "dom0"))
			break;
	if (!*r->signature.message)
		return NULL;
	text = redactor_text(r->redactor, s && i < sheet_rows(s) ?
			     sheet_text(s, i, "statement") : r->signature.message);
	if (!text)
		return err_nomem();
	signature_set_message(&r->signature, text);
	free(text);
	return NULL;
}

struct err *report_redact(struct report *r)
{
	bool ok = true;
	unsigned int i;

	ERR_TRY(redactor_create(&r->redactor));
	ERR_TRY(learn(r));
	for (i = 0; report_parts[i].id; i++) {
		struct sheet *sh = &r->part[i];

		ERR_TRY(interrupt_check());
		if (report_parts[i].flags & PART_PRIVATE) {
			sheet_free(sh);
			r->left_out[i] = true;
			continue;
		}
		if (!strcmp(report_parts[i].id, "bt"))
			drop_guest_frames(sh);
		if (!strcmp(report_parts[i].id, "log"))
			r->lines_dropped = drop_lines(sh);
		ok &= sheet_replace(sh, replace, r->redactor);
	}
	return ok ? replace_message(r) : err_nomem();
}

struct err *report_redact_head(struct report *r)
{
	return sheet_replace(&r->head, replace, r->redactor) ? NULL : err_nomem();
}

static const struct column columns[] = {
	{ .key = "what", .title = "LEFT OUT" },
	{ .key = "count", .title = "COUNT" },
};

void report_left_out(const struct report *r, struct out *o)
{
	unsigned int i;

	out_list(o, "left_out", columns, ARRAY_SIZE(columns));
	for (i = 0; i < NR_REDACT; i++) {
		out_fmt(o, "%s: replaced, equal ones by equal words", redact_kind_name(i));
		out_dec(o, redactor_count(r->redactor, i));
	}
	out_str(o, "lines of the console not printed by Xen, and lines with words of stacks and registers");
	out_dec(o, r->lines_dropped);
	out_str(o, "stack pointers and addresses of guests in the call traces");
	out_none(o);
	for (i = 0; report_parts[i].id; i++) {
		if (!r->left_out[i])
			continue;
		out_fmt(o, "the part \"%s\"", report_parts[i].title);
		out_none(o);
	}
	out_end(o);
}
