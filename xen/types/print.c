/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structs, unions and arrays; entry points of the value printer. */
#include "print.h"

#include <inttypes.h>
#include <string.h>

#include "internal.h"
#include "printer.h"

/*
 * Limits of depth and number of values: in corrupt DWARF a struct may contain
 * itself, and longer output is not useful.
 */
#define NESTING_MAX 64
#define VALUES_MAX 1000000
#define COMPARE_CHUNK 512
/* Maximum number of bytes of an array that are read; "..." follows. */
#define ARRAY_MAX (64UL << 20)
/* Number of pages tried before an object counts as unreadable. */
#define PROBE_PAGES 4096

static struct err *print_value(struct printer *p, const struct datum *d,
			       const struct place *at) ERR_MUST_CHECK;

static void print_indent(struct printer *p, unsigned int indent)
{
	fprintf(p->fp, "%*s", (int)indent * 2, "");
}

static struct err *print_struct(struct printer *p, const struct datum *d,
				const struct place *at)
{
	struct member_cursor c;
	unsigned int n = 0;

	ERR_TRY(member_first(&d->type, &c));
	while (member_next(&c)) {
		struct datum m = {
			.type = c.member.type, .in_memory = true,
			.va = d->va + c.member.offset,
			.bit_offset = c.member.bit_offset,
			.bit_size = c.member.bit_size,
		};
		struct place in = { at->indent + 1, at->depth + !!c.name, false };

		/* padding: a bit field without a name */
		if (!c.name && c.member.bit_size)
			continue;
		ERR_TRY(interrupt_check());
		fputs(n++ ? ",\n" : "{\n", p->fp);
		print_indent(p, at->indent + 1);
		if (c.name)
			fprintf(p->fp, "%s = ", c.name);
		ERR_TRY(print_value(p, &m, &in));
	}
	if (!n) {
		fputs("{<No data fields>}", p->fp);
		return NULL;
	}
	fputc('\n', p->fp);
	print_indent(p, at->indent);
	fputc('}', p->fp);
	return NULL;
}

/* Reads bytes for a comparison; -1 if readable, else the reason. */
static int read_state(struct printer *p, uint64_t va, void *buf, size_t len)
{
	struct err *e = space_read(p->space, va, buf, len);
	int state = e ? (int)err_reason(e) : -1;

	err_free(e);
	return state;
}

/* True if the bytes of two elements are equal. */
static bool same_bytes(struct printer *p, uint64_t a, uint64_t b, uint64_t size)
{
	uint8_t buf[2][COMPARE_CHUNK];
	uint64_t done, n;
	int state;

	for (done = 0; done < size; done += n) {
		n = size - done < COMPARE_CHUNK ? size - done : COMPARE_CHUNK;
		state = read_state(p, a + done, buf[0], n);
		if (state != read_state(p, b + done, buf[1], n))
			return false;
		if (state < 0 && memcmp(buf[0], buf[1], n))
			return false;
	}
	return true;
}

/* Returns the number of equal elements from i on. */
static struct err *count_repeats(struct printer *p, uint64_t va, uint64_t size,
				 uint64_t i, uint64_t count, uint64_t *ret)
{
	uint64_t n = 1;

	while (i + n < count &&
	       same_bytes(p, va + i * size, va + (i + n) * size, size)) {
		n++;
		ERR_TRY(interrupt_check());
	}
	*ret = n;
	return NULL;
}

static struct err *print_elements(struct printer *p, uint64_t va,
				  const struct type *element, uint64_t count,
				  const struct place *at)
{
	struct place in = { at->indent + 1, at->depth + 1, false };
	uint64_t size = 0, end = count, i = 0, repeats, printed = 0;

	ERR_TRY(type_size(element, &size));
	if (size && end > ARRAY_MAX / size)
		end = ARRAY_MAX / size + 1;
	fputc('{', p->fp);
	while (i < end && printed < p->max_elements && p->budget) {
		struct datum d = {
			.type = *element, .in_memory = true, .va = va + i * size,
		};

		if (i)
			fputs(", ", p->fp);
		ERR_TRY(count_repeats(p, va, size, i, end, &repeats));
		ERR_TRY(print_value(p, &d, &in));
		if (repeats > p->repeats) {
			fprintf(p->fp, " <repeats %" PRIu64 " times>", repeats);
			i += repeats;
			printed += p->repeats;
		} else {
			i++;
			printed++;
		}
	}
	fputs(i < count ? "...}" : "}", p->fp);
	return NULL;
}

static struct err *print_array(struct printer *p, const struct datum *d,
			       const struct type *stripped,
			       const struct place *at)
{
	struct type element, plain;
	uint64_t count;

	ERR_TRY(type_count(stripped, &count));
	ERR_TRY(type_target(stripped, &element));
	plain = type_strip(&element);
	if (!count) {
		/* a flexible array: its length is unknown */
		fprintf(p->fp, "0x%" PRIx64, d->va);
		print_symbol(p, d->va);
		if (type_is_text(&plain))
			print_string_at(p, d->va);
		return NULL;
	}
	if (type_is_text(&plain))
		return print_characters(p, d->va, count);
	return print_elements(p, d->va, &element, count, at);
}

static bool is_text_array(const struct type *stripped)
{
	struct type element;
	struct err *e = type_target(stripped, &element);
	uint64_t count;

	if (!e)
		e = type_count(stripped, &count);
	if (e) {
		err_free(e);
		return false;
	}
	element = type_strip(&element);
	return count && type_is_text(&element);
}

static bool too_deep(const struct printer *p, const struct type *stripped,
		     bool array, const struct place *at)
{
	if (at->indent >= NESTING_MAX)
		return true;
	return p->max_depth && at->depth >= p->max_depth &&
	       !(array && is_text_array(stripped));
}

static struct err *print_value(struct printer *p, const struct datum *d,
			       const struct place *at)
{
	struct type stripped = type_strip(&d->type);
	enum type_kind kind = type_kind(&stripped);
	bool array = kind == TYPE_ARRAY;
	struct err *e;

	if (p->budget)
		p->budget--;
	if (!array && kind != TYPE_STRUCT && kind != TYPE_UNION) {
		print_scalar(p, d, &stripped, at->top);
		return NULL;
	}
	if (!p->budget) {
		fputs("...", p->fp);
		return NULL;
	}
	if (too_deep(p, &stripped, array, at)) {
		fputs("{...}", p->fp);
		return NULL;
	}
	if (array)
		e = print_array(p, d, &stripped, at);
	else
		e = print_struct(p, d, at);
	/* a type without definition affects only its value, ^C ends the command */
	if (!e || err_reason(e) != ERR_NO_TYPE)
		return e;
	err_free(e);
	fputs("<incomplete type>", p->fp);
	return NULL;
}

/* Returns NULL if any byte of the object can be read, else the error. */
static struct err *probe(struct space *s, uint64_t va, uint64_t size)
{
	struct err *first = NULL;
	uint64_t done = 0;
	uint8_t byte;

	for (int i = 0; i < PROBE_PAGES && done < size; i++) {
		struct err *e = space_read(s, va + done, &byte, 1);

		if (!e) {
			err_free(first);
			return NULL;
		}
		if (first)
			err_free(e);
		else
			first = e;
		done += XPAGE_SIZE - ((va + done) & (XPAGE_SIZE - 1));
	}
	return first;
}

static struct err *check_readable(struct space *s, const struct datum *d)
{
	char name[TYPE_NAME_SIZE];
	struct err *e;
	uint64_t size;

	if (!d->in_memory || type_kind(&d->type) == TYPE_FUNCTION)
		return NULL;
	e = datum_size(d, &size);
	if (!e)
		e = probe(s, d->va, size);
	return err_prefix(e, "%s at %" PRIx64,
			  type_name(&d->type, name, sizeof(name)), d->va);
}

static struct printer printer_of(struct space *space,
				 const struct symbols *symbols,
				 const struct print_options *o, FILE *fp)
{
	return (struct printer){
		.space = space, .symbols = symbols, .fp = fp, .hex = o->hex,
		.max_depth = o->max_depth,
		.max_elements = o->max_elements ? o->max_elements : 200,
		.repeats = o->repeats ? o->repeats : 10,
		.budget = VALUES_MAX,
	};
}

struct err *datum_print(struct space *space, const struct symbols *symbols,
			const struct datum *d,
			const struct print_options *options, FILE *fp)
{
	struct printer p = printer_of(space, symbols, options, fp);
	struct place at = { 0, 0, true };

	ERR_TRY(check_readable(space, d));
	ERR_TRY(print_value(&p, d, &at));
	fputc('\n', fp);
	return NULL;
}

struct err *type_print(struct types *types, struct space *space,
		       const struct symbols *symbols, const struct type *type,
		       uint64_t va, const struct print_options *options,
		       FILE *fp)
{
	struct printer p = printer_of(space, symbols, options, fp);
	struct datum d = { .type = *type, .in_memory = true, .va = va };
	struct place at = { 1, 0, false };
	struct member m;

	(void)types;
	if (!options->member)
		return datum_print(space, symbols, &d, options, fp);
	ERR_TRY(type_member(type, options->member, &m));
	d = (struct datum){
		.type = m.type, .in_memory = true, .va = va + m.offset,
		.bit_offset = m.bit_offset, .bit_size = m.bit_size,
	};
	ERR_TRY(check_readable(space, &d));
	fprintf(fp, "  %s = ", options->member);
	ERR_TRY(print_value(&p, &d, &at));
	fputc('\n', fp);
	return NULL;
}
