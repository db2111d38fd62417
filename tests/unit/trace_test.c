/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trace buffers: rings of records, valid and damaged. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/host/trace.h"

#define SIZE (2 * 4096 - 8)	/* bytes of records in a ring */

static struct fixture fix;
static struct trace_buffers buffers;

static int setup(void **state)
{
	uint64_t info, ring;

	(void)state;
	fixture_create_from(&fix, "tests/unit/trace_fixture/trace.c", 420, 64);
	info = fixture_va(&fix, "info");
	ring = fixture_va(&fix, "ring");
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t mfn = (ring - FIXTURE_BASE + FIXTURE_PHYS) / 4096 + i;

		memcpy(fix.image + (info - FIXTURE_BASE) + 4 * (8 + i), &mfn, 4);
	}
	memory_flush(fix.xen.memory);
	assert_ok(trace_open(&fix.xen, &buffers));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_destroy(&fix);
	return 0;
}

static uint8_t *buffer(void)
{
	return fix.image + (fixture_va(&fix, "ring") - FIXTURE_BASE);
}

static void set_ends(uint32_t cons, uint32_t prod)
{
	memcpy(buffer(), &cons, 4);
	memcpy(buffer() + 4, &prod, 4);
	memory_flush(fix.xen.memory);
}

/* Puts a record at an offset of the ring; returns where the next one goes. */
static uint32_t record(uint32_t at, uint32_t event, uint64_t tsc, unsigned int nr,
		       uint32_t a, uint32_t b)
{
	uint32_t w[10] = { event | nr << 28 | (tsc ? 1U << 31 : 0) }, n = 1;

	if (tsc) {
		w[n++] = tsc;
		w[n++] = tsc >> 32;
	}
	w[n++] = a;
	w[n++] = b;
	n += nr - 2;
	memcpy(buffer() + 8 + at, w, 4 * n);
	return at + 4 * n;
}

/* "EVENT text; ..." of pcpu 0, with * for consumed records; errors unchanged. */
static const char *records(void)
{
	static char text[4096];
	char name[48], what[128];
	struct trace_cursor c;
	struct trace_record r;
	size_t len = 0;
	bool found = true;
	struct err *e = trace_start(&c, &buffers, 0);

	text[0] = '\0';
	while (!e && found) {
		e = trace_next(&c, &r, &found);
		if (!e && found)
			len += snprintf(text + len, sizeof(text) - len, "%s%s %s; ",
					r.consumed ? "*" : "",
					trace_event_name(r.event, name, sizeof(name)),
					trace_record_text(&r, what, sizeof(what)));
		assert_true(len < sizeof(text) - 256);
	}
	if (e)
		snprintf(text + len, sizeof(text) - len, "!%s", err_text(e));
	err_free(e);
	return text;
}

static void test_records(void **state)
{
	uint32_t at, middle;

	(void)state;
	at = record(0, 0x28004, 0x100000001, 2, 3, 1);
	middle = record(at, 0x21311, 0x100000002, 2, 5 << 16 | 2, 0xab);
	at = record(middle, 0x2222f, 0, 2, 0x11, 0x22);
	set_ends(0, at);
	assert_string_equal(records(), "SCHED_WAKE d3v1; SCHED_RUNSTATE_CHANGE d5v2 offline to runnable ab; "
			    "SCHED credit2 47 11 22; ");
	/* consumed up to the third, which are still in the ring */
	set_ends(middle, at);
	assert_string_equal(records(), "*SCHED_WAKE d3v1; *SCHED_RUNSTATE_CHANGE d5v2 offline to runnable ab; "
			    "SCHED credit2 47 11 22; ");
	set_ends(at, at);
	assert_non_null(strstr(records(), "*SCHED credit2 47"));
	set_ends(0, 0);
	assert_string_equal(records(), "");
}

/* Records cross the pages; the end of the ring is filled with a padding record. */
static void test_wrap(void **state)
{
	uint32_t at = 4096 - 8 - 12, end;

	(void)state;
	for (unsigned int i = 0; i < at; i += 4)
		memcpy(buffer() + 8 + i, &(uint32_t){ 0x0001f002 }, 4);
	end = record(at, 0x28004, 1, 2, 9, 0);
	set_ends(at + SIZE, end + SIZE);
	assert_string_equal(records(), "SCHED_WAKE d9v0; ");
	at = SIZE - 4 - 20;
	end = record(at, 0x28004, 1, 2, 1, 1);
	memcpy(buffer() + 8 + end, &(uint32_t){ 0x0001f002 }, 4);
	end = record(0, 0x28006, 2, 2, 2, 2);
	set_ends(at, end + SIZE);
	assert_string_equal(records(), "SCHED_WAKE d1v1; SCHED_BLOCK d2v2; ");
	set_ends(at + SIZE, end);
	assert_string_equal(records(), "SCHED_WAKE d1v1; SCHED_BLOCK d2v2; ");
}

static void test_broken(void **state)
{
	uint64_t info = fixture_va(&fix, "info"), pointer = fixture_va(&fix, "t_info");
	struct trace_buffers b;
	struct trace_cursor c;

	(void)state;
	record(0, 0x28004, 1, 7, 1, 1);
	set_ends(0, 20);
	assert_string_equal(records(), "!pcpu 0: the record at 0 has 40 bytes, with 20 left");
	set_ends(2, 20);
	assert_non_null(strstr(records(), "invalid t_buf.cons and t_buf.prod: 2,"));
	set_ends(0, 2 * SIZE);
	assert_non_null(strstr(records(), "t_buf.prod: 0, 16368"));
	set_ends(0, SIZE + 4);
	assert_non_null(strstr(records(), "more than 8184 bytes"));
	fixture_poke(&fix, info + 2, NULL, 0xffff);
	assert_err(trace_start(&c, &buffers, 0), ERR_CORRUPT, "invalid t_info.mfn_offset: 65535");
	fixture_poke(&fix, info + 2, NULL, 0);
	assert_err(trace_start(&c, &buffers, 0), ERR_NOT_FOUND, "no trace buffer");
	fixture_poke(&fix, pointer, NULL, 0);
	assert_err(trace_open(&fix.xen, &b), ERR_NOT_FOUND, "no trace buffers");
	fixture_poke(&fix, pointer, NULL, info + 8);
	assert_err(trace_open(&fix.xen, &b), ERR_BAD_POINTER, "t_info");
}

/* Buffers of the same frames, again and again. */
static void test_repeated_frames(void **state)
{
	uint64_t info = fixture_va(&fix, "info");
	uint8_t *lists = fix.image + (info - FIXTURE_BASE), saved[4096];
	struct trace_buffers b;

	(void)state;
	memcpy(saved, lists, sizeof(saved));
	/* one frame that is damaged to another one */
	memcpy(lists + 4 * 11, lists + 4 * 8, 4);
	memory_flush(fix.xen.memory);
	assert_ok(trace_open(&fix.xen, &b));
	/* both pcpus have the same list */
	memcpy(lists + 4 * 9, lists + 4 * 8, 4);
	memcpy(lists + 4, lists + 2, 2);
	memory_flush(fix.xen.memory);
	assert_err(trace_open(&fix.xen, &b), ERR_CORRUPT, "t_info: 3 of 4 frames are listed before");
	memcpy(lists, saved, sizeof(saved));
	/* longer than all lists together can be */
	fixture_poke(&fix, fixture_va(&fix, "t_info_pages"), NULL, 65);
	memset(lists, 0xff, 2);
	for (unsigned int cpu = 0; cpu < 3; cpu++)
		memcpy(lists + 2 + 2 * cpu, &(uint16_t){ 8 }, 2);
	memory_flush(fix.xen.memory);
	assert_err(trace_open(&fix.xen, &b), ERR_CORRUPT, "131065 of 131070 frames");
	fix.xen.nr_cpus = 3;
	assert_err(trace_open(&fix.xen, &b), ERR_CORRUPT, "t_info: more than 131072 frames");
	fix.xen.nr_cpus = 2;
	fixture_poke(&fix, fixture_va(&fix, "t_info_pages"), NULL, 1);
	memcpy(lists, saved, sizeof(saved));
	memory_flush(fix.xen.memory);
}

/* Names and words of each form, and of events without name. */
static void test_events(void **state)
{
	static const struct {
		uint32_t event;
		unsigned int nr;
		uint32_t word[6];
		const char *text;
	} cases[] = {
		{ 0x0001f001, 4, { 9, 8, 7, 6 }, "LOST_RECORDS 9 lost 8 7 6" },
		{ 0x00028001, 1, { 3 }, "SCHED_DOM_ADD d3" },
		{ 0x0002800f, 4, { 1, 2, 30, 40 }, "SCHED_SWITCH_INFNEXT d1v2 waited 30 ns, gets 40 ns" },
		{ 0x00021231, 1, { 0x00050002 }, "SCHED_RUNSTATE_CHANGE d5v2 blocked to offline" },
		{ 0x00201104, 5, { 0x40001000, 0xffff82d0, 0x18, 0, 2 },
		  "PV_PAGE_FAULT rip ffff82d040001000 address 18 error 2" },
		{ 0x00201004, 3, { 0x1000, 0x18, 3 }, "PV_PAGE_FAULT eip 1000 address 18 error 3" },
		{ 0x00081503, 3, { 0x72, 0x1234, 0x5 }, "HVM_SVM_EXIT reason 72 rip 500001234" },
		{ 0x00081001, 0, { 0 }, "HVM_VMENTRY " },
		{ 0x00801001, 2, { 2400, 800 }, "PM_FREQ_CHANGE from 2400 to 800 MHz" },
		{ 0x0010f005, 3, { 0x12, 1, 7 }, "MEM_DECREASE_RESERVATION gfn 100000012, d7" },
		/* fewer words than the format has */
		{ 0x0002800a, 3, { 1, 2, 3 }, "SCHED_SWITCH from d1v2 to " },
		{ 0x00022801, 1, { 0xab }, "SCHED rtds 1 ab" },
		/* of an unknown scheduler, and of each class */
		{ 0x00022c01, 0, { 0 }, "SCHED 22c01 " }, { 0x00040123, 0, { 0 }, "DOM0OP 40123 " },
		{ 0x00082123, 0, { 0 }, "HVM 82123 " }, { 0x0010f123, 0, { 0 }, "MEM 10f123 " },
		{ 0x00204123, 0, { 0 }, "PV 204123 " }, { 0x0040f123, 0, { 0 }, "SHADOW 40f123 " },
		{ 0x00804123, 0, { 0 }, "HW 804123 " }, { 0x08001234, 1, { 5 }, "GUEST 8001234 5" },
		{ 0x07001234, 0, { 0 }, "7001234 " },
	};
	char name[64], words[160], text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trace_record r = { .event = cases[i].event, .nr = cases[i].nr };

		memcpy(r.word, cases[i].word, sizeof(cases[i].word));
		snprintf(text, sizeof(text), "%s %s", trace_event_name(r.event, name, sizeof(name)),
			 trace_record_text(&r, words, sizeof(words)));
		assert_string_equal(text, cases[i].text);
	}
	/* no space */
	assert_string_equal(trace_record_text(&(struct trace_record){ .event = 0x28001, .nr = 1, .word = { 1234567 } },
					      words, 5), "d123");
}

static void test_domains(void **state)
{
	struct trace_record r = { .event = 0x2800a, .nr = 4, .word = { 1, 0, 5, 2 } };

	(void)state;
	assert_true(trace_record_is_of(&r, 1));
	assert_true(trace_record_is_of(&r, 5));
	assert_false(trace_record_is_of(&r, 2));
	assert_false(trace_record_is_of(&r, 0));
	r.event = 0x2222f;
	assert_false(trace_record_is_of(&r, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_repeated_frames),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
