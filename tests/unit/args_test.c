/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of commands: numbers, names of vcpus, domains, missing words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "assert_err.h"

#include "extensions/support/command.h"

static struct session session;

static const struct option_spec options[] = {
	{ .name = "d", .kind = OPTION_DOMAINS, .many = true, .value = "DOMID",
	  .help = "domain" },
	{ .name = "n", .kind = OPTION_DECIMAL, .value = "N", .help = "number" },
	{ .name = "a", .kind = OPTION_FLAG, .help = "all" },
	{ .name = NULL }
};

static const struct args_spec spec = {
	.options = options,
	.words = { .synopsis = "STRUCT.MEMBER|ADDRESS NAME[.MEMBER]...", .min = 2 },
};

/*
 * Commands that take a domain with and without "-d": lists, and a command for a
 * single domain.
 */
static const struct option_spec list_options[] = {
	{ .name = "d", .kind = OPTION_DOMAINS, .many = true, .word = true,
	  .value = "DOMID", .help = "domain" },
	{ .name = "a", .kind = OPTION_FLAG, .help = "all" },
	{ .name = NULL }
};

static const struct option_spec one_options[] = {
	{ .name = "d", .kind = OPTION_TEXT, .word = true, .value = "DOMID",
	  .help = "domain" },
	{ .name = NULL }
};

static const struct args_spec list = { .options = list_options };
static const struct args_spec one = { .options = one_options };
static const struct args_spec first = {
	.options = one_options,
	.words = { .synopsis = "DOMID GFN...", .min = 2, .max = 3 },
};

static struct args args;

#define parse(...) parse_by(&spec, __VA_ARGS__)
#define parse_by(by, ...) parse_words(by, (char *[]){ "made", __VA_ARGS__, NULL })

static struct err *parse_words(const struct args_spec *by, char **argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return args_parse(&session, by, argc, argv, &args);
}

static void expect(struct err *e, const char *text)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_USAGE);
	assert_string_equal(err_text(e), text);
	err_free(e);
}

static void test_missing_words(void **state)
{
	(void)state;
	expect(parse("-a"), "missing STRUCT.MEMBER or ADDRESS");
	expect(parse("x"), "missing NAME");
	assert_null(parse("x", "y"));
	assert_int_equal(args.nr_words, 2);
}

static void test_numbers(void **state)
{
	uint64_t v;

	(void)state;
	assert_null(parse_decimal("18446744073709551615", &v));
	assert_int_equal(v, UINT64_MAX);
	expect(parse_decimal("18446744073709551616", &v),
	       "18446744073709551616 is larger than any number of 64 bits");
	assert_null(parse_hex("ffffffffffffffff", &v));
	expect(parse_hex("10000000000000000", &v),
	       "10000000000000000 is larger than any number of 64 bits");
	expect(parse_address(&session, "10000000000000000", &v),
	       "10000000000000000 is larger than any number of 64 bits");
	expect(parse_decimal("-1", &v), "\"-1\" is not a number");
	expect(parse("-n", "1x", "x", "y"), "-n: \"1x\" is not a number");
}

static void test_vcpu_names(void **state)
{
	static const char *const bad[] = { "0:-1", "0:+1", "d1v", "d1v-1", "1: 2",
					   "1:2x", "v1", "" };
	uint64_t domid, vcpu;
	unsigned int i;

	(void)state;
	assert_true(parse_vcpu_name(NULL, "d12v34", &domid, &vcpu));
	assert_int_equal(domid, 12);
	assert_int_equal(vcpu, 34);
	assert_true(parse_vcpu_name(NULL, "D7V8", &domid, &vcpu));
	assert_int_equal(domid, 7);
	assert_int_equal(vcpu, 8);
	assert_true(parse_vcpu_name(NULL, "5:6", &domid, &vcpu));
	assert_int_equal(domid, 5);
	assert_int_equal(vcpu, 6);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(parse_vcpu_name(NULL, bad[i], &domid, &vcpu));
}

/* A domain that is given twice is listed once. */
static void test_domains(void **state)
{
	(void)state;
	assert_null(parse("-d", "1", "-d", "d1", "-d", "D1", "-d2", "x", "y"));
	assert_int_equal(args.domains.nr, 2);
	assert_int_equal(args.domains.id[0], 1);
	assert_int_equal(args.domains.id[1], 2);
}

/* "list 1 d2", "list -d 1 -d 2" and mixtures are the same. */
static void test_words_of_option(void **state)
{
	(void)state;
	assert_null(parse_by(&list, "1", "-a", "-d", "d2", "3"));
	assert_int_equal(args.nr_words, 0);
	assert_int_equal(args.domains.nr, 3);
	assert_true(domain_filter_has(&args.domains, 1) &&
		    domain_filter_has(&args.domains, 2) &&
		    domain_filter_has(&args.domains, 3));
	assert_true(args_has(&args, "d"));
	expect(parse_by(&list, "nosuch"),
	       "\"nosuch\" is neither a DOMID (3 or d3) nor the name of a domain");
	assert_null(parse_by(&one, "d3"));
	assert_string_equal(args_text(&args, "d"), "d3");
	expect(parse_by(&one, "3", "4"), "unexpected argument \"4\"");
	expect(parse_by(&one, "-d", "3", "4"), "unexpected argument \"4\"");
}

/* "p2m 3 10" means "p2m -d 3 10", at any position of -d. */
static void test_value_as_first_word(void **state)
{
	(void)state;
	assert_null(parse_by(&first, "-d", "3", "10"));
	assert_int_equal(args.nr_words, 2);
	assert_string_equal(args.word[0], "3");
	assert_string_equal(args.word[1], "10");
	assert_null(args.word[2]);
	assert_null(parse_by(&first, "10", "11", "-d3"));
	assert_int_equal(args.nr_words, 3);
	assert_string_equal(args.word[0], "3");
	assert_string_equal(args.word[2], "11");
	assert_null(args.word[3]);
	expect(parse_by(&first, "-d", "3"), "missing GFN");
	expect(parse_by(&first, "-d3", "10", "11", "12"), "unexpected argument \"12\"");
}

static void test_synopsis(void **state)
{
	char buf[80];

	(void)state;
	assert_string_equal(args_synopsis(&list, buf, sizeof(buf)),
			    "[-j] [-a] [[-d] DOMID]...");
	assert_string_equal(args_synopsis(&one, buf, sizeof(buf)),
			    "[-j] [[-d] DOMID]");
	assert_string_equal(args_synopsis(&first, buf, sizeof(buf)),
			    "[-j] [-d] DOMID GFN...");
}

static void test_options(void **state)
{
	(void)state;
	expect(parse("-x"), "unknown option \"-x\"");
	expect(parse("-n", "1", "-n", "2", "x", "y"), "\"-n\" is given twice");
	expect(parse("-n"), "\"-n\" requires N");
	assert_null(parse("-an5", "x", "y"));
	assert_true(args_has(&args, "a"));
	assert_int_equal(args_number(&args, "n", 0), 5);
}

static void test_ranges(void **state)
{
	struct ranges r = { .nr = 0 };

	(void)state;
	assert_null(ranges_add(&r, "5-9,12", "PCPU"));
	assert_int_equal(r.nr, 2);
	assert_false(ranges_has(&r, 4));
	assert_true(ranges_has(&r, 5) && ranges_has(&r, 9) && ranges_has(&r, 12));
	assert_false(ranges_has(&r, 10) || ranges_has(&r, 11) || ranges_has(&r, 13));
	assert_err(ranges_add(&r, "9-5", "PCPU"), ERR_USAGE, "PCPU \"9-5\" is neither a number nor a range");
	assert_err(ranges_add(&r, "5-", "PCPU"), ERR_USAGE, "neither a number nor a range");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_vcpu_names),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_words_of_option),
		cmocka_unit_test(test_value_as_first_word),
		cmocka_unit_test(test_synopsis),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
