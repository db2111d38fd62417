/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key_text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console_text.h"
#include "key_value.h"
#include "xen/base/array.h"
#include "xen/base/hash.h"
#include "xen/model/channel/evtchn.h"

/*
 * Values of a line that are preceded by a name: "a|b" lists the names in
 * several versions.
 */
struct key_value {
	const char *names;		/* NULL: the column is filled by the parser of the line */
	uint8_t kind;			/* enum key_cell_kind */
};

static const struct key_value values[KEY_KINDS][KEY_CELLS_MAX] = {
	[KEY_DOMAINS] = {
		[1] = { "refcnt", KEY_SDEC },
		[2] = { "dying", KEY_DEC },
		[3] = { "pause_count", KEY_SDEC },
		[4] = { "nr_pages", KEY_DEC },
		[5] = { "max_pages", KEY_DEC },
		[6] = { "xenheap_pages", KEY_DEC },
		[7] = { "dirty_cpus", KEY_STR },
		[8] = { "handle", KEY_STR },
	},
	[KEY_VCPUS] = {
		[2] = { "has", KEY_STR },
		[3] = { "poll", KEY_SDEC },
		[4] = { "upcall_pend", KEY_HEX },
		[5] = { "upcall_mask", KEY_HEX },
		[6] = { "pause_count", KEY_SDEC },
		[7] = { "pause_flags", KEY_HEX },
		[8] = { "hard|cpu_hard_affinity|cpu_affinity", KEY_STR },
		[9] = { "soft|cpu_soft_affinity", KEY_STR },
	},
	[KEY_CHANNELS] = {
		[3] = { "n", KEY_DEC },
		[6] = { "d", KEY_DEC },
		[7] = { "p", KEY_DEC },
		[8] = { "i", KEY_DEC },
	},
	[KEY_IRQS] = {
		[1] = { "vec", KEY_HEX },
		[3] = { "status", KEY_HEX },
		[4] = { "affinity|aff", KEY_STR },
		[5] = { "in-flight", KEY_DEC },
	},
	[KEY_UNITS] = {
		[2] = { "cpu", KEY_DEC },
		[3] = { "pri", KEY_SDEC },
		[4] = { "flags", KEY_HEX },
		[5] = { "credit", KEY_SDEC },
		[6] = { "w", KEY_DEC },
		[7] = { "cap", KEY_DEC },
		[8] = { "load", KEY_DEC },
	},
	[KEY_TIMERS] = {
		[1] = { "ex", KEY_SDEC },
		[2] = { "timer", KEY_HEX },
	},
};

struct rows {
	struct key_row *row;
	size_t nr;
};

struct key_text {
	struct rows table[KEY_KINDS];
	uint64_t idle;			/* key_text_idle() */
	char **str;			/* storage of the cells' texts */
	size_t nr_strs;
};

/* The block of lines to which the next line belongs. */
enum block { BLOCK_NONE, BLOCK_DOMAIN, BLOCK_VCPUS, BLOCK_RUNQ };

struct reader {
	struct key_text *t;
	size_t line;			/* number of the line in the text, from 1 */
	enum block block;
	unsigned int domid, pcpu, grant_version;
	struct key_cell hard, soft;	/* name of the unit to which the next vcpus belong */
	struct hash units;		/* rows of KEY_UNITS */
	bool no_memory;
};

/* ---- rows and cells ---- */

static struct key_row *row_add(struct reader *r, enum key_kind kind)
{
	struct rows *rows = &r->t->table[kind];

	if (!ARRAY_GROW(rows->row, rows->nr)) {
		r->no_memory = true;
		return NULL;
	}
	memset(&rows->row[rows->nr], 0, sizeof(*rows->row));
	rows->row[rows->nr].line = r->line;
	return &rows->row[rows->nr++];
}

static struct key_row *row_last(struct reader *r, enum key_kind kind)
{
	struct rows *rows = &r->t->table[kind];

	return rows->nr ? &rows->row[rows->nr - 1] : NULL;
}

static void set_number(struct key_row *row, unsigned int column,
		       enum key_cell_kind kind, uint64_t u)
{
	row->cell[column] = (struct key_cell){ .kind = kind, { .u = u } };
}

/* Limit of a text; Xen's lines have at most 1024 bytes (vprintk_common()). */
#define TEXT_MAX	1024
/*
 * Limit of a text that many rows repeat, so that the output remains
 * proportional to the input
 */
#define SHARED_MAX	256

static char *copy_text(const char *text, size_t len, size_t max)
{
	char *copy;

	if (len <= max)
		return strndup(text, len);
	return asprintf(&copy, "%.*s...", (int)max, text) < 0 ? NULL : copy;
}

static struct key_cell text_cell_upto(struct reader *r, const char *text, size_t len,
				      size_t max)
{
	struct key_cell cell = { .kind = KEY_STR };
	char *copy;

	while (len && text[len - 1] == ' ')
		len--;
	copy = len ? copy_text(text, len, max) : NULL;
	if (!len)
		return (struct key_cell){ .kind = KEY_NONE };
	if (!copy || !ARRAY_GROW(r->t->str, r->t->nr_strs)) {
		free(copy);
		r->no_memory = true;
		return (struct key_cell){ .kind = KEY_NONE };
	}
	r->t->str[r->t->nr_strs++] = copy;
	cell.str = copy;
	return cell;
}

static struct key_cell text_cell(struct reader *r, const char *text, size_t len)
{
	return text_cell_upto(r, text, len, TEXT_MAX);
}

static void set_text(struct reader *r, struct key_row *row, unsigned int column,
		     const char *text, size_t len)
{
	row->cell[column] = text_cell(r, text, len);
}

/* ---- values ---- */

static struct key_cell value_cell(struct reader *r, const char *v,
				  enum key_cell_kind kind)
{
	struct key_cell cell = { .kind = kind };
	char *end;

	if (kind == KEY_STR)
		return text_cell(r, v, key_value_length(v));
	errno = 0;
	if (kind == KEY_SDEC)
		cell.s = strtoll(v, &end, 10);
	else
		cell.u = strtoull(v, &end, kind == KEY_HEX ? 16 : 10);
	if (end == v || errno == ERANGE || (kind != KEY_SDEC && *v == '-'))
		cell.kind = KEY_NONE;
	return cell;
}

/* Fills the columns of a table that are named in a line, unless they are filled already. */
static void take_values(struct reader *r, enum key_kind kind, struct key_row *row,
			const char *line)
{
	unsigned int i;

	for (i = 0; i < KEY_CELLS_MAX; i++) {
		const struct key_value *c = &values[kind][i];
		const char *v = c->names ? key_value(line, c->names) : NULL;

		if (v && row->cell[i].kind == KEY_NONE)
			row->cell[i] = value_cell(r, v, c->kind);
	}
}

/* ---- one parser for each kind of line; false: the line is of another kind ---- */

static bool take_domain(struct reader *r, const char *line)
{
	struct key_row *row;

	if (sscanf(line, "General information for domain %u", &r->domid) == 1) {
		r->block = BLOCK_DOMAIN;
		row = row_add(r, KEY_DOMAINS);
		if (row)
			set_number(row, 0, KEY_DEC, r->domid);
		return true;
	}
	if (r->block != BLOCK_DOMAIN)
		return false;
	row = row_last(r, KEY_DOMAINS);
	if (row && (!strncmp(line, "refcnt=", 7) || !strncmp(line, "nr_pages=", 9) ||
		    !strncmp(line, "handle=", 7)))
		take_values(r, KEY_DOMAINS, row, line);
	return row && strchr(line, '=');
}

/* Columns of KEY_VCPUS that are printed in the line of a unit. */
enum { VCPU_HARD = 8, VCPU_SOFT };

/* The affinity of a unit, which all its vcpus share; NONE if v is NULL. */
static struct key_cell affinity_cell(struct reader *r, const char *v)
{
	if (!v)
		return (struct key_cell){ .kind = KEY_NONE };
	return text_cell_upto(r, v, key_value_length(v), SHARED_MAX);
}

static bool take_vcpu(struct reader *r, const char *line)
{
	unsigned int vcpu, pcpu;
	struct key_row *row;
	char name[32];

	if (sscanf(line, "VCPU information and callbacks for domain %u", &r->domid) == 1) {
		r->block = BLOCK_VCPUS;
		r->hard = r->soft = (struct key_cell){ .kind = KEY_NONE };
		return true;
	}
	if (r->block != BLOCK_VCPUS)
		return false;
	if (!strncmp(line, "UNIT", 4) && key_value(line, "hard")) {
		const char *soft = key_value(line, "soft");

		r->hard = affinity_cell(r, key_value(line, "hard"));
		r->soft = soft ? affinity_cell(r, soft) : r->hard;
		return true;
	}
	if (sscanf(line, "VCPU%u: CPU%u", &vcpu, &pcpu) == 2) {
		row = row_add(r, KEY_VCPUS);
		if (!row)
			return true;
		snprintf(name, sizeof(name), "d%uv%u", r->domid, vcpu);
		set_text(r, row, 0, name, strlen(name));
		set_number(row, 1, KEY_DEC, pcpu);
		row->cell[VCPU_HARD] = r->hard;
		row->cell[VCPU_SOFT] = r->soft;
		take_values(r, KEY_VCPUS, row, line);
		return true;
	}
	row = row_last(r, KEY_VCPUS);
	if (row && (!strncmp(line, "pause_count=", 12) ||
		    !strncmp(line, "cpu_hard_affinity=", 18)))
		take_values(r, KEY_VCPUS, row, line);
	return false;
}

static bool take_channel(struct reader *r, const char *line)
{
	unsigned int port, pending, masked, state;
	const char *rest, *v;
	struct key_row *row;
	uint64_t virq;

	if (sscanf(line, "Event channel information for domain %u", &r->domid) == 1) {
		r->block = BLOCK_NONE;
		return true;
	}
	rest = strstr(line, "]: s=");
	if (!rest || sscanf(line, "%u [%u/%u", &port, &pending, &masked) != 3 ||
	    sscanf(rest, "]: s=%u", &state) != 1)
		return false;
	row = row_add(r, KEY_CHANNELS);
	if (!row)
		return true;
	set_number(row, 0, KEY_DEC, r->domid);
	set_number(row, 1, KEY_DEC, port);
	set_text(r, row, 2, evtchn_state_name(state), strlen(evtchn_state_name(state)));
	set_number(row, 4, KEY_DEC, pending);
	set_number(row, 5, KEY_DEC, masked);
	take_values(r, KEY_CHANNELS, row, rest + 2);
	v = key_value(rest, "v");
	if (v) {
		virq = strtoull(v, NULL, 10);
		row->cell[9] = virq_name(virq) ?
			       text_cell(r, virq_name(virq), strlen(virq_name(virq))) :
			       text_cell(r, v, key_value_length(v));
	}
	return true;
}

static bool take_grant(struct reader *r, const char *line)
{
	unsigned int ref, by, pin, flags;
	uint64_t mfn, gfn;
	struct key_row *row;

	if (sscanf(line, "grant-table for remote d%u (v%u)", &r->domid,
		   &r->grant_version) == 2 ||
	    sscanf(line, "grant-table for remote domain: %u (v%u)", &r->domid,
		   &r->grant_version) == 2)
		return true;
	if (sscanf(line, "[%i] %u 0x%" SCNx64 " 0x%x %*u 0x%" SCNx64 " 0x%x",
		   (int *)&ref, &by, &mfn, &pin, &gfn, &flags) != 6)
		return false;
	row = row_add(r, KEY_GRANTS);
	if (!row)
		return true;
	set_number(row, 0, KEY_DEC, r->domid);
	set_number(row, 1, KEY_DEC, r->grant_version);
	set_number(row, 2, KEY_DEC, ref);
	set_number(row, 3, KEY_DEC, by);
	set_number(row, 4, KEY_HEX, mfn);
	set_number(row, 5, KEY_HEX, pin);
	set_number(row, 6, KEY_HEX, gfn);
	set_number(row, 7, KEY_HEX, flags);
	return true;
}

/* The text after the last of the values: handler, "mapped, unbound" or guests. */
static const char *irq_bound_to(const char *line)
{
	const char *v = key_value(line, "domain-list");

	if (v)
		return v;
	v = key_value(line, "in-flight");
	if (!v)
		v = key_value(line, "aff");	/* 4.13 and later: after the status */
	if (!v)
		v = key_value(line, "status");
	if (!v)
		return "";
	v += key_value_length(v);
	return v + strspn(v, " ");
}

static bool take_irq(struct reader *r, const char *line)
{
	const char *vec, *type, *status;
	struct key_row *row;
	unsigned int irq;

	if (sscanf(line, "IRQ: %u", &irq) != 1)
		return false;
	vec = key_value(line, "vec");
	status = strstr(line, " status=");
	if (!vec || !status || status < vec)
		return false;
	row = row_add(r, KEY_IRQS);
	if (!row)
		return true;
	set_number(row, 0, KEY_DEC, irq);
	take_values(r, KEY_IRQS, row, line);
	type = key_value(line, "type");
	if (!type)
		type = vec + key_value_length(vec);
	type += strspn(type, " ");
	if (type < status)
		set_text(r, row, 2, type, status - type);
	set_text(r, row, 6, irq_bound_to(line), strlen(irq_bound_to(line)));
	return true;
}

/* The row of a unit; key r prints a unit in several lists. */
static struct key_row *unit_row(struct reader *r, const char *name)
{
	struct rows *rows = &r->t->table[KEY_UNITS];
	const struct hash_slot *slot;
	uint32_t value = hash_text(name, 0);
	struct key_row *row;

	for (slot = hash_first(&r->units, value); slot; slot = hash_next(&r->units, slot))
		if (!strcmp(rows->row[slot->number].cell[0].str, name))
			return &rows->row[slot->number];
	row = row_add(r, KEY_UNITS);
	if (row)
		set_text(r, row, 0, name, strlen(name));
	if (!row || row->cell[0].kind != KEY_STR ||
	    !hash_add(&r->units, value, rows->nr - 1)) {
		rows->nr -= !!row;
		r->no_memory = true;
		return NULL;
	}
	return row;
}

/* "CPU[01] current=d[IDLE]v1, curr=d[IDLE]v1, prev=NULL" */
static void take_current(struct reader *r, const char *line)
{
	unsigned int pcpu;
	int end = 0;

	if (sscanf(line, "CPU[%u] current=%n", &pcpu, &end) != 1 || !end || pcpu >= 64)
		return;
	if (!strncmp(line + end, "d[IDLE]", 7))
		r->t->idle |= 1ULL << pcpu;
	else
		r->t->idle &= ~(1ULL << pcpu);
}

static bool take_unit(struct reader *r, const char *line)
{
	const char *at = strchr(line, '[');
	unsigned int domid, vcpu, number;
	struct key_row *row;
	char name[32];

	if (!strncmp(line, "RUNQ:", 5) || !strncmp(line, "CPU", 3) ||
	    !strncmp(line, "Domain info:", 12) || !strncmp(line, "active ", 7)) {
		take_current(r, line);
		/* credit prints a queue below its "CPU[00]", without a line RUNQ: */
		r->block = *line == 'R' || *line == 'C' ? BLOCK_RUNQ : BLOCK_NONE;
		return false;
	}
	if (!at || sscanf(at, "[%u.%u]", &domid, &vcpu) != 2 || !key_value(at, "flags"))
		return false;
	snprintf(name, sizeof(name), "d%uv%u", domid, vcpu);
	row = unit_row(r, name);
	if (!row)
		return true;
	/*
	 * on a slow console the lists by domain, by pcpu and by queue are
	 * printed minutes apart
	 */
	memset(&row->cell[2], 0, (KEY_CELLS_MAX - 2) * sizeof(row->cell[0]));
	if (!strncmp(line, "run:", 4))
		set_text(r, row, 1, "runs", 4);
	else if (r->block == BLOCK_RUNQ && sscanf(line, "%u:", &number) == 1)
		set_text(r, row, 1, "queue", 5);
	take_values(r, KEY_UNITS, row, at);
	return true;
}

static bool take_timer(struct reader *r, const char *line)
{
	const char *function, *data;
	struct key_row *row;

	if (sscanf(line, "CPU%2u:", &r->pcpu) == 1)
		return false;
	function = key_value(line, "cb");
	data = function ? strchr(function, '(') : NULL;
	if (strncmp(line, "ex=", 3) || !data)
		return false;
	row = row_add(r, KEY_TIMERS);
	if (!row)
		return true;
	set_number(row, 0, KEY_DEC, r->pcpu);
	take_values(r, KEY_TIMERS, row, line);
	set_text(r, row, 3, function, data - function);
	row->cell[4] = value_cell(r, data + 1, KEY_HEX);
	return true;
}

static bool take_heap(struct reader *r, const char *line)
{
	unsigned int zone, node;
	struct key_row *row;
	uint64_t n;
	char name[8];

	if (sscanf(line, "heap[node=%u][zone=%u] -> %" SCNu64 " pages", &node, &zone, &n) == 3) {
		row = row_add(r, KEY_HEAP);
		if (!row || n > UINT64_MAX / 4)
			return true;
		set_number(row, 1, KEY_DEC, node);
		set_number(row, 2, KEY_DEC, zone);
		set_number(row, 3, KEY_DEC, n * 4);
		return true;
	}
	if (sscanf(line, "heap[%u]: %" SCNu64 "kB free", &zone, &n) == 2) {
		row = row_add(r, KEY_HEAP);
		if (row) {
			set_number(row, 2, KEY_DEC, zone);
			set_number(row, 3, KEY_DEC, n);
		}
		return true;
	}
	if (sscanf(line, "%7[A-Za-z] heap: %" SCNu64 "kB free", name, &n) != 2)
		return false;
	row = row_add(r, KEY_HEAP);
	if (row) {
		set_text(r, row, 0, name, strlen(name));
		set_number(row, 3, KEY_DEC, n);
	}
	return true;
}

/* The first parser that accepts a line ends the search. */
static bool (*const takers[])(struct reader *r, const char *line) = {
	take_domain, take_vcpu, take_channel, take_grant, take_irq, take_unit,
	take_timer, take_heap,
};

struct err *key_text_read(const struct console_text *c, struct key_text **ret)
{
	struct reader r = { .t = calloc(1, sizeof(*r.t)) };
	struct err *e = NULL;
	size_t i;
	unsigned int k;

	if (!r.t)
		return err_nomem();
	for (i = 0; i < c->nr_messages && !e; i++) {
		const char *line = c->message[i].text;

		line += strspn(line, " \t");
		r.line = c->message[i].first + 1;
		for (k = 0; k < ARRAY_SIZE(takers); k++)
			if (takers[k](&r, line))
				break;
		e = i % 1024 ? NULL : interrupt_check();
	}
	if (!e && r.no_memory)
		e = err_nomem();
	hash_clear(&r.units);
	if (e) {
		key_text_free(r.t);
		return e;
	}
	*ret = r.t;
	return NULL;
}

void key_text_free(struct key_text *t)
{
	unsigned int i;
	size_t k;

	if (!t)
		return;
	for (i = 0; i < KEY_KINDS; i++)
		free(t->table[i].row);
	for (k = 0; k < t->nr_strs; k++)
		free(t->str[k]);
	free(t->str);
	free(t);
}

uint64_t key_text_idle(const struct key_text *t)
{
	return t->idle;
}

const struct key_row *key_text_rows(const struct key_text *t, enum key_kind kind,
				    size_t *nr)
{
	*nr = t->table[kind].nr;
	return t->table[kind].row;
}
