/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cpu policies: leaves and names of features. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/domain/policy.h"

static struct fixture fix[2];

static int setup(void **state)
{
	(void)state;
	fixture_create_from(&fix[0], "tests/unit/policy_fixture/policy.c", 412, 64);
	fixture_create_from(&fix[1], "tests/unit/policy_fixture/policy.c", 418, 64);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_destroy(&fix[0]);
	fixture_destroy(&fix[1]);
	return 0;
}

static char text[512];

static void add_leaf(void *arg, uint32_t leaf, uint32_t subleaf, const uint32_t w[4])
{
	(void)arg;
	sprintf(text + strlen(text), "%x:%x %x %x %x %x; ", leaf, subleaf, w[0], w[1],
		w[2], w[3]);
}

static void add_word(void *arg, const char *word, uint32_t value, const char *names)
{
	(void)arg;
	sprintf(text + strlen(text), "%s %x %s; ", word, value, names);
}

/* The domain as the command finds it; only its va is used. */
static struct domain dom0(struct fixture *f)
{
	return (struct domain){ .va = fixture_va(f, "dom0"),
				.domain_id = { .state = VALUE_OK } };
}

static void test_policy(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct domain d = dom0(&fix[i]);
		struct policy p;

		assert_ok(policy_of_domain(&fix[i].xen, &d, &p));
		text[0] = '\0';
		assert_ok(policy_leaves(&p, add_leaf, NULL));
		/* leaf 7 is taken from its own array */
		assert_string_equal(text, "0:ffffffff d 1 2 3; 1:ffffffff 4 5 101 2; "
				    "7:1 1 0 0 0; 80000000:ffffffff 80000001 0 0 0; ");
		text[0] = '\0';
		assert_ok(policy_features(&p, add_word, NULL));
		assert_string_equal(text, "basic._1c 101 sse3, tm2; basic._1d 2 vme; ");
		policy_release(&p);
	}
}

static void test_others(void **state)
{
	struct fixture *f = &fix[1];
	struct domain d = dom0(f);
	struct policy p;

	(void)state;
	assert_ok(policy_named(&f->xen, "host", &p));
	text[0] = '\0';
	assert_ok(policy_features(&p, add_word, NULL));
	assert_string_equal(text, "basic._1c 0 ; basic._1d 1 fpu; ");
	policy_release(&p);
	assert_err(policy_named(&f->xen, "nosuch", &p), ERR_NOT_FOUND, "no policy \"nosuch\"");
	fixture_poke(f, fixture_va(f, "dom0"), "domain.arch.cpu_policy", 0);
	assert_err(policy_of_domain(&f->xen, &d, &p), ERR_NOT_FOUND, "d0 has no cpu policy");
	fixture_poke(f, fixture_va(f, "dom0"), "domain.arch.cpu_policy", 0x1234568);
	assert_err(policy_of_domain(&f->xen, &d, &p), ERR_BAD_POINTER,
		   "domain.arch.cpu_policy 1234568 is not Xen's");
}

/* 4.4 to 4.8: 40 entries, of which some are used. */
static void test_list(void **state)
{
	struct fixture f;
	struct policy p;
	struct domain d;

	(void)state;
	fixture_create_from(&f, "tests/unit/policy_fixture/policy.c", 404, 64);
	d = dom0(&f);
	assert_ok(policy_of_domain(&f.xen, &d, &p));
	text[0] = '\0';
	assert_ok(policy_leaves(&p, add_leaf, NULL));
	assert_string_equal(text, "1:ffffffff b c d e; 4:1 15 16 17 18; 80000001:ffffffff 0 0 0 0; ");
	assert_err(policy_features(&p, add_word, NULL), ERR_UNSUPPORTED, "no names of features");
	memset(p.bytes, 0xff, p.size);
	assert_err(policy_leaves(&p, add_leaf, NULL), ERR_NOT_FOUND, "no leaf of this domain");
	policy_release(&p);
	fixture_poke(&f, fixture_va(&f, "dom0"), "domain.arch.cpuids", 0x1234568);
	assert_err(policy_of_domain(&f.xen, &d, &p), ERR_BAD_POINTER,
		   "domain.arch.cpuids 1234568 is not Xen's");
	fixture_destroy(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
