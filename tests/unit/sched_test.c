/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/base/array.h"
#include "xen/model/sched/sched.h"

/* Each scheduler in each version that changed it. */
static const struct {
	enum sched_id id;
	const char *source;
	unsigned int versions[12];	/* 0 ends the array */
} kinds[] = {
	{ SCHED_CREDIT, "credit", { 404, 409, 412, 413, 420, 423 } },
	{ SCHED_CREDIT2, "credit2", { 404, 405, 408, 409, 410, 412, 413, 414,
				      415, 420, 423 } },
	{ SCHED_RTDS, "rt", { 405, 407, 412, 413, 420, 423 } },
	{ SCHED_NULL, "null", { 409, 412, 413, 420, 423 } },
	{ SCHED_ARINC653, "arinc653", { 404, 412, 413, 414, 423 } },
	{ SCHED_SEDF, "sedf", { 404, 405 } },
};

#define NR_SHAPES 35

static struct shape {
	enum sched_id id;
	struct fixture f;
} shapes[NR_SHAPES];

static int setup(void **state)
{
	unsigned int n = 0;
	char source[80];

	(void)state;
	for (unsigned int k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (const unsigned int *v = kinds[k].versions; *v; v++) {
			assert_true(n < NR_SHAPES);
			snprintf(source, sizeof(source),
				 "tests/unit/sched_fixture/sched_%s.c",
				 kinds[k].source);
			shapes[n].id = kinds[k].id;
			fixture_create_from(&shapes[n++].f, source, *v, 64);
		}
	}
	assert_int_equal(n, NR_SHAPES);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NR_SHAPES; i++)
		fixture_destroy(&shapes[i].f);
	return 0;
}

#define for_each_shape(s) \
	for (struct shape *s = shapes; s < shapes + NR_SHAPES; s++)

static struct sched *read_sched(struct shape *s)
{
	struct sched *sched;

	assert_ok(sched_read(&s->f.xen, &sched));
	return sched;
}

/* The place of every unit, as text, in the order shown. */
static const char *places(const struct sched *s)
{
	static char text[512];
	char name[SCHED_UNIT_TEXT];
	int n = 0;

	text[0] = '\0';
	for (unsigned int i = 0; i < s->units.nr; i++) {
		const struct sched_unit *u = &s->units.at[s->shown[i]];

		n += sprintf(text + n, "%s %s%s", sched_unit_text(u, name),
			     sched_place_text(u->place),
			     i + 1 < s->units.nr ? "; " : "");
	}
	return text;
}

/* The first contradiction, "" if there is none. */
static const char *problem(const struct sched *s)
{
	return s->problems.nr ? s->problems.at[0] : "";
}

static const char *error(const struct sched *s)
{
	return s->errors.nr ? err_text(s->errors.at[0]) : "";
}

static const char *expected_places(const struct shape *s)
{
	bool units = s->f.version >= 413;

	switch (s->id) {
	case SCHED_CREDIT:
		return units ?
		       "d0v0 runs; idle1 runs; d0v1 waits; d1v0-1 waits; idle0 waits; d2v0 sleeps" :
		       "d0v0 runs; idle1 runs; d0v1 waits; d1v0 waits; idle0 waits; d2v0 sleeps";
	case SCHED_NULL:
		return units ?
		       "d0v0 runs; idle1 runs; d0v1 waits; d1v0-1 waits; d2v0 has its pcpu; idle0 sleeps" :
		       "d0v0 runs; idle1 runs; d0v1 waits; d1v0 waits; d2v0 has its pcpu; idle0 sleeps";
	default:
		return units ?
		       "d0v0 runs; idle1 runs; d0v1 waits; d1v0-1 waits; d2v0 sleeps; idle0 sleeps" :
		       "d0v0 runs; idle1 runs; d0v1 waits; d1v0 waits; d2v0 sleeps; idle0 sleeps";
	}
}

static void test_places(void **state)
{
	(void)state;
	for_each_shape(s) {
		struct sched *sched = read_sched(s);

		assert_string_equal(error(sched), "");
		assert_string_equal(places(sched), expected_places(s));
		assert_string_equal(problem(sched), "");
		sched_destroy(sched);
	}
}

static void test_pools(void **state)
{
	(void)state;
	for_each_shape(s) {
		struct sched *sched = read_sched(s);
		const struct sched_pool *p = sched->pools.at;

		assert_int_equal(sched->pools.nr, 1);
		assert_int_equal(value_of(&p->id), 0);
		assert_int_equal(value_of(&p->nr_domains), 3);
		assert_int_equal(value_of(&p->sched_id), s->id);
		assert_string_equal(p->name, "A Scheduler");
		assert_string_equal(p->opt_name, "opt");
		assert_int_equal(p->gran.state, s->f.version >= 414 ?
				 VALUE_OK : VALUE_NO_FIELD);
		assert_true(cpumask_has(&p->mask, 1));
		assert_int_equal(sched->pcpus.nr, 2);
		assert_int_equal(sched->pcpus.at[1].pool, 0);
		sched_destroy(sched);
	}
}

/* Without the head of the chain, up to 4.14, the pool is found through the domains. */
static void test_pools_of_domains(void **state)
{
	(void)state;
	for_each_shape(s) {
		struct symbols *some = fixture_symbols_without(s->f.symbols, "cpupool_list");
		struct sched *sched;
		struct err *e;

		s->f.xen.symbols = some;
		e = sched_read(&s->f.xen, &sched);
		if (s->f.version < 415) {
			assert_ok(e);
			assert_string_equal(error(sched), "");
			assert_string_equal(places(sched), expected_places(s));
			assert_int_equal(sched->pools.nr, 1);
			sched_destroy(sched);
		} else {
			assert_err(e, ERR_NO_SYMBOL, "no symbol \"cpupool_list\"");
		}
		s->f.xen.symbols = s->f.symbols;
		symbols_destroy(some);
	}
}

static struct shape *shape(enum sched_id id, unsigned int version)
{
	for_each_shape(s) {
		if (s->id == id && s->f.version == version)
			return s;
	}
	fail_msg("no shape");
	return NULL;
}

static const struct sched_unit *unit(const struct sched *s, const char *name)
{
	char text[SCHED_UNIT_TEXT];

	for (unsigned int i = 0; i < s->units.nr; i++) {
		if (!strcmp(sched_unit_text(&s->units.at[i], text), name))
			return &s->units.at[i];
	}
	fail_msg("no unit %s", name);
	return NULL;
}

static void test_parameters(void **state)
{
	(void)state;
	for_each_shape(s) {
		struct sched *sched = read_sched(s);
		const struct sched_unit *u = unit(sched, "d0v1");

		switch (s->id) {
		case SCHED_CREDIT:
			assert_int_equal(value_of(&u->credit), 90);
			assert_int_equal(value_of(&u->pri), -1);
			assert_int_equal(value_of(&u->cap), 50);
			assert_int_equal(unit(sched, "idle0")->weight.state,
					 VALUE_NO_FIELD);
			break;
		case SCHED_CREDIT2:
			assert_int_equal(value_of(&u->credit), 90);
			assert_int_equal(value_of(&u->weight), 256);
			/* without a cap there is no budget */
			assert_int_equal(u->budget.state, VALUE_NO_FIELD);
			assert_int_equal(sched->pcpus.at[1].queue, 0);
			assert_int_equal(sched->queues.at[0].number, 1);
			assert_int_equal(value_of(&sched->pools.at[0].load_shift), 18);
			break;
		case SCHED_RTDS:
			assert_int_equal(value_of(&u->period), 10000000);
			assert_int_equal(value_of(&u->deadline), 100);
			break;
		case SCHED_ARINC653:
			assert_int_equal(sched->slots.nr, 2);
			assert_int_equal(value_of(&sched->slots.at[0].runtime), 1000000);
			assert_ptr_equal(&sched->units.at[sched->slots.at[0].index],
					 unit(sched, "d0v0"));
			assert_int_equal(sched->slots.at[1].index, SCHED_NONE);
			assert_int_equal(sched->slots.at[1].now,
					 s->f.version >= 414);
			break;
		case SCHED_SEDF:
			assert_int_equal(value_of(&u->period), 20000001);
			assert_int_equal(value_of(&u->budget), 15000001);
			assert_int_equal(value_of(&u->deadline), 301);
			assert_int_equal(value_of(&u->weight), 512);
			break;
		default:
			break;
		}
		sched_destroy(sched);
	}
}

static void test_flags(void **state)
{
	struct sched *sched = read_sched(shape(SCHED_CREDIT2, 420));
	const struct sched_unit *u = unit(sched, "d0v0");
	char text[64];

	(void)state;
	assert_string_equal(sched_flags_text(sched->pools.at, u, text,
					     sizeof(text)), "scheduled");
	sched_destroy(sched);
	sched = read_sched(shape(SCHED_SEDF, 405));
	assert_string_equal(sched_flags_text(sched->pools.at, unit(sched, "d0v0"), text, sizeof(text)),
			    "extra_aware, extra_run_util");
	assert_string_equal(sched_flags_text(sched->pools.at, unit(sched, "d2v0"), text, sizeof(text)),
			    "extra_aware, asleep");
	sched_destroy(sched);
	assert_string_equal(sched_priority_name(-2), "over");
	assert_null(sched_priority_name(-3));
	assert_null(sched_priority_name(1));
}

/* PAUSED of a domain's vcpu. */
static const char *paused(struct shape *s, uint64_t domid, uint64_t id)
{
	static char text[128];
	struct domain d;
	struct vcpu v;

	assert_ok(domain_find(&s->f.xen, domid, &d));
	assert_ok(vcpu_find(&s->f.xen, &d, id, &v));
	return sched_pause_text(&s->f.xen, &d, &v, text, sizeof(text));
}

static uint64_t svc(struct shape *s, const char *type, unsigned int n);

/* A vcpu without budget is paused like one paused by the toolstack. */
static void check_parked(unsigned int version, const char *type, const char *flags)
{
	struct shape *s = shape(SCHED_CREDIT, version);
	uint64_t vcpus = fixture_va(&s->f, "vcpus"), unit_va = svc(s, type, 4);
	struct sched *sched;
	struct place vcpu;
	char text[64];

	assert_ok(record_resolve(s->f.xen.records, "vcpu", &vcpu));
	vcpus += 4 * vcpu.size;
	fixture_poke(&s->f, vcpus, "vcpu.pause_count.counter", 1);
	fixture_poke(&s->f, vcpus, "vcpu.pause_flags", 0);
	assert_string_equal(paused(s, 2, 0), "paused 1 times");
	fixture_poke(&s->f, unit_va, flags, 1 | 16);
	assert_string_equal(paused(s, 2, 0), "parked (cap)");
	sched = read_sched(s);
	assert_true(sched_unit_is_parked(sched->pools.at, unit(sched, "d2v0")));
	assert_false(sched_unit_is_parked(sched->pools.at, unit(sched, "d0v1")));
	assert_string_equal(sched_flags_text(sched->pools.at,
					     unit(sched, "d2v0"), text,
					     sizeof(text)), "parked, pinned");
	sched_destroy(sched);
	fixture_poke(&s->f, vcpus, "vcpu.pause_count.counter", 3);
	assert_string_equal(paused(s, 2, 0), "paused 2 times, parked (cap)");
	/* a flag without a pause: the pause follows */
	fixture_poke(&s->f, vcpus, "vcpu.pause_count.counter", 0);
	assert_string_equal(paused(s, 2, 0), "");
	fixture_poke(&s->f, vcpus, "vcpu.pause_flags", 1);
	fixture_poke(&s->f, unit_va, flags, 8);
}

static void test_parked(void **state)
{
	struct shape *s = shape(SCHED_CREDIT2, 420);
	uint64_t vcpus = fixture_va(&s->f, "vcpus");
	struct place vcpu;

	(void)state;
	check_parked(420, "csched_unit", "csched_unit.flags");
	check_parked(404, "sched_credit.c#struct csched_vcpu",
		     "sched_credit.c#struct csched_vcpu.flags");
	assert_ok(record_resolve(s->f.xen.records, "vcpu", &vcpu));
	vcpus += 4 * vcpu.size;
	/* the data of credit2 has no such flag at that place */
	fixture_poke(&s->f, vcpus, "vcpu.pause_flags", 1 << 8);
	assert_string_equal(paused(s, 2, 0), "parked (cap)");
	fixture_poke(&s->f, vcpus, "vcpu.pause_flags", 1);
}

/* ---- damage ---- */

/* The va of svc[n].MEMBER; path is of the scheduler's type. */
static uint64_t svc(struct shape *s, const char *type, unsigned int n)
{
	const struct field whole = FIELD_PLACE(type);
	struct place m;

	assert_ok(record_place(s->f.xen.records, &whole, &m));
	return fixture_va(&s->f, "svc") + n * m.size;
}

/* Reads with one value changed; returns the first problem or error as text. */
static const char *with(struct shape *s, uint64_t va, const char *path,
			uint64_t value)
{
	uint8_t saved[FIXTURE_SIZE];
	static char text[512];
	struct sched *sched;

	memcpy(saved, s->f.image, sizeof(saved));
	fixture_poke(&s->f, va, path, value);
	sched = read_sched(s);
	snprintf(text, sizeof(text), "%s",
		 sched->problems.nr ? problem(sched) : error(sched));
	sched_destroy(sched);
	memcpy(s->f.image, saved, sizeof(saved));
	memory_flush(s->f.xen.memory);
	return text;
}

#define assert_says(text, part)						\
	do {								\
		const char *says_ = (text);				\
		if (!strstr(says_, (part)))				\
			fail_msg("\"%s\" lacks \"%s\"", says_, (part));	\
	} while (0)

static void test_order(void **state)
{
	struct shape *s = shape(SCHED_CREDIT2, 420);

	(void)state;
	assert_says(with(s, svc(s, "csched2_unit", 2), "csched2_unit.credit",
			 91), "out of order");
	s = shape(SCHED_RTDS, 420);
	assert_says(with(s, svc(s, "rt_unit", 2), "rt_unit.cur_deadline", 50),
		    "out of order");
	s = shape(SCHED_CREDIT, 420);
	assert_says(with(s, svc(s, "csched_unit", 1), "csched_unit.pri",
			 (uint32_t)-64), "out of order");
	/* priorities that changed since the queue was sorted */
	fixture_poke(&s->f, fixture_va(&s->f, "prv"),
		     "csched_private.runq_sort", 8);
	assert_string_equal(with(s, svc(s, "csched_unit", 1),
				 "csched_unit.pri", (uint32_t)-64), "");
	fixture_poke(&s->f, fixture_va(&s->f, "prv"),
		     "csched_private.runq_sort", 7);
}

static void test_nowhere(void **state)
{
	struct shape *s = shape(SCHED_CREDIT2, 420);
	uint64_t vcpus = fixture_va(&s->f, "vcpus");
	struct place vcpu;

	(void)state;
	assert_ok(record_resolve(s->f.xen.records, "vcpu", &vcpu));
	assert_says(with(s, vcpus + 4 * vcpu.size, "vcpu.pause_flags", 0),
		    "d2v0 is runnable, but neither runs nor is on a queue");
	/* a unit that is just being switched off is leaving its pcpu */
	fixture_poke(&s->f, svc(s, "csched2_unit", 4), "csched2_unit.flags", 4);
	assert_string_equal(with(s, vcpus + 4 * vcpu.size, "vcpu.pause_flags",
				 0), "");
	fixture_poke(&s->f, svc(s, "csched2_unit", 4), "csched2_unit.flags", 0);
	assert_says(with(s, vcpus + 1 * vcpu.size, "vcpu.pause_flags", 1),
		    "d0v1 is on runq, but is not runnable");
}

static void test_broken_queue(void **state)
{
	struct shape *s = shape(SCHED_CREDIT2, 420);
	uint64_t last = svc(s, "csched2_unit", 2), second;
	struct place elem;

	(void)state;
	assert_ok(record_resolve(s->f.xen.records, "csched2_unit.runq_elem",
				 &elem));
	second = svc(s, "csched2_unit", 1) + elem.offset;
	/* the same unit is found twice, which ends the walk before the loop is detected */
	assert_says(with(s, last, "csched2_unit.runq_elem.next", second),
		    "d0v1 is on runq 1 at place 2, although it waits");
	assert_says(with(s, last, "csched2_unit.runq_elem.next", 0), "null pointer in the ring");
	assert_says(with(s, last, "csched2_unit.runq_elem.next", 0x123450),
		    "is not Xen's");
	assert_says(with(s, last, "csched2_unit.runq_elem.next",
			 fixture_va(&s->f, "rq")), "has no vcpu");
	assert_says(with(s, last, "csched2_unit.unit", 8), "belong to 8");
	assert_says(with(s, last, "csched2_unit.rqd", 0x1000),
		    "is assigned to the run queue at 1000");
}

static void test_broken_pcpu(void **state)
{
	struct shape *s = shape(SCHED_CREDIT, 420);

	(void)state;
	assert_says(with(s, fixture_va(&s->f, "res"), "sched_resource.curr",
			 0x88), "pcpu 0 runs 88, which is not a vcpu");
	assert_says(with(s, fixture_va(&s->f, "scheduler"),
			 "scheduler.sched_id", 99), "unknown scheduler 99");
	assert_says(with(s, fixture_va(&s->f, "pool0"), "cpupool.sched", 0),
		    "its scheduler cannot be read");
	assert_says(with(s, fixture_va(&s->f, "scheduler"),
			 "scheduler.sched_data", 7), "not aligned");
	s = shape(SCHED_ARINC653, 414);
	assert_says(with(s, fixture_va(&s->f, "prv"),
			 "a653sched_priv_s.num_schedule_entries", 0xffffff),
		    "invalid number of slots in a schedule: 16777215");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_pools),
		cmocka_unit_test(test_pools_of_domains),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_parked),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_nowhere),
		cmocka_unit_test(test_broken_queue),
		cmocka_unit_test(test_broken_pcpu),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
