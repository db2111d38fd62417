/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spinlocks of a running host that do not move, and those that do. */
#include "tests/unit/model_fixture/shapes.h"

#include "xen/base/array.h"
#include "xen/model/diagnosis/lock_stuck.h"
#include "xen/model/diagnosis/verdict.h"
#include "xen/model/diagnosis/waits.h"
#include "xen/model/source.h"
#include "tests/unit/troubles_text.h"

#define MS 1000000ULL

static const struct shape shapes[] = { { 410, 64 }, { 414, 64 }, { 420, 64 } };

/* The fixture's locks with a queue: lock_a, lock_b, lock_c, with one pcpu each. */
static struct {
	struct fixture *f;
	const struct source_ops *before;
	struct source_ops ops;
	uint64_t ns;
	unsigned int step;	/* ns of the clock per ms of let_run() */
	unsigned int calls;
	unsigned int when;	/* the call at which lock is changed; 0: none */
	const char *lock;
	uint16_t head, tail;
	int holder;		/* < 0: not changed */
	bool interrupt;
} host;

/* What the host does while it runs; its memory is cached by the reader. */
static void set_lock(const char *name, uint16_t head, uint16_t tail, int holder)
{
	unsigned char *p = host.f->image + (fixture_va(host.f, name) - FIXTURE_BASE);
	uint16_t tickets[] = { head, tail };

	memcpy(p, tickets, sizeof(tickets));
	if (holder >= 0)
		p[8] = holder;
}

static struct err *let_run(struct xen *x, unsigned int ms, uint64_t *ns)
{
	(void)x;
	assert_true(host.calls < 1000);
	host.ns += (uint64_t)host.step * ms;
	*ns = host.ns;
	if (++host.calls == host.when)
		set_lock(host.lock, host.head, host.tail, host.holder);
	interrupt_pending = host.interrupt;
	return interrupt_check();
}

static void start(struct fixture *f)
{
	memset(&host, 0, sizeof(host));
	host.f = f;
	host.before = f->xen.source;
	host.ops = *host.before;
	host.ops.is_running = true;
	host.ops.let_run = let_run;
	host.step = MS;
	host.ns = 77;
	host.holder = -1;
	f->xen.source = &host.ops;
	memory_flush(f->xen.memory);
}

static void end(void)
{
	set_lock("lock_a", 5, 7, 0);
	set_lock("lock_b", 5, 7, 1);
	set_lock("lock_c", 5, 7, 2);
	memory_flush(host.f->xen.memory);
	host.f->xen.source = host.before;
}

/* All waits for locks, one per line, and what was not examined of them. */
static const char *lock_waits(struct fixture *f)
{
	static char text[2048];
	struct waits w;
	size_t len = 0;

	text[0] = '\0';
	assert_ok(waits_read(&f->xen, NULL, NULL, &w));
	for (unsigned int i = 0; i < w.nr; i++) {
		char time[WAIT_TIME_TEXT];

		if (w.at[i].kind == WAIT_LOCK)
			len += snprintf(text + len, sizeof(text) - len, "%s %s %s, %s (%s)%s\n",
					w.at[i].who, w.at[i].what, wait_time_text(&w.at[i], time),
					w.at[i].holder, w.at[i].because, w.at[i].lasting ? "" : "?");
	}
	waits_release(&w);
	return text;
}

static void expect(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void refute(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in: %s", part, text);
}

/* Only what is stuck is waited for: the first pass examines lock_a alone. */
static void only_a(void)
{
	set_lock("lock_b", 8, 9, -1);
	set_lock("lock_c", 8, 8, -1);
}

static void test_stuck(void **state)
{
	(void)state;
	for_each_shape(f) {
		const char *text;

		start(f);
		only_a();
		set_lock("lock_a", 5, 9, -1);
		text = lock_waits(f);
		expect(text, "3 pcpus lock lock_a 1.000 s or more, pcpu 0 (ticket 5 of the lock at ");
		expect(text, " was served in each of 11 looks in 1.000 s)\n");
		refute(text, "lock_b");
		refute(text, "lock_c");
		assert_int_equal(host.calls, 11);
		text = troubles_text(&f->xen);
		expect(text, "lock is stuck: 3 pcpus waited 1.000 s or more for lock lock_a, held by pcpu 0 [ticket 5 of the lock at ");
		refute(text, "nothing");
		end();
	}
}

/* Another pcpu joins the queue; the recorded holder is the same, or unknown before. */
static void test_queue_grows(void **state)
{
	(void)state;
	for_each_shape(f) {
		start(f);
		only_a();
		host.when = 4;
		host.lock = "lock_a";
		host.head = 5;
		host.tail = 8;
		expect(lock_waits(f), "2 pcpus lock lock_a ");
		host.calls = 0;
		set_lock("lock_a", 5, 7, 0xff);
		host.holder = 2;
		expect(lock_waits(f), "2 pcpus lock lock_a 1.000 s or more, pcpu 2 (");
		end();
	}
}

/* One change of the lock at each of the looks, of which each makes it a busy one. */
static void test_moved(void **state)
{
	static const struct { uint16_t head, tail; int holder; } changes[] = {
		{ 6, 8, -1 },		/* the next one has it */
		{ 6, 7, -1 },		/* the last one has it */
		{ 7, 7, -1 },		/* released */
		{ 5, 6, -1 },		/* never by Xen: memory that is no lock */
		{ 5, 5, -1 },
		{ 4, 7, -1 },		/* 65535 tickets later */
		{ 5, 7, 1 },		/* 65536 tickets later */
		{ 5, 5000, -1 },	/* invalid */
	};

	(void)state;
	for_each_shape(f) {
		for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
			for (unsigned int when = 2; when <= 11; when += 3) {
				start(f);
				only_a();
				host.when = when;
				host.lock = "lock_a";
				host.head = changes[i].head;
				host.tail = changes[i].tail;
				host.holder = changes[i].holder;
				assert_string_equal(lock_waits(f), "");
				/* not read again once all have moved */
				assert_int_equal(host.calls, when);
				end();
			}
		}
	}
}

/* A queue that nobody is in, one that was not there at the first look, and an impossible one. */
static void test_empty(void **state)
{
	(void)state;
	for_each_shape(f) {
		start(f);
		only_a();
		set_lock("lock_a", 5, 6, -1);
		host.when = 1;
		host.lock = "lock_a";
		host.head = 5;
		host.tail = 9;
		assert_string_equal(lock_waits(f), "");
		assert_int_equal(host.calls, 0);
		host.when = 0;
		set_lock("lock_a", 5, 5000, -1);
		assert_string_equal(lock_waits(f), "");
		end();
	}
}

/* The tickets have 16 bits: 65535 is served, 0 and 1 wait. */
static void test_wrap(void **state)
{
	(void)state;
	for_each_shape(f) {
		const char *text;

		start(f);
		only_a();
		set_lock("lock_a", 0xffff, 2, -1);
		text = lock_waits(f);
		expect(text, "2 pcpus lock lock_a 1.000 s or more, pcpu 0 (ticket 65535 of the lock at ");
		host.calls = 0;
		host.when = 3;
		host.lock = "lock_a";
		host.head = 0;
		host.tail = 3;
		assert_string_equal(lock_waits(f), "");
		end();
	}
}

/* A clock that hardly advances: the looks end, and nothing is claimed. */
static void test_slow_clock(void **state)
{
	struct fixture *f = newest;

	(void)state;
	start(f);
	host.step = MS / 100;
	assert_string_equal(lock_waits(f), "");
	assert_in_range(host.calls, 40, 60);
	end();
	start(f);
	host.interrupt = true;
	{
		struct waits w;

		assert_err(waits_read(&f->xen, NULL, NULL, &w), ERR_INTERRUPTED, "");
	}
	interrupt_pending = 0;
	end();
}

/* In a dump nothing is read again. */
static void test_dump(void **state)
{
	struct fixture *f = newest;

	(void)state;
	start(f);
	host.ops.is_running = false;
	assert_string_equal(lock_waits(f), "");
	refute(troubles_text(&f->xen), "lock is stuck");
	assert_int_equal(host.calls, 0);
	host.ops.is_running = true;
	host.ops.let_run = NULL;
	assert_string_equal(lock_waits(f), "");
	end();
}

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/waits_fixture/waits.c", shapes, ARRAY_SIZE(shapes));
	for_each_shape(f) {
		f->xen.nr_cpus = 3;
		f->xen.id.major = 4;
		f->xen.id.minor = f->version % 100;
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stuck),
		cmocka_unit_test(test_queue_grows),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_slow_clock),
		cmocka_unit_test(test_dump),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
