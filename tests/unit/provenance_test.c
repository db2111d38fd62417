/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells with values from unverified places are marked without a declaration. */
#include "tests/unit/model_fixture/fixture.h"
#include "tests/unit/shown.h"

#include "extensions/support/view.h"
#include "xen/model/domain/domain.h"
#include "xen/profile/profile_choose.h"

static struct fixture fix;
static const struct front_end front = { .name = "test", .help = "help" };
static struct session s = { .front = &front, .xen = &fix.xen };

/*
 * The fixture with its own profile, in which all places are verified except the
 * paths up to NULL.
 */
static struct profile *use_profile(const char *const *unproved)
{
	const struct profile_origin origin = { .version = "4.20", .config = "" };
	struct profile *p;
	size_t len;
	char *text, *line, *next;
	char type[PATH_SIZE] = "", path[2 * PATH_SIZE];
	FILE *fp = open_memstream(&text, &len);

	assert_ok(profile_write(fix.xen.types, &origin, fp));
	fclose(fp);
	assert_ok(profile_parse("fixture", text, len, &p));
	for (line = text; line; line = next) {
		const char *member = "";
		bool keep = false;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (*line == '[') {
			snprintf(type, sizeof(type), "%.*s",
				 (int)strcspn(line + 1, "]"), line + 1);
			continue;
		}
		if (strchr(line, ' '))
			member = strchr(line, ' ') + 1;
		snprintf(path, sizeof(path), "%s%s", type, member);
		for (unsigned int i = 0; unproved[i]; i++)
			keep |= !strcmp(unproved[i], path);
		if (!keep)
			profile_prove(p, path);
	}
	if (!unproved[0])
		profile_prove_all(p);
	free(text);
	records_destroy(fix.xen.records);
	assert_ok(records_create(profile_places(p), &fix.xen.records));
	return p;
}

static char *shown_by(const char *command, char *one, char *two)
{
	char *argv[] = { (char *)command, one, two, NULL }, *text;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	command_run(&s, two ? 3 : one ? 2 : 1, argv, fp);
	fclose(fp);
	return text;
}

static void check(const char *command, char *one, char *two, const char *expected)
{
	char *text = shown_by(command, one, two);

	if (!strstr(text, expected))
		fail_msg("no \"%s\" in: %s", expected, text);
	free(text);
}

static void check_not(const char *command, char *one, char *two, const char *unexpected)
{
	char *text = shown_by(command, one, two);

	if (strstr(text, unexpected))
		fail_msg("\"%s\" in: %s", unexpected, text);
	free(text);
}

/* The type of an HVM domain is computed from its emulation flags (Xen 4.20). */
static void test_computed(void **state)
{
	static const char *const flags[] = { "domain.arch.emulation_flags", NULL };
	static const char *const none[] = { NULL };
	struct profile *p = use_profile(flags);

	(void)state;
	check("dom", "1", NULL, "TYPE~: HVM");
	check("dom", "1", NULL, "FLAGS~: ");
	check("dom", "1", NULL, " DOMID: 1\n");
	/*
	 * Only a PV domain has an address width and a list of its frames. The
	 * other values depend on members that the profile lacks, whose absence
	 * is not verified.
	 */
	check("dom", "1", "-j",
	      "\"unproved\": [\"type\", \"width\", \"flags\", \"life\", \"state\", \"vcpus\", \"vcpus_online\", \"cpu_time_ns\", \"frame_lists_mfn\"]}");
	check("dom", "1", NULL,
	      "~ not proved on this dump, from a layout profile or an image loaded by force: TYPE, WIDTH, FLAGS, LIFE, STATE, VCPUS, ONLINE, CPU TIME, P2M_MFN\n");
	/* the type of a PV domain is computed from fewer members */
	check("dom", "0", "-j",
	      "\"unproved\": [\"flags\", \"life\", \"state\", \"vcpus\", \"vcpus_online\", \"cpu_time_ns\"]}");
	profile_destroy(p);
	p = use_profile(none);
	check_not("dom", "1", "-j", "unproved");
	check_not("dom", "1", NULL, "~");
	profile_destroy(p);
}

/* Objects after an unverified link of a list may be wrong. */
static void test_walk(void **state)
{
	static const char *const next[] = { "domain.next_in_list", NULL };
	struct profile *p = use_profile(next);

	(void)state;
	check("doms", NULL, NULL, "DID~");
	check("doms", "-j", NULL, "\"unproved\": [\"domid\"");
	profile_destroy(p);
}

static void cell_sum(struct session *session, struct out *o, const void *record)
{
	const struct domain *d = record;

	(void)session;
	out_dec(o, value_of(&d->domain_id) + value_of(&d->max_vcpus));
}

static void cell_constant(struct session *session, struct out *o, const void *record)
{
	(void)session;
	(void)record;
	out_dec(o, 7);
}

/* A separate view, without declarations. */
static void test_view(void **state)
{
	static const struct view_column columns_of_view[] = {
		VIEW_FIELD("id", "ID", struct domain, domain_id, VIEW_DEC),
		VIEW_FIELD("max", "MAX", struct domain, max_vcpus, VIEW_DEC),
		VIEW_CELL("sum", "SUM", cell_sum),
		VIEW_CELL("seven", "SEVEN", cell_constant),
	};
	static const char *const max[] = { "domain.max_vcpus", NULL };
	struct profile *p = use_profile(max);
	struct domain d;
	struct view v;
	struct shown shown;

	(void)state;
	provenance_clear();
	assert_ok(record_read(fix.xen.records, fix.xen.space, &domain_record,
			      fixture_va(&fix, "dom1"), &d));
	show(&shown, OUT_JSON, "test");
	view_list(&v, &s, shown.o, "rows", columns_of_view, ARRAY_SIZE(columns_of_view),
		  &domain_record);
	view_row(&v, &d);
	assert_false(provenance_unproved());
	assert_true(provenance_ever());
	out_finish(shown.o);
	assert_non_null(strstr(shown.text, "\"seven\": 7, \"unproved\": [\"max\", \"sum\"]}"));
	shown_free(&shown);
	profile_destroy(p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_computed),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_view),
	};

	return fixture_run_tests(&fix, "tests/unit/model_fixture/model.c", 420, 256, tests);
}
