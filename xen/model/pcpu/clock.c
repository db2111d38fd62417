/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock.h"

#include "xen/model/text.h"

#define F(m, path) FIELD(struct clock, m, path)

/* With its file first: the types of all files before it would be read to find it by its name alone. */
#define CPU_TIME(m) "x86/time.c#struct cpu_time." m " | cpu_time." m

static const struct field clock_fields[] FIELD_TABLE = {
	F(tsc, CPU_TIME("stamp.local_tsc") " | " CPU_TIME("local_tsc_stamp")),
	F(stime, CPU_TIME("stamp.local_stime") " | " CPU_TIME("stime_local_stamp")),
	F(master, CPU_TIME("stamp.master_stime") " | " CPU_TIME("stime_master_stamp")),
	F(shift, CPU_TIME("tsc_scale.shift")),
	F(mul_frac, CPU_TIME("tsc_scale.mul_frac")),
};

const struct record_type clock_record = RECORD_TYPE("cpu_time", clock_fields);

static const struct field platform_fields[] FIELD_TABLE = {
	FIELD(struct clock_platform, name_va, "platform_timesource.name"),
	FIELD(struct clock_platform, frequency, "platform_timesource.frequency"),
};

static const struct record_type platform_record =
	RECORD_TYPE("platform_timesource", platform_fields);

/*
 * Returns a value for u, or an error value if e, the error of reading it, is
 * set; frees e.
 */
static struct value variable(struct err *e, uint64_t u)
{
	struct value v = { .raw = e ? 0 : u, .state = VALUE_OK };

	if (e) {
		v.why = err_reason(e);
		v.state = v.why == ERR_NO_SYMBOL ? VALUE_NO_FIELD :
						   VALUE_UNREADABLE;
	}
	err_free(e);
	return v;
}

static struct value percpu_variable(struct xen *x, const char *name,
				    unsigned int cpu)
{
	uint64_t va, u = 0;
	struct err *e = xen_percpu(x, name, cpu, &va);

	if (!e)
		e = space_read_u64(x->space, va, &u);
	return variable(e, u);
}

struct err *clock_read(struct xen *x, unsigned int cpu, struct clock *ret)
{
	struct clock c = { .id = cpu };
	uint64_t khz = 0;
	struct err *e;

	ERR_TRY(xen_percpu(x, "cpu_time", cpu, &c.va));
	ERR_TRY(err_prefix(record_read(x->records, x->space, &clock_record,
				       c.va, &c), "clock of pcpu %u", cpu));
	e = xen_variable(x, "cpu_khz", &khz);
	c.khz = variable(e, khz);
	c.key_tsc = percpu_variable(x, "read_cycles_time", cpu);
	c.key_stime = percpu_variable(x, "read_clocks_time", cpu);
	*ret = c;
	return NULL;
}

bool clock_ns(const struct clock *c, uint64_t tsc, int64_t *ns)
{
	if (!value_ok(&c->tsc) || !value_ok(&c->stime) ||
	    !value_ok(&c->khz) || !value_of(&c->khz))
		return false;
	*ns = value_of(&c->stime) + (__int128)(int64_t)(tsc - value_of(&c->tsc)) * 1000000 /
			   (int64_t)value_of(&c->khz);
	return true;
}

uint64_t clock_scale_khz(const struct clock *c)
{
	int64_t shift = value_of(&c->shift);
	unsigned __int128 khz;

	if (!value_ok(&c->shift) || !value_ok(&c->mul_frac) ||
	    !value_of(&c->mul_frac) || shift < -31 || shift > 31)
		return 0;
	khz = ((unsigned __int128)1000000 << 64) / value_of(&c->mul_frac);
	return khz >> (32 + shift);
}

void clock_spread_add(struct clock_spread *s, const struct value *v)
{
	if (!value_ok(v) || !value_of(v))
		return;
	if (value_of(v) < s->least)
		s->least = value_of(v);
	if (value_of(v) > s->largest)
		s->largest = value_of(v);
}

struct err *clock_platform_read(struct xen *x, struct clock_platform *ret)
{
	struct clock_platform p = { .name = "" };
	uint64_t va;

	ERR_TRY(xen_symbol(x, "plt_src", &va));
	ERR_TRY(err_prefix(record_read(x->records, x->space, &platform_record,
				       va, &p), "plt_src"));
	ERR_TRY(err_prefix(text_read(x, &p.name_va, p.name, sizeof(p.name)),
			   "plt_src.name"));
	*ret = p;
	return NULL;
}
