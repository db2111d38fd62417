/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/memory/guest_memory.h"
#include "extensions/support/command.h"
#include "extensions/support/domains.h"
#include "extensions/support/guests.h"

#define LINE 16		/* bytes shown per line */
#define COUNT_MAX (16UL << 20)

struct request {
	unsigned int width;	/* size of a unit, bytes */
	bool machine;		/* machine addresses */
	bool symbolic;		/* 8-byte units are printed as symbols if they are addresses of symbols */
	bool ascii;		/* print only the text */
	const char *guest;	/* DOMID or DOMID:VCPU; NULL: the hypervisor */
	struct domain domain;
	struct vcpu vcpu;
	uint64_t at;
	uint64_t count;		/* number of units */
};

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

/* "1", "d1" or a name: vcpu 0 of the domain; "1:2", "d1v2": the given vcpu */
static struct err *parse_guest(struct session *s, struct request *r)
{
	uint64_t domid;
	struct err *e = parse_domid(s, r->guest, &domid);

	if (e) {
		err_free(e);
		return vcpu_argument(s, r->guest, &r->vcpu, &r->domain);
	}
	ERR_TRY(domain_find(s->xen, domid, &r->domain));
	return vcpu_find(s->xen, &r->domain, 0, &r->vcpu);
}

static unsigned int width_of(const struct args *a)
{
	if (args_has(a, "s"))
		return 8;
	return args_has(a, "8") ? 1 : args_has(a, "16") ? 2 :
	       args_has(a, "32") ? 4 : 8;
}

static struct err *parse(struct session *s, const struct args *a,
			 struct request *r)
{
	*r = (struct request){
		.width = width_of(a), .count = 1,
		.machine = args_has(a, "m"), .symbolic = args_has(a, "s"),
		.ascii = args_has(a, "a"), .guest = args_text(a, "d"),
	};
	if (!r->guest && !xen_reads_memory(s->xen))
		return err_new(ERR_UNSUPPORTED,
			       "hypervisor memory is not accessible on a running host; try \"xen source -x auto\", or \"-d DOMID\" for a guest's");
	if (r->guest)
		ERR_TRY(parse_guest(s, r));
	if (r->machine)
		ERR_TRY(parse_hex(a->word[0], &r->at));
	else if (r->guest)
		ERR_TRY(guest_address_argument(s, &r->domain, a->word[0], &r->at));
	else
		ERR_TRY(parse_address(s, a->word[0], &r->at));
	if (a->nr_words > 1)
		ERR_TRY(parse_decimal(a->word[1], &r->count));
	if (!r->count || r->count > COUNT_MAX)
		return command_usage("COUNT is from 1 to %lu", COUNT_MAX);
	if (r->symbolic && !s->xen->symbols)
		return err_new(ERR_NO_SYMBOL, "\"-s\" requires the hypervisor's symbols; load its xen-syms by \"xen load FILE\"");
	return NULL;
}

static struct err *run_rd(struct session *s, struct out *o,
			  const struct args *a)
{
	struct request r;
	struct err *e;

	ERR_TRY(parse(s, a, &r));
	out_lines(o, "rd");
	e = show(s, o, &r);
	out_end(o);
	return e;
}

static const struct option_spec options[] = {
	{ "8", .group = 1, .help = "units of 8 bits" },
	{ "16", .group = 1, .help = "units of 16 bits" },
	{ "32", .group = 1, .help = "units of 32 bits" },
	{ "64", .group = 1, .help = "units of 64 bits, the default" },
	{ "a", .help = "characters only" },
	{ "m", .help = "ADDRESS is a machine address; with -d of an HVM or PVH guest a guest physical one" },
	{ "s", .help = "units of 64 bits that are addresses of symbols as SYMBOL+OFFSET" },
	{ "d", OPTION_TEXT, .value = "DOMID[:VCPU]",
	  .help = "memory of this guest, by the page tables of its vcpu (d1, d1v0, 1:0; default vcpu 0); also on a running host" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Shows COUNT units of memory, 1 by default: of the hypervisor, of the machine",
	"  or of a guest. Each line has the address, 16 bytes as units, and as",
	"  characters. ADDRESS is hexadecimal, or a symbol of the hypervisor with",
	"  +OFFSET; with -d a symbol of the guest's Linux kernel (\"xen sym -d\").",
	NULL
};

static const char *const example[] = {
	"    crash> xen rd -a saved_cmdline 4",
	"    ffff82d040584080:  com1=115200,8n1 ",
	"    ffff82d040584090:  console=com1 log",
	"    crash> xen rd -s stack_start 2",
	"    ffff82d040479420:  ffff830027d5fef8 0000000000000000   ",
	NULL
};

const struct command command_rd = {
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_rd,
	.args = { .options = options,
		  .words = { "ADDRESS [COUNT]", .min = 1, .max = 2 } },
	.description = description,
	.example = example,
};
