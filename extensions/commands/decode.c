/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/diagnosis/decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen/base/file.h"
#include "xen/model/host/console.h"
#include "extensions/support/command.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A log of a serial console may be long, but not endless. */
#define TEXT_MAX (256UL << 20)

/* What goes before everything that was not in the text. */
#define INDENT "           | "

static const struct column columns[] = {
	{ .key = "line" },
	{ .key = "address" },
	{ .key = "of" },
	{ .key = "symbol" },
	{ .key = "offset" },
	{ .key = "function" },
	{ .key = "inlined" },
	{ .key = "file" },
	{ .key = "file_line" },
};

struct show {
	struct out *o;
	unsigned int number;	/* of the line in the text */
	unsigned int addresses;
};

/* ---- for people: the text, with lines put between ---- */

static void text_part(void *ctx, const struct decode_part *part)
{
	struct show *sh = ctx;

	if (part->fit == DECODE_OTHER)
		out_note(sh->o, "the part from line %u on is left as it is, it is not of this build: %s",
			 part->line, part->why);
	else if (part->fit == DECODE_UNPROVED)
		out_note(sh->o, "the part from line %u on: %s", part->line, part->why);
	if (*part->kernel_why)
		out_note(sh->o, "addresses of dom0 from line %u on are left alone, its kernel is another one: %s",
			 part->line, part->kernel_why);
}

static void text_line(void *ctx, unsigned int number, const char *text, size_t len)
{
	struct show *sh = ctx;

	(void)number;
	while (len && (text[len - 1] == '\r' || text[len - 1] == ' '))
		len--;
	out_line(sh->o, "%.*s", (int)len, text);
}

static void text_address(void *ctx, const struct decoded *a)
{
	struct show *sh = ctx;
	char name[200], at[32] = "";
	unsigned int i;

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

static void text_remark(void *ctx, const char *text)
{
	struct show *sh = ctx;

	out_line(sh->o, INDENT "%s", text);
}

static const struct decode_ops text_ops = {
	.part = text_part, .line = text_line, .address = text_address,
	.remark = text_remark,
};

/* ---- for programs: a row for each address and function ---- */

static void json_line(void *ctx, unsigned int number, const char *text, size_t len)
{
	struct show *sh = ctx;

	(void)text;
	(void)len;
	sh->number = number;
}

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

static void json_address(void *ctx, const struct decoded *a)
{
	struct show *sh = ctx;
	unsigned int i;

	sh->addresses++;
	if (!a->nr_lines)
		json_row(sh, a, NULL);
	for (i = 0; i < a->nr_lines; i++)
		json_row(sh, a, &a->line[i]);
}

static void json_remark(void *ctx, const char *text)
{
	struct show *sh = ctx;

	out_note(sh->o, "line %u: %s", sh->number, text);
}

static const struct decode_ops json_ops = {
	.part = text_part, .line = json_line, .address = json_address,
	.remark = json_remark,
};

/* ---- where text and files are from ---- */

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

static struct err *read_file(const char *path, char **text, size_t *len)
{
	struct file *file;
	struct err *e;

	ERR_TRY(file_open(path, &file));
	e = file_want(file, TEXT_MAX);
	*len = file_size(file);
	*text = e ? NULL : malloc(*len + 1);
	if (!e && !*text)
		e = err_nomem();
	if (!e)
		memcpy(*text, file_data(file), *len);
	file_close(file);
	return e;
}

/* Without a file it is the text of the hypervisor at hand. */
static struct err *read_text(struct session *s, const char *path, char **text,
			     size_t *len)
{
	if (path && strcmp(path, "-"))
		return read_file(path, text, len);
	if (!path && s->xen && s->xen->symbols)
		return console_read(s->xen, text, len);
	return read_stdin(text, len);
}

struct files {
	const char *image_path, *kernel_path, *text_path;
	bool force;
	struct image *image, *kernel;	/* opened for this */
};

static struct err *open_files(struct session *s, struct files *f,
			      struct decoder **ret)
{
	const struct image *image = s->xen ? s->xen->image : NULL;
	const struct symbols *symbols = s->xen ? s->xen->symbols : NULL;

	if (f->image_path) {
		ERR_TRY(image_open(f->image_path, &f->image));
		image = f->image;
		symbols = NULL;
	}
	if (!image && !symbols)
		return command_usage("which hypervisor? (-i xen-syms)");
	if (!f->kernel_path)
		f->kernel_path = s->vmlinux_path;
	if (f->kernel_path)
		ERR_TRY(image_open(f->kernel_path, &f->kernel));
	return decoder_create(image, symbols, f->kernel, ret);
}

static struct err *decode(struct session *s, struct out *o, struct files *f,
			  struct decoder *d)
{
	bool text = out_format(o) == OUT_TEXT;
	struct show sh = { .o = o };
	char *bytes;
	size_t len;
	struct err *e;

	ERR_TRY(read_text(s, f->text_path, &bytes, &len));
	if (text)
		out_lines(o, "text");
	else
		out_list(o, "addresses", columns, N(columns));
	e = decode_text(d, bytes, len, f->force, text ? &text_ops : &json_ops, &sh);
	out_end(o);
	free(bytes);
	if (!e && f->image && !f->image->has_dwarf)
		out_note(o, "%s has no DWARF: no source lines", f->image->path);
	if (!e && !sh.addresses)
		out_note(o, "no address of this hypervisor is in the text");
	return e;
}

static struct err *run_decode(struct session *s, struct out *o, int argc, char **argv)
{
	struct files f = { .force = false };
	struct decoder *d = NULL;
	struct err *e;
	int c;

	while ((c = getopt(argc, argv, "fi:k:")) != -1) {
		if (c == 'f')
			f.force = true;
		else if (c == 'i')
			f.image_path = optarg;
		else if (c == 'k')
			f.kernel_path = optarg;
		else
			return command_usage("unknown option, or one without its file");
	}
	if (argc - optind > 1)
		return command_usage("one text at a time");
	f.text_path = argv[optind];
	e = open_files(s, &f, &d);
	if (!e)
		e = decode(s, o, &f, d);
	decoder_destroy(d);
	image_close(f.image);
	image_close(f.kernel);
	return e;
}

static const char *const help[] = {
	"  Explains text that Xen printed on its console, such as the registers and call",
	"  trace of a panic or of debug key d: below each address it puts the function",
	"  and the source line, with what was inlined there. For a return address that",
	"  is the line of the call. Banks of machine checks are told in words.",
	"",
	"  FILE is the log of a serial console, - is standard input. Without FILE it is",
	"  the console ring of the hypervisor in the dump.",
	"",
	"    -i IMAGE   the hypervisor that printed it: xen-syms, or xen.gz, which has no",
	"               source lines. In a session it is the one loaded.",
	"    -k KERNEL  vmlinux or System.map of dom0, for registers and stacks of dom0",
	"    -f         decode although the text is not of this build",
	"",
	"  The text must be of the build: its build-id, its version and the places of",
	"  its functions are compared. A log of several boots is judged boot by boot.",
	"  vmlinux must be what the text's \"Linux version\" says; a System.map cannot be",
	"  checked.",
	"",
	"EXAMPLE",
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
	.run_words = run_decode,
	.synopsis = "[-j] [-f] [-i IMAGE] [-k KERNEL] [FILE|-]",
	.help = help,
};
