/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/host/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/heap.h"
#include "xen/model/pcpu/clock.h"
#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/domains.h"
#include "extensions/support/pcpus.h"

/* Number of records shown without -n: the last ones */
#define SHOWN 100

struct filter {
	const struct domain_filter *domains;
	const struct ranges *pcpus;
	const char *word;		/* part of an event's name; or NULL */
};

/* Merges the records of all pcpus, the earliest first. */
struct merge {
	struct trace_cursor *cursor;
	struct trace_record *ahead;	/* next record of each cursor */
	struct clock *clock;
	bool *has;
	unsigned int nr;
	struct heap heap;		/* cursors with a record ahead, the earliest first */
};

static void merge_release(struct merge *m)
{
	free(m->cursor);
	free(m->ahead);
	free(m->clock);
	free(m->has);
	free(m->heap.at);
}

/* Of equal times the lower pcpu is first. */
static bool is_before(const void *ctx, unsigned int a, unsigned int b)
{
	const struct trace_record *ahead = ctx;

	return ahead[a].tsc != ahead[b].tsc ? ahead[a].tsc < ahead[b].tsc : a < b;
}

/* A pcpu is left out after its first unreadable record. */
static struct err *merge_advance(struct merge *m, unsigned int i, struct out *o)
{
	struct err *e = trace_next(&m->cursor[i], &m->ahead[i], &m->has[i]);

	if (err_is_final(e))
		return e;
	if (o)
		out_error(o, e);
	else
		err_free(e);
	return NULL;
}

static struct err *merge_start(struct merge *m, const struct trace_buffers *b,
			       const struct filter *f, struct out *o)
{
	unsigned int max = b->x->nr_cpus;

	*m = (struct merge){
		.cursor = calloc(max, sizeof(*m->cursor)),
		.ahead = calloc(max, sizeof(*m->ahead)),
		.clock = calloc(max, sizeof(*m->clock)),
		.has = calloc(max, sizeof(*m->has)),
		.heap = { .at = calloc(max, sizeof(*m->heap.at)), .is_before = is_before },
	};
	m->heap.ctx = m->ahead;
	if (!m->cursor || !m->ahead || !m->clock || !m->has || !m->heap.at)
		return err_nomem();
	for (unsigned int cpu = 0; cpu < max; cpu++) {
		struct err *e;

		if (!ranges_has(f->pcpus, cpu))
			continue;
		e = trace_start(&m->cursor[m->nr], b, cpu);
		if (err_is_final(e))
			return e;
		if (e) {
			if (o && err_reason(e) != ERR_NOT_FOUND)
				out_error(o, e);
			else
				err_free(e);	/* the pcpu has no buffer */
			continue;
		}
		/* without a clock, records are shown without a time */
		err_free(clock_read(b->x, cpu, &m->clock[m->nr]));
		ERR_TRY(merge_advance(m, m->nr, o));
		if (m->has[m->nr])
			heap_add(&m->heap, m->nr);
		m->nr++;
	}
	return NULL;
}

/* Returns the next record of all pcpus, with the clock of its pcpu; NULL past the last. */
static struct err *merge_next(struct merge *m, struct out *o,
			      struct trace_record *r,
			      const struct clock **clock)
{
	unsigned int best;
	struct err *e;

	*clock = NULL;
	if (!m->heap.nr)
		return NULL;
	best = m->heap.at[0];
	*r = m->ahead[best];
	*clock = &m->clock[best];
	e = merge_advance(m, best, o);
	if (m->has[best])
		heap_first_changed(&m->heap);
	else
		heap_remove_first(&m->heap);
	return e;
}

static bool is_wanted(const struct filter *f, const struct trace_record *r)
{
	char name[48];
	unsigned int i;

	if (f->word && !strcasestr(trace_event_name(r->event, name, sizeof(name)), f->word))
		return false;
	for (i = 0; i < f->domains->nr; i++)
		if (trace_record_is_of(r, f->domains->id[i]))
			return true;
	return !f->domains->nr;
}

static const struct column columns[] = {
	{ .key = "pcpu", .title = "PCPU", .help = "pcpu that wrote the record" },
	{ .key = "tsc", .title = "TSC",
	  .help = "time stamp counter of that pcpu, hexadecimal ticks" },
	{ .key = "time_ns", .help = "time since Xen's start by the pcpu's clock, in ns" },
	{ .title = "TIME", .help = "time since Xen's start by the pcpu's clock, in s" },
	{ .key = "event_code", .help = "number of the event (public/trace.h)" },
	{ .key = "event", .title = "EVENT", .help = "name of the event" },
	{ .key = "text", .title = "DETAILS",
	  .help = "its data; hexadecimal words if the event's format is unknown" },
	{ .key = "consumed", .help = "true if a tool has already read the record" },
};

static void show_record(struct out *o, const struct trace_record *r,
			const struct clock *clock)
{
	char text[256];
	int64_t ns;
	bool timed = clock_ns(clock, r->tsc, &ns);

	out_dec(o, r->pcpu);
	out_hex(o, r->tsc);
	if (timed) {
		out_sdec(o, ns);
		out_amount(o, "%.6f s", ns / 1e9);
	} else {
		out_none(o);
		out_none(o);
	}
	out_hex(o, r->event);
	out_str(o, trace_event_name(r->event, text, sizeof(text)));
	cell_text(o, trace_record_text(r, text, sizeof(text)));
	out_bool(o, r->consumed);
}

/* Counts the selected records; if o is set, shows those after the first skip. */
static struct err *walk(const struct trace_buffers *b, const struct filter *f,
			struct out *o, uint64_t skip, uint64_t *count)
{
	const struct clock *clock;
	struct trace_record r;
	struct merge m;
	struct err *e = merge_start(&m, b, f, o);

	*count = 0;
	while (!e) {
		e = merge_next(&m, o, &r, &clock);
		if (e || !clock)
			break;
		if (is_wanted(f, &r) && ++*count > skip && o)
			show_record(o, &r, clock);
	}
	merge_release(&m);
	return e;
}

/* ---- the buffers ---- */

static const struct column buffer_columns[] = {
	{ .key = "pcpu", .title = "PCPU", .help = "pcpu of the buffer" },
	{ .key = "size", .title = "BYTES", .help = "size of the buffer, in bytes" },
	{ .key = "cons", .title = "CONS", .help = "consumer's index, in bytes, modulo twice the size" },
	{ .key = "prod", .title = "PROD", .help = "producer's index, in bytes, modulo twice the size" },
	{ .key = "consumed", .title = "CONSUMED",
	  .help = "bytes of records that a tool has read and that are not yet overwritten" },
	{ .key = "waiting", .title = "WAITING", .help = "bytes of records that no tool has read" },
	{ .key = "lost", .title = "LOST", .help = "records lost because the buffer was full" },
};

static void list_buffers(struct out *o, const struct trace_buffers *b,
			 const struct filter *f)
{
	out_list(o, "buffers", buffer_columns, ARRAY_SIZE(buffer_columns));
	for (unsigned int cpu = 0; cpu < b->x->nr_cpus; cpu++) {
		struct trace_cursor c;
		struct err *e;

		if (!ranges_has(f->pcpus, cpu))
			continue;
		e = trace_start(&c, b, cpu);
		if (e) {
			err_free(e);	/* reported when the records are listed */
			continue;
		}
		out_dec(o, cpu);
		out_dec(o, b->size);
		out_dec(o, c.cons);
		out_dec(o, c.prod);
		out_dec(o, c.before);
		out_dec(o, c.left - c.before);
		out_dec(o, c.lost);
	}
	out_end(o);
	out_note(o, "tracing was %s, events %08" PRIx64,
		 value_of(&b->enabled) ? "on" : "off", value_of(&b->event_mask));
}

/* ---- as a file of xentrace ---- */

/* Writes TRC_TRACE_CPU_CHANGE with its two words. */
#define CPU_CHANGE (0x0001f003U | 2U << 28)

static struct err *write_bytes(FILE *fp, const void *bytes, size_t len)
{
	return fwrite(bytes, len, 1, fp) == 1 ? NULL :
	       err_new(ERR_IO, "%s", strerror(errno));
}

/* Writes the records of one pcpu unchanged, after a record with the number of the pcpu. */
static struct err *write_pcpu(FILE *fp, struct trace_cursor *c)
{
	uint32_t head[3] = { CPU_CHANGE, c->pcpu, c->left };
	uint8_t page[XPAGE_SIZE];

	ERR_TRY(write_bytes(fp, head, sizeof(head)));
	while (c->left) {
		uint32_t n = c->b->size - c->at;

		n = n < c->left ? n : c->left;
		n = n < sizeof(page) ? n : sizeof(page);
		ERR_TRY(interrupt_check());
		ERR_TRY(trace_bytes(c, c->at, page, n));
		ERR_TRY(write_bytes(fp, page, n));
		c->at = (c->at + n) % c->b->size;
		c->left -= n;
	}
	return NULL;
}

static struct err *write_file(const struct trace_buffers *b, const struct filter *f,
			      const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *fp = fd < 0 ? NULL : fdopen(fd, "w");
	struct err *e = fp ? NULL : err_new(ERR_IO, "%s: %s", path, strerror(errno));

	for (unsigned int cpu = 0; !e && cpu < b->x->nr_cpus; cpu++) {
		struct trace_cursor c;

		if (!ranges_has(f->pcpus, cpu))
			continue;
		e = trace_start(&c, b, cpu);
		if (!e)
			e = write_pcpu(fp, &c);
		if (e && err_reason(e) == ERR_NOT_FOUND) {
			err_free(e);	/* the pcpu has no buffer */
			e = NULL;
		}
	}
	if (fp && fclose(fp) && !e)
		e = err_new(ERR_IO, "%s: %s", path, strerror(errno));
	if (!fp && fd >= 0)
		close(fd);
	return e;
}

/* ---- the command ---- */

static struct err *show(struct out *o, const struct trace_buffers *b,
			const struct filter *f, uint64_t last)
{
	uint64_t all, seen;
	struct err *e;

	list_buffers(o, b, f);
	ERR_TRY(walk(b, f, NULL, 0, &all));
	out_list(o, "records", columns, ARRAY_SIZE(columns));
	e = walk(b, f, o, all > last ? all - last : 0, &seen);
	out_end(o);
	if (all > last)
		out_note(o, "%" PRIu64 " earlier records are not shown; \"-n 0\" shows all",
			 all - last);
	return e;
}

static struct err *run_trace(struct session *s, struct out *o,
			     const struct args *a)
{
	struct filter f = {
		.domains = &a->domains, .pcpus = &a->pcpus, .word = a->word[0],
	};
	uint64_t last = args_number(a, "n", SHOWN);
	struct trace_buffers b;

	ERR_TRY(trace_open(s->xen, &b));
	if (args_text(a, "w"))
		return write_file(&b, &f, args_text(a, "w"));
	return show(o, &b, &f, last ? last : UINT64_MAX);
}

static const struct option_spec options[] = {
	PCPUS_OPTION,
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true,
	  .help = "only records on this domain (3, d3, name)" },
	{ "n", OPTION_DECIMAL, .group = 1, .value = "NUMBER",
	  .help = "the last NUMBER records instead of 100; 0: all" },
	{ "w", OPTION_TEXT, .group = 1, .value = "FILE",
	  .help = "write the records of the pcpus to a new file in xentrace's format, for xenalyze" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("buffers", buffer_columns),
	COLUMNS("records", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Decodes the trace buffers that xentrace reads, all pcpus together in the",
	"  order of time. There are buffers if tracing was set up, by tbuf_size= and",
	"  tevt_mask= on Xen's command line or by xentrace in dom0. Records that a tool",
	"  has read are shown too as long as they are not overwritten. WORD selects the",
	"  events that contain it in their name, in upper or lower case.",
	NULL
};

static const char *const example[] = {
	"    crash> xen trace -n 3 SCHED_SWITCH",
	"    PCPU   BYTES  CONS    PROD  CONSUMED  WAITING   LOST",
	"       0  524280     0  524252         0   524252  67343",
	"       1  524280     0  524276         0   524276  48597",
	"",
	"    PCPU         TSC         TIME  EVENT                 DETAILS",
	"       1  1ff2924618  52.198534 s  SCHED_SWITCH_INFPREV  d32767v1 ran 4311681 ns",
	"       1  1ff2924b12  52.198535 s  SCHED_SWITCH_INFNEXT  d0v1 waited 4306172 ns, gets 8178234 ns",
	"       1  1ff2924e52  52.198535 s  SCHED_SWITCH          from d32767v1 to d0v1",
	"    note: tracing was on, events 0006f000",
	"    note: 10433 earlier records are not shown; \"-n 0\" shows all",
	NULL
};

const struct command command_trace = {
	.needs = NEEDS_TYPES,
	.run = run_trace,
	.args = { .options = options, .words = { "[WORD]", .max = 1 } },
	.tables = tables,
	.description = description,
	.example = example,
};
