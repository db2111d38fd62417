/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys.h"

#include <stdio.h>
#include <string.h>

#include "now.h"
#include "xen/image/match.h"
#include "xen/model/memory_source.h"
#include "xen/model/text.h"
#include "xen/model/pcpu/pcpu.h"

/* Numeric variables. */
static const struct {
	size_t at;
	const char *name;
} variables[] = {
	{ offsetof(struct sys, total_pages), "total_pages" },
	{ offsetof(struct sys, free_pages), "total_avail_pages" },
	{ offsetof(struct sys, max_page), "max_page" },
	{ offsetof(struct sys, cpu_khz), "cpu_khz" },
	{ offsetof(struct sys, tainted), "tainted" },
};

static struct value read_variable(struct xen *x, const char *name)
{
	struct value v = { .state = VALUE_OK };
	struct err *e = xen_variable(x, name, &v.raw);

	if (e) {
		v.state = err_reason(e) == ERR_NO_SYMBOL ? VALUE_NO_FIELD :
							   VALUE_UNREADABLE;
		v.why = err_reason(e);
		err_free(e);
	}
	return v;
}

static void read_string(struct xen *x, const char *symbol, char *buf,
			size_t size)
{
	uint64_t va;
	struct err *e = xen_symbol(x, symbol, &va);

	if (!e)
		e = space_read_string(x->space, va, buf, size);
	if (e)
		buf[0] = 0;
	err_free(e);
}

/* wc_sec: the wall clock at Xen's start (common/time.c) */
static void read_wall_clock(struct xen *x, struct sys *s)
{
	struct value start = read_variable(x, "wc_sec");
	struct provenance before;
	uint64_t now;

	if (!value_ok(&start) || !value_ok(&s->uptime))
		return;
	before = provenance_enter();
	now = value_of(&start) + value_of(&s->uptime) / 1000000000;
	s->wall_clock = value_from(now, provenance_leave(before));
}

/* Without the variable: the pcpus that saved their registers; 0: unknown. */
static unsigned int count_present(struct xen *x)
{
	unsigned int cpu, n = 0, saved = 0;

	for (cpu = 0; cpu < x->nr_cpus; cpu++) {
		bool in = false;

		err_free(pcpu_in_map(x, "cpu_present_map", cpu, &in));
		n += in;
		saved += x->notes && cpu < x->notes->nr_pcpus &&
			 x->notes->pcpu[cpu].has_regs;
	}
	return n ? n : saved;
}

struct scheduler {
	struct value name;
};

/* The strings moved to struct sched_ops after 4.22. */
static const struct field scheduler_fields[] FIELD_TABLE = {
	FIELD(struct scheduler, name,
	      "struct scheduler.ops->name | struct scheduler.name"),
};

static const struct record_type scheduler_type =
	RECORD_TYPE("scheduler", scheduler_fields);

/* The scheduler of the default cpupool; "ops" before 4.18. */
static void read_scheduler(struct xen *x, struct sys *s)
{
	struct scheduler sched;
	uint64_t va;
	struct err *e = xen_symbol(x, "operations", &va);

	if (e) {
		err_free(e);
		e = xen_symbol(x, "ops", &va);
	}
	if (!e)
		e = record_read(x->records, x->space, &scheduler_type, va, &sched);
	if (!e) {
		s->scheduler_va = sched.name;
		e = text_read(x, &sched.name, s->scheduler, sizeof(s->scheduler));
	}
	err_free(e);
}

struct err *sys_read(struct xen *x, struct sys *ret)
{
	return x->source->sys_read(x, ret);
}

struct err *config_read(struct xen *x, char **text)
{
	return x->source->config_read(x, text);
}

struct err *mem_config_read(struct xen *x, char **text)
{
	return image_memory_config(x->space, text);
}

struct err *mem_sys_read(struct xen *x, struct sys *ret)
{
	struct sys s = { .cpus_present = 0 };
	size_t i;

	if (!x->symbols)
		return err_new(ERR_NO_SYMBOL, "no symbols are loaded");
	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		struct value *to = (void *)((char *)&s + variables[i].at);

		*to = read_variable(x, variables[i].name);
	}
	read_string(x, "saved_cmdline", s.command_line, sizeof(s.command_line));
	read_string(x, "xen_cap_info", s.capabilities, sizeof(s.capabilities));
	ERR_TRY(now_read(x, &s.uptime));
	read_wall_clock(x, &s);
	read_scheduler(x, &s);
	s.cpus_present = count_present(x);
	*ret = s;
	return NULL;
}
