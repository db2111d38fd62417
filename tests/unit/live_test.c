/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records that hypercalls fill, from answers sound and not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "xen/model/console.h"
#include "xen/model/guest.h"
#include "xen/model/live.h"

#define RING	100000

/* A host of three domains; what is set makes an answer an error. */
static struct {
	int domain_error, vcpu_error, open_error;
	uint32_t max_vcpu_id;
	unsigned int asked, closed;
	bool mapped;
} fake;

static void fake_close(void *priv)
{
	(void)priv;
	fake.closed++;
}

static int fake_identity(void *priv, struct live_identity *ret)
{
	(void)priv;
	memset(ret, 0, sizeof(*ret));
	ret->major = 4;
	ret->minor = 20;
	ret->build_id_len = 20;
	memset(ret->build_id, 0xab, 20);
	ret->phys_start = 0x8fa00000;
	return 0;
}

static int fake_host(void *priv, struct live_host *ret)
{
	(void)priv;
	memset(ret, 0, sizeof(*ret));
	ret->cpus = ret->cpus_online = 2;
	ret->scheduler = 6;
	ret->total_pages = 1000;
	return fake.open_error;
}

static int fake_log(void *priv, char *buf, size_t size, uint32_t *index,
		    size_t *len)
{
	size_t n = RING - *index;

	(void)priv;
	if (n > size)
		n = size;
	memset(buf, 'x', n);
	*index += n;
	*len = n;
	return 0;
}

static int fake_domain(void *priv, uint32_t first, struct live_domain *ret)
{
	static const uint32_t ids[] = { 0, 1, 7 };
	size_t i;

	(void)priv;
	fake.asked++;
	if (fake.domain_error && first)
		return fake.domain_error;
	for (i = 0; i < 3 && ids[i] < first; i++)
		;
	if (i == 3)
		return -ENOENT;
	memset(ret, 0, sizeof(*ret));
	ret->domid = ids[i];
	ret->max_vcpu_id = fake.max_vcpu_id;
	ret->flags = ids[i] == 7 ? LIVE_HVM | LIVE_SHUTDOWN : 0;
	ret->shutdown_code = 3;
	ret->handle[0] = 0x12;
	ret->width = 64;
	return 0;
}

static int fake_vcpu(void *priv, uint32_t domid, uint32_t id,
		     struct live_vcpu *ret)
{
	(void)priv;
	(void)domid;
	fake.asked++;
	if (fake.vcpu_error)
		return fake.vcpu_error;
	if (id == 1)
		return -ENOENT;
	*ret = (struct live_vcpu){ .online = 1, .blocked = 1, .cpu = 1,
				   .cpu_time = 5 };
	return 0;
}

static int fake_affinity(void *priv, uint32_t domid, uint32_t id, int soft,
			 void *set, size_t size)
{
	(void)priv;
	(void)domid;
	(void)id;
	memset(set, soft ? 0xff : 0x01, size);
	return 0;
}

static int fake_registers(void *priv, uint32_t domid, uint32_t id,
			  struct live_regs *ret)
{
	(void)priv;
	(void)id;
	if (!domid)
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	ret->rip = 0x1234;
	ret->cr3 = 0x5000;
	return 0;
}

static int fake_frame(void *priv, uint32_t domid, uint32_t vcpu, uint64_t va,
		      uint64_t *frame)
{
	(void)priv;
	(void)domid;
	(void)vcpu;
	if (!fake.mapped && va >= 0x2000)
		return -EFAULT;
	*frame = va >> 12;
	return 0;
}

/* Each page is full of its frame's number. */
static int fake_page(void *priv, uint32_t domid, uint64_t frame, void *page)
{
	(void)priv;
	(void)domid;
	memset(page, (int)frame, 4096);
	return 0;
}

static const struct live_ops ops = {
	.version = LIVE_OPS_VERSION, .size = sizeof(ops),
	.close = fake_close, .identity = fake_identity, .host = fake_host,
	.log = fake_log, .domain = fake_domain, .vcpu = fake_vcpu,
	.affinity = fake_affinity, .registers = fake_registers,
	.guest_frame = fake_frame, .guest_page = fake_page,
};

static struct xen *x;

static void ok(struct err *e)
{
	if (e)
		fail_msg("%s", err_text(e));
}

static void bad(struct err *e, enum err_reason reason)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

static int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.max_vcpu_id = 2;
	ok(live_open(&ops, NULL, NULL, &x));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xen_close(x);
	assert_int_equal(fake.closed, 1);
	return 0;
}

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

		if (!e && !d.va)
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
	assert_int_equal(s.vcpus, 2);	/* of three numbers one has none */
	assert_int_equal(s.cpu_time, 10);
	assert_true(s.blocked);
	bad(vcpu_find(x, &d, 1, &v), ERR_NOT_FOUND);
	ok(vcpu_find(x, &d, 2, &v));
	assert_int_equal(v.runstate.state, VALUE_NO_FIELD);
	assert_int_equal(v.processor.u, 1);
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
	assert_int_equal(v.va, 0);
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
	assert_int_equal(c.regs.rip.u, 0x1234);
	assert_int_equal(c.control.cr3.u, 0x5000);
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
	ok(live_console_more(x->live, &index, &text, &len));
	assert_int_equal(len, 5);
	free(text);
	ok(live_console_more(x->live, &index, &text, &len));
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

/* The build-id stands in for memory only where it is. */
static void test_build_id(void **state)
{
	static const char map[] =
		"ffff82d0403beac8 R __note_gnu_build_id_start\n"
		"ffff82d040476000 D idle_pg_table\n";
	char path[] = "/tmp/xensyms.XXXXXX";
	unsigned char id[20];
	int fd = mkstemp(path);
	struct xen *y;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, map, sizeof(map) - 1), sizeof(map) - 1);
	close(fd);
	ok(live_open(&ops, NULL, path, &y));
	unlink(path);
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

/* What cannot be asked leaves the handle with the caller. */
static void test_open_fails(void **state)
{
	struct xen *y = NULL;

	(void)state;
	fake.open_error = -EACCES;
	bad(live_open(&ops, NULL, NULL, &y), ERR_MISMATCH);
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
