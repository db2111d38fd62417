/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits of a generated host: vcpus for pcpus and others, lost events, the verdict. */
#include "tests/unit/model_fixture/shapes.h"

#include "xen/base/array.h"
#include "xen/model/channel/evtchn_lost.h"
#include "xen/model/diagnosis/verdict.h"
#include "xen/model/diagnosis/waits.h"
#include "xen/model/sched/sched.h"
#include "xen/model/source.h"

#define SECOND 1000000000ULL

static const struct shape shapes[] = {
	{ 404, 64 }, { 410, 64 }, { 414, 256 }, { 420, 64 },
};

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/model_fixture/model.c", shapes,
		      ARRAY_SIZE(shapes));
	return 0;
}

static const struct wait *find(const struct waits *w, const char *who)
{
	for (unsigned int i = 0; i < w->nr; i++)
		if (!strcmp(w->at[i].who, who))
			return &w->at[i];
	return NULL;
}

static void set_entry(struct fixture *f, const char *vcpu, uint64_t ns)
{
	fixture_poke(f, fixture_va(f, vcpu), "vcpu.runstate.state_entry_time", ns);
	xen_forget(&f->xen);
}

/* d2v0 is runnable, d3v2 waits for the device model, d1 is paused, d2 is dead. */
static void test_kinds(void **state)
{
	(void)state;
	for_each_shape(f) {
		const struct wait *w;
		struct waits waits;

		assert_ok(waits_read(&f->xen, NULL, NULL, &waits));
		w = find(&waits, "d2v0");
		assert_non_null(w);
		assert_int_equal(w->kind, WAIT_PCPU);
		assert_string_equal(w->what, "pcpu 0");
		assert_int_equal(w->domid, 2);
		assert_int_equal(w->pcpu, 0);
		w = find(&waits, "d300v2");
		assert_non_null(w);
		assert_int_equal(w->kind, WAIT_DEVICE_MODEL);
		w = find(&waits, "d1");
		assert_non_null(w);
		assert_int_equal(w->kind, WAIT_UNPAUSE);
		w = find(&waits, "d2");
		assert_non_null(w);
		assert_int_equal(w->kind, WAIT_REFERENCES);
		assert_string_equal(w->what, "its last references");
		assert_string_equal(w->because, "refcnt 4, pages left: 1000");
		assert_true(w->sure);
		/* running, blocked, unplugged */
		assert_null(find(&waits, "d0v0"));
		assert_null(find(&waits, "d0v1"));
		assert_null(find(&waits, "d1v0"));
		waits_release(&waits);
	}
}

/* A domain that is being destroyed may disappear. */
static void test_dying(void **state)
{
	(void)state;
	for_each_shape(f) {
		const struct wait *w;
		struct waits waits;

		fixture_poke(f, fixture_va(f, "dom2"), "domain.is_dying", 1);
		assert_ok(waits_read(&f->xen, NULL, NULL, &waits));
		w = find(&waits, "d2");
		assert_non_null(w);
		assert_string_equal(w->what, "the end of its destruction");
		assert_false(w->sure);
		waits_release(&waits);
		fixture_poke(f, fixture_va(f, "dom2"), "domain.is_dying", 2);
	}
}

/* The newest change of a runstate is the lower bound of now; nothing bounds it above. */
static void test_times(void **state)
{
	char text[WAIT_TIME_TEXT];

	(void)state;
	for_each_shape(f) {
		const struct wait *w;
		struct waits waits;

		set_entry(f, "d0v0", 7 * SECOND);
		set_entry(f, "d2v0", 2 * SECOND);
		set_entry(f, "d3v2", 4 * SECOND);
		assert_ok(waits_read(&f->xen, NULL, NULL, &waits));
		assert_true(waits.has_now);
		assert_int_equal(waits.now, 7 * SECOND);
		w = find(&waits, "d2v0");
		assert_ptr_equal(w, &waits.at[0]);
		assert_int_equal(w->least, 5 * SECOND);
		assert_string_equal(wait_time_text(w, text), "5.000 s or more");
		w = find(&waits, "d300v2");
		assert_ptr_equal(w, &waits.at[1]);
		assert_int_equal(w->least, 3 * SECOND);
		waits_release(&waits);
		set_entry(f, "d0v0", 5000);
		set_entry(f, "d2v0", 5000);
		set_entry(f, "d3v2", 5000);
	}
}

static void test_time_text(void **state)
{
	struct wait w = { .timed = true, .least = SECOND, .most = SECOND + 500 };
	char text[WAIT_TIME_TEXT];

	(void)state;
	assert_string_equal(wait_time_text(&w, text), "1.000 s");
	w.most = 3 * SECOND;
	assert_string_equal(wait_time_text(&w, text), "1.000 to 3.000 s");
	w.timed = false;
	assert_string_equal(wait_time_text(&w, text), "");
}

/* ---- lost events ---- */

static bool is_lost(struct fixture *f, unsigned int domid, const struct evtchn *ch,
		    struct evtchn_lost *ret)
{
	struct domain d;

	assert_ok(domain_find(&f->xen, domid, &d));
	return evtchn_is_lost(&f->xen, &d, ch, ret);
}

static struct evtchn channel(unsigned int vcpu)
{
	return (struct evtchn){
		.va = 1, .port = 9, .pending = true,
		.notify_vcpu_id = { .raw = vcpu, .state = VALUE_OK },
	};
}

static void test_lost_event(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct evtchn ch = channel(0);
		uint64_t info = fixture_va(f, "info");
		struct evtchn_lost l;
		char text[128];

		assert_true(is_lost(f, 300, &ch, &l));
		assert_true(l.sure);
		assert_string_equal(evtchn_lost_text(&l, text, sizeof(text)),
				    "pending, not masked, vcpu 0 blocked, upcall pending");
		/* the guest has masked its upcalls */
		fixture_poke(f, info, "vcpu_info_t.native.evtchn_upcall_mask", 1);
		assert_false(is_lost(f, 300, &ch, &l));
		fixture_poke(f, info, "vcpu_info_t.native.evtchn_upcall_mask", 0);
		ch.masked = true;
		assert_false(is_lost(f, 300, &ch, &l));
		ch.masked = false;
		ch.pending = false;
		assert_false(is_lost(f, 300, &ch, &l));
		/* a vcpu that polls, one that runs, one that does not exist */
		ch = channel(1);
		assert_false(is_lost(f, 0, &ch, &l));
		ch = channel(0);
		assert_false(is_lost(f, 0, &ch, &l));
		ch = channel(77);
		assert_false(is_lost(f, 300, &ch, &l));
	}
}

/* ---- a running host ---- */

/* What a running host does while it is read; of one fixture at a time. */
static struct {
	struct fixture *f;
	const struct source_ops *source;
	unsigned int reads;		/* passes over the channels of d300 */
	unsigned int pending;		/* an event of d300 is pending in so many */
} running;

static struct err *read_sched_later(struct sched *s)
{
	/* dom0's vcpu was switched; memory that was read before is old */
	fixture_poke(running.f, fixture_va(running.f, "d0v0"),
		     "vcpu.runstate.state_entry_time", 20 * SECOND);
	return running.source->sched_read(s);
}

static struct err *start_one_channel(struct evtchns *w, const struct domain *d)
{
	if (value_of(&d->domain_id) == 300) {
		w->nr = 10;
		w->next = 9;
		running.reads++;
	}
	return NULL;
}

static struct err *read_one_channel(struct evtchns *w, unsigned int port, struct evtchn *ret)
{
	(void)w;
	*ret = channel(0);
	ret->port = port;
	ret->state = (struct value){ .raw = EVTCHN_INTERDOMAIN, .state = VALUE_OK };
	ret->pending = running.reads <= running.pending;
	return NULL;
}

static void read_running(struct fixture *f, unsigned int pending, struct waits *ret)
{
	struct source_ops ops = *f->xen.source;

	running.f = f;
	running.source = f->xen.source;
	running.reads = 0;
	running.pending = pending;
	ops.is_running = true;
	ops.sched_read = read_sched_later;
	ops.evtchns_start = start_one_channel;
	ops.evtchn_read = read_one_channel;
	f->xen.source = &ops;
	set_entry(f, "d0v0", 7 * SECOND);
	set_entry(f, "d2v0", 2 * SECOND);
	assert_ok(waits_read(&f->xen, NULL, NULL, ret));
	set_entry(f, "d0v0", 5000);
	set_entry(f, "d2v0", 5000);
	f->xen.source = running.source;
}

/*
 * Times of waits end before the waiting vcpus are read, not when the last one
 * was; an event is lost if it is pending in two passes.
 */
static void test_running(void **state)
{
	(void)state;
	for_each_shape(f) {
		const struct wait *w;
		struct waits waits;

		read_running(f, 2, &waits);
		assert_int_equal(waits.now, 7 * SECOND);
		assert_true(waits.latest == WAIT_NO_LIMIT);
		w = find(&waits, "d2v0");
		assert_int_equal(w->least, 5 * SECOND);
		w = find(&waits, "d300v0");
		assert_non_null(w);
		assert_int_equal(w->kind, WAIT_LOST_EVENT);
		assert_true(w->sure);
		waits_release(&waits);
		read_running(f, 1, &waits);
		assert_int_equal(running.reads, 2);
		assert_null(find(&waits, "d300v0"));
		assert_non_null(find(&waits, "d2v0"));
		waits_release(&waits);
	}
}

/* ---- the verdict ---- */

static const char *standing_out(struct fixture *f, const char *part)
{
	static struct verdict v;

	memset(&v, 0, sizeof(v));
	f->xen.id.major = f->version / 100;
	f->xen.id.minor = f->version % 100;
	assert_ok(verdict_troubles(&f->xen, NULL, &v));
	for (unsigned int i = 0; i < v.nr; i++)
		if (strstr(v.line[i].text, part))
			return v.line[i].text;
	return "";
}

static void test_verdict(void **state)
{
	(void)state;
	for_each_shape(f) {
		uint64_t va = fixture_va(f, "d0v0");

		assert_string_equal(standing_out(f, "starved"), "");
		assert_string_equal(standing_out(f, "slow"), "");
		set_entry(f, "d0v1", 7 * SECOND);
		set_entry(f, "d2v0", 2 * SECOND);
		assert_string_equal(standing_out(f, "starved"),
				    "d2v0 is starved: it waited 5.000 s or more for pcpu 0");
		set_entry(f, "d0v1", 5000);
		set_entry(f, "d2v0", 5000);
		/* running 2 s, runnable 18 s */
		fixture_poke(f, va, "vcpu.runstate.time[0]", 2 * SECOND);
		fixture_poke(f, va, "vcpu.runstate.time[1]", 18 * SECOND);
		assert_string_equal(standing_out(f, "slow"),
				    "dom0 was slow: d0v0 got a pcpu for 10 % of the 20.0 s that it could have used one");
		fixture_poke(f, va, "vcpu.runstate.time[1]", ~0ULL);
		assert_string_equal(standing_out(f, "slow"), "");
		fixture_poke(f, va, "vcpu.runstate.time[1]", 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_dying),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_time_text),
		cmocka_unit_test(test_lost_event),
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_verdict),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
