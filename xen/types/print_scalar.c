/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, pointers, enums, characters and strings. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "printer.h"

/* Long arrays of characters are read in pieces of this size. */
#define TEXT_CHUNK 4096

/* Prints the reason instead of a value, as in "<excluded page>". Frees e. */
static void print_mark(struct printer *p, struct err *e)
{
	enum err_reason reason = err_reason(e);

	fputs(reason == ERR_EXCLUDED ? "<excluded page>" : err_mark(reason),
	      p->fp);
	err_free(e);
}

void print_symbol(struct printer *p, uint64_t va)
{
	const struct symbol *sym;
	uint64_t offset;

	if (!p->symbols)
		return;
	sym = symbols_by_addr(p->symbols, va, &offset);
	if (!sym)
		return;
	/*
	 * Unnamed objects, such as strings, are located after the end of a
	 * symbol. The end of data without a size is unknown; assembly code
	 * extends to the next symbol.
	 */
	if (sym->size ? offset >= sym->size : offset && !strchr("tTwW", sym->type))
		return;
	if (offset)
		fprintf(p->fp, " <%s+%" PRIu64 ">", sym->name, offset);
	else
		fprintf(p->fp, " <%s>", sym->name);
}

/* Prints one byte as in a quoted text. */
static void print_char(FILE *fp, uint8_t c, char quote)
{
	static const char escapes[] = "\aa\bb\ff\nn\rr\tt\vv";
	const char *e = c ? strchr(escapes, c) : NULL;

	if (e && (e - escapes) % 2 == 0)
		fprintf(fp, "\\%c", e[1]);
	else if (c == (uint8_t)quote || c == '\\')
		fprintf(fp, "\\%c", c);
	else if (c < ' ' || c >= 0x7f)
		fprintf(fp, "\\%03o", c);
	else
		fputc(c, fp);
}

/*
 * Prints text like gdb: runs of more than p->repeats equal characters are
 * separate, as in "ab", '\000' <repeats 12 times>. Elements are counted up to
 * the limit; a run that began before the limit is printed completely.
 */
static void print_text(struct printer *p, const uint8_t *s, size_t len,
		       bool more)
{
	bool in_quotes = false;
	size_t i = 0, run;

	if (!len)
		fputs("\"\"", p->fp);
	while (i < len && i < p->max_elements) {
		for (run = 1; i + run < len && s[i + run] == s[i];)
			run++;
		if (run > p->repeats) {
			fputs(in_quotes ? "\", " : i ? ", " : "", p->fp);
			in_quotes = false;
			fputc('\'', p->fp);
			print_char(p->fp, s[i], '\'');
			fprintf(p->fp, "' <repeats %zu times>", run);
			i += run;
			continue;
		}
		if (!in_quotes)
			fputs(i ? ", \"" : "\"", p->fp);
		in_quotes = true;
		if (run > p->max_elements - i)
			run = p->max_elements - i;
		for (; run; run--)
			print_char(p->fp, s[i++], '"');
	}
	if (in_quotes)
		fputc('"', p->fp);
	if (more || i < len)
		fputs("...", p->fp);
}

/* Reads len bytes at va, or as many as can be read. */
static struct err *read_some(struct printer *p, uint64_t va, uint8_t *buf,
			     size_t len, size_t *got)
{
	struct err *e = NULL;

	for (*got = 0; *got < len;) {
		size_t n = TEXT_CHUNK - ((va + *got) & (TEXT_CHUNK - 1));

		if (n > len - *got)
			n = len - *got;
		e = interrupt_check();
		if (!e)
			e = space_read(p->space, va + *got, buf + *got, n);
		if (e)
			break;
		*got += n;
	}
	return e;
}

struct err *print_characters(struct printer *p, uint64_t va, uint64_t count)
{
	uint64_t len = count;
	struct err *e = NULL;
	uint8_t *buf;
	size_t got;

	/* a run may extend beyond the limit, up to another limit */
	if (len > p->max_elements + (uint64_t)TEXT_CHUNK * 16)
		len = p->max_elements + (uint64_t)TEXT_CHUNK * 16;
	buf = malloc(len ? len : 1);
	if (!buf)
		return err_nomem();
	e = read_some(p, va, buf, len, &got);
	if (err_is_final(e)) {
		free(buf);
		return e;
	}
	/* gdb omits the last byte if it ends the string */
	if (!e && got == count && got && !buf[got - 1])
		got--;
	if (got || !e)
		print_text(p, buf, got, !e && got < len && len < count);
	if (e && got)
		fputc(' ', p->fp);
	if (e)
		print_mark(p, e);
	free(buf);
	return NULL;
}

/* Prints the target of a char *, up to the limit or the end of the string. */
void print_string_at(struct printer *p, uint64_t va)
{
	size_t len = (size_t)p->max_elements + 1, got;
	uint8_t *buf = malloc(len);
	struct err *e = NULL;
	uint8_t *nul;

	if (!buf) {
		print_mark(p, err_nomem());
		return;
	}
	fputc(' ', p->fp);
	e = read_some(p, va, buf, len, &got);
	nul = memchr(buf, 0, got);
	if (nul) {
		/* bytes after the end need not be readable */
		err_free(e);
		e = NULL;
		got = nul - buf;
	}
	if (got || !e)
		print_text(p, buf, got, false);
	if (e && got)
		fputc(' ', p->fp);
	if (e)
		print_mark(p, e);
	free(buf);
}

static bool is_plain_char(const struct type *stripped)
{
	const char *name = die_name(&stripped->die);

	return type_kind(stripped) == TYPE_CHAR && name && !strcmp(name, "char");
}

static void print_pointer(struct printer *p, const struct datum *d,
			  const struct type *stripped, uint64_t v, bool top)
{
	struct type target, plain;
	char name[TYPE_NAME_SIZE];
	struct err *e;
	bool text, typedefed;

	e = type_target(stripped, &target);
	if (e) {
		print_mark(p, e);
		return;
	}
	plain = type_strip(&target);
	text = type_is_text(&plain);
	/* as in gdb: the type of a char * is omitted if the string is printed */
	typedefed = !d->type.pointers && die_name(&d->type.die);
	if (top && (!text || !is_plain_char(&plain) || typedefed))
		fprintf(p->fp, "(%s) ", type_name(&d->type, name, sizeof(name)));
	fprintf(p->fp, "0x%" PRIx64, v);
	print_symbol(p, v);
	if (text && v)
		print_string_at(p, v);
}

static void print_number(struct printer *p, uint64_t v, bool is_signed,
			 unsigned int size)
{
	if (p->hex && size < 8)
		v &= (1ULL << size * 8) - 1;
	if (p->hex)
		fprintf(p->fp, "0x%" PRIx64, v);
	else if (is_signed)
		fprintf(p->fp, "%" PRId64, (int64_t)v);
	else
		fprintf(p->fp, "%" PRIu64, v);
}

static void print_wide(struct printer *p, const struct datum *d, bool is_signed)
{
	unsigned __int128 v;
	char digits[48], *q = digits + sizeof(digits);
	struct err *e = space_read(p->space, d->va, &v, sizeof(v));
	unsigned int base = p->hex ? 16 : 10;
	bool minus = !p->hex && is_signed && (__int128)v < 0;

	if (e) {
		print_mark(p, e);
		return;
	}
	if (minus)
		v = -v;
	*--q = '\0';
	do
		*--q = "0123456789abcdef"[v % base];
	while (v /= base);
	fprintf(p->fp, "%s%s", minus ? "-" : p->hex ? "0x" : "", q);
}

static void print_float(struct printer *p, const struct datum *d, uint64_t size)
{
	union { float f; double d; uint8_t bytes[8]; } v = { .bytes = { 0 } };
	struct err *e;

	if (size != sizeof(float) && size != sizeof(double))
		e = err_new(ERR_UNSUPPORTED, "unsupported size of a floating point number: %" PRIu64 " bytes", size);
	else
		e = space_read(p->space, d->va, v.bytes, size);
	if (e)
		print_mark(p, e);
	else if (size == sizeof(float))
		fprintf(p->fp, "%.9g", v.f);
	else
		fprintf(p->fp, "%.17g", v.d);
}

static void print_function(struct printer *p, const struct datum *d)
{
	char name[TYPE_NAME_SIZE];

	fprintf(p->fp, "{%s} 0x%" PRIx64,
		type_name(&d->type, name, sizeof(name)),
		d->in_memory ? d->va : d->value);
	print_symbol(p, d->in_memory ? d->va : d->value);
}

static void print_integer(struct printer *p, const struct datum *d,
			  const struct type *stripped, uint64_t v,
			  unsigned int size)
{
	char text[1024];

	switch (type_kind(stripped)) {
	case TYPE_ENUM:
		fputs(type_enum_text(stripped, v, text, sizeof(text)), p->fp);
		return;
	case TYPE_BOOL:
		if (!p->hex && v <= 1)
			fputs(v ? "true" : "false", p->fp);
		else
			print_number(p, v, false, size);
		return;
	default:
		print_number(p, v, type_is_signed(&d->type), size);
	}
	if (p->hex || !type_is_text(stripped))
		return;
	fputs(" '", p->fp);
	print_char(p->fp, v, '\'');
	fputc('\'', p->fp);
}

void print_scalar(struct printer *p, const struct datum *d,
		  const struct type *stripped, bool top)
{
	enum type_kind kind = type_kind(stripped);
	uint64_t size = 0, v = 0;
	struct err *e;

	if (kind == TYPE_FUNCTION) {
		print_function(p, d);
		return;
	}
	if (kind == TYPE_VOID) {
		fputs("void", p->fp);
		return;
	}
	e = type_size(stripped, &size);
	if (!e && kind == TYPE_FLOAT && d->in_memory) {
		print_float(p, d, size);
		return;
	}
	if (!e && kind == TYPE_INT && size == 16 && d->in_memory && !d->bit_size) {
		print_wide(p, d, type_is_signed(stripped));
		return;
	}
	if (!e)
		e = datum_load(p->space, d, &v);
	if (e)
		print_mark(p, e);
	else if (kind == TYPE_POINTER)
		print_pointer(p, d, stripped, v, top);
	else
		print_integer(p, d, stripped, v, size);
}
