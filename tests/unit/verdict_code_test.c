/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code of the hypervisor in memory that is not the code of its image. */
#include "tests/unit/host_fixture/stacks.h"
#include "tests/unit/troubles_text.h"

#include <sys/stat.h>

#define DAMAGE "memory is damaged: "
/* sizes in code.c and devices.c, and that of a jump */
#define ALTERNATIVE_LEN	(5 + 2)
#define JUMP_LEN	5
/* more is another link of the same build */
#define ALTERED_MAX	8192

static void *file;
static struct image *image;
static struct verdict verdict;

/* The image is the file of the fixture, which is also its memory. */
static int setup(void **state)
{
	struct stat st;

	(void)state;
	host_create_from(HOST_SOURCES "tests/unit/host_fixture/troubles.c tests/unit/host_fixture/code.c");
	host_keep();
	assert_int_equal(fstat(fix.fd, &st), 0);
	file = malloc(st.st_size);
	assert_non_null(file);
	assert_int_equal(pread(fix.fd, file, st.st_size, 0), st.st_size);
	assert_ok(image_from_bytes("FILE", file, st.st_size, true, &image));
	assert_true(image->has_bytes);
	return 0;
}

static int teardown(void **state)
{
	fix.xen.image = NULL;
	host_destroy(state);
	image_close(image);
	free(file);
	return 0;
}

static int restore(void **state)
{
	fixture_exclude(&fix, 0);
	fix.xen.image = image;
	fix.xen.forced = false;
	return stacks_setup(state);
}

#define CODE_TEST(f) cmocka_unit_test_setup(f, restore)

/* Alters nr bytes of a function, from the byte at on. */
static void alter(const char *function, unsigned int at, unsigned int nr)
{
	uint8_t *code = &fix.image[fixture_va(&fix, function) - FIXTURE_BASE + at];

	for (unsigned int i = 0; i < nr; i++)
		code[i] ^= 0x40;
	memory_flush(fix.xen.memory);
}

static void expect_none(void)
{
	const char *text = troubles_text(&fix.xen);

	if (strstr(text, "Xen's code"))
		fail_msg("%s", text);
}

/* There must be a statement on that number of bytes, the first at this place of a function. */
static void expect(unsigned int nr, const char *function, unsigned int at)
{
	const char *text = troubles_text(&fix.xen);
	char place[64], line[256];

	if (at)
		snprintf(place, sizeof(place), "%s+0x%x", function, at);
	else
		snprintf(place, sizeof(place), "%s", function);
	snprintf(line, sizeof(line),
		 DAMAGE "bytes of Xen's code that differ from the image: %u, the first in %s [comparison of the code (\"xen files -t\"), at %lx]\n",
		 nr, place, fixture_va(&fix, function) + at);
	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

static void test_altered(void **state)
{
	(void)state;
	expect_none();
	alter("guilty", 9, 1);
	expect(1, "guilty", 9);
	alter("do_softirq", 31, 1);
	alter("innocent", 0, 2);
	expect(4, "do_softirq", 31);
}

/* Xen's alternatives, padding included; the byte after is damage. */
static void test_alternative(void **state)
{
	(void)state;
	alter("p2m_pt_get_entry", 0, ALTERNATIVE_LEN);
	expect_none();
	alter("p2m_pt_get_entry", ALTERNATIVE_LEN, 1);
	expect(1, "p2m_pt_get_entry", ALTERNATIVE_LEN);
}

/* A livepatch writes a jump, if it is applied. */
static void test_livepatch(void **state)
{
	(void)state;
	alter("do_mmuext_op", 0, JUMP_LEN);
	expect_none();
	alter("do_mmuext_op", JUMP_LEN, 1);
	expect(1, "do_mmuext_op", JUMP_LEN);
	host_restore();
	alter("do_sched_op", 0, JUMP_LEN);
	expect(5, "do_sched_op", 0);
	/* without its list a livepatch and damage are not told apart */
	host_poke(&fix, fixture_va(&fix, "payload1"), "payload.funcs", 3);
	assert_null(strstr(troubles_text(&fix.xen), DAMAGE));
	assert_non_null(strstr(troubles_text(&fix.xen), "Xen's code: check failed? [fix1: funcs 3"));
}

/* Neither the altered bytes nor others of the missing page count. */
static void test_unreadable(void **state)
{
	(void)state;
	alter("guilty", 9, 1);
	fixture_exclude(&fix, fixture_va(&fix, "guilty"));
	expect_none();
	alter("far_code", 0x2fff, 1);
	expect(1, "far_code", 0x2fff);
}

static void test_no_bytes(void **state)
{
	struct image split = *image;

	(void)state;
	alter("guilty", 9, 1);
	fix.xen.image = NULL;
	expect_none();
	split.has_bytes = false;
	fix.xen.image = &split;
	expect_none();
	fix.xen.image = image;
	fix.xen.forced = true;
	expect_none();
}

/* Another link of the same build, and an image without its list of places */
static void test_not_damage(void **state)
{
	struct symbols *own = (struct symbols *)image->symbols, *some, *few;

	(void)state;
	alter("far_code", 0, ALTERED_MAX);
	assert_non_null(strstr(troubles_text(&fix.xen), DAMAGE "bytes of Xen's code that differ from the image: 8192"));
	alter("guilty", 0, 1);
	expect_none();
	host_restore();
	alter("guilty", 0, 1);
	some = fixture_symbols_without(own, "idle_pg_table");
	few = fixture_symbols_without(some, "__alt_instructions");
	image->symbols = few;
	expect_none();
	image->symbols = some;
	assert_non_null(strstr(troubles_text(&fix.xen), DAMAGE "bytes of Xen's code that differ from the image: 1"));
	image->symbols = own;
	symbols_destroy(some);
	symbols_destroy(few);
}

/* ---- the place of the crash ---- */

/* The function of a page fault in "guilty" + 4 */
static void check_place(const char *expected)
{
	char place[80];

	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "fatal_trap");
	called_by(0, "do_page_fault");
	interrupted(0, 14, 2, "guilty", FLAGS_OFF, 0);
	read_verdict_again(&verdict);
	snprintf(place, sizeof(place), "; comparison with the image, 16 bytes before and after %lx",
		 fixture_va(&fix, "guilty") + 4);
	for (unsigned int i = 0; i < verdict.nr; i++) {
		const struct verdict_line *l = &verdict.line[i];

		if (strcmp(l->about, "function"))
			continue;
		assert_string_equal(l->text, expected);
		assert_int_equal(strstr(l->evidence, place) != NULL, strchr(expected, ',') != NULL);
		return;
	}
	fail_msg("%s", verdict.text);
}

static void test_place(void **state)
{
	static const char unaltered[] = "guilty+0x4";
	static const struct { const char *function; unsigned int at, nr, said; } altered[] = {
		{ "guilty", 4, 3, 3 },
		/* from 16 bytes before to 15 bytes after; idle_loop ends at guilty */
		{ "idle_loop", 20, 12, 12 }, { "idle_loop", 18, 3, 1 }, { "idle_loop", 17, 3, 0 },
		{ "guilty", 19, 3, 1 }, { "guilty", 20, 3, 0 },
	};
	char text[120];

	(void)state;
	check_place(unaltered);
	for (unsigned int i = 0; i < ARRAY_SIZE(altered); i++) {
		restore(NULL);
		/* damage elsewhere does not count */
		alter("do_softirq", 5, 2);
		alter(altered[i].function, altered[i].at, altered[i].nr);
		snprintf(text, sizeof(text), "%s, bytes of the code there that differ from the image: %u",
			 unaltered, altered[i].said);
		check_place(altered[i].said ? text : unaltered);
	}
}

/* Code of a livepatch, and without an image to compare with */
static void test_place_unknown(void **state)
{
	(void)state;
	alter("guilty", 4, 3);
	fixture_poke(&fix, fixture_va(&fix, "fix1_funcs"), "livepatch_func.old_addr",
		     fixture_va(&fix, "guilty") + 3);
	check_place("guilty+0x4");
	host_poke(&fix, fixture_va(&fix, "payload1"), "payload.state", 1);
	check_place("guilty+0x4, bytes of the code there that differ from the image: 3");
	fix.xen.forced = true;
	check_place("guilty+0x4");
	fix.xen.forced = false;
	fix.xen.image = NULL;
	check_place("guilty+0x4");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CODE_TEST(test_altered), CODE_TEST(test_alternative), CODE_TEST(test_livepatch),
		CODE_TEST(test_unreadable), CODE_TEST(test_no_bytes), CODE_TEST(test_not_damage),
		CODE_TEST(test_place), CODE_TEST(test_place_unknown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
