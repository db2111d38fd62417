/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode_internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


/* ---- addresses and registers of a line ---- */

struct run {
	struct decoder *d;
	const struct decode_ops *ops;
	void *ctx;
	/* position: in a call trace after "traced" addresses, and so on */
	bool in_trace, in_guest_stack;
	unsigned int traced;
	size_t line;		/* number of lines of the source printed so far */
	size_t number;		/* number of the line that is being explained, from 1 */
	bool is_dom0;		/* the last registers are those of dom0 */
	bool has_kernel;	/* a matching kernel is available */
	/* result of look_behind(): the message that was read, and its domain */
	size_t behind;
	bool behind_is_dom0;
};

static void remark(struct run *r, const char *text)
{
	if (r->ops->remark && *text)
		r->ops->remark(r->ctx, r->number, text);
}

/* Maximum offset from a symbol without a size; modules follow the kernel. */
#define OFFSET_MAX 0x8000

static bool is_within(const struct symbol *sym, uint64_t offset)
{
	return sym && strchr("tTwW", sym->type) &&
	       (sym->size ? offset < sym->size : offset < OFFSET_MAX);
}

static void explain(struct run *r, struct decoded *a)
{
	struct decoder *d = r->d;
	struct lines *lines = a->is_kernel ? d->kernel_lines : d->xen_lines;

	a->symbol = symbols_by_addr(a->is_kernel ? d->kernel_symbols : d->xen_symbols,
				    a->va - a->is_return, &a->offset);
	if (!is_within(a->symbol, a->offset))
		return;
	a->offset += a->is_return;
	if (lines)
		decode_lines_at(&d->found, lines, a->va - a->is_return, a);
	if (r->ops->address)
		r->ops->address(r->ctx, r->number, a);
}

/* "(d0v1)", "(d0:v1)", "Dom0 vcpu#1" */
static void look_for_domain(struct run *r, const char *text)
{
	const char *at = strstr(text, "(d");
	unsigned int domid, vcpu;

	if (at && (sscanf(at, "(d%uv%u)", &domid, &vcpu) == 2 ||
		   sscanf(at, "(d%u:v%u)", &domid, &vcpu) == 2))
		r->is_dom0 = !domid;
	else if (strstr(text, "Dom0 vcpu#"))
		r->is_dom0 = true;
}

/* Finds the address of a mention; false if it is neither in Xen nor in dom0's kernel. */
static bool locate(struct run *r, const struct mention *m, struct decoded *a)
{
	a->va = m->va;
	if (!m->has_va)
		return decode_find_place(r->d, m, &a->va);
	a->is_kernel = !decode_is_xen(r->d, m->va);
	return !a->is_kernel || (r->has_kernel && r->is_dom0);
}

static void explain_mentions(struct run *r, const char *text)
{
	const char *at = text;
	struct mention m;

	while (r->d->xen_symbols && mention_next(&at, &m)) {
		struct decoded a = { .is_named = m.is_named && m.has_offset };

		/* the text contains the name, and the image has no source line */
		if (m.is_livepatch) {
			r->traced++;
			continue;
		}
		if (!locate(r, &m, &a))
			continue;
		/* the first address of a trace is the instruction pointer */
		a.is_return = m.mark ? m.mark != 'R' : r->in_trace && r->traced;
		/* Xen prints a code selector before program counters only */
		if (m.cs || (m.has_offset && !m.offset))
			a.is_return = false;
		r->traced++;
		explain(r, &a);
	}
}

static unsigned int hex_digits(const char *at)
{
	return strspn(at, "0123456789abcdefABCDEF");
}

/*
 * Words of dom0's stack that are addresses of its kernel; treated as return
 * addresses.
 */
static void explain_stack(struct run *r, const char *text)
{
	const char *at = text;

	while (*at) {
		unsigned int digits;

		at += strspn(at, " ");
		digits = hex_digits(at);
		if (digits == 16) {
			struct decoded a = { .va = strtoull(at, NULL, 16),
					     .is_kernel = true, .is_return = true };

			explain(r, &a);
		}
		at += digits ? digits : strcspn(at, " ");
	}
}

static bool is_stack_line(const char *text)
{
	const char *at = text + strspn(text, " ");

	return at != text && hex_digits(at) == 16;
}

static void explain_words(struct run *r, const char *text)
{
	char words[256];

	decode_words(text, words, sizeof(words));
	remark(r, words);
}

/* Reports the variable at the faulting address. */
static void explain_linear(struct run *r, const char *text)
{
	static const char mark[] = "Faulting linear address: ";
	const char *at = strstr(text, mark);
	char name[200];
	uint64_t va;

	if (!at || !r->d->xen_symbols)
		return;
	va = strtoull(at + strlen(mark), NULL, 16);
	if (decode_is_xen(r->d, va))
		remark(r, symbols_describe(r->d->xen_symbols, va, name, sizeof(name)));
}

/*
 * Reads the context of the registers from the message of Xen that follows
 * "RIP:". Many such lines may precede the same message: it is read once.
 */
static void look_behind(struct run *r, const struct decode_span *span, size_t i)
{
	const struct console_text *t = span->text;

	r->in_trace = r->is_dom0 = false;
	if (r->behind > i) {
		r->is_dom0 = r->behind_is_dom0;
		return;
	}
	for (r->behind = i + 1; r->behind < span->to && t->has_prefix &&
	     !t->message[r->behind].is_xen; r->behind++)
		r->d->steps++;
	if (r->behind < span->to)
		look_for_domain(r, t->message[r->behind].text);
	r->behind_is_dom0 = r->is_dom0;
}

/* Updates the position, inside or outside of a call trace. */
static void follow(struct run *r, const char *text, bool is_xen)
{
	if (strstr(text, "Xen call trace:") || !strcmp(text, "Call Trace:")) {
		r->in_trace = true;
		r->traced = 0;
	} else if (strstr(text, "Xen stack overflow (dumping trace")) {
		/* such a trace contains only return addresses */
		r->in_trace = true;
		r->traced = 1;
	} else if (!*text && is_xen) {
		r->in_trace = false;
	}
}

static void explain_message(struct run *r, const struct decode_span *span, size_t i)
{
	const struct console_message *m = &span->text->message[i];
	/* leading blanks are significant only in lines of a stack */
	const char *text = m->text, *words = text + strspn(text, " \t");

	if (strstr(text, "Guest stack trace from")) {
		r->in_guest_stack = true;
		return;
	}
	if (r->in_guest_stack && is_stack_line(text)) {
		if (r->is_dom0 && r->has_kernel)
			explain_stack(r, text);
		return;
	}
	r->in_guest_stack = false;
	follow(r, words, m->is_xen || !span->text->has_prefix);
	if (!strncmp(words, "RIP:", 4))
		look_behind(r, span, i);
	else
		look_for_domain(r, text);
	explain_mentions(r, text);
	explain_words(r, words);
	explain_linear(r, text);
}

/* ---- parts ---- */

/* Prints the lines of the source that are not yet printed, up to the given message. */
static void show_lines(struct run *r, const struct decode_span *span, size_t i)
{
	const struct console_text *t = span->text;
	size_t end = t->message[i].first + t->message[i].nr;

	for (; r->line < end; r->line++)
		if (r->ops->line)
			r->ops->line(r->ctx, r->line + 1, t->source[r->line].start,
				     t->source[r->line].len +
				     t->source[r->line].returns);
	r->number = t->message[i].first + 1;
}

static struct err *show_part(struct run *r, const struct decode_part *part,
			     const struct decode_span *span)
{
	char verdict[1024];
	size_t i;

	if (r->ops->part)
		r->ops->part(r->ctx, part);
	r->in_trace = r->in_guest_stack = r->is_dom0 = false;
	r->has_kernel = r->d->kernel_symbols && !*part->kernel_why;
	for (i = span->from; i < span->to; i++) {
		ERR_TRY(interrupt_check());
		show_lines(r, span, i);
		if (part->fit != DECODE_OTHER)
			explain_message(r, span, i);
	}
	decode_verdict(span, verdict, sizeof(verdict));
	if (*verdict && r->ops->verdict)
		r->ops->verdict(r->ctx, verdict);
	return NULL;
}

/* Finds the end of the part that begins with message from: the next boot. */
static struct decode_span span_at(const struct console_text *t, size_t from)
{
	struct decode_span span = { t, from, from + 1 };
	bool is_banner;

	for (; span.to < t->nr_messages; span.to++) {
		console_message_version(t->message[span.to].text, &is_banner);
		if (is_banner)
			break;
	}
	return span;
}

/* Fails if no part can be decoded and one is from another build. */
static struct err *check_parts(struct decoder *d, const struct console_text *t)
{
	struct decode_part first = { .fit = DECODE_NOTHING };
	unsigned int good = 0, bad = 0;
	struct decode_span span = { t, 0, 0 };

	while (span.to < t->nr_messages) {
		struct decode_part part = { .fit = DECODE_NOTHING };

		ERR_TRY(interrupt_check());
		span = span_at(t, span.to);
		decode_check(d, &span, &part);
		if (part.fit == DECODE_OTHER && !bad++)
			first = part;
		good += part.fit == DECODE_FITS || part.fit == DECODE_UNPROVED;
	}
	if (bad && !good)
		return err_new(ERR_MISMATCH, "text is not from this build: %s", first.why);
	return NULL;
}

static struct err *show_parts(struct run *r, const struct console_text *t,
			      bool force)
{
	struct decode_span span = { t, 0, 0 };

	while (span.to < t->nr_messages) {
		struct decode_part part = { .fit = DECODE_NOTHING };

		span = span_at(t, span.to);
		part.line = t->message[span.from].first + 1;
		decode_check(r->d, &span, &part);
		if (force && part.fit == DECODE_OTHER)
			part.fit = DECODE_UNPROVED;
		if (force)
			part.kernel_why[0] = '\0';
		ERR_TRY(show_part(r, &part, &span));
	}
	return NULL;
}

struct err *decode_text(struct decoder *d, const struct console_text *t, bool force,
			const struct decode_ops *ops, void *ctx)
{
	struct run r = { .d = d, .ops = ops, .ctx = ctx };

	if (!force && d->xen_symbols)
		ERR_TRY(check_parts(d, t));
	return show_parts(&r, t, force);
}

/* ---- the files ---- */

static struct lines *open_lines(const struct image *img)
{
	struct lines *l = NULL;

	if (img && img->elf && img->has_dwarf)
		err_free(lines_create(img->elf, &l));
	return l;
}

/* A System.map has no banner. */
static void read_banner(struct decoder *d, const struct image *kernel)
{
	const struct symbol *sym = symbols_next_match(d->kernel_symbols, "linux_banner",
						      NULL);
	struct err *e = sym ? image_read(kernel, sym->addr, d->kernel_banner,
					 sizeof(d->kernel_banner) - 1) : NULL;

	if (e)
		d->kernel_banner[0] = '\0';
	err_free(e);
}

static struct err *open_kernel(struct decoder *d, const struct image *kernel)
{
	struct err *e;

	if (kernel->class == IMAGE_SYSTEM_MAP)
		e = symbols_from_map(kernel->path, &d->kernel_symbols);
	else if (kernel->class == IMAGE_VMLINUX && kernel->elf)
		e = symbols_from_elf(kernel->elf, &d->kernel_symbols);
	else
		e = err_new(ERR_UNSUPPORTED,
			    "not a vmlinux or System.map, but: %s",
			    image_class_name(kernel->class));
	if (!e) {
		d->kernel_lines = open_lines(kernel);
		read_banner(d, kernel);
	}
	return err_prefix(e, "%s", kernel->path);
}

struct err *decoder_create(const struct image *xen, const struct symbols *symbols,
			   const struct image *kernel, struct decoder **ret)
{
	struct decoder *d;
	struct err *e;

	if (xen && !image_is_xen(xen))
		return err_new(ERR_UNSUPPORTED, "%s is not a hypervisor, but: %s", xen->path,
			       image_class_name(xen->class));
	if (!symbols && xen)
		symbols = xen->symbols;
	if (!symbols && xen)
		return err_new(ERR_NO_SYMBOL, "%s has no symbols", xen->path);
	d = calloc(1, sizeof(*d));
	if (!d)
		return err_nomem();
	d->xen = xen;
	d->xen_symbols = symbols;
	d->xen_lines = open_lines(xen);
	e = kernel ? open_kernel(d, kernel) : NULL;
	if (e) {
		decoder_destroy(d);
		return e;
	}
	*ret = d;
	return NULL;
}

uint64_t decoder_left_out(const struct decoder *d)
{
	return d->found.left_out;
}

void decoder_destroy(struct decoder *d)
{
	if (!d)
		return;
	decode_lines_clear(&d->found);
	lines_destroy(d->xen_lines);
	lines_destroy(d->kernel_lines);
	symbols_destroy(d->kernel_symbols);
	free(d);
}
