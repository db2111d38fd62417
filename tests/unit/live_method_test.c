/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Methods to read a running hypervisor's memory: which of them are safe, and
 * the choice of "auto".
 */
#include "made_live_memory.h"

#include "xen/base/array.h"
#include "xen/image/image.h"
#include "xen/symbols/build.h"

/* The letters of the methods that are permitted, and whether none was opened. */
static const char *safe(struct xen *of)
{
	static char letters[LIVE_METHODS + 1];
	unsigned int m, n = 0;

	for (m = 0; m < LIVE_METHODS; m++) {
		struct err *e = live_method_check(of, &facts, m);

		if (!e)
			letters[n++] = *live_method_letter(m);
		else
			assert_int_equal(err_reason(e), ERR_REFUSED);
		err_free(e);
	}
	letters[n] = '\0';
	assert_int_equal(fake.opened + fake.reads, 0);
	return letters;
}

static void test_rules(void **state)
{
	static const struct {
		unsigned int first, last;
		const char *pv, *pvh, *pv_gdbsx, *pvh_gdbsx;
	} rules[] = {
		{ 4, 5, "", "", "", "" },
		{ 6, 10, "A", "", "A", "" },
		{ 11, 12, "A", "B", "A", "B" },
		{ 13, 13, "ACD", "B", "ACD", "B" },
		{ 14, 14, "D", "B", "CD", "B" },
		{ 15, 22, "D", "B", "CD", "CB" },
	};
	static const char *const builds[] = {
		"dbg_rw_mem\n", "gdbsx_guest_mem_io\n", "gdbsx_domctl\n",
	};
	char symbols[256];
	unsigned int i, b;

	(void)state;
	for (b = 0; b < 3; b++) {
		struct xen *with;

		snprintf(symbols, sizeof(symbols), SYMBOLS GDBSX "%s", builds[b]);
		with = open_live(symbols);
		for (i = 0; i < ARRAY_SIZE(rules); i++) {
			for (facts.minor = rules[i].first;
			     facts.minor <= rules[i].last; facts.minor++) {
				facts.is_pv = true;
				assert_string_equal(safe(x), rules[i].pv);
				assert_string_equal(safe(with), rules[i].pv_gdbsx);
				facts.is_pv = false;
				assert_string_equal(safe(x), rules[i].pvh);
				assert_string_equal(safe(with), rules[i].pvh_gdbsx);
			}
		}
		xen_close(with);
	}
}

static void test_rules_of_host(void **state)
{
	struct xen *bare = open_live("");

	(void)state;
	facts.minor = 13;
	facts.has_flask = true;
	assert_string_equal(safe(x), "CD");
	facts.has_hvm = false;
	assert_string_equal(safe(x), "");
	facts.has_flask = false;
	assert_string_equal(safe(x), "A");
	facts.nr_ram = 0;
	assert_string_equal(safe(x), "");
	facts.nr_ram = 2;
	facts.has_hvm = true;
	assert_string_equal(safe(bare), "");
	facts.major = 5;
	assert_string_equal(safe(x), "");
	xen_close(bare);
}

/* The call that crashes 4.14 to 4.16 is not made in these versions and later ones. */
static void test_idle_refused(void **state)
{
	(void)state;
	for (facts.minor = 14; facts.minor < 30; facts.minor++)
		bad(live_memory_open(x, &ops, &facts, LIVE_METHOD_IDLE), ERR_REFUSED,
		    "method A, gdbsx on DOMID_IDLE: safe on Xen 4.6 to 4.13, this is 4.");
	assert_int_equal(fake.opened + fake.reads + fake.closed, 0);
	assert_false(xen_reads_memory(x));
}

static void test_choose(void **state)
{
	enum live_method m;

	(void)state;
	ok(live_method_choose(x, &facts, &m));
	assert_int_equal(m, LIVE_METHOD_COPY);
	facts.minor = 13;
	ok(live_method_choose(x, &facts, &m));
	assert_int_equal(m, LIVE_METHOD_IDLE);
	facts.minor = 5;
	bad(live_method_choose(x, &facts, &m), ERR_REFUSED, "no method is safe on this host");
	facts.minor = 20;
	facts.is_pv = false;
	ok(live_method_choose(x, &facts, &m));
	assert_int_equal(m, LIVE_METHOD_DOM0);
	ok(live_method_find("d", &m));
	assert_int_equal(m, LIVE_METHOD_COPY);
	bad(live_method_find("E", &m), ERR_NOT_FOUND, "unknown method \"E\"");
}

/* Flushes of all caches of the host, by version (doc/live-memory.md). */
static void test_flushes(void **state)
{
	static const struct {
		unsigned int minor;
		bool pv, flask;
		const char *chosen;	/* method of auto; "": none */
	} cases[] = {
		{ 10, true, false, "A" }, { 13, true, false, "A" },
		{ 13, true, true, "" }, { 14, true, false, "" },
		{ 16, true, false, "" }, { 17, true, false, "D" },
		{ 20, true, false, "D" }, { 11, false, false, "" },
		{ 16, false, false, "" }, { 17, false, false, "B" },
	};
	enum live_method m;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		facts.minor = cases[i].minor;
		facts.is_pv = cases[i].pv;
		facts.has_flask = cases[i].flask;
		if (!*cases[i].chosen) {
			bad(live_method_choose(x, &facts, &m), ERR_REFUSED, "flushes the caches of all pcpus, here up to 40 times");
			continue;
		}
		ok(live_method_choose(x, &facts, &m));
		assert_string_equal(live_method_letter(m), cases[i].chosen);
		assert_int_equal(live_method_flushes(&facts, m), 0);
	}
	/* 1 MiB in calls of 64 frames, and 4 MiB: 4 + 16, to map and to unmap */
	facts.minor = 16;
	facts.ram[0].end = 0x101;
	assert_int_equal(live_method_flushes(&facts, LIVE_METHOD_COPY), 2 * (5 + 16));
	/* by its letter it remains available, with that number in the warning */
	ok(live_method_check(x, &facts, LIVE_METHOD_DOM0));
	live_method_effect(&facts, LIVE_METHOD_DOM0, text, sizeof(text));
	assert_non_null(strstr(text, "on Xen 4.16 this flushes the caches of all pcpus 1 to 256 times for each 64 MiB"));
	assert_non_null(strstr(text, "up to 42 times until all RAM was read"));
	facts.minor = 17;
	live_method_effect(&facts, LIVE_METHOD_DOM0, text, sizeof(text));
	assert_null(strstr(text, "flushes"));
	/* a range that begins in the middle of a window uses part of it and the next */
	facts.minor = 16;
	facts.nr_ram = 1;
	facts.ram[0] = (struct live_ram){ 0x3fe0, 0x4020 };
	assert_int_equal(live_method_flushes(&facts, LIVE_METHOD_COPY), 2 * (1 + 1));
}

/* An image of another build, with functions of CONFIG_GDBSX; owned by x. */
static void attach_other(bool force)
{
	struct image *img = calloc(1, sizeof(*img));
	struct symbols *s;

	assert_non_null(img);
	ok(symbols_create(&s));
	ok(symbols_add_full(s, VIRT + 0x1000, 'D', "idle_pg_table", NULL));
	ok(symbols_add_full(s, VIRT + 0x4000, 'D', "xen_phys_start", NULL));
	ok(symbols_add_full(s, VIRT + 0x200000, 'T', "gdbsx_guest_mem_io", NULL));
	ok(symbols_finish(s));
	img->path = strdup("other");
	img->symbols = s;
	ok(xen_attach(x, img, force));
}

/* "xen load -f" neither decides about method C nor affects another method. */
static void test_forced(void **state)
{
	unsigned int m;

	(void)state;
	assert_string_equal(safe(x), "D");
	attach_other(true);
	for (m = 0; m < LIVE_METHODS; m++) {
		facts.minor = m == LIVE_METHOD_IDLE ? 13 : 20;
		facts.is_pv = m != LIVE_METHOD_DOM0;
		bad(live_memory_open(x, &ops, &facts, m), ERR_REFUSED, "loaded by force");
	}
	assert_int_equal(fake.opened, 0);
	facts.minor = 20;
	facts.is_pv = true;
	attach_other(false);
	assert_string_equal(safe(x), "D");
	bad(live_method_check(x, &facts, LIVE_METHOD_GDBSX), ERR_REFUSED, "not visible in the running hypervisor's symbols");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_rules), TEST(test_rules_of_host), TEST(test_idle_refused),
		TEST(test_choose), TEST(test_flushes), TEST(test_forced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
