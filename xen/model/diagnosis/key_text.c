/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "key_text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "console_text.h"
#include "key_rows.h"
#include "key_value.h"
#include "xen/base/array.h"
#include "xen/model/channel/evtchn.h"

/*
 * sscanf() for a format that begins with a letter or a bracket: lines that begin otherwise,
 * as most do, are not given to it.
 */
#define SCAN(line, format, ...) \
	(*(line) == *(format) ? sscanf(line, format, __VA_ARGS__) : 0)

/* ---- one parser for each kind of line; false: the line is of another kind ---- */

static bool take_domain(struct reader *r, const char *line)
{
	struct key_row *row;

	if (SCAN(line, "General information for domain %u", &r->domid) == 1) {
		r->block = BLOCK_DOMAIN;
		row = key_row_add(r, KEY_DOMAINS);
		if (row)
			key_set_number(row, 0, KEY_DEC, r->domid);
		return true;
	}
	if (r->block != BLOCK_DOMAIN)
		return false;
	row = key_row_last(r, KEY_DOMAINS);
	if (row && (!strncmp(line, "refcnt=", 7) || !strncmp(line, "nr_pages=", 9) ||
		    !strncmp(line, "handle=", 7)))
		key_take_values(r, KEY_DOMAINS, row, line);
	return row && strchr(line, '=');
}

/* Columns of KEY_VCPUS that are printed in the line of a unit. */
enum { VCPU_HARD = 8, VCPU_SOFT };

/* The affinity of a unit, which all its vcpus share; NONE if v is NULL. */
static struct key_cell affinity_cell(struct reader *r, const char *v)
{
	if (!v)
		return (struct key_cell){ .kind = KEY_NONE };
	return key_shared_cell(r, v, key_value_length(v));
}

static bool take_vcpu(struct reader *r, const char *line)
{
	unsigned int vcpu, pcpu;
	struct key_row *row;
	char name[32];

	if (SCAN(line, "VCPU information and callbacks for domain %u", &r->domid) == 1) {
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
	if (SCAN(line, "VCPU%u: CPU%u", &vcpu, &pcpu) == 2) {
		row = key_row_add(r, KEY_VCPUS);
		if (!row)
			return true;
		snprintf(name, sizeof(name), "d%uv%u", r->domid, vcpu);
		key_set_text(r, row, 0, name, strlen(name));
		key_set_number(row, 1, KEY_DEC, pcpu);
		row->cell[VCPU_HARD] = r->hard;
		row->cell[VCPU_SOFT] = r->soft;
		key_take_values(r, KEY_VCPUS, row, line);
		return true;
	}
	row = key_row_last(r, KEY_VCPUS);
	if (row && (!strncmp(line, "pause_count=", 12) ||
		    !strncmp(line, "cpu_hard_affinity=", 18)))
		key_take_values(r, KEY_VCPUS, row, line);
	return false;
}

static bool take_channel(struct reader *r, const char *line)
{
	unsigned int port, pending, masked, state;
	const char *rest, *v;
	struct key_row *row;
	uint64_t virq;

	if (SCAN(line, "Event channel information for domain %u", &r->domid) == 1) {
		r->block = BLOCK_NONE;
		return true;
	}
	rest = strstr(line, "]: s=");
	if (!rest || sscanf(line, "%u [%u/%u", &port, &pending, &masked) != 3 ||
	    sscanf(rest, "]: s=%u", &state) != 1)
		return false;
	row = key_row_add(r, KEY_CHANNELS);
	if (!row)
		return true;
	key_set_number(row, 0, KEY_DEC, r->domid);
	key_set_number(row, 1, KEY_DEC, port);
	key_set_text(r, row, 2, evtchn_state_name(state), strlen(evtchn_state_name(state)));
	key_set_number(row, 4, KEY_DEC, pending);
	key_set_number(row, 5, KEY_DEC, masked);
	key_take_values(r, KEY_CHANNELS, row, rest + 2);
	v = key_value(rest, "v");
	if (v) {
		virq = strtoull(v, NULL, 10);
		row->cell[9] = virq_name(virq) ?
			       key_text_cell(r, virq_name(virq), strlen(virq_name(virq))) :
			       key_text_cell(r, v, key_value_length(v));
	}
	return true;
}

static bool take_grant(struct reader *r, const char *line)
{
	unsigned int ref, by, pin, flags;
	uint64_t mfn, gfn;
	struct key_row *row;

	if (SCAN(line, "grant-table for remote d%u (v%u)", &r->domid,
		   &r->grant_version) == 2 ||
	    SCAN(line, "grant-table for remote domain: %u (v%u)", &r->domid,
		   &r->grant_version) == 2)
		return true;
	if (SCAN(line, "[%i] %u 0x%" SCNx64 " 0x%x %*u 0x%" SCNx64 " 0x%x",
		   (int *)&ref, &by, &mfn, &pin, &gfn, &flags) != 6)
		return false;
	row = key_row_add(r, KEY_GRANTS);
	if (!row)
		return true;
	key_set_number(row, 0, KEY_DEC, r->domid);
	key_set_number(row, 1, KEY_DEC, r->grant_version);
	key_set_number(row, 2, KEY_DEC, ref);
	key_set_number(row, 3, KEY_DEC, by);
	key_set_number(row, 4, KEY_HEX, mfn);
	key_set_number(row, 5, KEY_HEX, pin);
	key_set_number(row, 6, KEY_HEX, gfn);
	key_set_number(row, 7, KEY_HEX, flags);
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

	if (SCAN(line, "IRQ: %u", &irq) != 1)
		return false;
	vec = key_value(line, "vec");
	status = strstr(line, " status=");
	if (!vec || !status || status < vec)
		return false;
	row = key_row_add(r, KEY_IRQS);
	if (!row)
		return true;
	key_set_number(row, 0, KEY_DEC, irq);
	key_take_values(r, KEY_IRQS, row, line);
	type = key_value(line, "type");
	if (!type)
		type = vec + key_value_length(vec);
	type += strspn(type, " ");
	if (type < status)
		key_set_text(r, row, 2, type, status - type);
	key_set_text(r, row, 6, irq_bound_to(line), strlen(irq_bound_to(line)));
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
	row = key_row_add(r, KEY_UNITS);
	if (row)
		key_set_text(r, row, 0, name, strlen(name));
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

	if (SCAN(line, "CPU[%u] current=%n", &pcpu, &end) != 1 || !end || pcpu >= 64)
		return;
	if (!strncmp(line + end, "d[IDLE]", 7))
		r->t->idle |= 1ULL << pcpu;
	else
		r->t->idle &= ~(1ULL << pcpu);
}

/* Headings of key r, and the block of lines below them. */
static const struct {
	const char *start;
	enum block block;
} unit_headings[] = {
	/* credit prints a queue below its "CPU[00]", without a line RUNQ: */
	{ "RUNQ:", BLOCK_RUNQ }, { "CPU", BLOCK_PCPU }, { "Global RunQueue", BLOCK_RUNQ },
	{ "Global DepletedQueue", BLOCK_DEPLETED }, { "Global Replenishment", BLOCK_NONE },
	{ "Domain info:", BLOCK_NONE }, { "active ", BLOCK_NONE },
};

static bool is_unit_heading(struct reader *r, const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_headings); i++) {
		if (strncmp(line, unit_headings[i].start, strlen(unit_headings[i].start)))
			continue;
		r->block = unit_headings[i].block;
		return true;
	}
	return false;
}

/* Column PLACE of a unit; NULL: it is neither running nor in a queue. */
static const char *place_of(const struct reader *r, const char *line, bool is_rtds)
{
	unsigned int number;

	if (!strncmp(line, "run:", 4) || (is_rtds && r->block == BLOCK_PCPU))
		return "runs";
	if (is_rtds && r->block == BLOCK_DEPLETED)
		return "depleted";
	if ((r->block == BLOCK_RUNQ && is_rtds) ||
	    ((r->block == BLOCK_RUNQ || r->block == BLOCK_PCPU) &&
	     sscanf(line, "%u:", &number) == 1))
		return "queue";
	return NULL;
}

static bool take_unit(struct reader *r, const char *line)
{
	const char *at = strchr(line, '['), *place;
	unsigned int domid, vcpu, pcpu;
	bool is_rtds;
	struct key_row *row;
	char name[32];

	if (is_unit_heading(r, line)) {
		take_current(r, line);
		return false;
	}
	if (!at || sscanf(at, "[%u.%u", &domid, &vcpu) != 2)
		return false;
	is_rtds = key_value(at, "cur_b");
	if (!is_rtds && !key_value(at, "flags") && !key_value(at, "pcpu"))
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
	place = place_of(r, line, is_rtds);
	if (place)
		key_set_text(r, row, 1, place, strlen(place));
	key_take_values(r, KEY_UNITS, row, at);
	if (is_rtds && sscanf(at, "[%u.%u ] cpu %u", &domid, &vcpu, &pcpu) == 3)
		key_set_number(row, 2, KEY_DEC, pcpu);
	return true;
}

static bool take_timer(struct reader *r, const char *line)
{
	const char *function, *data;
	struct key_row *row;

	if (SCAN(line, "CPU%2u:", &r->pcpu) == 1)
		return false;
	function = key_value(line, "cb");
	data = function ? strchr(function, '(') : NULL;
	if (strncmp(line, "ex=", 3) || !data)
		return false;
	row = key_row_add(r, KEY_TIMERS);
	if (!row)
		return true;
	key_set_number(row, 0, KEY_DEC, r->pcpu);
	key_take_values(r, KEY_TIMERS, row, line);
	key_set_text(r, row, 3, function, data - function);
	row->cell[4] = key_value_cell(r, data + 1, KEY_HEX);
	return true;
}

static bool take_heap(struct reader *r, const char *line)
{
	unsigned int zone, node;
	struct key_row *row;
	uint64_t n;
	char name[8];

	if (SCAN(line, "heap[node=%u][zone=%u] -> %" SCNu64 " pages", &node, &zone, &n) == 3) {
		row = key_row_add(r, KEY_HEAP);
		if (!row || n > UINT64_MAX / 4)
			return true;
		key_set_number(row, 1, KEY_DEC, node);
		key_set_number(row, 2, KEY_DEC, zone);
		key_set_number(row, 3, KEY_DEC, n * 4);
		return true;
	}
	if (SCAN(line, "heap[%u]: %" SCNu64 "kB free", &zone, &n) == 2) {
		row = key_row_add(r, KEY_HEAP);
		if (row) {
			key_set_number(row, 2, KEY_DEC, zone);
			key_set_number(row, 3, KEY_DEC, n);
		}
		return true;
	}
	if (!strstr(line, "heap:") ||
	    sscanf(line, "%7[A-Za-z] heap: %" SCNu64 "kB free", name, &n) != 2)
		return false;
	row = key_row_add(r, KEY_HEAP);
	if (row) {
		key_set_text(r, row, 0, name, strlen(name));
		key_set_number(row, 3, KEY_DEC, n);
	}
	return true;
}

static bool take_msi(struct reader *r, const char *line)
{
	char word[6][16];
	unsigned int irq, vec, dest, i;
	struct key_row *row;
	int end = 0;

	if (!strstr(line, " vec=") ||
	    sscanf(line, "%15s %u vec=%x %15s %15s %15s %15s %15s dest=%x mask=%n",
		   word[0], &irq, &vec, word[1], word[2], word[3], word[4], word[5],
		   &dest, &end) != 9 || !end)
		return false;
	row = key_row_add(r, KEY_MSIS);
	if (!row)
		return true;
	key_set_number(row, 0, KEY_DEC, irq);
	key_set_number(row, 2, KEY_HEX, vec);
	key_set_number(row, 8, KEY_HEX, dest);
	for (i = 0; i < ARRAY_SIZE(word); i++)
		key_set_text(r, row, i ? i + 2 : 1, word[i], strlen(word[i]));
	key_set_text(r, row, 9, line + end, strlen(line + end));
	return true;
}

/* "0000:00:1f.2 - d0 - node 0   - MSIs < 30 31 >", until 4.9 "- dom 0   - MSIs < >" */
static bool take_pci(struct reader *r, const char *line)
{
	static const char list[] = "MSIs < ";
	char device[16], owner[24];
	const char *msis = strstr(line, list), *node = strstr(line, " - node ");
	struct key_row *row;
	int number;

	if (!isxdigit((unsigned char)*line) || !strstr(line, " - "))
		return false;
	if (sscanf(line, "%15[0-9a-f:.] - dom %d", device, &number) == 2)
		snprintf(owner, sizeof(owner), "d%d", number);
	else if (sscanf(line, "%15[0-9a-f:.] - %23[][a-zA-Z0-9:]", device, owner) != 2)
		return false;
	if (strlen(device) < sizeof("0000:00:00.0") - 1)
		return false;
	row = key_row_add(r, KEY_PCI);
	if (!row)
		return true;
	key_set_text(r, row, 0, device, strlen(device));
	key_set_text(r, row, 1, owner, strlen(owner));
	if (node && sscanf(node, " - node %d", &number) == 1 && number >= 0)
		key_set_number(row, 2, KEY_DEC, number);
	if (msis) {
		msis += strlen(list);
		key_set_text(r, row, 3, msis, strcspn(msis, ">"));
	}
	return true;
}

/* Headings of the keys without a table. */
static const struct {
	const char *start;
	struct key_other other;
} others[] = {
	{ "*** Dumping Dom0 vcpu", { '0', "registers of dom0's vcpus", "regs" } },
	{ "==cpu0==", { 'c', "idle states of the pcpus", NULL } },
	{ "*** Dumping CPU", { 'd', "registers of the pcpus", "bt -a" } },
	{ "'h' pressed", { 'h', "the list of debug keys", NULL } },
	{ "CPU\tNMI", { 'n', "numbers of NMIs", "pcpus" } },
	{ "Synced stime skew", { 't', "differences between the pcpus' clocks", "clocks" } },
	{ "Memory location of each domain", { 'u', "memory of the domains on NUMA nodes", "mem" } },
	{ "TSC marked as", { 's', "modes of the guests' TSC", "clocks" } },
	{ "TSC has constant rate", { 's', "modes of the guests' TSC", "clocks" } },
	{ "TSC not marked", { 's', "modes of the guests' TSC", "clocks" } },
	{ "*********** VMCS Areas", { 'v', "VMCSs of HVM vcpus", "vcpu" } },
	{ "*********** VMCB Areas", { 'v', "VMCBs of HVM vcpus", "vcpu" } },
	{ "'x' pressed", { 'x', "livepatches", "livepatch" } },
	{ "number of IO-APIC #", { 'z', "registers of the IO-APICs", "irqs" } },
	{ "Callback via ", { 'I', "interrupts of HVM domains", NULL } },
	{ "Interrupt remapping table", { 'V', "interrupt remapping of the IOMMUs", NULL } },
};

/* Notes the key; other parsers may accept the line, too. */
static bool take_other(struct reader *r, const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (*line == *others[i].start &&
		    !strncmp(line, others[i].start, strlen(others[i].start)))
			r->t->others |= 1U << i;
	return false;
}

/* The first parser that accepts a line ends the search. */
static bool (*const takers[])(struct reader *r, const char *line) = {
	take_other, take_domain, take_vcpu, take_channel, take_grant, take_irq,
	take_unit, take_timer, take_heap, take_msi, take_pci,
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
		for (k = 0; k < ARRAY_SIZE(takers) && !c->message[i].is_guest; k++)
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

const struct key_other *key_text_other(const struct key_text *t, unsigned int n)
{
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		bool repeated = false;

		for (size_t k = 0; k < i; k++)
			repeated |= (t->others >> k & 1) &&
				    others[k].other.key == others[i].other.key;
		if ((t->others >> i & 1) && !repeated && !n--)
			return &others[i].other;
	}
	return NULL;
}
