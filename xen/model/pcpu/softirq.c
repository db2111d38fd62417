/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "softirq.h"

#include <stdio.h>
#include <string.h>

#include "xen/model/words.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

#define TASKLETS_MAX	(1U << 16)

#define STAT(m, path) FIELD(struct softirq_pcpu, m, "irq_cpustat_t." path)

static const struct field stat_fields[] FIELD_TABLE = {
	STAT(pending, "__softirq_pending"),
	STAT(in_irq, "__local_irq_count"),
	STAT(in_nmi, "nmi_count"),
	STAT(in_mce, "mce_count"),
	STAT(nmis, "__nmi_count"),
	FIELD(struct softirq_pcpu, in_mwait, "irq_cpustat_t.in_mwait | "
					     "irq_cpustat_t.__mwait_wakeup"),
};

#define F(m, path) FIELD(struct tasklet, m, "tasklet." path)

static const struct field tasklet_fields[] FIELD_TABLE = {
	F(scheduled_on, "scheduled_on"),
	F(is_softirq, "is_softirq"),
	F(is_running, "is_running"),
	F(is_dead, "is_dead"),
	F(function, "func"),
	F(data, "data"),
};

const struct record_type softirq_record = RECORD_TYPE("irq_cpustat_t",
						      stat_fields);
static const struct record_type tasklet_record =
	RECORD_TYPE("tasklet", tasklet_fields);

static struct err *read_stat(struct xen *x, struct softirq_pcpu *p)
{
	struct place m;
	uint64_t va;

	ERR_TRY(record_resolve(x->records, "irq_cpustat_t", &m));
	ERR_TRY(xen_symbol(x, "irq_stat", &va));
	return record_read(x->records, x->space, &softirq_record,
			   va + p->id * m.size, p);
}

struct err *softirq_pcpu_read(struct xen *x, unsigned int cpu,
			      struct softirq_pcpu *ret)
{
	static const char *const lists[] = {
		"tasklet_list", "softirq_tasklet_list",
	};
	struct softirq_pcpu p;
	uint64_t va;

	memset(&p, 0, sizeof(p));
	p.id = cpu;
	ERR_TRY(err_prefix(read_stat(x, &p), "pcpu %u", cpu));
	ERR_TRY(xen_percpu(x, "tasklet_work_to_do", cpu, &va));
	ERR_TRY(space_read_u64(x->space, va, &p.work_to_do));
	for (unsigned int i = 0; i < N(lists); i++)
		ERR_TRY(xen_percpu(x, lists[i], cpu, &p.tasklets[i]));
	*ret = p;
	return NULL;
}

/* Softirqs by the names of their enum, as the values differ by version. */
static const char *enum_name(struct xen *x, unsigned int nr)
{
	static const struct field names[] FIELD_TABLE = {
		FIELD_PLACE("=TIMER_SOFTIRQ"),
		FIELD_PLACE("=RCU_SOFTIRQ"),
		FIELD_PLACE("=SCHED_SLAVE_SOFTIRQ"),
		FIELD_PLACE("=SCHEDULE_SOFTIRQ"),
		FIELD_PLACE("=NEW_TLBFLUSH_CLOCK_PERIOD_SOFTIRQ"),
		FIELD_PLACE("=TASKLET_SOFTIRQ"),
	};

	for (unsigned int i = 0; i < N(names); i++) {
		struct place value;
		struct err *e = record_place(x->records, &names[i], &value);

		err_free(e);
		if (!e && value.offset == nr)
			return names[i].path + 1;
	}
	return NULL;
}

bool softirq_is_pending(struct xen *x, const struct softirq_pcpu *p,
			const char *name)
{
	for (unsigned int i = 0; i < SOFTIRQS_MAX; i++) {
		const char *known;

		if (!value_ok(&p->pending) || !(value_of(&p->pending) >> i & 1))
			continue;
		known = enum_name(x, i);
		if (known && !strcmp(known, name))
			return true;
	}
	return false;
}

/* Name of the handler, for softirqs of the architecture, which have no name. */
static const char *handler_name(struct xen *x, unsigned int nr, char *buf,
				size_t size)
{
	const struct symbol *table;
	uint64_t va = 0;
	struct err *e = symbols_by_name(x->symbols, "softirq_handlers", &table);

	if (!e && nr < table->size / 8)
		e = space_read_u64(x->space, table->addr + 8ULL * nr, &va);
	err_free(e);
	buf[0] = '\0';
	if (va)
		symbols_describe(x->symbols, va, buf, size);
	return buf;
}

const char *softirq_text(struct xen *x, uint64_t bits, char *buf, size_t size)
{
	char word[96];

	buf[0] = '\0';
	for (unsigned int i = 0; i < SOFTIRQS_MAX; i++) {
		const char *name;

		if (!(bits >> i & 1))
			continue;
		name = enum_name(x, i);
		if (name) {
			size_t n = strlen(name) - strlen("_SOFTIRQ");

			snprintf(word, sizeof(word), "%.*s", (int)n, name);
		} else if (!*handler_name(x, i, word, sizeof(word))) {
			snprintf(word, sizeof(word), "bit %u", i);
		}
		words_add(buf, size, word);
	}
	return buf;
}

void tasklets_start(struct chain *c, struct xen *x,
		    const struct softirq_pcpu *p, unsigned int which)
{
	chain_start_ring(c, x, p->tasklets[which], TASKLETS_MAX,
			 which ? "softirq tasklets" : "tasklets");
}

struct err *tasklets_next(struct chain *c, struct tasklet *ret)
{
	struct tasklet t;
	struct place list;
	uint64_t va;

	memset(&t, 0, sizeof(t));
	ERR_TRY(record_resolve(c->x->records, "tasklet.list", &list));
	ERR_TRY(chain_next(c, &va));
	if (va) {
		t.va = va - list.offset;
		ERR_TRY(record_read(c->x->records, c->x->space,
				    &tasklet_record, t.va, &t));
	}
	*ret = t;
	return NULL;
}
