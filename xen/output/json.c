/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output as JSON (RFC 8259): one object per command. Sections that share a key
 * become one member, so output is collected until the command ends, and is
 * valid JSON even if the command fails.
 */
#include "printer.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* One member of the outermost object. */
struct json_member {
	char *key;
	bool array;		/* an array even for a single element */
	bool unproved;		/* of lines: one of them is */
	size_t elements;
	struct buf text;	/* the elements, with commas between them */
};

struct json {
	struct json_member *member;
	size_t nr_members;
	size_t current;		/* member of the current section */
	struct json_member errors;
	struct buf row;
	bool row_started;
	struct buf unproved;	/* keys of the row whose values are unproved */
};

static void *json_create(void)
{
	return calloc(1, sizeof(struct json));
}

static void json_destroy(void *priv)
{
	struct json *j = priv;
	size_t i;

	for (i = 0; i < j->nr_members; i++) {
		free(j->member[i].key);
		buf_free(&j->member[i].text);
	}
	free(j->member);
	buf_free(&j->errors.text);
	buf_free(&j->row);
	buf_free(&j->unproved);
	free(j);
}

static unsigned int add_char(struct buf *b, const char *s, unsigned int len,
			     uint32_t c)
{
	if (!len)
		buf_puts(b, "\\ufffd");
	else if (c == '"' || c == '\\')
		buf_printf(b, "\\%c", (char)c);
	else if (is_unsafe(c))
		buf_printf(b, "\\u%04x", (unsigned int)c);
	else
		buf_add(b, s, len);
	return 0;
}

static void json_string(struct buf *b, const char *s)
{
	buf_puts(b, "\"");
	buf_add_chars(b, s, add_char);
	buf_puts(b, "\"");
}

/* Appends an element to a member, on a separate line. */
static void json_element(struct json_member *m, const struct buf *element)
{
	if (m->elements++)
		buf_puts(&m->text, ",\n    ");
	buf_add(&m->text, element->data, element->len);
	m->text.failed |= element->failed;
}

static struct json_member *json_current(struct out *o)
{
	struct json *j = o->priv;

	return j->current < j->nr_members ? &j->member[j->current] : NULL;
}

/* Finds or adds the member of the section; "key[]" is always an array. */
static void json_begin(struct out *o)
{
	const char *key = o->section.key;
	struct json *j = o->priv;
	struct json_member *m;
	size_t len = strlen(key), i;
	bool array = o->section.kind != SECTION_CARD;

	j->row.len = 0;
	j->unproved.len = 0;
	j->row_started = false;
	if (len > 2 && !strcmp(key + len - 2, "[]")) {
		array = true;
		len -= 2;
	}
	for (i = 0; i < j->nr_members; i++) {
		m = &j->member[i];
		if (strncmp(m->key, key, len) || m->key[len])
			continue;
		m->array |= array;
		j->current = i;
		return;
	}
	j->current = SIZE_MAX;
	if (!ARRAY_GROW(j->member, j->nr_members)) {
		o->no_memory = true;
		return;
	}
	m = &j->member[j->nr_members];
	*m = (struct json_member){ .key = strndup(key, len), .array = array };
	if (m->key)
		j->current = j->nr_members++;
	else
		o->no_memory = true;
}

static void json_value(struct buf *b, const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_NONE:
	case CELL_MARK:
		buf_puts(b, "null");
		break;
	case CELL_DEC:
		buf_dec(b, cell->u);
		break;
	case CELL_SDEC:
		buf_sdec(b, cell->s);
		break;
	case CELL_HEX:
		buf_puts(b, "\"0x");
		buf_hex(b, cell->u);
		buf_puts(b, "\"");
		break;
	case CELL_BOOL:
		buf_puts(b, cell->b ? "true" : "false");
		break;
	case CELL_STR:
	case CELL_AMOUNT:
		json_string(b, cell->str);
		break;
	}
}

static void json_cell(struct out *o, const struct cell *cell)
{
	static const struct cell none = { .kind = CELL_NONE };
	const struct column *c = &o->section.columns[o->section.next];
	struct json *j = o->priv;

	if (!c->key)
		return;
	buf_puts(&j->row, j->row_started ? ", " : "{");
	j->row_started = true;
	json_string(&j->row, c->key);
	buf_puts(&j->row, ": ");
	/* null in every row for a column that is not available in the build */
	json_value(&j->row, c->missing ? &none : cell);
	if (!cell->unproved)
		return;
	buf_puts(&j->unproved, j->unproved.len ? ", " : ", \"unproved\": [");
	json_string(&j->unproved, c->key);
}

static void json_row(struct out *o)
{
	struct json_member *m = json_current(o);
	struct json *j = o->priv;

	if (m)
		json_element(m, &j->row);
	j->row.len = 0;
}

static void json_row_end(struct out *o)
{
	struct json *j = o->priv;

	if (j->unproved.len) {
		buf_add(&j->row, j->unproved.data, j->unproved.len);
		buf_puts(&j->row, "]");
	}
	j->row.failed |= j->unproved.failed;
	j->unproved.len = 0;
	buf_puts(&j->row, j->row_started ? "}" : "{}");
	j->row_started = false;
	json_row(o);
}

static void json_line(struct out *o, const char *text)
{
	struct json *j = o->priv;

	json_string(&j->row, text);
	json_row(o);
}

/* Part of the interface: the names never change. */
static const char *const reasons[] = {
	[ERR_NO_MEMORY] = "no_memory",
	[ERR_IO] = "io",
	[ERR_NOT_IN_DUMP] = "not_in_dump",
	[ERR_EXCLUDED] = "excluded",
	[ERR_BAD_POINTER] = "bad_pointer",
	[ERR_NO_SYMBOL] = "no_symbol",
	[ERR_NO_TYPE] = "no_type",
	[ERR_NOT_FOUND] = "not_found",
	[ERR_CORRUPT] = "corrupt",
	[ERR_MISMATCH] = "mismatch",
	[ERR_UNSUPPORTED] = "unsupported",
	[ERR_REFUSED] = "refused",
	[ERR_USAGE] = "usage",
	[ERR_INTERRUPTED] = "interrupted",
};

static void json_error(struct out *o, enum err_reason why, const char *text)
{
	struct json *j = o->priv;
	const char *reason = "error";
	struct buf b = { 0 };

	if ((unsigned int)why < ARRAY_SIZE(reasons) && reasons[why])
		reason = reasons[why];
	buf_printf(&b, "{\"reason\": \"%s\", \"text\": ", reason);
	json_string(&b, text);
	buf_puts(&b, "}");
	json_element(&j->errors, &b);
	buf_free(&b);
}

static void json_end(struct out *o)
{
	struct json_member *m = json_current(o);

	if (m)
		m->unproved |= o->section.unproved;
}

static void json_show_array(struct out *o, const struct buf *elements)
{
	out_write(o, "[", 1);
	if (elements->len) {
		out_write(o, "\n    ", 5);
		out_write(o, elements->data, elements->len);
		out_write(o, "\n  ", 3);
	}
	out_write(o, "]", 1);
}

static void json_show_member(struct out *o, const struct json_member *m)
{
	struct buf head = { 0 };

	buf_puts(&head, ",\n  ");
	json_string(&head, m->key);
	buf_puts(&head, ": ");
	out_write(o, head.data, head.len);
	buf_free(&head);
	if (m->array || m->elements > 1)
		json_show_array(o, &m->text);
	else if (m->elements)
		out_write(o, m->text.data, m->text.len);
	else
		out_write(o, "null", 4);
}

static void json_show_strings(struct out *o, const char *key, char **s,
			      size_t n)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (i)
			buf_puts(&b, ",\n    ");
		json_string(&b, s[i]);
	}
	out_write(o, key, strlen(key));
	json_show_array(o, &b);
	buf_free(&b);
}

/*
 * On lack of memory members are incomplete and not valid JSON: only the error
 * is printed.
 */
static bool json_complete(struct out *o)
{
	struct json *j = o->priv;
	bool failed = o->no_memory || j->row.failed || j->errors.text.failed;
	size_t i;

	for (i = 0; i < j->nr_members; i++)
		failed |= j->member[i].text.failed;
	return !failed;
}

static const char no_memory_text[] =
	"{\n  \"schema\": 1,\n  \"notes\": [],\n  \"errors\": [\n    "
	"{\"reason\": \"no_memory\", \"text\": \"out of memory\"}\n  ]\n}\n";

/* The members whose lines are unproved; a record has a list of its own. */
static void json_show_unproved(struct out *o)
{
	struct json *j = o->priv;
	struct buf b = { 0 };

	for (size_t i = 0; i < j->nr_members; i++) {
		if (!j->member[i].unproved)
			continue;
		buf_puts(&b, b.len ? ", " : ",\n  \"unproved\": [");
		json_string(&b, j->member[i].key);
	}
	if (b.len)
		buf_puts(&b, "]");
	out_write(o, b.data, b.len);
	buf_free(&b);
}

static void json_finish(struct out *o)
{
	static const char errors[] = ",\n  \"errors\": ";
	struct json *j = o->priv;
	struct buf head = { 0 };
	size_t i;

	buf_puts(&head, "{\n  \"schema\": 1,\n  \"command\": ");
	json_string(&head, o->command);
	if (head.failed || !json_complete(o)) {
		out_write(o, no_memory_text, sizeof(no_memory_text) - 1);
		buf_free(&head);
		return;
	}
	out_write(o, head.data, head.len);
	buf_free(&head);
	for (i = 0; i < j->nr_members; i++)
		json_show_member(o, &j->member[i]);
	json_show_unproved(o);
	json_show_strings(o, ",\n  \"notes\": ", o->notes, o->nr_notes);
	out_write(o, errors, sizeof(errors) - 1);
	json_show_array(o, &j->errors.text);
	out_write(o, "\n}\n", 3);
}

const struct printer json_printer = {
	.create = json_create,
	.begin = json_begin,
	.cell = json_cell,
	.row_end = json_row_end,
	.line = json_line,
	.error = json_error,
	.end = json_end,
	.finish = json_finish,
	.destroy = json_destroy,
};
