/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records that hypercalls fill, from correct and wrong answers. */
#include "made_live.h"

#include "xen/model/domain/context.h"
#include "xen/model/host/console.h"
#include "xen/model/memory/guest_memory.h"

static void test_identity(void **state)
{
	(void)state;
	assert_int_equal(x->id.minor, 20);
	assert_int_equal(x->id.build_id_len, 20);
	assert_int_equal(x->nr_cpus, 2);
}

static void test_no_memory(void **state)
{
	uint64_t v;

	(void)state;
	bad(memory_read(x->memory, 0x1000, &v, sizeof(v)), ERR_UNSUPPORTED);
}

static unsigned int count_domains(unsigned int *errors)
{
	unsigned int n = 0;
	struct domains w;
	struct domain d;

	*errors = 0;
	ok(domains_start(&w, x, true));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return n;
		if (e)
			++*errors;
		else
			n++;
		err_free(e);
		assert_true(*errors < 5);
	}
}

static void test_domains(void **state)
{
	unsigned int errors;
	char uuid[37], life[64];
	struct domain d;

	(void)state;
	assert_int_equal(count_domains(&errors), 3);
	assert_int_equal(errors, 0);
	ok(domain_find(x, 7, &d));
	assert_int_equal(domain_type(&d), DOMAIN_PVH);
	domain_life_text(&d, life, sizeof(life));
	assert_string_equal(life, "shut down: crash");
	assert_string_equal(domain_uuid(x, &d, uuid),
			    "12000000-0000-0000-0000-000000000000");
	bad(domain_find(x, 5, &d), ERR_NOT_FOUND);
}

/* An error ends the walk, however often it is repeated. */
static void test_domains_fail(void **state)
{
	unsigned int errors;
	struct domain d;

	(void)state;
	fake.domain_error = -EPERM;
	assert_int_equal(count_domains(&errors), 1);
	assert_int_equal(errors, 1);
	bad(domain_find(x, 7, &d), ERR_NOT_FOUND);
}

static void test_vcpus(void **state)
{
	struct domain_state s;
	struct domain d;
	struct vcpu v;

	(void)state;
	ok(domain_find(x, 1, &d));
	ok(domain_state_read(x, &d, &s));
	assert_int_equal(s.vcpus, 2);	/* one of the three domains does not exist */
	assert_int_equal(s.cpu_time, 10);
	assert_true(s.blocked);
	bad(vcpu_find(x, &d, 1, &v), ERR_NOT_FOUND);
	ok(vcpu_find(x, &d, 2, &v));
	assert_int_equal(v.runstate.state, VALUE_NO_FIELD);
	assert_int_equal(value_of(&v.processor), 1);
}

static void test_vcpus_fail(void **state)
{
	struct domain_state s;
	struct domain d;

	(void)state;
	ok(domain_find(x, 1, &d));
	fake.vcpu_error = -EIO;
	ok(domain_state_read(x, &d, &s));
	assert_int_equal(s.lost, 3);
}

/* No vcpus at all, and more than there can be. */
static void test_vcpus_odd(void **state)
{
	struct domain d;
	struct vcpus w;
	struct vcpu v;

	(void)state;
	fake.max_vcpu_id = UINT32_MAX;
	ok(domain_find(x, 1, &d));
	ok(vcpus_start(&w, x, &d));
	ok(vcpus_next(&w, &v));
	assert_true(w.done);
	fake.max_vcpu_id = UINT32_MAX - 1;
	ok(domain_find(x, 1, &d));
	fake.asked = 0;
	bad(vcpus_start(&w, x, &d), ERR_CORRUPT);
	assert_int_equal(fake.asked, 0);
}

static void test_affinity(void **state)
{
	char text[CPUMASK_TEXT];
	struct cpumask m;
	struct domain d;
	struct vcpu v;

	(void)state;
	ok(domain_find(x, 1, &d));
	ok(vcpu_find(x, &d, 0, &v));
	ok(vcpu_affinity(x, &d, &v, false, &m));
	assert_string_equal(cpumask_text(&m, text, sizeof(text)), "0");
	ok(vcpu_affinity(x, &d, &v, true, &m));
	assert_string_equal(cpumask_text(&m, text, sizeof(text)), "all");
	assert_false(cpumask_has(&m, 2));
}

static void test_registers(void **state)
{
	struct context c;
	struct domain d;
	struct vcpu v;

	(void)state;
	ok(domain_find(x, 1, &d));
	ok(vcpu_find(x, &d, 0, &v));
	ok(context_read(x, &d, &v, &c));
	assert_int_equal(value_of(&c.regs.rip), 0x1234);
	assert_int_equal(value_of(&c.control.cr3), 0x5000);
	assert_int_equal(c.control.efer.state, VALUE_NO_FIELD);
	assert_int_equal(c.place, PLACE_SAVED);
	ok(domain_find(x, 0, &d));
	bad(context_read(x, &d, &v, &c), ERR_UNSUPPORTED);
}

static void test_console(void **state)
{
	uint32_t index = RING - 5;
	char *text;
	size_t len;

	(void)state;
	ok(console_read(x, &text, &len));
	assert_int_equal(len, RING);
	free(text);
	ok(console_read_new(x, &index, &text, &len));
	assert_int_equal(len, 5);
	free(text);
	ok(console_read_new(x, &index, &text, &len));
	assert_int_equal(len, 0);
	free(text);
}

static void test_guest(void **state)
{
	unsigned char b[8];
	struct domain d;
	struct vcpu v;

	(void)state;
	ok(domain_find(x, 1, &d));
	ok(vcpu_find(x, &d, 0, &v));
	bad(guest_read(x, &d, &v, GUEST_VIRTUAL, 0x1ffc, b, 8), ERR_BAD_POINTER);
	ok(guest_read(x, &d, &v, GUEST_PHYSICAL, 0x1ffc, b, 8));
	assert_int_equal(b[3], 1);
	assert_int_equal(b[4], 2);
	fake.mapped = true;
	ok(guest_read(x, &d, &v, GUEST_VIRTUAL, 0x1ffc, b, 8));
	assert_int_equal(b[4], 2);
}

/* The build-id is returned only at its own address. */
static void test_build_id(void **state)
{
	unsigned char id[20];
	struct xen *y;

	(void)state;
	fake.symbols = true;
	ok(live_open(&ops, NULL, &y));
	assert_int_equal(space_params(y->space)->virt_start, 0xffff82d040000000);
	assert_int_equal(space_params(y->space)->root, 0x8fa00000 + 0x476000);
	ok(xen_read_build_id(y, 0xffff82d0403bead8, id, 20));
	assert_int_equal(id[19], 0xab);
	bad(xen_read_build_id(y, 0xffff82d0403beadc, id, 20), ERR_UNSUPPORTED);
	bad(xen_read_build_id(y, 0xffff82d0403bead8, id, 16), ERR_UNSUPPORTED);
	bad(xen_read_build_id(x, 0xffff82d0403bead8, id, 20), ERR_BAD_POINTER);
	xen_close(y);
	fake.closed = 0;
}

/* After a failed query the caller still owns the handle. */
static void test_open_fails(void **state)
{
	struct xen *y = NULL;

	(void)state;
	fake.open_error = -EACCES;
	bad(live_open(&ops, NULL, &y), ERR_MISMATCH);
	assert_null(y);
	assert_int_equal(fake.closed, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_identity), TEST(test_no_memory), TEST(test_domains),
		TEST(test_domains_fail), TEST(test_vcpus), TEST(test_vcpus_fail),
		TEST(test_vcpus_odd), TEST(test_affinity), TEST(test_registers),
		TEST(test_console), TEST(test_guest), TEST(test_build_id),
		TEST(test_open_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
