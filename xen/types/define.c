/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints definitions of types, with offsets of their members. */
#include <dwarf.h>
#include <inttypes.h>

#include "internal.h"
#include "print.h"

/* Limit of nested anonymous structs; deeper ones are printed as "{...}". */
#define DEFINE_DEPTH_MAX 16
#define DEFINE_LINES_MAX 100000

struct definer {
	FILE *fp;
	uint64_t va;		/* va, with options->at_address */
	const struct print_options *options;
	int width;		/* width of the widest offset */
	unsigned int lines;
};

static struct err *define_member(struct definer *f, const struct member *m,
				 const char *name, unsigned int depth)
	ERR_MUST_CHECK;

static int offset_text(const struct definer *f, const struct member *m,
		       char *buf, size_t size)
{
	int len;

	if (f->options->at_address)
		len = snprintf(buf, size, "[%" PRIx64, f->va + m->offset);
	else
		len = snprintf(buf, size, f->options->hex ? "[0x%" PRIx64 :
			       "[%" PRIu64, m->offset);
	if (m->bit_size)
		len += snprintf(buf + len, size - len, ":%u", m->bit_offset);
	return len + snprintf(buf + len, size - len, "]");
}

static void print_offset(const struct definer *f, const struct member *m,
			 unsigned int depth)
{
	char text[64];

	offset_text(f, m, text, sizeof(text));
	fprintf(f->fp, "  %*s %*s", f->width, text, (int)depth * 4, "");
}

/* Replaces the offset in lines that have none. */
static void print_blank(const struct definer *f, unsigned int depth)
{
	fprintf(f->fp, "  %*s %*s", f->width, "", (int)depth * 4, "");
}

/*
 * Returns the struct or union that is printed in place of the member's type: an
 * anonymous one, or with options->expand any; also as the element of an array.
 */
static bool inline_body(const struct definer *f, const struct type *t,
			struct type *body)
{
	struct type cur = *t;

	for (int i = 0; i < TYPE_CHAIN_MAX && !cur.pointers; i++) {
		int tag = die_tag(&cur.die);

		if (f->options->expand && tag != DW_TAG_array_type)
			cur = type_strip(&cur);
		tag = die_tag(&cur.die);
		if (tag == DW_TAG_structure_type || tag == DW_TAG_union_type) {
			*body = type_strip(&cur);
			return f->options->expand || !die_name(&cur.die);
		}
		if (tag != DW_TAG_array_type && tag != DW_TAG_const_type &&
		    tag != DW_TAG_volatile_type)
			return false;
		cur = die_type(cur.types, &cur.die);
	}
	return false;
}

static const char *body_word(const struct type *body)
{
	return type_kind(body) == TYPE_UNION ? "union" : "struct";
}

static struct err *define_body(struct definer *f, const struct type *body,
			       uint64_t offset, unsigned int depth)
{
	struct member_cursor c;

	ERR_TRY(member_first(body, &c));
	while (member_next(&c)) {
		struct member m = c.member;

		if (f->lines++ >= DEFINE_LINES_MAX)
			return err_new(ERR_CORRUPT, "more than %d members: corrupt DWARF",
				       DEFINE_LINES_MAX);
		ERR_TRY(interrupt_check());
		m.offset += offset;
		ERR_TRY(define_member(f, &m, c.name ? c.name : "", depth));
	}
	return NULL;
}

static struct err *define_member(struct definer *f, const struct member *m,
				 const char *name, unsigned int depth)
{
	char text[TYPE_NAME_SIZE];
	struct type body;
	const char *tag;

	print_offset(f, m, depth);
	if (depth < DEFINE_DEPTH_MAX && inline_body(f, &m->type, &body)) {
		tag = die_name(&body.die);
		fprintf(f->fp, "%s %s%s{\n", body_word(&body), tag ? tag : "",
			tag ? " " : "");
		ERR_TRY(define_body(f, &body, m->offset, depth + 1));
		print_blank(f, depth);
		fprintf(f->fp, "}%s;\n",
			type_declare_tail(&m->type, name, text, sizeof(text)));
		return NULL;
	}
	fputs(type_declare(&m->type, name, text, sizeof(text)), f->fp);
	if (m->bit_size)
		fprintf(f->fp, " : %u", m->bit_size);
	fputs(";\n", f->fp);
	return NULL;
}

static void define_constants(FILE *fp, const struct type *e, bool hex)
{
	Dwarf_Die die = { .addr = NULL };
	int64_t value;

	while (die_next_child(&e->die, &die)) {
		const char *name = die_name(&die);

		if (die_tag(&die) != DW_TAG_enumerator || !name ||
		    !die_constant(&die, &value))
			continue;
		fprintf(fp, "    %s = ", name);
		if (hex && value >= 0)
			fprintf(fp, "0x%" PRIx64 ",\n", (uint64_t)value);
		else
			fprintf(fp, "%" PRId64 ",\n", value);
	}
}

static void print_size(FILE *fp, const struct type *t, bool hex)
{
	struct err *e;
	uint64_t size;

	e = type_size(t, &size);
	if (!e)
		fprintf(fp, hex ? "SIZE: 0x%" PRIx64 "\n" : "SIZE: %" PRIu64 "\n",
			size);
	err_free(e);
}

/* Prints "typedef struct foo" or "struct foo", and the closing line. */
static struct type print_opening(FILE *fp, const struct type *t,
				 const char **closing)
{
	struct type plain = type_strip(t);
	char text[TYPE_NAME_SIZE];

	*closing = NULL;
	if (die_tag(&t->die) == DW_TAG_typedef && !t->pointers)
		*closing = die_name(&t->die);
	type_name(&plain, text, sizeof(text));
	fprintf(fp, "%s%s {\n", *closing ? "typedef " : "",
		die_name(&plain.die) ? text :
		type_kind(&plain) == TYPE_ENUM ? "enum" : body_word(&plain));
	return plain;
}

static void print_closing(FILE *fp, const char *closing)
{
	if (closing)
		fprintf(fp, "} %s;\n", closing);
	else
		fputs("}\n", fp);
}

/* Prints types without a body: "typedef unsigned int uint32_t;". */
static void define_plain(FILE *fp, const struct type *t)
{
	char text[TYPE_NAME_SIZE];
	struct type target;

	if (die_tag(&t->die) != DW_TAG_typedef || t->pointers) {
		fprintf(fp, "%s\n", type_name(t, text, sizeof(text)));
		return;
	}
	target = die_type(t->types, &t->die);
	fprintf(fp, "typedef %s;\n",
		type_declare(&target, die_name(&t->die), text, sizeof(text)));
}

/* Prints only the member options->member names, within its struct's braces. */
static struct err *define_one(struct definer *f, const struct type *t)
{
	const char *closing;
	struct member m;

	ERR_TRY(type_member(t, f->options->member, &m));
	print_opening(f->fp, t, &closing);
	ERR_TRY(define_member(f, &m, f->options->member, 0));
	print_closing(f->fp, closing);
	print_size(f->fp, &m.type, f->options->hex);
	return NULL;
}

struct err *type_print_definition(const struct type *type, uint64_t va,
				  const struct print_options *options, FILE *fp)
{
	struct definer f = { .fp = fp, .va = va, .options = options };
	struct type plain = type_strip(type);
	enum type_kind kind = type_kind(&plain);
	struct member last = { 0 };
	struct member_cursor c;
	const char *closing;
	char text[64];
	struct err *e;

	if (kind != TYPE_STRUCT && kind != TYPE_UNION) {
		if (kind == TYPE_ENUM) {
			print_opening(fp, type, &closing);
			define_constants(fp, &plain, options->hex);
			print_closing(fp, closing);
		} else {
			define_plain(fp, type);
		}
		print_size(fp, type, options->hex);
		return NULL;
	}
	/* fails here, before any output, if the type is only declared */
	ERR_TRY(member_first(type, &c));
	e = type_size(type, &last.offset);
	err_free(e);
	f.width = offset_text(&f, &last, text, sizeof(text));
	if (options->member)
		return define_one(&f, type);
	print_opening(fp, type, &closing);
	ERR_TRY(define_body(&f, &plain, 0, 0));
	print_closing(fp, closing);
	print_size(fp, type, options->hex);
	return NULL;
}
