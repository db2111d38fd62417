/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Event channels, grants and timers: walks over tables, valid and damaged. */
#include "tests/unit/model_fixture/shapes.h"

#include "extensions/support/command.h"
#include "xen/base/array.h"
#include "xen/model/channel/evtchn.h"
#include "xen/model/channel/grant.h"
#include "xen/model/pcpu/timer.h"
#include "xen/model/diagnosis/verdict.h"

static const struct shape shapes[] = {
	{ 404, 64 }, { 406, 64 }, { 410, 64 }, { 412, 64 }, { 418, 64 }, {
	423, 64 },
};

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/channels_fixture/channels.c "
		      "tests/unit/channels_fixture/page_alloc.c", shapes,
		      ARRAY_SIZE(shapes));
	return 0;
}

/* Changes bytes of f; undone by repair(). */
static uint8_t saved[FIXTURE_SIZE];

static void damage(struct fixture *f, uint64_t va, const char *path, uint64_t v)
{
	memcpy(saved, f->image, sizeof(saved));
	fixture_poke(f, va, path, v);
}

static void repair(struct fixture *f)
{
	memcpy(f->image, saved, sizeof(saved));
	memory_flush(f->xen.memory);
}

/* ---- event channels ---- */

/* "PORT STATE flags; ...", errors as "!reason". */
static const char *channels(struct fixture *f, unsigned int domid)
{
	struct domain d = domain(f, domid);
	static char text[512];
	struct evtchns w, peers = { 0 };
	struct evtchn ch;
	unsigned int n = 0, steps = 0;

	text[0] = '\0';
	assert_ok(evtchns_start(&w, &f->xen, &d));
	for (;;) {
		struct err *e = evtchns_next(&w, &ch);

		assert_true(++steps < 300);
		if (e) {
			n += sprintf(text + n, "!%s; ", err_mark(err_reason(e)));
			err_free(e);
			continue;
		}
		if (w.done)
			return text;
		n += sprintf(text + n, "%u %s%s%s%s", ch.port,
			     evtchn_state_name(value_of(&ch.state)),
			     ch.pending ? " pending" : "",
			     ch.masked ? " masked" : "",
			     ch.bits_error ? " ?" : "");
		e = evtchn_check_peer(&w, &peers, &ch);
		n += sprintf(text + n, "%s; ", e ? " !peer" : "");
		err_free(e);
		evtchn_release(&ch);
	}
}

static void test_channels(void **state)
{
	(void)state;
	for_each_shape(f) {
		assert_string_equal(channels(f, 0), "1 virq; 2 interdomain masked; "
				    "5 pirq pending; 70 unbound pending; ");
		assert_string_equal(channels(f, 1),
				    "3 interdomain pending; 4 ipi masked; ");
	}
}

static struct evtchn channel(struct fixture *f, unsigned int domid,
			     unsigned int port)
{
	struct domain d = domain(f, domid);
	struct evtchns w;
	struct evtchn ch;

	assert_ok(evtchns_start(&w, &f->xen, &d));
	assert_ok(evtchn_read(&w, port, &ch));
	evtchn_release(&ch);
	return ch;
}

static void test_channel_fields(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct evtchn ch = channel(f, 0, 1);

		assert_int_equal(value_of(&ch.virq), 2);
		assert_int_equal(value_of(&ch.notify_vcpu_id), 1);
		ch = channel(f, 0, 2);
		assert_int_equal(value_of(&ch.remote_domid), 1);
		assert_int_equal(value_of(&ch.remote_port), 3);
		ch = channel(f, 0, 5);
		assert_int_equal(value_of(&ch.irq), 9);
		ch = channel(f, 0, 70);
		assert_int_equal(value_of(&ch.remote_domid), 1);
		assert_int_equal(evtchn_consumer(&f->xen, &ch),
				 fixture_va(f, "consumer"));
		ch = channel(f, 1, 4);
		assert_int_equal(value_of(&ch.priority), 3);
		assert_true(ch.linked);
		assert_int_equal(ch.link, 3);
	}
	assert_string_equal(virq_name(2), "CONSOLE");
	assert_null(virq_name(5));
	assert_null(virq_name(99));
}

/* The bits of a 32-bit guest have other positions. */
static void test_channels_32bit(void **state)
{
	(void)state;
	for_each_shape(f) {
		damage(f, fixture_va(f, "dom0"),
		       "domain.arch.has_32bit_shinfo", 1);
		/*
		 * its mask begins where the pending bit of port 1024 is for a
		 * 64-bit guest
		 */
		assert_string_equal(channels(f, 0), "1 virq; 2 interdomain; "
				    "5 pirq pending; 70 unbound pending; ");
		repair(f);
	}
}

static void test_broken_channels(void **state)
{
	struct fixture *f = newest;
	uint64_t bucket0 = fixture_va(f, "bucket0");
	struct place evtchn;

	(void)state;
	assert_ok(record_resolve(f->xen.records, "evtchn", &evtchn));
	damage(f, bucket0 + 2 * evtchn.size, "evtchn.u.interdomain.remote_port",
	       4);
	assert_string_equal(channels(f, 0), "1 virq; 2 interdomain masked !peer; "
			    "5 pirq pending; 70 unbound pending; ");
	repair(f);
	damage(f, bucket0 + evtchn.size, "evtchn.port", 8);
	assert_non_null(strstr(channels(f, 0), "!<corrupt>"));
	repair(f);
	damage(f, bucket0 + evtchn.size, "evtchn.state", 9);
	assert_non_null(strstr(channels(f, 0), "!<corrupt>"));
	repair(f);
	/* an unreadable bucket affects only its channels */
	damage(f, fixture_va(f, "group0") + 8, NULL, 0x123);
	assert_string_equal(channels(f, 0), "1 virq; 2 interdomain masked; "
			    "5 pirq pending; !<bad pointer>; ");
	repair(f);
	damage(f, fixture_va(f, "group0") + 8, NULL, 0);
	assert_string_equal(channels(f, 0), "1 virq; 2 interdomain masked; "
			    "5 pirq pending; ");
	repair(f);
	damage(f, fixture_va(f, "fifo"), "evtchn_fifo_domain.num_evtchns", 4);
	assert_string_equal(channels(f, 1),
			    "3 interdomain pending; 4 ipi ?; ");
	repair(f);
}

static void test_too_many_channels(void **state)
{
	struct fixture *f = newest;
	struct evtchns w;
	struct evtchn ch;
	struct domain d;

	(void)state;
	damage(f, fixture_va(f, "dom0"), "domain.valid_evtchns", 1 << 20);
	d = domain(f, 0);
	assert_err(evtchns_start(&w, &f->xen, &d), ERR_CORRUPT, "invalid domain.valid_evtchns: 1048576");
	repair(f);
	d = domain(f, 0);
	assert_ok(evtchns_start(&w, &f->xen, &d));
	assert_err(evtchn_read(&w, 128, &ch), ERR_NOT_FOUND, "there are 128");
}

/* ---- grants ---- */

static void test_grants(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct domain d = domain(f, 1);
		struct grant_table t;
		struct grants w;
		struct grant g;

		assert_ok(grant_table_read(&f->xen, &d, &t));
		assert_int_equal(t.nr_entries, 512);
		assert_int_equal(value_of(&t.max_frames), 64);
		assert_int_equal(value_of(&t.max_maptrack_frames), 1024);
		assert_ok(grants_start(&w, &t));
		assert_ok(grants_next(&w, &g));
		assert_int_equal(g.ref, 1);
		assert_int_equal(value_of(&g.domid), 0);
		assert_int_equal(value_of(&g.mfn), 0x1234);
		assert_null(g.shared_error);
		assert_int_equal(g.flags, 0x19);
		assert_int_equal(g.shared_frame, 0xabcd);
		assert_int_equal(grant_pins(value_of(&g.pin)).host_rw, 2);
		assert_int_equal(grant_pins(value_of(&g.pin)).host_ro, 1);
		grant_release(&g);
		assert_ok(grants_next(&w, &g));
		assert_int_equal(g.va, 0);
		d = domain(f, 0);
		assert_ok(grant_table_read(&f->xen, &d, &t));
		assert_int_equal(t.nr_maptrack_frames, 1);
	}
}

/* Entries of version 2 have 16 bytes, a 64-bit frame and more flags. */
static void test_grants_v2(void **state)
{
	struct fixture *f = newest;
	uint64_t shared = fixture_va(f, "shared1");
	struct domain d = domain(f, 1);
	struct grant_table t;
	struct grants w;
	struct grant g;

	(void)state;
	fixture_poke(f, fixture_va(f, "table1"), "grant_table.gt_version", 2);
	fixture_poke(f, shared + 16, NULL, 0x1111222200070101);
	fixture_poke(f, shared + 24, NULL, 0x3333444455556666);
	assert_ok(grant_table_read(&f->xen, &d, &t));
	assert_int_equal(t.nr_entries, 256);
	assert_ok(grants_start(&w, &t));
	assert_ok(grants_next(&w, &g));
	assert_int_equal(g.ref, 1);
	assert_int_equal(value_of(&g.mfn), 0x1234);
	assert_int_equal(g.flags, 0x101);
	assert_int_equal(g.shared_domid, 7);
	assert_int_equal(g.shared_frame, 0x3333444455556666);
	grant_release(&g);
	fixture_poke(f, shared + 16, NULL, 0);
	fixture_poke(f, shared + 24, NULL, 0);
	fixture_poke(f, fixture_va(f, "table1"), "grant_table.gt_version", 1);
}

/* GTF_* of public/grant_table.h */
static void test_grant_flags(void **state)
{
	static const char *const types[] = { "invalid", "access", "transfer", "transitive" };
	char text[128];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++)
		assert_string_equal(grant_flags_text(i, text, sizeof(text)), types[i]);
	assert_string_equal(grant_flags_text(0x5, text, sizeof(text)), "access, readonly");
	assert_string_equal(grant_flags_text(0x9, text, sizeof(text)), "access, reading");
	assert_string_equal(grant_flags_text(0x11, text, sizeof(text)), "access, writing");
	assert_string_equal(grant_flags_text(0x101, text, sizeof(text)), "access, sub-page");
}

static void test_maptrack(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct grant_maps maps;
		struct grant_map *m;
		struct grant_pins p;
		size_t nr;

		assert_ok(grant_maps_read(&f->xen, &maps));
		assert_int_equal(maps.nr, 3);
		assert_int_equal(maps.nr_errors, 0);
		m = grant_maps_find(&maps, 1, 1, &nr);
		assert_int_equal(nr, 3);
		assert_int_equal(m->handle, 1);
		assert_int_equal(m->mapper, 0);
		p = grant_maps_pins(m, nr);
		assert_int_equal(p.host_rw, 2);
		assert_int_equal(p.host_ro, 1);
		assert_int_equal(p.device_rw, 0);
		grant_maps_find(&maps, 1, 2, &nr);
		assert_int_equal(nr, 0);
		grant_maps_find(&maps, 0, 1, &nr);
		assert_int_equal(nr, 0);
		grant_maps_release(&maps);
	}
}

static void test_broken_grants(void **state)
{
	struct fixture *f = newest;
	struct grant_maps maps;
	struct grant_table t;
	struct grants w;
	struct grant g;
	struct domain d;

	(void)state;
	damage(f, fixture_va(f, "table1"), "grant_table.nr_grant_frames",
	       0x7fffffff);
	d = domain(f, 1);
	assert_err(grant_table_read(&f->xen, &d, &t), ERR_CORRUPT, "invalid nr_grant_frames: 2147483647");
	repair(f);
	damage(f, fixture_va(f, "active_of_1"), NULL, 0x77);
	d = domain(f, 1);
	assert_ok(grant_table_read(&f->xen, &d, &t));
	assert_ok(grants_start(&w, &t));
	assert_err(grants_next(&w, &g), ERR_BAD_POINTER, "from ref 0");
	/* the next page exists */
	assert_ok(grants_next(&w, &g));
	assert_int_equal(g.va, 0);
	repair(f);
	damage(f, fixture_va(f, "maptrack_of_0"), NULL, 0);
	assert_ok(grant_maps_read(&f->xen, &maps));
	assert_int_equal(maps.nr, 0);
	assert_int_equal(maps.nr_errors, 1);
	assert_non_null(strstr(err_text(maps.errors[0]), "maptrack"));
	grant_maps_release(&maps);
	repair(f);
	/* a limit of a million frames causes a few errors, not one for each frame */
	damage(f, fixture_va(f, "table0"), "grant_table.maptrack_limit", 100 << 20);
	assert_ok(grant_maps_read(&f->xen, &maps));
	assert_int_equal(maps.nr_errors, 17);
	assert_non_null(strstr(err_text(maps.errors[16]), "on is left out"));
	grant_maps_release(&maps);
	repair(f);
	assert_string_equal(grant_flags_text(0x19, (char[64]){ 0 }, 64),
			    "access, reading, writing");
}

/* The list of a damaged table ends, and counts the entries left out. */
static void test_many_grants(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct fixture *f = newest;
	struct session s = { .front = &front, .xen = &f->xen };
	char *argv[] = { "grants", "-d1", NULL }, *text, *at;
	unsigned int lines = 0;
	FILE *fp;
	size_t len;

	(void)state;
	damage(f, fixture_va(f, "table1"), "grant_table.nr_grant_frames", 250);
	fixture_poke(f, fixture_va(f, "table1"), "grant_table.active",
		     fixture_va(f, "active_of_many"));
	fp = open_memstream(&text, &len);
	command_run(&s, 2, argv, fp);
	fclose(fp);
	for (at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_in_range(lines, 65536, 65536 + 40);
	assert_non_null(strstr(text, " further grants in use of this domain are not listed\n"));
	free(text);
	repair(f);
}

/* The output of "grants -m"; the caller frees it. */
static char *grants_and_maps(struct fixture *f)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = &f->xen };
	char *argv[] = { "grants", "-m", NULL }, *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	command_run(&s, 2, argv, fp);
	fclose(fp);
	return text;
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int n = 0;

	for (; (text = strstr(text, part)); text++)
		n++;
	return n;
}

/* The list of mappings ends, too, and so do the problems of each table. */
static void test_many_maps(void **state)
{
	struct fixture *f = newest;
	uint64_t active = fixture_va(f, "active_of_many");
	char *text;

	(void)state;
	/* 300 frames of 256 entries */
	damage(f, fixture_va(f, "table0"), "grant_table.maptrack_limit", 76800);
	fixture_poke(f, fixture_va(f, "table0"), "grant_table.maptrack",
		     fixture_va(f, "maptrack_of_many"));
	text = grants_and_maps(f);
	assert_int_equal(count(text, "maps grant 7 of domain 1, which is not in use\n"), 16);
	assert_non_null(strstr(text, ": 76784 further mappings of grants that are not in use are not listed\n"));
	assert_int_equal(count(text, "host rw"), 65536);
	assert_non_null(strstr(text, ": 11264 further mappings are not listed\n"));
	free(text);
	repair(f);
	/* 17 problems are kept of a damaged number of frames */
	damage(f, fixture_va(f, "table0"), "grant_table.maptrack_limit", 100 << 20);
	text = grants_and_maps(f);
	assert_int_equal(count(text, "maptrack frame "), 16);
	assert_non_null(strstr(text, ": 1 further problems of maptrack tables are not listed\n"));
	free(text);
	repair(f);
	/* frames of grants that are no pointers */
	damage(f, fixture_va(f, "table1"), "grant_table.nr_grant_frames", 20);
	fixture_poke(f, fixture_va(f, "table1"), "grant_table.active", active);
	for (unsigned int i = 0; i < 20; i++)
		fixture_poke(f, active + 8 * i, NULL, 0xbad);
	text = grants_and_maps(f);
	assert_int_equal(count(text, ": active page bad is not aligned\n"), 16);
	assert_non_null(strstr(text, ": 4 further problems of this grant table are not listed\n"));
	free(text);
	repair(f);
}

/* ---- timers ---- */

/* "EXPIRES WHERE; ...", errors as "!text". */
static const char *timers(struct fixture *f)
{
	static char text[1024];
	unsigned int n = 0, steps = 0;
	struct timers w;
	struct timer t;

	assert_ok(timers_start(&w, &f->xen, 0, true));
	assert_int_equal(w.deadline, 90);
	text[0] = '\0';
	for (;;) {
		struct err *e = timers_next(&w, &t);

		assert_true(++steps < 100);
		if (e) {
			n += sprintf(text + n, "!%s; ", err_text(e));
			err_free(e);
			continue;
		}
		if (!t.va)
			return text;
		n += sprintf(text + n, "%d %s%s; ", (int)value_of(&t.expires),
			     timer_status_name(t.where),
			     t.running ? " running" : "");
	}
}

static void test_timers(void **state)
{
	struct timers w;

	(void)state;
	for_each_shape(f) {
		assert_string_equal(timers(f), "100 heap; 300 heap; "
				    "200 heap running; 0 list; 0 inactive; ");
		assert_err(timers_start(&w, &f->xen, 1, false), ERR_NOT_FOUND,
			   "pcpu 1");
	}
}

static void test_broken_timers(void **state)
{
	struct fixture *f = newest;
	uint64_t va = fixture_va(f, "timer");
	struct place timer;
	struct timers w;

	(void)state;
	assert_ok(record_resolve(f->xen.records, "timer", &timer));
	damage(f, va + timer.size, "timer.expires", 50);
	assert_non_null(strstr(timers(f), "expires before its parent"));
	repair(f);
	damage(f, va + timer.size, "timer.status", 1);
	assert_non_null(strstr(timers(f), "is in the heap, but its status is inactive"));
	repair(f);
	damage(f, va + 2 * timer.size, "timer.heap_offset", 9);
	assert_non_null(strstr(timers(f), "is at index 3, but its heap_offset is 9"));
	repair(f);
	damage(f, va + 3 * timer.size, "timer.list_next", va + 3 * timer.size);
	assert_non_null(strstr(timers(f), "loops"));
	repair(f);
	damage(f, fixture_va(f, "heap0"), NULL, 9 | 7UL << 16);
	assert_err(timers_start(&w, &f->xen, 0, false), ERR_CORRUPT,
		   "invalid size of the heap: 9, the limit is 7");
	repair(f);
}

/* ---- the verdict ---- */

/* The statement that begins with this text, or "". */
static const char *trouble(struct fixture *f, const char *start)
{
	static struct verdict v;

	memset(&v, 0, sizeof(v));
	assert_ok(verdict_troubles(&f->xen, NULL, &v));
	for (unsigned int i = 0; i < v.nr; i++)
		if (!strncmp(v.line[i].text, start, strlen(start)))
			return v.line[i].text;
	return "";
}

static void test_troubles(void **state)
{
	uint64_t active;

	(void)state;
	for_each_shape(f) {
		active = fixture_va(f, "active1");
		assert_string_equal(trouble(f, "d1"), "");
		assert_string_equal(trouble(f, "zombie"), "");
		assert_string_equal(trouble(f, "1 grants"), "");
		damage(f, fixture_va(f, "dom1"), "domain.is_dying", 2);
		assert_string_equal(trouble(f, "zombie"), "zombie domain d1, "
				    "d0 maps grant 1 (3 times)");
		repair(f);
		damage(f, fixture_va(f, "dom1"), "domain.is_dying", 1);
		assert_int_equal(strncmp(trouble(f, "d1"), "d1 is being destroyed", 21), 0);
		repair(f);
		/* entry 7 is pinned, but not in a maptrack table */
		damage(f, active + 7 * 32, "active_grant_entry.pin", 1);
		assert_string_equal(trouble(f, "1 grants"),
				    "1 grants of d1 are pinned without a mapping "
				    "(first: 7): leaked, or a copy in progress");
		repair(f);
	}
}

static void test_exhausted_heap(void **state)
{
	(void)state;
	for_each_shape(f) {
		uint64_t total = fixture_va(f, "total_avail_pages");

		assert_string_equal(trouble(f, "heap"), "");
		damage(f, total, NULL, 1023);
		assert_string_equal(trouble(f, "heap"),
				    "heap exhausted: 1023 free pages");
		/* the other count of the same pages */
		fixture_poke(f, fixture_va(f, "avail0") + 8, NULL, 1024);
		assert_string_equal(trouble(f, "heap"), "heap exhausted: 1023 free pages, "
				    "conflicting evidence: avail[][] counts 1024");
		repair(f);
		/* the last number that may be claimed */
		damage(f, fixture_va(f, "outstanding_claims"), NULL, 3976);
		assert_string_equal(trouble(f, "heap"), "");
		repair(f);
		damage(f, fixture_va(f, "outstanding_claims"), NULL, 3977);
		assert_string_equal(trouble(f, "heap"), "heap exhausted: "
				    "3977 of 5000 free pages are claimed");
		repair(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_channel_fields),
		cmocka_unit_test(test_channels_32bit),
		cmocka_unit_test(test_broken_channels),
		cmocka_unit_test(test_too_many_channels),
		cmocka_unit_test(test_grants),
		cmocka_unit_test(test_grants_v2),
		cmocka_unit_test(test_grant_flags),
		cmocka_unit_test(test_maptrack),
		cmocka_unit_test(test_many_grants), cmocka_unit_test(test_many_maps),
		cmocka_unit_test(test_broken_grants),
		cmocka_unit_test(test_timers),
		cmocka_unit_test(test_broken_timers),
		cmocka_unit_test(test_troubles),
		cmocka_unit_test(test_exhausted_heap),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
