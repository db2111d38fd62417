/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits of pcpus: locks, deadlocks, RCU; valid and damaged. */
#include "tests/unit/model_fixture/shapes.h"

#include "xen/base/array.h"
#include "xen/model/diagnosis/lock_wait.h"
#include "xen/model/pcpu/rcu.h"
#include "xen/model/diagnosis/verdict.h"
#include "xen/model/diagnosis/waits_internal.h"

static const struct shape shapes[] = {
	{ 404, 64 }, { 410, 64 }, { 414, 64 }, { 420, 64 },
};

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/waits_fixture/waits.c", shapes,
		      ARRAY_SIZE(shapes));
	for_each_shape(f) {
		f->xen.nr_cpus = 3;
		f->xen.id.major = 4;
		f->xen.id.minor = f->version % 100;
	}
	return 0;
}

/* ---- locks ---- */

/* Pcpu n waits for the lock of that name, whose address is in register reg. */
static struct lock_wait waits_for(struct fixture *f, unsigned int n,
				  enum x64_reg reg, const char *lock)
{
	struct lock_wait w = { .pcpu = n, .what = "waits", .holder = LOCK_NO_PCPU };

	state_set(&w.regs, X64_RSI, 0x1234);
	state_set(&w.regs, reg, fixture_va(f, lock));
	return w;
}

struct seen {
	struct fixture *f;
	struct lock_waits *waits;
	unsigned int held;
};

static struct err *see(void *arg, const struct lock *lock)
{
	struct seen *s = arg;

	s->held += lock->held;
	lock_waits_see(s->waits, lock, lock_size(&s->f->xen, lock->kind));
	return NULL;
}

static void lost(void *arg, struct err *e)
{
	(void)arg;
	fail_msg("%s", err_text(e));
}

static void count_lost(void *arg, struct err *e)
{
	unsigned int *nr = arg;

	assert_int_equal(err_reason(e), ERR_CORRUPT);
	assert_non_null(strstr(err_text(e), "nested"));
	err_free(e);
	++*nr;
}

static struct err *see_none(void *arg, const struct lock *lock)
{
	(void)arg;
	fail_msg("lock %s", lock->name);
	return NULL;
}

/* The other locks of an object with too many members are left out, and reported once. */
static void test_nested_types(void **state)
{
	unsigned int nr = 0;
	struct fixture f;
	struct lock_walk walk = {
		.x = &f.xen, .fn = see_none, .lost = count_lost, .arg = &nr,
	};

	(void)state;
	fixture_create_from(&f, "tests/unit/waits_fixture/nested.c", 420, 1);
	assert_ok(locks_of_variables(&walk));
	assert_int_equal(nr, 1);
	assert_in_range(walk.all.taken, 60000, 70000);
	interrupt_pending = 1;
	assert_err(locks_of_variables(&walk), ERR_INTERRUPTED, "");
	interrupt_pending = 0;
	fixture_destroy(&f);
}

/* With a layout profile alone the types of variables are unknown. */
static void test_no_types(void **state)
{
	struct fixture f;
	struct lock_walk walk = { .x = &f.xen, .fn = see_none, .lost = lost };
	struct types *types;

	(void)state;
	fixture_create_from(&f, "tests/unit/waits_fixture/nested.c", 420, 1);
	types = f.xen.types;
	f.xen.types = NULL;
	assert_ok(locks_of_variables(&walk));
	assert_ok(locks_of_objects(&walk));
	f.xen.types = types;
	fixture_destroy(&f);
}

static unsigned int look(struct fixture *f, struct lock_waits *w)
{
	struct seen seen = { f, w, 0 };
	struct lock_walk walk = {
		.x = &f->xen, .fn = see, .lost = lost, .arg = &seen,
	};

	assert_ok(locks_of_variables(&walk));
	return seen.held;
}

static const char *circles(const struct lock_waits *w)
{
	static char text[1024];
	unsigned int at[8], nr, len = 0;
	char one[512];

	text[0] = '\0';
	for (unsigned int n = 0; (nr = lock_waits_circle(w, n, at)); n++) {
		assert_in_range(nr, 1, w->nr);
		lock_circle_text(w, at, nr, one, sizeof(one));
		for (char *p = one, *q; (q = strchr(p, '(')); p = q + 18)
			memset(q, '@', 18);
		len += snprintf(text + len, sizeof(text) - len, "%u: %s|", nr, one);
	}
	return text;
}

#define AT "@@@@@@@@@@@@@@@@@@"

/* 0 has a and waits for b, 1 has b and waits for a. */
static void test_two_lock_circle(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct lock_wait at[] = {
			waits_for(f, 0, X64_RDI, "lock_b"),
			waits_for(f, 1, X64_RBX, "lock_a"),
		};
		struct lock_waits w = { .at = at, .nr = 2 };

		assert_int_equal(look(f, &w), f->version >= 419 ? 4 : 3);
		assert_string_equal(at[0].name, "lock_b");
		assert_string_equal(at[0].by, "rdi");
		assert_int_equal(at[0].holder, 1);
		assert_string_equal(at[1].by, "rbx");
		assert_int_equal(at[1].holder, 0);
		assert_string_equal(circles(&w),
				    "2: pcpu 0 waits for lock_b " AT
				    ", held by pcpu 1; pcpu 1 waits for lock_a "
				    AT ", held by pcpu 0|");
	}
}

/* Waiting in a row is not a cycle; three pcpus form one, two others another. */
static void test_other_circles(void **state)
{
	struct fixture *f = newest;
	struct lock_wait row[] = {
		waits_for(f, 0, X64_RDI, "lock_b"),
		waits_for(f, 1, X64_RDI, "lock_c"),
	};
	struct lock_wait three[] = {
		row[0], row[1], waits_for(f, 2, X64_RDI, "lock_a"),
	};
	struct lock_wait own[] = { waits_for(f, 2, X64_RDI, "lock_c") };
	struct lock_wait none[] = { waits_for(f, 0, X64_RDI, "lock_free") };
	struct lock_waits w = { .at = row, .nr = 2 };

	(void)state;
	look(f, &w);
	assert_string_equal(circles(&w), "");
	w = (struct lock_waits){ .at = three, .nr = 3 };
	look(f, &w);
	assert_int_equal(strncmp(circles(&w), "3: pcpu 0 waits for lock_b", 26), 0);
	w = (struct lock_waits){ .at = own, .nr = 1 };
	look(f, &w);
	assert_string_equal(circles(&w), "1: pcpu 2 waits for lock_c " AT
			    ", held by pcpu 2|");
	w = (struct lock_waits){ .at = none, .nr = 1 };
	look(f, &w);
	assert_string_equal(none[0].name, "lock_free");
	assert_string_equal(circles(&w), "");
}

/*
 * A release build does not record the holder: the only other pcpu in the
 * hypervisor may be the holder.
 */
static void test_holder_by_elimination(void **state)
{
	struct lock_wait at = {
		.lock = 0x1000, .kind = LOCK_IS_SPIN, .holder = LOCK_NO_PCPU,
	};
	struct lock_waits w = { .at = &at, .nr = 1 };
	unsigned int holder;
	char text[192];

	(void)state;
	lock_holder_text(&w, &at, &holder, text, sizeof(text));
	assert_int_equal(holder, LOCK_NO_PCPU);
	assert_non_null(strstr(text, "no other pcpu is in the hypervisor"));
	w.suspects = (struct lock_suspects){
		.nr = 1, .first = 3, .where = "udelay+0x40", .irqs_off = true,
	};
	lock_holder_text(&w, &at, &holder, text, sizeof(text));
	assert_int_equal(holder, 3);
	assert_string_equal(text, "pcpu 3 is the only other one in the hypervisor, in udelay+0x40, interrupts disabled");
	/* pcpu 3 waits for the flush of a pcpu that waits with interrupts disabled */
	w.suspects.irqs_off = false;
	w.suspects.flushes = true;
	lock_holder_text(&w, &at, &holder, text, sizeof(text));
	assert_int_equal(holder, 3);
	at.irqs_off = true;
	lock_holder_text(&w, &at, &holder, text, sizeof(text));
	assert_int_equal(holder, LOCK_NO_PCPU);
	assert_string_equal(text, "it was not released, or a pcpu that waits holds it: pcpu 3 in udelay+0x40 waits for other pcpus, interrupts enabled");
	at.irqs_off = false;
	w.suspects.flushes = false;
	w.suspects.nr = 2;
	assert_string_equal(lock_holder_text(&w, &at, &holder, text, sizeof(text)), "");
	assert_int_equal(holder, LOCK_NO_PCPU);
	/* not if the lock records its holder, nor for a lock of another kind */
	w.suspects.nr = 1;
	at.holder = 2;
	assert_string_equal(lock_holder_text(&w, &at, &holder, text, sizeof(text)), "");
	at.holder = LOCK_NO_PCPU;
	at.kind = LOCK_IS_RW;
	assert_string_equal(lock_holder_text(&w, &at, &holder, text, sizeof(text)), "");
	/* without types the lock is unknown, and its kind is that of the function that waits */
	at.lock = 0;
	at.spin_kind = SPIN_SPINLOCK;
	lock_holder_text(&w, &at, &holder, text, sizeof(text));
	assert_int_equal(holder, 3);
	at.spin_kind = SPIN_LOCK;
	assert_string_equal(lock_holder_text(&w, &at, &holder, text, sizeof(text)), "");
	assert_int_equal(holder, LOCK_NO_PCPU);
}

/* The writer has the inner lock and waits for readers; one of them for it. */
static void test_percpu_rwlock(void **state)
{
	struct fixture *f = newest;
	struct lock_wait at[] = {
		waits_for(f, 0, X64_R12, "grants_lock"),
		waits_for(f, 2, X64_RDI, "lock_a"),
	};
	struct lock_waits w = { .at = at, .nr = 1 };

	(void)state;
	look(f, &w);
	assert_int_equal(at[0].kind, LOCK_IS_PERCPU_RW);
	assert_true(cpumask_has(&at[0].reading, 1));
	assert_true(cpumask_has(&at[0].reading, 2));
	assert_string_equal(circles(&w), "");
	w.nr = 2;
	look(f, &w);
	assert_string_equal(circles(&w), "2: pcpu 0 waits for grants_lock " AT
			    ", held by pcpu 2; pcpu 2 waits for lock_a " AT
			    ", held by pcpu 0|");
}

/* ---- RCU ---- */

static const char *wants(struct fixture *f, unsigned int cpu, bool softirq)
{
	static char text[160];
	struct rcu_state state;
	struct rcu_pcpu p;

	assert_ok(rcu_state_read(&f->xen, &state));
	assert_ok(rcu_pcpu_read(&f->xen, &state, cpu, &p));
	return rcu_wants_text(&state, &p, softirq, text, sizeof(text));
}

static void test_grace_period(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct rcu_state rcu;
		struct rcu_pcpu p;

		assert_ok(rcu_state_read(&f->xen, &rcu));
		assert_true(rcu.active);
		assert_int_equal((int64_t)value_of(&rcu.cur), -298);
		assert_ok(rcu_pcpu_read(&f->xen, &rcu, 1, &p));
		assert_true(p.holds_up);
		assert_ok(rcu_pcpu_read(&f->xen, &rcu, 2, &p));
		assert_false(p.holds_up);
		assert_int_equal(p.idle, f->version >= 410);
		assert_string_equal(wants(f, 0, true), "");
		assert_string_equal(wants(f, 1, true), f->version >= 414 ?
				    "has not seen batch -298, softirq RCU pending, "
				    "inside 2 rcu_read_lock()" :
				    "has not seen batch -298, softirq RCU pending");
	}
}

/* The callbacks of a list: their number, or the error that ended it. */
static const char *callbacks(struct fixture *f, enum rcu_list list)
{
	static char text[200];
	unsigned int n = 0;
	struct rcu_state state;
	struct rcu_callback r;
	struct rcu_pcpu p;
	struct chain c;
	struct err *e;

	assert_ok(rcu_state_read(&f->xen, &state));
	assert_ok(rcu_pcpu_read(&f->xen, &state, 0, &p));
	rcu_callbacks_start(&c, &f->xen, &p, list);
	while (!(e = rcu_callbacks_next(&c, &r)) && r.va) {
		assert_int_equal(value_of(&r.function), fixture_va(f, "free_it"));
		assert_true(++n < 100);
	}
	snprintf(text, sizeof(text), "%u%s%s", n, e ? " " : "", e ? err_text(e) : "");
	err_free(e);
	return text;
}

static void test_callbacks(void **state)
{
	(void)state;
	for_each_shape(f) {
		assert_string_equal(callbacks(f, RCU_NEXT), "1");
		assert_string_equal(callbacks(f, RCU_CURRENT), "3");
		assert_string_equal(callbacks(f, RCU_DONE), "0");
	}
}

static void test_broken_callbacks(void **state)
{
	struct fixture *f = newest;
	uint64_t heads = fixture_va(f, "heads");

	(void)state;
	fixture_poke(f, heads, "rcu_head.next", heads);
	assert_non_null(strstr(callbacks(f, RCU_CURRENT), "current: loops"));
	fixture_poke(f, heads, "rcu_head.next", 0x41414141);
	assert_non_null(strstr(callbacks(f, RCU_CURRENT), "41414141 is not aligned"));
	fixture_poke(f, heads, "rcu_head.next", heads + 16);
	assert_string_equal(callbacks(f, RCU_CURRENT), "3");
}

/* A grace period in progress is not reported until too many callbacks wait for it. */
static void test_stuck_grace_period(void **state)
{
	struct fixture *f = newest;
	static struct verdict v;
	const char *text = "";

	(void)state;
	for (unsigned int pass = 0; pass < 2; pass++) {
		memset(&v, 0, sizeof(v));
		assert_ok(verdict_troubles(&f->xen, NULL, &v));
		for (unsigned int i = 0; i < v.nr; i++)
			if (strstr(v.line[i].text, "RCU stall"))
				text = v.line[i].text;
		if (pass)
			break;
		assert_string_equal(text, "");
		fixture_poke(f, fixture_va(f, "per_cpu__rcu_data"), "rcu_data.qlen", 20000);
	}
	assert_string_equal(text, "RCU stall: batch -298 waits for pcpu 1 "
			    "(has not seen batch -298, inside 2 rcu_read_lock()), "
			    "20000 callbacks queued");
}

/* ---- order ---- */

static void test_order(void **state)
{
	static const char *const who[] = { "d10", "d2v10", "d2", "d2v9" };
	struct waits w = { .nr = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(who); i++)
		snprintf(waits_add(&w, WAIT_UNPAUSE)->who, sizeof(w.at->who), "%s", who[i]);
	waits_sort(&w);
	assert_string_equal(w.at[0].who, "d2");
	assert_string_equal(w.at[1].who, "d2v9");
	assert_string_equal(w.at[2].who, "d2v10");
	assert_string_equal(w.at[3].who, "d10");
	waits_release(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nested_types), cmocka_unit_test(test_no_types),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_two_lock_circle),
		cmocka_unit_test(test_other_circles),
		cmocka_unit_test(test_holder_by_elimination),
		cmocka_unit_test(test_percpu_rwlock),
		cmocka_unit_test(test_grace_period),
		cmocka_unit_test(test_callbacks),
		cmocka_unit_test(test_broken_callbacks),
		cmocka_unit_test(test_stuck_grace_period),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
