/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of the whole host by hypercalls. */
#include "made_live.h"

#include "xen/model/channel/evtchn.h"
#include "xen/model/domain/context.h"
#include "xen/model/host/console.h"
#include "xen/model/host/livepatch.h"
#include "xen/model/memory/heap.h"
#include "xen/model/memory/p2m.h"
#include "xen/model/memory/ram.h"
#include "xen/model/sched/sched.h"

/* Numbers that do not increase end the table. */
static void test_symbols_loop(void **state)
{
	struct xen *y;

	(void)state;
	fake.symbols = fake.loop = true;
	ok(live_open(&ops, NULL, &y));
	xen_close(y);
	fake.closed = 0;
}

static void test_key(void **state)
{
	char *text;

	(void)state;
	ok(console_press_key(x, 's', &text));
	assert_string_equal(text, "(XEN) 's' pressed -> x\n(XEN) y\n");
	free(text);
	fake.key_error = -EPERM;
	bad(console_press_key(x, 's', &text), ERR_IO);
}

static void test_sched(void **state)
{
	struct sched *s;

	(void)state;
	fake.vcpu_error = 0;
	ok(sched_read(x, &s));
	assert_int_equal(s->pools.nr, 2);
	assert_string_equal(s->pools.at[0].opt_name, "credit2");
	assert_int_equal(s->pcpus.nr, 1);	/* one of two is up */
	assert_int_equal(s->pcpus.at[0].pool, 0);
	assert_int_equal(s->units.nr, 6);
	assert_int_equal(s->units.at[0].pool, 0);
	assert_int_equal(value_of(&s->units.at[0].cap), 50);
	assert_int_equal(s->units.at[0].place, SCHED_OUT);
	assert_int_equal(s->units.at[5].cap.state, VALUE_NO_FIELD);
	sched_destroy(s);
	fake.loop = true;
	ok(sched_read(x, &s));
	assert_int_equal(s->pools.nr, 2);
	sched_destroy(s);
}

static void test_evtchns(void **state)
{
	struct evtchns w;
	struct evtchn e;
	struct domain d;

	(void)state;
	ok(domain_find(x, 1, &d));
	ok(evtchns_start(&w, x, &d));
	assert_int_equal(w.nr, 5);
	ok(evtchns_next(&w, &e));
	assert_int_equal(e.port, 3);
	assert_int_equal(value_of(&e.state), EVTCHN_VIRQ);
	assert_int_equal(value_of(&e.virq), 2);
	ok(evtchns_next(&w, &e));
	assert_true(w.done);
}

static void test_heap(void **state)
{
	struct heap_zone z;
	struct heap h;
	bool has;

	(void)state;
	ok(heap_open(x, &h));
	ok(heap_has_node(&h, 1, &has));
	assert_false(has);
	ok(heap_zone_read(&h, NULL, 0, 17, &z, NULL, NULL));
	assert_int_equal(value_of(&z.avail), 100);
	ok(heap_zone_read(&h, NULL, 0, 0, &z, NULL, NULL));
	assert_int_equal(value_of(&z.avail), 0);
}

/* Counters only: domains and free pages; the rest is unaccounted. */
static void test_ram(void **state)
{
	uint64_t pages = 0;
	struct ram r;

	(void)state;
	ok(ram_read(x, NULL, &r));
	assert_false(r.by_frames);
	assert_string_equal(r.no_frames, "");
	assert_true(r.nr_domains > 0);
	for (unsigned int i = 0; i < r.nr_domains; i++)
		pages += r.domain[i].pages;
	assert_int_equal(pages, 300);
	assert_int_equal(r.free.state, VALUE_OK);
	assert_int_equal(r.total.state, VALUE_OK);
	assert_int_equal(r.unaccounted, 1000 - 400 - 300);
	assert_int_equal(r.unscrubbed.state, VALUE_NO_FIELD);
	ram_release(&r);
}

static void test_livepatches(void **state)
{
	struct livepatches w;
	struct livepatch l;

	(void)state;
	ok(livepatches_start(&w, x));
	ok(livepatches_next(&w, &l));
	assert_string_equal(l.name, "fix");
	assert_int_equal((int64_t)value_of(&l.rc), -22);
	assert_int_equal(l.nfuncs.state, VALUE_NO_FIELD);
	ok(livepatches_next(&w, &l));
	assert_true(w.done);
	fake.no_livepatch = true;
	ok(livepatches_start(&w, x));
	bad(livepatches_next(&w, &l), ERR_NO_SYMBOL);
}

static void test_m2p(void **state)
{
	uint64_t entry;

	(void)state;
	ok(m2p_lookup(x, 0x10, &entry, NULL));
	assert_int_equal(entry, 0x17);
	bad(m2p_lookup(x, 0x1000, &entry, NULL), ERR_NOT_FOUND);
}

static void test_pcpus(void **state)
{
	char text[VCPU_NAME];
	struct pcpu p;

	(void)state;
	ok(pcpu_read(x, 1, &p));
	assert_true(p.online);
	ok(pcpu_read(x, 0, &p));
	assert_string_equal(pcpu_state_text(&p), "offline");
	bad(pcpu_read(x, 2, &p), ERR_NOT_FOUND);
	bad(vcpu_name_on(x, &p, text), ERR_NOT_FOUND);
	ok(pcpu_read(x, 1, &p));
	ok(vcpu_name_on(x, &p, text));
	assert_string_equal(text, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_symbols_loop), TEST(test_key), TEST(test_sched),
		TEST(test_evtchns), TEST(test_heap), TEST(test_ram), TEST(test_livepatches),
		TEST(test_m2p), TEST(test_pcpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
