/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/diagnosis/decode.h"
#include "xen/model/diagnosis/decode_image.h"
#include "xen/model/diagnosis/decode_lines.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "decode_keys.h"
#include "xen/base/file.h"
#include "xen/model/host/console.h"
#include "extensions/support/command.h"

/* Limit of a text in bytes. */
#define TEXT_MAX (256UL << 20)

/* Prefix of every line added to the text. */
#define INDENT "           | "

const struct column decode_columns[DECODE_COLUMNS] = {
	{ .key = "line", .help = "number of the line in the text, from 1" },
	{ .key = "address", .help = "virtual address found in that line" },
	{ .key = "of", .help = "xen or dom0" },
	{ .key = "symbol", .help = "symbol of the address" },
	{ .key = "offset", .help = "bytes from the symbol to the address" },
	{ .key = "function",
	  .help = "function at the address; one row each, the innermost first" },
	{ .key = "inlined", .help = "true: inlined in the function of the next row" },
	{ .key = "file", .help = "source file" },
	{ .key = "file_line", .help = "line in that file; 0: unknown" },
};

struct show {
	struct out *o;
	unsigned int number;	/* number of the current line of the text, from 1 */
	unsigned int addresses;
	bool has_verdict;
	char verdicts[2048];	/* one per line */
};

/* ---- text: the console text with explanations after its lines ---- */

static void text_part(void *ctx, const struct decode_part *part)
{
	struct show *sh = ctx;

	if (part->fit == DECODE_OTHER)
		out_note(sh->o, "the part from line %u on is not decoded, as it is from another build: %s",
			 part->line, part->why);
	else if (part->fit != DECODE_NOTHING)
		out_note(sh->o, "the part from line %u on: %s", part->line, part->why);
	if (*part->kernel_why)
		out_note(sh->o, "addresses of dom0 from line %u on are not decoded, as its kernel differs: %s",
			 part->line, part->kernel_why);
}

/*
 * Prints a line unchanged, including trailing blanks and carriage returns, so
 * that diff shows only the added lines. out_line() escapes control characters.
 */
static void text_line(void *ctx, unsigned int number, const char *text, size_t len)
{
	struct show *sh = ctx;

	(void)number;
	out_line(sh->o, "%.*s", (int)len, text);
}

static void text_address(void *ctx, unsigned int number, const struct decoded *a)
{
	struct show *sh = ctx;
	char name[200], at[32] = "";
	unsigned int i;

	(void)number;
	sh->addresses++;
	if (!a->is_named)
		out_line(sh->o, INDENT "%016" PRIx64 " %s+0x%" PRIx64, a->va,
			 symbol_full_name(a->symbol, name, sizeof(name)), a->offset);
	for (i = 0; i < a->nr_lines; i++) {
		const struct source_line *l = &a->line[i];

		if (l->line)
			snprintf(at, sizeof(at), ":%u", l->line);
		out_line(sh->o, INDENT "%s%s() at %s%s%s", a->is_named ? "" : "  ",
			 l->function ? l->function : a->symbol->name,
			 l->file ? l->file : "?", at, l->inlined ? ", inlined in" : "");
	}
}

static void text_remark(void *ctx, unsigned int number, const char *text)
{
	struct show *sh = ctx;

	(void)number;
	out_line(sh->o, INDENT "%s", text);
}

static void text_verdict(void *ctx, const char *text)
{
	struct show *sh = ctx;

	sh->has_verdict = true;
	out_note(sh->o, "verdict: %s", text);
}

static const struct decode_ops text_ops = {
	.part = text_part, .line = text_line, .address = text_address,
	.remark = text_remark, .verdict = text_verdict,
};

/* ---- JSON: a row for each address and function ---- */

static void json_row(struct show *sh, const struct decoded *a,
		     const struct source_line *l)
{
	struct out *o = sh->o;
	char name[200];

	out_dec(o, sh->number);
	out_hex(o, a->va);
	out_str(o, a->is_kernel ? "dom0" : "xen");
	out_str(o, symbol_full_name(a->symbol, name, sizeof(name)));
	out_hex(o, a->offset);
	if (!l) {
		out_none(o);
		out_none(o);
		out_none(o);
		out_none(o);
		return;
	}
	out_str(o, l->function ? l->function : a->symbol->name);
	out_bool(o, l->inlined);
	if (l->file)
		out_str(o, l->file);
	else
		out_none(o);
	out_dec(o, l->line);
}

static void json_address(void *ctx, unsigned int number, const struct decoded *a)
{
	struct show *sh = ctx;
	unsigned int i;

	sh->number = number;
	sh->addresses++;
	if (!a->nr_lines)
		json_row(sh, a, NULL);
	for (i = 0; i < a->nr_lines; i++)
		json_row(sh, a, &a->line[i]);
}

static void json_remark(void *ctx, unsigned int number, const char *text)
{
	struct show *sh = ctx;

	out_note(sh->o, "line %u: %s", number, text);
}

static void json_verdict(void *ctx, const char *text)
{
	struct show *sh = ctx;
	size_t len = strlen(sh->verdicts);

	sh->has_verdict = true;
	snprintf(sh->verdicts + len, sizeof(sh->verdicts) - len, "%s\n", text);
}

static const struct decode_ops json_ops = {
	.part = text_part, .address = json_address, .remark = json_remark,
	.verdict = json_verdict,
};

/* ---- text and files ---- */

static struct err *read_stdin(char **text, size_t *len)
{
	size_t size = 0, n;
	char *buf = NULL, *more;

	*len = 0;
	do {
		if (size - *len < 65536) {
			size = 2 * size + 65536;
			more = size > TEXT_MAX ? NULL : realloc(buf, size);
			if (!more) {
				free(buf);
				return err_nomem();
			}
			buf = more;
		}
		n = fread(buf + *len, 1, size - *len, stdin);
		*len += n;
	} while (n && !interrupt_pending);
	clearerr(stdin);
	*text = buf;
	return NULL;
}

/* Copies the unpacked bytes of a file and closes it. */
static struct err *take_file(struct file *file, char **text, size_t *len)
{
	struct err *e = file_want(file, TEXT_MAX);

	*len = file_size(file);
	*text = e ? NULL : malloc(*len + 1);
	if (!e && !*text)
		e = err_nomem();
	if (!e)
		memcpy(*text, file_data(file), *len);
	file_close(file);
	return e;
}

static struct err *read_file(const char *path, char **text, size_t *len)
{
	struct file *file;

	ERR_TRY(file_open(path, &file));
	return take_file(file, text, len);
}

/* Standard input, unpacked like a file if it is compressed */
static struct err *read_input(char **text, size_t *len)
{
	struct file *file;
	size_t size;
	char *bytes;
	struct err *e;

	ERR_TRY(read_stdin(&bytes, &size));
	e = file_from_bytes("standard input", bytes, size, &file);
	if (!e)
		e = take_file(file, text, len);
	free(bytes);
	return e;
}

static bool is_file(const char *path)
{
	return path && strcmp(path, "-");
}

/*
 * Reads the file at path; without a path the console ring of the dump, else
 * standard input.
 */
static struct err *read_text(struct session *s, const char *path, char **text,
			     size_t *len)
{
	if (is_file(path))
		return read_file(path, text, len);
	if (!path && s->xen && s->xen->symbols)
		return console_read(s->xen, text, len);
	return read_input(text, len);
}

struct request {
	const char *image_path, *kernel_path, *text_path;
	bool force, tables;
	char *text;			/* from read_text(); freed by the command */
	size_t len;
	struct console_text *lines;	/* name of the text */
	struct decode_origin origin;
	struct image *image, *kernel;	/* opened by open_files(), or NULL */
	bool found;			/* image was found by the text's build-id or version */
};

/*
 * Selects the image: the one given, the one loaded, or the one whose version or
 * build-id is in the text. Without an image, only messages that do not require
 * symbols are explained.
 */
static struct err *open_image(struct session *s, struct request *r,
			      const struct image **image,
			      const struct symbols **symbols)
{
	*image = s->xen ? s->xen->image : NULL;
	*symbols = s->xen ? s->xen->symbols : NULL;
	if (r->image_path) {
		ERR_TRY(image_open(r->image_path, &r->image));
	} else if (!*image && !*symbols) {
		ERR_TRY(decode_find_image(&r->origin, is_file(r->text_path) ? r->text_path : NULL,
					  &r->image));
		r->found = r->image;
	}
	if (r->image) {
		*image = r->image;
		*symbols = NULL;
	}
	return NULL;
}

static struct err *open_files(struct session *s, struct request *r,
			      struct decoder **ret)
{
	const struct symbols *symbols;
	const struct image *image;

	ERR_TRY(open_image(s, r, &image, &symbols));
	if (!r->kernel_path)
		r->kernel_path = s->vmlinux_path;
	if (r->kernel_path)
		ERR_TRY(image_open(r->kernel_path, &r->kernel));
	return decoder_create(image, symbols, r->kernel, ret);
}

/* Reports a missing image and how to obtain it. */
static void note_image(struct session *s, struct out *o, const struct request *r)
{
	const char *version = r->origin.version;

	if (r->found)
		out_note(o, "the image %s was found by the text's %s", r->image->path,
			 *r->origin.build_id ? "build-id" : "version");
	if (!r->image && !(s->xen && s->xen->symbols))
		out_note(o, "functions and source lines require the xen-syms of that build%s%s%s%s%s: give it by \"-i XEN-SYMS\"; Debian has it in xen-hypervisor-VERSION-amd64-dbg, SUSE and Fedora in xen-debuginfo",
			 *version ? " of Xen " : "", version,
			 *r->origin.build_id ? " (build-id " : "", r->origin.build_id,
			 *r->origin.build_id ? ")" : "");
	else if (r->image && !r->image->has_dwarf)
		out_note(o, "%s has no DWARF: no source lines", r->image->path);
}

/* False for texts that do not require an image: a debug key without addresses */
static bool is_about_image(const struct request *r, const struct show *sh)
{
	return r->image || sh->has_verdict || *r->origin.version ||
	       memmem(r->text, r->len, "ffff82", 6) ||
	       memmem(r->text, r->len, "+0x", 3);
}

static struct err *decode(struct session *s, struct out *o, struct request *r,
			  struct decoder *d)
{
	bool text = out_format(o) == OUT_TEXT;
	struct show sh = { .o = o };
	struct err *e;

	if (text)
		out_lines(o, "text");
	else
		out_list(o, "addresses", decode_columns, DECODE_COLUMNS);
	e = decode_text(d, r->lines, r->force, text ? &text_ops : &json_ops, &sh);
	out_end(o);
	if (e && err_reason(e) == ERR_MISMATCH && r->image_path)
		out_note(o, "without \"-i\" the verdict of the text is printed; with \"-f\" it is decoded by this image");
	if (e)
		return e;
	if (*sh.verdicts) {
		out_lines(o, "verdict");
		out_line(o, "%s", sh.verdicts);
		out_end(o);
	}
	if (decoder_left_out(d))
		out_note(o, "source lines are looked up for %u different addresses; %" PRIu64 " later addresses have none",
			 DECODE_LINES_MAX, decoder_left_out(d));
	ERR_TRY(decode_keys_show(o, r->lines, r->tables ||
				 (!sh.has_verdict && !*r->origin.version)));
	if (is_about_image(r, &sh))
		note_image(s, o, r);
	if (!sh.addresses && (r->image || (s->xen && s->xen->symbols)))
		out_note(o, "the text has no addresses or traces to decode");
	else if (!is_about_image(r, &sh) && !memmem(r->text, r->len, "(XEN)", 5))
		out_note(o, "the text has no message of Xen");
	return NULL;
}

static struct err *run_decode(struct session *s, struct out *o,
			      const struct args *a)
{
	struct request r = {
		.image_path = args_text(a, "i"),
		.kernel_path = args_text(a, "k"),
		.text_path = a->word[0],
		.force = args_has(a, "f"),
		.tables = args_has(a, "t"),
	};
	struct decoder *d = NULL;
	struct err *e = read_text(s, r.text_path, &r.text, &r.len);

	if (e)
		return e;
	e = console_text_read(r.text, r.len, &r.lines);
	if (!e) {
		decode_origin_read(r.lines, &r.origin);
		e = open_files(s, &r, &d);
	}
	if (!e)
		e = decode(s, o, &r, d);
	decoder_destroy(d);
	image_close(r.image);
	image_close(r.kernel);
	console_text_free(r.lines);
	free(r.text);
	return e;
}

static const struct option_spec options[] = {
	{ "f", .help = "decode although the text is from another build" },
	{ "i", OPTION_TEXT, .value = "IMAGE",
	  .help = "hypervisor that printed the text: xen-syms, or xen.gz (no source lines); default: the one loaded, else one found by the build-id or version in the text" },
	{ "k", OPTION_TEXT, .value = "KERNEL",
	  .help = "vmlinux or System.map of dom0, for its registers and stacks" },
	{ "t", .help = "also list output of debug keys among other text" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Explains text that Xen printed on its console, such as the registers and",
	"  call trace of a panic or of debug key d. Below each line with an address it",
	"  adds the function and source line, inlined functions included; a return",
	"  address has the line of its call. Banks of machine checks are explained in",
	"  words.",
	"",
	"  FILE is the log of a serial console, \"-\" is standard input. Without FILE the",
	"  console ring of the dump is decoded. Every line of the text is kept as it",
	"  is; added lines begin with \"           | \".",
	"",
	"  The text must be from the same build: build-id, version and addresses of",
	"  functions are compared, separately for each boot in the log.",
	"  Text from mail, web pages, terminals and loggers needs no editing: quoted,",
	"  wrapped at any width, as HTML, quoted-printable, base64, JSON or UTF-16.",
	"",
	"  Without an image the verdict of the text and its machine checks, IOMMU",
	"  faults, faults of guests and types of pages are still explained. If only a",
	"  guest crashed, the verdict names it.",
	"",
	"  Output of the debug keys a, e, g, H, i, m, M, q, Q and r is listed below the",
	"  text, like the output of commands on a dump; with -t also if it is in the",
	"  log of a boot or near a panic. Below that the command reports",
	"  problems of the host found in it: a domain that cannot be freed and the",
	"  grants that prevent it, events that remain pending, vcpus that wait",
	"  for a pcpu while another one is idle or because of a cap, exhausted",
	"  memory.",
	"",
	"  A vmlinux must have the \"Linux version\" of the text; a System.map cannot be",
	"  checked.",
	"",
	"  Without crash and without a dump: xen-decode -i XEN-SYMS serial.log",
	NULL
};

static const char *const example[] = {
	"    crash> xen decode serial.log",
	"    (XEN) Xen call trace:",
	"    (XEN)    [<ffff82d040241102>] R _spin_lock+0x32/0x40",
	"               | read_u16_atomic() at arch/x86/include/asm/atomic.h:30, inlined in",
	"               | observe_head() at common/spinlock.c:310, inlined in",
	"               | spin_lock_common() at common/spinlock.c:324, inlined in",
	"               | _spin_lock() at common/spinlock.c:338",
	"    (XEN)    [<ffff82d040242b49>] S common/timer.c#timer_softirq_action+0x39/0x270",
	"               | spin_lock_irq() at include/xen/spinlock.h:256, inlined in",
	"               | timer_softirq_action() at common/timer.c:498",
	"    ...",
	NULL
};

const struct command command_decode = {
	.needs = NEEDS_NOTHING,
	.run = run_decode,
	.args = { .options = options, .words = { "[FILE]", .max = 1 } },
	.tables = decode_tables,
	.description = description,
	.example = example,
};
