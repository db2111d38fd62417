/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions: their values, and the errors of those without value. */
#include "tests/unit/types_fixture/fixture.h"
#include "tests/unit/golden.h"

#include "xen/base/array.h"
#include "xen/types/expr.h"

static struct fixture *fix;

static struct expr_env env_of(struct fixture *f)
{
	return (struct expr_env){ f->types, f->space, f->symbols };
}

static struct err *expr_request(struct fixture *f, const char *request, FILE *fp)
{
	struct print_options options = { 0 };
	struct expr_env env = env_of(f);

	return expr_print(&env, request, &options, fp);
}

static void gives_what_is_expected(void **state)
{
	(void)state;
	golden_run(fix, FIXTURE_DIR "expr.expect", expr_request);
}

static void per_cpu_variables(void **state)
{
	uint64_t va = fixture_va(fix, "per_cpu__curr_vcpu");
	struct expr_env env = env_of(fix);
	struct datum d;

	(void)state;
	assert_ok(expr_eval(&env, "curr_vcpu@0", &d));
	assert_true(d.in_memory);
	assert_int_equal(d.va, va);
	assert_ok(expr_eval(&env, "curr_vcpu@1", &d));
	assert_int_equal(d.va, va + 64);
	assert_ok(expr_eval(&env, "per_cpu(curr_vcpu, 4 - 1)", &d));
	assert_int_equal(d.va, va + 128);
	assert_ok(expr_eval(&env, "per_cpu__curr_vcpu@3", &d));
	assert_int_equal(d.va, va + 128);
	assert_ok(expr_eval(&env, "one.c#curr_count@1", &d));
	assert_int_equal(d.va, fixture_va(fix, "per_cpu__curr_count") + 64);
	/* the template itself */
	assert_ok(expr_eval(&env, "per_cpu__curr_vcpu", &d));
	assert_int_equal(d.va, va);
}

/*
 * Only memory that a value requires is read; the address of an object requires
 * none.
 */
static void reads_no_more_than_needed(void **state)
{
	uint64_t va = fixture_va(fix, "holder0"), page = (va | 4095) + 1;
	struct expr_env env = env_of(fix);
	struct datum d;
	uint64_t v;

	(void)state;
	fixture_exclude(fix, page, page + 2 * 4096);
	assert_ok(expr_eval(&env, "&holder0.last", &d));
	assert_int_equal(d.value, va + 8232);
	fixture_exclude(fix, 0, 0);
	assert_ok(expr_eval(&env, "holder0.pointer->x", &d));
	assert_ok(datum_load(fix->space, &d, &v));
	assert_int_equal(v, 1);
}

static void unreadable_pointers(void **state)
{
	uint64_t va = fixture_va(fix, "holder0"), page = (va | 4095) + 1;
	struct expr_env env = env_of(fix);
	struct datum d = { .va = 4711 };

	(void)state;
	fixture_exclude(fix, page, page + 2 * 4096);
	assert_err(expr_eval(&env, "holder0.pointer->x", &d), ERR_EXCLUDED,
		   "left out");
	assert_err(expr_eval(&env, "holder0.last + 1", &d), ERR_EXCLUDED,
		   "left out");
	assert_err(expr_eval(&env, "matrix[holder0.last]", &d), ERR_EXCLUDED,
		   "left out");
	assert_int_equal(d.va, 4711);
	fixture_exclude(fix, 0, 0);
}

static void reasons(void **state)
{
	static const struct {
		const char *text;
		enum err_reason reason;
	} cases[] = {
		{ "nosuch", ERR_NO_SYMBOL }, { "nosuch@0", ERR_NO_SYMBOL },
		{ "same_name", ERR_NO_SYMBOL }, { "domain0.nosuch", ERR_NO_TYPE },
		{ "(struct nosuch *)0", ERR_NO_TYPE }, { "1 +", ERR_USAGE },
		{ "curr_vcpu@4", ERR_NOT_FOUND }, { "curr_vcpu@2", ERR_NOT_FOUND },
		{ "curr_vcpu@-1", ERR_USAGE },
		{ "per_cpu(curr_vcpu, -1)", ERR_NOT_FOUND },
		{ "1 / 0", ERR_USAGE }, { "1 % (2 - 2)", ERR_USAGE },
		{ "", ERR_USAGE }, { "   ", ERR_USAGE }, { "&", ERR_USAGE },
		{ "*0", ERR_NO_TYPE }, { "*void_pointer", ERR_NO_TYPE },
	};
	struct expr_env env = env_of(fix);
	struct datum d;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_err(expr_eval(&env, cases[i].text, &d), cases[i].reason,
			   "");
	env.types = NULL;
	assert_err(expr_eval(&env, "1", &d), ERR_NO_TYPE, "DWARF");
}

/* Long and deep expressions are refused or evaluated, without stack overflow. */
static void monsters(void **state)
{
	static const char *const units[] = {
		"(", "-", "*", "&", "1+", "[", "sizeof ", "(long)", "a.", "a->",
		"1[", "per_cpu(", "(((", "~!", "a@", "x#", "/", "#", "\"", "\x80",
	};
	struct expr_env env = env_of(fix);
	char text[40000];
	struct datum d;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t n = strlen(units[i]), len = 0;

		while (len + n + 1 < sizeof(text)) {
			memcpy(text + len, units[i], n);
			len += n;
		}
		text[len] = '\0';
		err_free(expr_eval(&env, text, &d));
	}
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_free(expr_eval(&env, text, &d));
	memset(text, '1', sizeof(text) - 1);
	assert_err(expr_eval(&env, text, &d), ERR_USAGE, "64 bits");
}

/* Every prefix of a valid expression, and every one with a byte missing. */
static void truncations(void **state)
{
	static const char text[] =
		"((struct domain *)&domain0)->vcpu[1 + -1]->arch.cr[sizeof(int) / 2]"
		" + per_cpu(curr_vcpu, 0)->vcpu_id * 0x10 - one.c#same_name";
	struct expr_env env = env_of(fix);
	char cut[sizeof(text)];
	struct datum d;

	(void)state;
	assert_ok(expr_eval(&env, text, &d));
	assert_int_equal(d.value, 3 - 1);
	for (size_t i = 0; i + 1 < sizeof(text); i++) {
		memcpy(cut, text, i);
		cut[i] = '\0';
		err_free(expr_eval(&env, cut, &d));
		memcpy(cut + i, text + i + 1, sizeof(text) - i - 1);
		err_free(expr_eval(&env, cut, &d));
	}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_is_expected),
		cmocka_unit_test(per_cpu_variables),
		cmocka_unit_test(reads_no_more_than_needed),
		cmocka_unit_test(unreadable_pointers),
		cmocka_unit_test(reasons),
		cmocka_unit_test(monsters),
		cmocka_unit_test(truncations),
	};
	int failed;

	fix = calloc(1, sizeof(*fix));
	if (!fixture_compile(fix, "cc", ""))
		return 1;
	fixture_load(fix);
	/* "expr_test EXPRESSION...": prints lines for expr.expect */
	for (int i = 1; i < argc; i++)
		printf("== %s\n%s", argv[i],
		       golden_answer(fix, expr_request, argv[i]));
	failed = argc > 1 ? 0 : cmocka_run_group_tests(tests, NULL, NULL);
	fixture_unload(fix);
	free(fix);
	return failed;
}
