/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layout profiles as text: content and errors. */
#include "tests/unit/types_fixture/fixture.h"

#include "extensions/support/profiles.h"
#include "xen/base/array.h"
#include "xen/profile/profile_choose.h"
#include "xen/profile/profile_config.h"

#define HEAD "# SPDX-License-Identifier: GPL-2.0-or-later\n\nlayout 1\n"

static struct err *parse(const char *text, struct profile **ret)
{
	return profile_parse("test.layout", text, strlen(text), ret);
}

static void says_where_it_is_from(void **state)
{
	const struct profile_origin *o;
	struct profile *profile;

	(void)state;
	assert_ok(parse(HEAD "version 4.17.5-pre\ndebug y\nbuild-id 39a6\n"
			"config PV=y NR_CPUS=256\nlater key\n[vcpu]\n0:8\n", &profile));
	o = profile_origin(profile);
	assert_string_equal(profile_name(profile), "test.layout");
	assert_string_equal(o->version, "4.17.5-pre");
	assert_int_equal(o->debug, 'y');
	assert_string_equal(o->build_id, "39a6");
	assert_string_equal(o->config, "PV=y NR_CPUS=256");
	profile_destroy(profile);
	assert_ok(parse(HEAD "[vcpu]\n0:8\n", &profile));
	o = profile_origin(profile);
	assert_string_equal(o->version, "");
	assert_int_equal(o->debug, 0);
	assert_string_equal(o->config, "");
	profile_destroy(profile);
	profile_destroy(NULL);
}

static void all_forms_of_places(void **state)
{
	const struct place *p;
	struct profile *profile;

	(void)state;
	assert_ok(parse(HEAD "[vcpu]\n0:4096\n16:4s .processor\n24:8p .domain\n"
			"96>16>8:8p .sched_unit->res->curr\n80:2.7/3 .flags\n"
			"[c.c#struct s]\n8:0 [2].list\n[]\n"
			"18446744073709551615:0 =MINUS\n[enum e]\n5:0 =FIVE\n", &profile));
	p = profile_find(profile, "vcpu");
	assert_non_null(p);
	assert_int_equal(p->size, 4096);
	p = profile_find(profile, "vcpu.processor");
	assert_true(p->is_signed && !p->is_pointer);
	assert_int_equal(p->offset, 16);
	p = profile_find(profile, "vcpu.domain");
	assert_true(!p->is_signed && p->is_pointer);
	p = profile_find(profile, "vcpu.sched_unit->res->curr");
	assert_int_equal(p->nr_hops, 2);
	assert_int_equal(p->hop[0], 96);
	assert_int_equal(p->hop[1], 16);
	assert_int_equal(p->offset, 8);
	p = profile_find(profile, "vcpu.flags");
	assert_int_equal(p->bit_offset, 7);
	assert_int_equal(p->bit_size, 3);
	assert_non_null(profile_find(profile, "c.c#struct s[2].list"));
	assert_int_equal(profile_find(profile, "=MINUS")->offset, UINT64_MAX);
	assert_int_equal(profile_find(profile, "enum e=FIVE")->offset, 5);
	assert_null(profile_find(profile, "vcpu.nosuch"));
	assert_null(profile_find(profile, ""));
	assert_false(profile_is_proved(profile, "vcpu.domain"));
	profile_destroy(profile);
}

static void nonsense_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *why;
		enum err_reason reason;
	} bad[] = {
		{ "", "not a layout profile", ERR_UNSUPPORTED },
		{ "# only a comment\n", "not a layout profile", ERR_UNSUPPORTED },
		{ "ELF\n", "not a layout profile", ERR_UNSUPPORTED },
		{ "layout 2\n[vcpu]\n0:8\n", "later than 1", ERR_UNSUPPORTED },
		{ "layout 11\n[vcpu]\n0:8\n", "later than 1", ERR_UNSUPPORTED },
		{ HEAD "[vcpu]\n", ": no places", ERR_CORRUPT },
		{ HEAD "[vcpu\n0:8\n", "line 4: missing \"]\"", ERR_CORRUPT },
		{ HEAD "[vcpu]\n0:8\n0:8\n", "duplicate path", ERR_CORRUPT },
		{ HEAD "[vcpu]\n.domain\n", "line 5: no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8 .domain\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n-8:8 .domain\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:8q .domain\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8>:8 .domain\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:1.8/1 .bit\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:1.0/0 .bit\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:9.0/65 .bit\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:4.7/2 .bit\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n1>1>1>1>1>1>1>1:8 .x\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n99999999999:8 .x\n", "too large", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:99999999999 .x\n", "no place", ERR_CORRUPT },
		{ HEAD "[vcpu]\n18446744073709551616:8 .x\n", "no place", ERR_CORRUPT },
		{ HEAD "[]\n8:8\n", "path empty or too long", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8>8>8:8 .a->b\n", "\"vcpu.a->b\" follows other pointers than the path", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:8p .a\n16>8:8 .a->b\n", "follows other pointers", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:8p .a\n8:8 .a->b\n", "follows other pointers", ERR_CORRUPT },
		{ HEAD "[vcpu]\n8:8 .a\n16:8 .b", "not complete: the last line has no end", ERR_CORRUPT },
		{ HEAD "places 3\n[vcpu]\n8:8 .a\n16:8 .b\n", "not complete: 2 of 3 places", ERR_CORRUPT },
		{ HEAD "places 1\n[vcpu]\n8:8 .a\n16:8 .b\n", "not complete: 2 of 1 places", ERR_CORRUPT },
		{ HEAD "places x\n[vcpu]\n8:8 .a\n", "line 4: bad value", ERR_CORRUPT },
		{ HEAD "debug maybe\n[vcpu]\n0:8\n", "line 4", ERR_CORRUPT },
	};
	struct profile *profile;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_err(parse(bad[i].text, &profile), bad[i].reason, bad[i].why);
	assert_err(profile_parse("zero", HEAD "\0", sizeof(HEAD), &profile),
		   ERR_UNSUPPORTED, "not a layout profile");
}

/* As a mail program or an editor may change it */
static void crlf_and_a_byte_order_mark_are_ignored(void **state)
{
	struct profile *profile;

	(void)state;
	assert_ok(parse("\xef\xbb\xbf# c\r\nlayout 1\r\nversion 4.20\r\nplaces 2\r\n[vcpu]\r\n0:8\r\n16:8 .domain\r\n",
			&profile));
	assert_string_equal(profile_origin(profile)->version, "4.20");
	assert_int_equal(profile_find(profile, "vcpu.domain")->offset, 16);
	profile_destroy(profile);
}

static void too_long_is_refused(void **state)
{
	char text[2048];
	struct profile *profile;

	(void)state;
	snprintf(text, sizeof(text), HEAD "[%0300d]\n0:8\n", 0);
	assert_err(parse(text, &profile), ERR_CORRUPT, "path empty or too long");
	snprintf(text, sizeof(text), HEAD "[%0200d]\n0:8 .%0200d\n", 0, 0);
	assert_err(parse(text, &profile), ERR_CORRUPT, "path empty or too long");
	snprintf(text, sizeof(text), HEAD "version %0100d\n[v]\n0:8\n", 0);
	assert_err(parse(text, &profile), ERR_CORRUPT, "line 4");
}

static unsigned int distance(const char *version, char debug, const char *id,
			     const char *config)
{
	const struct profile_target target = {
		.version = "4.17.5", .major = 4, .minor = 17, .debug = 'n',
		.build_id = "39a6", .config = (char *)"PV=y NR_CPUS=256 XSM=y",
	};
	struct profile_origin o = { .debug = debug, .config = config };

	snprintf(o.version, sizeof(o.version), "%s", version);
	snprintf(o.build_id, sizeof(o.build_id), "%s", id);
	return profile_distance(&target, &o);
}

static void the_nearest_comes_first(void **state)
{
	const char *same = "PV=y NR_CPUS=256 XSM=y";
	const unsigned int order[] = {
		distance("3.1", 'y', "39a6", ""),
		distance("4.17.5", 'n', "", same),
		distance("4.17.5", 'n', "ffff", "NR_CPUS=256 XSM=y PV=y"),
		distance("4.17.5", 'n', "", "PV=y NR_CPUS=256"),
		distance("4.17.5", 'n', "", "PV=y NR_CPUS=25"),
		distance("4.17.4", 'n', "", same),
		distance("4.17.5", 'y', "", same),
		distance("4.18.0", 'n', "", same),
		distance("4.16.0", 'y', "", same),
		distance("4.14.6", 'n', "", same),
		distance("", 'n', "", same),
	};

	(void)state;
	assert_int_equal(order[0], 0);
	for (size_t i = 1; i < ARRAY_SIZE(order); i++)
		assert_true(order[i] >= order[i - 1]);
	assert_true(order[3] > order[2] && order[5] > order[4]);
	assert_true(order[6] > order[5] && order[7] > order[6]);
}

/* Files of 1 MiB, the limits of a profile and of a .config. */
static void long_configs_are_compared_by_words(void **state)
{
	size_t room = 1U << 20, len, i;
	char *one = malloc(room), *two = malloc(room);

	(void)state;
	assert_non_null(one);
	assert_non_null(two);
	for (i = len = 0; len + 16 < room; i++)
		len += sprintf(one + len, "%zx ", i);
	strcpy(two, one);
	assert_int_equal(config_missing(one, two), 0);
	memset(two, 'x', len);
	assert_int_equal(config_missing(one, two), i);
	assert_int_equal(config_missing(two, one), 1);
	assert_int_equal(config_missing("a b  a", "b c"), 2);
	for (i = 0; i + 8 < len; i += 8)
		memcpy(two + i, "DEBUG=yx", 8);
	assert_int_equal(config_debug(IMAGE_NOT_KNOWN, two), 'n');
	free(one);
	free(two);
}

/* Writes a file of a folder of profiles. */
static void put_profile(const char *dir, const char *text)
{
	char path[64];
	FILE *fp;

	snprintf(path, sizeof(path), "%s/a.layout", dir);
	fp = fopen(path, "w");
	assert_non_null(fp);
	fputs(text, fp);
	fclose(fp);
}

/* A file that cannot be read is named, and not "no profiles found". */
static void an_unreadable_file_is_named(void **state)
{
	char dir[] = "/tmp/profile-test.XXXXXX", path[64];
	struct session s = { .fp = NULL };

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("XEN_LAYOUTS", dir, 1);
	assert_err(profiles_find(&s), ERR_NOT_FOUND, "no layout profiles (*.layout) found");
	put_profile(dir, "layout 1\nversion 4.20\n[domain]\nnonsense .a\n");
	assert_err(profiles_find(&s), ERR_CORRUPT, "a.layout, line 4: ");
	put_profile(dir, "nonsense");
	assert_err(profiles_find(&s), ERR_UNSUPPORTED, "a.layout: not a layout profile");
	unsetenv("XEN_LAYOUTS");
	snprintf(path, sizeof(path), "%s/a.layout", dir);
	assert_int_equal(remove(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where_it_is_from),
		cmocka_unit_test(long_configs_are_compared_by_words),
		cmocka_unit_test(all_forms_of_places),
		cmocka_unit_test(nonsense_is_refused_with_its_line),
		cmocka_unit_test(crlf_and_a_byte_order_mark_are_ignored),
		cmocka_unit_test(too_long_is_refused),
		cmocka_unit_test(the_nearest_comes_first),
		cmocka_unit_test(an_unreadable_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
