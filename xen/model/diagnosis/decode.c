/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode_internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death.h"
#include "machine_check.h"

/* ---- addresses and registers of a line ---- */

struct run {
	struct decoder *d;
	const struct decode_ops *ops;
	void *ctx;
	/* position: in a call trace after "traced" addresses, and so on */
	bool in_trace, in_guest_stack, in_mce;
	unsigned int traced;
	bool is_dom0;		/* the last registers are dom0's */
	bool has_kernel;	/* a matching kernel is available */
};

static void remark(struct run *r, const char *text)
{
	if (r->ops->remark && *text)
		r->ops->remark(r->ctx, text);
}

/* Maximum offset from a symbol without a size; beyond it lie modules. */
#define OFFSET_MAX 0x8000

static bool is_within(const struct symbol *sym, uint64_t offset)
{
	return sym && strchr("tTwW", sym->type) &&
	       (sym->size ? offset < sym->size : offset < OFFSET_MAX);
}

static void explain(struct run *r, struct decoded *a)
{
	const struct decoder *d = r->d;
	struct lines *lines = a->is_kernel ? d->kernel_lines : d->xen_lines;
	struct err *e;

	a->symbol = symbols_by_addr(a->is_kernel ? d->kernel_symbols : d->xen_symbols,
				    a->va - a->is_return, &a->offset);
	if (!a->symbol || (a->is_kernel && !is_within(a->symbol, a->offset)))
		return;
	a->offset += a->is_return;
	if (lines) {
		e = lines_at(lines, a->va - a->is_return, a->line, &a->nr_lines);
		if (e)
			a->nr_lines = 0;
		err_free(e);
	}
	if (r->ops->address)
		r->ops->address(r->ctx, a);
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

static void explain_mentions(struct run *r, const char *text)
{
	const char *at = text;
	struct mention m;

	while (mention_next(&at, &m)) {
		struct decoded a = { .va = m.va, .is_named = m.is_named };

		/* named in the text, and its source is not in the image */
		if (m.is_livepatch) {
			r->traced++;
			continue;
		}
		a.is_kernel = !decode_is_xen(r->d, m.va);
		if (a.is_kernel && (!r->has_kernel || !r->is_dom0))
			continue;
		/* the first address of a trace is the instruction pointer */
		a.is_return = m.mark ? m.mark != 'R' : r->in_trace && r->traced;
		if (m.is_named && !m.offset)
			a.is_return = false;
		r->traced++;
		explain(r, &a);
	}
}

/* Words of dom0's stack that lie in its kernel; treated as return addresses. */
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

static void explain_machine_check(struct run *r, const char *text)
{
	static const char global[] = "Machine Check Exception: ", bank[] = "Bank ",
			  set[] = "happened on CPUs ";
	struct death_bank b;
	const char *at;
	char words[256];

	at = strstr(text, set);
	if (at && pcpu_bitmap_text(at + strlen(set), words + 6, sizeof(words) - 6))
		remark(r, memcpy(words, "pcpus ", 6));
	at = strstr(text, global);
	if (at) {
		r->in_mce = true;
		remark(r, mce_global_text(strtoull(at + strlen(global), NULL, 16), words,
					  sizeof(words)));
	}
	if (r->in_mce && !strncmp(text, bank, strlen(bank)) &&
	    death_parse_bank(text + strlen(bank), &b))
		remark(r, mce_status_text(b.status, words, sizeof(words)));
}

/* The variable at the address that Xen faulted on. */
static void explain_linear(struct run *r, const char *text)
{
	static const char mark[] = "Faulting linear address: ";
	const char *at = strstr(text, mark);
	char name[200];
	uint64_t va;

	if (!at)
		return;
	va = strtoull(at + strlen(mark), NULL, 16);
	if (decode_is_xen(r->d, va))
		remark(r, symbols_describe(r->d->xen_symbols, va, name, sizeof(name)));
}

static void explain_line(struct run *r, const struct decode_line *line, const char *end)
{
	const char *text = line->text;

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
	if (strstr(text, "Xen call trace:")) {
		r->in_trace = true;
		r->traced = 0;
	} else if (strstr(text, "Xen stack overflow (dumping trace")) {
		/* such a trace has return addresses only */
		r->in_trace = true;
		r->traced = 1;
	} else if (!*text) {
		r->in_trace = false;
	}
	if (!strncmp(text, "RIP:", 4)) {
		struct decode_line next;

		/* the next line names the context of the registers */
		r->in_trace = false;
		if (line->next && line->next < end) {
			decode_line_read(line->next, end, &next);
			r->is_dom0 = false;
			look_for_domain(r, next.text);
		}
	} else {
		look_for_domain(r, text);
	}
	explain_mentions(r, text);
	explain_machine_check(r, text);
	explain_linear(r, text);
}

/* ---- parts ---- */

/* End of the part that starts at at: the next boot. */
static const char *part_end(const char *at, const char *end)
{
	struct decode_line line = { .next = at };

	while (line.next && line.next < end) {
		decode_line_read(line.next, end, &line);
		if (line.start != at && decode_is_banner(line.text))
			return line.start;
	}
	return end;
}

static struct err *show_part(struct run *r, const struct decode_part *part,
			     const char *at, const char *end, unsigned int *number)
{
	struct decode_line line = { .next = at };

	if (r->ops->part)
		r->ops->part(r->ctx, part);
	r->in_trace = r->in_guest_stack = r->in_mce = r->is_dom0 = false;
	r->has_kernel = r->d->kernel_symbols && !*part->kernel_why;
	while (line.next && line.next < end) {
		ERR_TRY(interrupt_check());
		decode_line_read(line.next, end, &line);
		if (r->ops->line)
			r->ops->line(r->ctx, (*number)++, line.start,
				     line.end - line.start);
		if (part->fit != DECODE_OTHER)
			explain_line(r, &line, end);
	}
	return NULL;
}

/* Fails if no part can be decoded and one is from another build. */
static struct err *check_parts(struct decoder *d, const char *text, const char *end)
{
	unsigned int good = 0, bad = 0;
	struct decode_part first = { .fit = DECODE_NOTHING };
	const char *at, *stop;

	for (at = text; at < end; at = stop) {
		struct decode_part part = { .fit = DECODE_NOTHING };

		ERR_TRY(interrupt_check());
		stop = part_end(at, end);
		decode_check(d, at, stop, &part);
		if (part.fit == DECODE_OTHER && !bad++)
			first = part;
		good += part.fit == DECODE_FITS || part.fit == DECODE_UNPROVED;
	}
	if (bad && !good)
		return err_new(ERR_MISMATCH, "text is not from this build: %s", first.why);
	return NULL;
}

struct err *decode_text(struct decoder *d, const char *text, size_t len, bool force,
			const struct decode_ops *ops, void *ctx)
{
	struct run r = { .d = d, .ops = ops, .ctx = ctx };
	const char *end = text + len, *at, *stop;
	unsigned int number = 1;

	if (!force)
		ERR_TRY(check_parts(d, text, end));
	for (at = text; at < end; at = stop) {
		struct decode_part part = { .line = number, .fit = DECODE_NOTHING };

		stop = part_end(at, end);
		decode_check(d, at, stop, &part);
		if (force && part.fit == DECODE_OTHER)
			part.fit = DECODE_UNPROVED;
		if (force)
			part.kernel_why[0] = '\0';
		ERR_TRY(show_part(&r, &part, at, stop, &number));
	}
	return NULL;
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
	if (!symbols)
		return err_new(ERR_NO_SYMBOL, "%s has no symbols",
			       xen ? xen->path : "the hypervisor");
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

void decoder_destroy(struct decoder *d)
{
	if (!d)
		return;
	lines_destroy(d->xen_lines);
	lines_destroy(d->kernel_lines);
	symbols_destroy(d->kernel_symbols);
	free(d);
}
