/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/host/console.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/command.h"
#include "extensions/support/guests.h"
#include "extensions/support/text.h"
#include "xen/model/guest/guest_log.h"

#define FOLLOW_US	200000

/* Prints new text of the ring until ^C. */
static struct err *follow(struct session *s)
{
	uint32_t index = 0;
	bool first = true;

	for (;;) {
		char *text;
		size_t len;

		ERR_TRY(console_read_new(s->xen, &index, &text, &len));
		if (!first)
			print_safe_bytes(s->fp, text, len);
		free(text);
		first = false;
		if (fflush(s->fp))
			return NULL;
		usleep(FOLLOW_US);
		if (interrupt_pending) {	/* which is the end that was wanted */
			interrupt_pending = 0;
			return NULL;
		}
	}
}

/* Returns the start of the last nr lines of text. The last line may have no end. */
static const char *last_lines(const char *text, size_t len, uint64_t nr)
{
	const char *at = text + len;

	if (at > text && at[-1] == '\n')
		at--;
	while (at > text && (at[-1] != '\n' || --nr))
		at--;
	return at;
}

/* Prints a record like dmesg: each of its lines begins with the time. */
static struct err *put_record(void *arg, const struct guest_log_record *r)
{
	const char *line = r->text, *end = r->text + r->len;
	FILE *to = arg;

	do {
		const char *stop = memchr(line, '\n', end - line);
		size_t len = (stop ? stop : end) - line;

		if (r->has_time)
			fprintf(to, "[%5" PRIu64 ".%06" PRIu64 "] ",
				r->ns / 1000000000, r->ns % 1000000000 / 1000);
		fwrite(line, 1, len, to);
		fputc('\n', to);
		line += len + 1;
	} while (line < end);
	return NULL;
}

/* Reduces the text to the last nr lines; the old text is released. */
static void show_last(struct text *text, struct out *o, uint64_t nr)
{
	const char *from;

	fflush(text->fp);
	from = nr ? last_lines(text->bytes, text->len, nr) : text->bytes;
	text_show_from(text, o, "log", from - text->bytes);
}

static struct err *show_guest(struct session *s, struct out *o, const char *domid,
			      uint64_t nr)
{
	struct guest *g;
	struct text text;
	uint64_t lost;
	struct err *e;

	ERR_TRY(guest_argument(s, domid, &g));
	ERR_TRY(text_begin(&text));
	e = guest_log_read(g, put_record, text.fp, &lost);
	if (err_is_final(e)) {
		text_drop(&text);
		return e;
	}
	if (!e && lost)
		out_note(o, "%" PRIu64 " records are not complete, damaged or not in the dump",
			 lost);
	show_last(&text, o, nr);
	return err_prefix(e, "domain %" PRIu64, value_of(&g->domain.domain_id));
}

static struct err *run_log(struct session *s, struct out *o,
			   const struct args *a)
{
	uint64_t nr = args_number(a, "n", 0);
	struct text text;
	const char *from;
	char *ring;
	size_t len;

	if (args_has(a, "f"))
		return follow(s);
	if (args_has(a, "d"))
		return show_guest(s, o, args_text(a, "d"), nr);
	ERR_TRY(console_read(s->xen, &ring, &len));
	if (console_found_by_text(s->xen))
		out_note(o, "the ring was found by its text: the symbol table has functions only");
	ERR_TRY(text_begin(&text));
	from = nr ? last_lines(ring, len, nr) : ring;
	fwrite(from, 1, ring + len - from, text.fp);
	free(ring);
	text_show(&text, o, "log");
	return interrupt_check();
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .group = 2, .value = "DOMID", .word = true,
	  .help = "the log of this domain's Linux kernel (3, d3, a name), in the format of dmesg" },
	{ "f", OPTION_FLAG, .group = 1,
	  .help = "on a running host: print new text until ^C" },
	{ "n", OPTION_DECIMAL, .group = 1, .value = "NUMBER",
	  .help = "only the last NUMBER lines; 0: all" },
	{ .name = NULL }
};

static const char *const description[] = {
	"  Shows the hypervisor's console ring, oldest line first: the text that \"xl",
	"  dmesg\" prints on the running host, up to the last line before the crash. The",
	"  size of the ring is conring_size= on Xen's command line.",
	"",
	"  With -d, the log of the Linux kernel in a domain, dom0 included, found by",
	"  its VMCOREINFO (\"xen guest\"), also of a kernel that hung",
	"  or panicked. The times are seconds since that kernel booted.",
	NULL
};

static const char *const example[] = {
	"    crash> xen log -n 3",
	"    (XEN) 'C' pressed -> triggering crashdump",
	"    (XEN) Executing kexec image on cpu0",
	"    (XEN) Shot down all CPUs",
	"    crash> xen log -d 1 -n 1",
	"    [  295.678140] random: crng init done",
	NULL
};

const struct command command_log = {
	.live = true,
	.needs = NEEDS_SYMBOLS,
	.run = run_log,
	.args = { .options = options },
	.description = description,
	.example = example,
};
