/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contradictions in the indexes of domains and vcpus; each is made in a host without any. */
#include "tests/unit/model_fixture/shapes.h"

#include "extensions/support/command.h"
#include "xen/base/array.h"
#include "xen/model/domain/domain.h"
#include "xen/model/domain/domain_check.h"
#include "xen/model/domain/vcpu.h"

static const struct shape shapes[] = {
	{ 404, 256 }, { 412, 256 }, { 413, 256 }, { 420, 4096 }, { 423, 16384 },
};

static int setup(void **state)
{
	(void)state;
	shapes_create("tests/unit/model_fixture/model.c", shapes, ARRAY_SIZE(shapes));
	return 0;
}

static char found[4096];

static void find(void *arg, const char *text, bool sure)
{
	size_t n = strlen(found);

	(void)arg;
	snprintf(found + n, sizeof(found) - n, "%s%s\n", text, sure ? "" : "?");
}

static void check(struct fixture *f)
{
	found[0] = '\0';
	xen_forget(&f->xen);
	assert_ok(domains_check_all(&f->xen, find, NULL));
}

/* The one problem is as expected; %s is the address of an object. */
static void expect(struct fixture *f, const char *fmt, const char *object, const char *other)
{
	char text[256], one[32], two[32] = "";

	check(f);
	snprintf(one, sizeof(one), "%lx", fixture_va(f, object));
	if (other)
		snprintf(two, sizeof(two), "%lx", fixture_va(f, other));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), fmt, one, two);
#pragma GCC diagnostic pop
	assert_string_equal(found, text);
}

static uint64_t peek(struct fixture *f, uint64_t va)
{
	uint64_t v;

	assert_ok(space_read_u64(f->xen.space, va, &v));
	return v;
}

/* Sets a variable, or an element of an array of pointers; returns the old value. */
static uint64_t set(struct fixture *f, const char *name, unsigned int n, uint64_t v)
{
	uint64_t va = fixture_va(f, name) + 8ULL * n, old = peek(f, va);

	fixture_poke(f, va, NULL, v);
	return old;
}

#define POKE(f, object, path, v) fixture_poke((f), fixture_va((f), (object)), (path), (v))

static const char *ids(struct fixture *f)
{
	static char text[128];
	struct domains w;
	struct domain d;

	text[0] = '\0';
	xen_forget(&f->xen);
	assert_ok(domains_start(&w, &f->xen, false));
	for (;;) {
		struct err *e = domains_next(&w, &d);
		size_t n = strlen(text);

		if (!e && w.done)
			return text;
		if (e)
			snprintf(text + n, sizeof(text) - n, "!%s ", err_mark(err_reason(e)));
		else
			snprintf(text + n, sizeof(text) - n, "%lu ", value_of(&d.domain_id));
		err_free(e);
	}
}

static void test_healthy(void **state)
{
	(void)state;
	for_each_shape(f) {
		check(f);
		assert_string_equal(found, "");
	}
}

/* The list ends after d0: the others are found by the hash, and reported as hidden. */
static void test_cut_list(void **state)
{
	(void)state;
	for_each_shape(f) {
		POKE(f, "dom0", "domain.next_in_list", 0);
		assert_string_equal(ids(f), "0 1 2 300 ");
		check(f);
		assert_non_null(strstr(found, "d1 at ffff82d0"));
		assert_non_null(strstr(found, " is in domain_hash, but not in domain_list\n"));
		/* d2 is dead, and might just be leaving */
		assert_non_null(strstr(found, " is in domain_hash, but not in domain_list: it was being removed, or is lost?\n"));
		POKE(f, "dom0", "domain.next_in_list", fixture_va(f, "dom1"));
	}
}

static void test_loop(void **state)
{
	(void)state;
	for_each_shape(f) {
		POKE(f, "dom1", "domain.next_in_list", fixture_va(f, "dom0"));
		check(f);
		assert_non_null(strstr(found, "domain list: loops at "));
		assert_non_null(strstr(found, "d300 at "));
		assert_null(strstr(found, "two domains"));
		/* each once */
		assert_string_equal(ids(f), "0 1 !<corrupt> 2 300 ");
		POKE(f, "dom1", "domain.next_in_list", fixture_va(f, "dom2"));
		/* a domain that follows itself */
		POKE(f, "dom2", "domain.next_in_list", fixture_va(f, "dom2"));
		assert_string_equal(ids(f), "0 1 2 !<corrupt> 300 ");
		POKE(f, "dom2", "domain.next_in_list", fixture_va(f, "dom3"));
		assert_string_equal(ids(f), "0 1 2 300 ");
	}
}

/* "xen doms" prints each domain once, and that the list loops. */
static void test_loop_shown(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = &newest->xen };
	char *argv[] = { "doms", "-j", NULL }, *text, *first;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	POKE(newest, "dom1", "domain.next_in_list", fixture_va(newest, "dom0"));
	xen_forget(&newest->xen);
	command_run(&s, 2, argv, fp);
	fclose(fp);
	POKE(newest, "dom1", "domain.next_in_list", fixture_va(newest, "dom2"));
	xen_forget(&newest->xen);
	first = strstr(text, "{\"domid\": 0,");
	assert_non_null(first);
	assert_null(strstr(first + 1, "{\"domid\": 0,"));
	assert_non_null(strstr(text, "{\"domid\": 300,"));
	assert_non_null(strstr(text, "domain list: loops at "));
	free(text);
}

static void test_not_in_hash(void **state)
{
	(void)state;
	for_each_shape(f) {
		uint64_t old = set(f, "domain_hash", 0, 0);

		expect(f, "d0 at %s is in domain_list, but not in domain_hash\n%s", "dom0", NULL);
		POKE(f, "dom0", "domain.creation_finished", 0);
		expect(f, "d0 at %s is in domain_list, but not in domain_hash: it was being added, or is lost?\n%s", "dom0", NULL);
		POKE(f, "dom0", "domain.creation_finished", 1);
		set(f, "domain_hash", 0, old);
	}
}

/* A bucket that leads to other objects than domains. */
static void test_bad_bucket(void **state)
{
	(void)state;
	for_each_shape(f) {
		set(f, "domain_hash", 7, fixture_va(f, "dom_io"));
		check(f);
		assert_non_null(strstr(found, "domain_hash[7]: "));
		set(f, "domain_hash", 7, 0x123);
		expect(f, "domain_hash[7]: domain_hash, after 0: next 123 is not aligned\n%.0s%.0s", "dom0", NULL);
		set(f, "domain_hash", 7, fixture_va(f, "lonely"));
		expect(f, "domain_hash[7] contains the domain at %s, which has the id 1%s\n", "lonely", NULL);
		set(f, "domain_hash", 7, 0);
		assert_string_equal(ids(f), "0 1 2 300 ");
	}
}

static void test_same_id(void **state)
{
	(void)state;
	for_each_shape(f) {
		POKE(f, "dom3", "domain.domain_id", 1);
		check(f);
		assert_non_null(strstr(found, "two domains have the id 1: at ffff82d0"));
		assert_non_null(strstr(found, " has the id 1, but is in domain_hash[44], which is of others\n"));
		POKE(f, "dom3", "domain.domain_id", 300);
	}
}

static void test_vcpus(void **state)
{
	(void)state;
	for_each_shape(f) {
		uint64_t old;

		POKE(f, "d0v1", "vcpu.vcpu_id", 5);
		check(f);
		assert_non_null(strstr(found, "vcpu 1 of the domain at "));
		assert_non_null(strstr(found, " has id 5\n"));
		POKE(f, "d0v1", "vcpu.vcpu_id", 1);
		POKE(f, "d1v0", "vcpu.domain", fixture_va(f, "dom0"));
		check(f);
		assert_non_null(strstr(found, " belongs to the domain at "));
		POKE(f, "d1v0", "vcpu.domain", fixture_va(f, "dom1"));
		old = set(f, "d0_vcpus", 0, 0);
		expect(f, "d0 has no vcpu 0, although max_vcpus is 2\n%.0s%.0s", "dom0", NULL);
		POKE(f, "dom0", "domain.is_dying", 1);
		check(f);
		assert_string_equal(found, "");
		POKE(f, "dom0", "domain.is_dying", 0);
		set(f, "d0_vcpus", 0, old);
		check(f);
		assert_string_equal(found, "");
	}
}

/* Symbols without domain_hash: there is nothing to compare with. */
static void test_no_hash(void **state)
{
	struct symbols *some = fixture_symbols_without(newest->symbols, "domain_hash");

	(void)state;
	newest->xen.symbols = some;
	POKE(newest, "dom0", "domain.next_in_list", 0);
	check(newest);
	assert_string_equal(found, "");
	assert_string_equal(ids(newest), "0 ");
	POKE(newest, "dom0", "domain.next_in_list", fixture_va(newest, "dom1"));
	newest->xen.symbols = newest->symbols;
	symbols_destroy(some);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_healthy),
		cmocka_unit_test(test_cut_list),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_loop_shown),
		cmocka_unit_test(test_not_in_hash),
		cmocka_unit_test(test_bad_bucket),
		cmocka_unit_test(test_same_id),
		cmocka_unit_test(test_vcpus),
		cmocka_unit_test(test_no_hash),
	};

	return cmocka_run_group_tests(tests, setup, shapes_destroy);
}
