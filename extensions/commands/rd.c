/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen/model/memory/guest_memory.h"
#include "extensions/support/command.h"
#include "doms.h"

#define LINE 16		/* bytes shown per line */
#define COUNT_MAX (16UL << 20)

struct request {
	unsigned int width;	/* bytes of a unit */
	bool machine;		/* machine addresses */
	bool symbolic;		/* 8-byte units as symbols where they are */
	bool ascii;		/* only text */
	const char *guest;	/* DOMID or DOMID:VCPU; NULL: the hypervisor */
	struct domain domain;
	struct vcpu vcpu;
	uint64_t at;
	uint64_t count;		/* units */
};

/* To getopt(3), -16 is option 1 with the argument 6. */
static const struct {
	char option;
	const char *argument;
	unsigned int width;
} widths[] = { { '8', NULL, 1 }, { '1', "6", 2 }, { '3', "2", 4 }, { '6', "4", 8 } };

static unsigned int width_of(int option, const char *argument)
{
	size_t i;

	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (widths[i].option == option &&
		    (!widths[i].argument ||
		     !strcmp(widths[i].argument, argument)))
			return widths[i].width;
	return 0;
}

static struct err *read_any(struct session *s, const struct request *r,
			    uint64_t at, void *buf, size_t len)
{
	if (r->guest)
		return guest_read(s->xen, &r->domain, &r->vcpu,
				  r->machine ? GUEST_PHYSICAL : GUEST_VIRTUAL,
				  at, buf, len);
	if (r->machine)
		return memory_read(s->xen->memory, at, buf, len);
	return space_read(s->xen->space, at, buf, len);
}

static void put_unit(struct session *s, const struct request *r, FILE *f,
		     const unsigned char *bytes)
{
	uint64_t v = 0;
	char text[160];

	memcpy(&v, bytes, r->width);
	if (r->symbolic && *symbols_describe(s->xen->symbols, v, text, sizeof(text)))
		fprintf(f, " %-16s", text);
	else
		fprintf(f, " %0*" PRIx64, 2 * r->width, v);
}

static void put_ascii(FILE *f, const unsigned char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		fputc(isascii(bytes[i]) && isprint(bytes[i]) ? bytes[i] : '.', f);
}

static void put_line(struct session *s, const struct request *r, FILE *f,
		     const unsigned char *bytes, size_t n)
{
	size_t i;

	if (!r->ascii) {
		for (i = 0; i + r->width <= n; i += r->width)
			put_unit(s, r, f, bytes + i);
		fprintf(f, "%*s   ", (int)((LINE - n) / r->width * (2 * r->width + 1)), "");
	} else {
		fputc(' ', f);
	}
	if (!r->symbolic)
		put_ascii(f, bytes, n);
}

static struct err *show(struct session *s, struct out *o, const struct request *r)
{
	uint64_t left = r->count * r->width, at = r->at;

	while (left && !interrupt_pending) {
		size_t n = left < LINE ? left : LINE, size;
		unsigned char bytes[LINE];
		char *line = NULL;
		FILE *f;

		ERR_TRY(read_any(s, r, at, bytes, n));
		f = open_memstream(&line, &size);
		if (!f)
			return err_nomem();
		put_line(s, r, f, bytes, n);
		fclose(f);
		out_line(o, "%16" PRIx64 ": %s", at, line);
		free(line);
		at += n;
		left -= n;
	}
	return interrupt_check();
}

/* "1" is vcpu 0 of domain 1 */
static struct err *parse_guest(struct session *s, struct request *r)
{
	char text[32];

	if (strpbrk(r->guest, ":v"))
		return vcpu_argument(s, r->guest, &r->vcpu, &r->domain);
	snprintf(text, sizeof(text), "%s:0", r->guest);
	return vcpu_argument(s, text, &r->vcpu, &r->domain);
}

static struct err *parse(struct session *s, struct request *r, int argc,
			 char **argv)
{
	unsigned int width;
	int c;

	while ((c = getopt(argc, argv, "81:3:6:ad:ms")) != -1) {
		width = width_of(c, optarg);
		if (width)
			r->width = width;
		else if (c == 'a')
			r->ascii = true;
		else if (c == 'd')
			r->guest = optarg;
		else if (c == 'm')
			r->machine = true;
		else if (c == 's')
			r->symbolic = true;
		else
			return command_usage("unknown option");
	}
	if (optind == argc || argc - optind > 2)
		return command_usage("which address?");
	if (!r->guest && !xen_reads_memory(s->xen))
		return err_new(ERR_UNSUPPORTED,
			       "the running hypervisor shows its memory to nobody: see \"help xen-source\"; -d DOMID reads that of a guest");
	if (r->guest)
		ERR_TRY(parse_guest(s, r));
	if (r->machine || r->guest)
		ERR_TRY(parse_hex(argv[optind], &r->at));
	else
		ERR_TRY(parse_address(s, argv[optind], &r->at));
	if (optind + 1 < argc)
		ERR_TRY(parse_decimal(argv[optind + 1], &r->count));
	if (!r->count || r->count > COUNT_MAX)
		return command_usage("a count is from 1 to %lu", COUNT_MAX);
	if (r->symbolic && !s->xen->symbols)
		return err_new(ERR_NO_SYMBOL, "-s needs the hypervisor's symbols");
	return NULL;
}

static struct err *run_rd(struct session *s, struct out *o, int argc,
			  char **argv)
{
	struct request r = { .width = 8, .count = 1 };
	struct err *e;

	ERR_TRY(parse(s, &r, argc, argv));
	if (r.symbolic)
		r.width = 8;
	out_lines(o, "rd");
	e = show(s, o, &r);
	out_end(o);
	return e;
}

static const char *const help[] = {
	"  Reads memory of the hypervisor, or of the machine, in COUNT units.",
	"    -8 -16 -32 -64   bits of a unit; 64 is the default",
	"    -a               as text",
	"    -m               ADDRESS is a machine address; with -d one that the guest's",
	"                     page tables hold: a physical one of an HVM or PVH guest",
	"    -d DOMID[:VCPU]  memory of this guest, by the page tables of its vcpu (0);",
	"                     in a running host too",
	"    -s               units that are addresses of symbols as these",
	"  ADDRESS is hexadecimal, or a symbol of the hypervisor with +offset.",
	"",
	"EXAMPLE",
	"    crash> xen rd -a saved_cmdline 32",
	"    ffff82d040584080:  com1=115200,8n1",
	"    ffff82d040584090:  console=com1 log",
	NULL
};

const struct command command_rd = {
	.live = true,
	.needs = NEEDS_XEN,
	.run_words = run_rd,
	.synopsis = "[-j] [-8|-16|-32|-64] [-a] [-m] [-s] [-d DOMID[:VCPU]] ADDRESS [COUNT]",
	.help = help,
};
