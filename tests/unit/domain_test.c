/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/model_fixture/shapes.h"

#include "xen/base/array.h"
#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"

/* Each version that changed a member, with small and large cpu masks. */
static const struct shape shapes[] = {
	{ 404, 256 }, { 405, 64 }, { 406, 256 }, { 408, 128 }, { 411, 256 },
	{ 412, 256 }, { 413, 256 }, { 414, 128 }, { 417, 256 }, { 418, 256 },
	{ 420, 4096 }, { 423, 16384 },
};

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/model_fixture/model.c", shapes,
		      ARRAY_SIZE(shapes));
	return 0;
}

/* Walks all domains: ids as text, errors as "!reason". */
static const char *walk(struct fixture *f, bool system)
{
	static char text[256];
	unsigned int n = 0, steps = 0;
	struct domains w;
	struct domain d;
	struct err *e;

	text[0] = '\0';
	assert_ok(domains_start(&w, &f->xen, system));
	for (;;) {
		assert_true(++steps < 100);
		e = domains_next(&w, &d);
		if (e) {
			n += sprintf(text + n, "!%s ", err_mark(err_reason(e)));
			err_free(e);
		} else if (w.done) {
			return text;
		} else {
			n += sprintf(text + n, "%u ", (unsigned int)value_of(&d.domain_id));
		}
	}
}

static void test_list(void **state)
{
	(void)state;
	for_each_shape(f) {
		assert_string_equal(walk(f, false), "0 1 2 300 ");
		/* no dom_cow in these builds */
		assert_string_equal(walk(f, true),
				    "0 1 2 300 32753 32754 32767 ");
	}
}

/* An empty list of a host that has a dom0 is damage; before dom0 it is empty. */
static void test_empty_list(void **state)
{
	(void)state;
	for_each_shape(f) {
		uint64_t list = fixture_va(f, "domain_list"), first, dom0;
		struct domains w;

		if (f->version < 405)
			continue;
		dom0 = fixture_va(f, "hardware_domain");
		assert_ok(space_read_u64(f->xen.space, list, &first));
		fixture_poke(f, list, NULL, 0);
		assert_err(domains_start(&w, &f->xen, false), ERR_CORRUPT, "domain list: domain_list is 0, but hardware_domain is ffff");
		fixture_poke(f, dom0, NULL, 0);
		assert_string_equal(walk(f, false), "");
		fixture_poke(f, list, NULL, first);
		fixture_poke(f, dom0, NULL, first);
	}
}

static void test_types(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct domain d = domain(f, 0);

		assert_int_equal(domain_type(&d), DOMAIN_PV);
		assert_false(domain_is_hvm(&d));
		assert_int_equal(value_of(&d.is_32bit), 0);
		d = domain(f, 1);
		assert_int_equal(domain_type(&d), DOMAIN_HVM);
		assert_true(domain_is_hvm(&d));
		d = domain(f, 2);
		assert_int_equal(domain_type(&d), DOMAIN_PVH);
		assert_true(domain_is_hvm(&d));
		d = domain(f, 300);
		assert_int_equal(domain_type(&d), DOMAIN_PV);
		assert_int_equal(value_of(&d.is_32bit), 1);
		d = domain(f, DOMID_IDLE);
		assert_int_equal(domain_type(&d), DOMAIN_IDLE);
		d = domain(f, DOMID_IO);
		assert_int_equal(domain_type(&d), DOMAIN_IO);
	}
}

static void test_unknown_type(void **state)
{
	struct domain d = { .domain_id = { .state = VALUE_OK, .raw = 5 } };

	(void)state;
	assert_int_equal(domain_type(&d), DOMAIN_UNKNOWN);
	d.domain_id.raw = 0x7ff8;
	assert_int_equal(domain_type(&d), DOMAIN_UNKNOWN);
	assert_string_equal(domain_type_name(domain_type(&d)), "?");
}

static void test_members(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct domain d = domain(f, 0);

		assert_int_equal(value_of(&d.tot_pages), 1000);
		assert_int_equal(value_of(&d.max_pages), 2000);
		assert_int_equal(value_of(&d.xenheap_pages), 3);
		assert_int_equal(value_of(&d.refcnt), 4);
		assert_int_equal(value_of(&d.cpupool_id), 3);
		assert_int_equal(value_of(&d.frame_lists), 0xabc);
		d = domain(f, 300);
		assert_int_equal(value_of(&d.frame_lists_compat), 0xdef);
		assert_int_equal(d.shared_info.state, VALUE_OK);
	}
}

/* A member that a version lacks is missing, and is not read from another place. */
static void test_missing_members(void **state)
{
	(void)state;
	for_each_shape(f) {
		struct domain d = domain(f, 0);
		unsigned int v = f->version;

		assert_int_equal(d.unique_id.state,
				 v >= 420 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(d.options.state,
				 v >= 413 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(d.guest_type.state,
				 v < 413 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(d.shr_pages.state,
				 v < 417 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(d.shutdown_state.state,
				 v >= 423 ? VALUE_OK : VALUE_NO_FIELD);
		assert_int_equal(d.emulation_flags.state,
				 v >= 406 ? VALUE_OK : VALUE_NO_FIELD);
	}
}

static void check_state(struct fixture *f, unsigned int id, const char *letters,
			const char *life, unsigned int vcpus,
			unsigned int online, uint64_t time)
{
	struct domain d = domain(f, id);
	char buf[DOMAIN_STATE_TEXT], text[64];
	struct domain_state s;

	assert_ok(domain_state_read(&f->xen, &d, &s));
	assert_string_equal(domain_state_text(&s, buf), letters);
	assert_int_equal(s.vcpus, vcpus);
	assert_int_equal(s.online, online);
	assert_int_equal(s.cpu_time, time);
	assert_int_equal(s.lost, 0);
	assert_false(s.no_flags || s.no_time);
	domain_life_text(&d, text, sizeof(text));
	assert_string_equal(text, life);
}

static void test_states(void **state)
{
	(void)state;
	for_each_shape(f) {
		check_state(f, 0, "r-----", "alive", 2, 2, 2001);
		check_state(f, 1, "--psc-", "shut down: crash", 1, 0, 1000);
		check_state(f, 2, "-----d", "dead", 1, 1, 1000);
		check_state(f, 300, "-b----", "shutting down: reboot", 2, 2, 2002);
		check_state(f, DOMID_IDLE, "r-----", "alive", 2, 2, 2001);
		check_state(f, DOMID_XEN, "------", "alive", 0, 0, 0);
	}
}

static void test_shutdown_letters(void **state)
{
	static const char letters[] = "-rscwS??";
	struct domain_state s = { .shutdown = true };
	char buf[DOMAIN_STATE_TEXT];

	(void)state;
	for (s.shutdown_code = 0; s.shutdown_code < 8; s.shutdown_code++)
		assert_int_equal(domain_state_text(&s, buf)[4],
				 letters[s.shutdown_code]);
	s.shutdown_code = UINT64_MAX;
	assert_int_equal(domain_state_text(&s, buf)[4], '?');
	/* what no vcpu tells is not said */
	s = (struct domain_state){ .no_flags = true, .paused = true };
	assert_string_equal(domain_state_text(&s, buf), "??p---");
	assert_null(shutdown_code_name(UINT64_MAX));
}

static void test_names(void **state)
{
	char buf[37];

	(void)state;
	for_each_shape(f) {
		struct domain d = domain(f, 0);

		assert_true(domain_is_hardware(&f->xen, &d));
		assert_string_equal(domain_name(&d), "Domain-0");
		d = domain(f, 1);
		assert_false(domain_is_hardware(&f->xen, &d));
		assert_null(domain_name(&d));
		assert_string_equal(domain_uuid(&f->xen, &d, buf),
				    "b7cef876-e55e-11f1-b6f6-dd1999442e8b");
		d = domain(f, DOMID_IDLE);
		assert_string_equal(domain_name(&d), "idle");
	}
}

static void test_flags(void **state)
{
	char buf[256];

	(void)state;
	for_each_shape(f) {
		struct domain d = domain(f, 0);

		domain_flags_text(&f->xen, &d, buf, sizeof(buf));
		assert_string_equal(buf, "hardware domain, privileged");
		d = domain(f, 2);
		domain_flags_text(&f->xen, &d, buf, sizeof(buf));
		if (f->version >= 413)
			assert_string_equal(buf, "hvm, emulated: lapic");
		else if (f->version >= 406)
			assert_string_equal(buf, "emulated: lapic");
		else
			assert_string_equal(buf, "");
		/* a small buffer is not overrun */
		assert_true(strlen(domain_flags_text(&f->xen, &d, buf, 10)) < 10);
	}
	fixture_poke(newest, fixture_va(newest, "dom0"), "domain.options",
		     1U << 31 | 2);
	struct domain d = domain(newest, 0);

	domain_flags_text(&newest->xen, &d, buf, sizeof(buf));
	assert_string_equal(buf, "hardware domain, privileged, hap, bit 31");
	fixture_poke(newest, fixture_va(newest, "dom0"), "domain.options", 0);
}

static void test_find(void **state)
{
	struct domain d = { .va = 42 };

	(void)state;
	assert_err(domain_find(&newest->xen, 77, &d), ERR_NOT_FOUND,
		   "no domain 77; there are 0, 1, 2, 300");
	assert_int_equal(d.va, 42);
	assert_ok(domain_find(&newest->xen, 300, &d));
	assert_int_equal(d.va, fixture_va(newest, "dom3"));
}

static void test_read_refuses(void **state)
{
	struct domain d = { .va = 42 };
	uint64_t va = fixture_va(newest, "dom1");

	(void)state;
	assert_err(domain_read(&newest->xen, 0, &d), ERR_BAD_POINTER, "null");
	assert_err(domain_read(&newest->xen, va + 8, &d), ERR_BAD_POINTER,
		   "not aligned");
	assert_err(domain_read(&newest->xen, 0x1000, &d), ERR_BAD_POINTER,
		   "not Xen's");
	fixture_poke(newest, va, "domain.domain_id", 0x8000);
	assert_err(domain_read(&newest->xen, va, &d), ERR_CORRUPT, "not a domain");
	fixture_poke(newest, va, "domain.domain_id", 1);
	fixture_exclude(newest, va);
	assert_err(domain_read(&newest->xen, va, &d), ERR_EXCLUDED,
		   "cannot be read");
	fixture_exclude(newest, 0);
	assert_int_equal(d.va, 42);
}

/* Each damage affects only the values that depend on it, and is reported once. */
static void test_damaged_list(void **state)
{
	uint64_t dom1 = fixture_va(newest, "dom1");
	uint64_t dom2 = fixture_va(newest, "dom2");
	static const char next[] = "domain.next_in_list";

	(void)state;
	fixture_poke(newest, dom2, next, dom1);
	assert_string_equal(walk(newest, false), "0 1 2 !<corrupt> ");
	fixture_poke(newest, dom2, next, dom2);
	assert_string_equal(walk(newest, false), "0 1 2 2 !<corrupt> ");
	fixture_poke(newest, dom2, next, dom1 + 1);
	assert_string_equal(walk(newest, false), "0 1 2 !<bad pointer> ");
	fixture_poke(newest, dom2, next, 0x1234560);
	assert_string_equal(walk(newest, false), "0 1 2 !<bad pointer> ");
	fixture_poke(newest, dom2, next, 0xffff82d07ffff000);
	assert_string_equal(walk(newest, true),
			    "0 1 2 !<not in dump> 32753 32754 32767 ");
	fixture_poke(newest, dom2, next, fixture_va(newest, "dom3"));

	fixture_exclude(newest, dom2);
	assert_string_equal(walk(newest, true),
			    "0 1 !<excluded> 32753 32754 32767 ");
	fixture_exclude(newest, 0);
	fixture_poke(newest, dom1, "domain.domain_id", 0x9000);
	assert_string_equal(walk(newest, false), "0 !<corrupt> 2 300 ");
	fixture_poke(newest, dom1, "domain.domain_id", 1);
	assert_string_equal(walk(newest, false), "0 1 2 300 ");
}

static void test_interrupted(void **state)
{
	struct domain_state st;
	struct domain d;
	struct domains w;

	(void)state;
	d = domain(newest, 0);
	assert_ok(domains_start(&w, &newest->xen, true));
	interrupt_pending = 1;
	assert_err(domains_next(&w, &d), ERR_INTERRUPTED, "");
	assert_err(domain_state_read(&newest->xen, &d, &st), ERR_INTERRUPTED, "");
	assert_err(domain_find(&newest->xen, 1, &d), ERR_INTERRUPTED, "");
	interrupt_pending = 0;
}

static void test_no_types(void **state)
{
	struct records *with = newest->xen.records;
	struct domains w;

	(void)state;
	assert_ok(records_create(NO_PLACES, &newest->xen.records));
	assert_err(domains_start(&w, &newest->xen, false), ERR_NO_TYPE,
		   "domain list");
	records_destroy(newest->xen.records);
	newest->xen.records = with;
}

static void test_damaged_vcpus_are_counted(void **state)
{
	uint64_t array = fixture_va(newest, "d0_vcpus");
	uint64_t d0v1 = fixture_va(newest, "d0v1");
	struct domain d = domain(newest, 0);
	struct domain_state s;

	(void)state;
	fixture_poke(newest, array + 8, NULL, 0x10);
	assert_ok(domain_state_read(&newest->xen, &d, &s));
	assert_int_equal(s.vcpus, 1);
	assert_int_equal(s.lost, 1);
	fixture_poke(newest, array + 8, NULL, d0v1);
	d.max_vcpus.raw = 1000000;
	assert_ok(domain_state_read(&newest->xen, &d, &s));
	assert_int_equal(s.vcpus, 0);
	assert_int_equal(s.lost, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_empty_list),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_unknown_type),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_missing_members),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_shutdown_letters),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_read_refuses),
		cmocka_unit_test(test_damaged_list),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_no_types),
		cmocka_unit_test(test_damaged_vcpus_are_counted),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
