/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values and definitions. print.expect is the output of gdb 13 for the same
 * file; if gdb 13 is installed, its output is compared again.
 */
#include "tests/unit/types_fixture/fixture.h"
#include "tests/unit/golden.h"

#include "xen/base/array.h"
#include "xen/types/print.h"

static struct fixture *fix;

/* "[-x] [-d DEPTH] [-n ELEMENTS] [-m MEMBER] VARIABLE", or "-o [-e] TYPE" */
static struct err *print_request(struct fixture *f, const char *request,
				 FILE *fp)
{
	struct print_options options = { 0 };
	bool definition = false;
	char member[64], *end;
	struct type t;

	for (; *request == '-'; request += strspn(request, " ")) {
		char option = request[1];

		request += 2 + strspn(request + 2, " ");
		if (option == 'x')
			options.hex = true;
		else if (option == 'o')
			definition = true;
		else if (option == 'e')
			options.expand = true;
		else if (option == 'd')
			options.max_depth = strtoul(request, (char **)&request, 10);
		else if (option == 'n')
			options.max_elements = strtoul(request, (char **)&request, 10);
		else if (option == 'm') {
			end = stpncpy(member, request, strcspn(request, " "));
			*end = '\0';
			request += end - member;
			options.member = member;
		}
	}
	if (definition) {
		ERR_TRY(types_find(f->types, request, &t));
		return type_print_definition(&t, 0, &options, fp);
	}
	ERR_TRY(types_variable(f->types, request, &t));
	return type_print(f->types, f->space, f->symbols, &t,
			  fixture_va(f, request), &options, fp);
}

static void prints_as_expected(void **state)
{
	(void)state;
	golden_run(fix, FIXTURE_DIR "print.expect", print_request);
}

static char *answer(const char *request)
{
	return golden_answer(fix, print_request, request);
}

static void assert_answer(const char *request, const char *expected)
{
	char *got = answer(request);

	assert_string_equal(got, expected);
	free(got);
}

/* A page left out affects the members in it, which are printed as a remark. */
static void excluded_pages(void **state)
{
	uint64_t va = fixture_va(fix, "holder0"), page = (va | 4095) + 1;
	char *got;

	(void)state;
	fixture_exclude(fix, page, page + 4096);
	got = answer("holder0");
	assert_non_null(strstr(got, "{\n  first = 1,\n  point = {\n"));
	assert_non_null(strstr(got, "  middle = {7, 0 <repeats "));
	assert_non_null(strstr(got, " times>, <excluded page> <repeats 1024 times>, 0 <repeats "));
	assert_non_null(strstr(got, "  text = \"text\", '\\000' <repeats 11 times>,\n"
				    "  pointer = ADDR <points>,\n  last = 2\n}\n"));
	free(got);

	/* the last member is in the page after the hole */
	fixture_exclude(fix, page + 4096, page + 3 * 4096);
	got = answer("holder0");
	assert_non_null(strstr(got, "  text = <excluded page>,\n"
				    "  pointer = <excluded page>,\n"
				    "  last = <excluded page>\n}\n"));
	free(got);

	/* no page at all: one error instead of many remarks */
	fixture_exclude(fix, va, page + 3 * 4096);
	got = answer("holder0");
	assert_non_null(strstr(got, "error: struct holder at ADDR"));
	free(got);
	fixture_exclude(fix, 0, 0);
}

/* Strings that continue in a hole are printed up to it. */
static void excluded_strings(void **state)
{
	uint64_t va = fixture_va(fix, "holder0"), page = (va | 4095) + 1;
	struct print_options options = { 0 };
	struct type text = fixture_type(fix, "char"), t = type_pointer_to(&text);
	struct datum d = { .type = t };
	char *got = NULL;
	size_t size;
	FILE *fp;

	(void)state;
	fixture_exclude(fix, page, page + 4096);
	memcpy(fix->image + (page - FIXTURE_BASE) - 3, "abc", 3);
	memory_flush(fix->memory);
	fp = open_memstream(&got, &size);
	d.value = page - 3;
	assert_ok(datum_print(fix->space, NULL, &d, &options, fp));
	d.value = page;
	assert_ok(datum_print(fix->space, NULL, &d, &options, fp));
	fclose(fp);
	golden_normalise(got);
	assert_string_equal(got, "ADDR \"abc\" <excluded page>\n"
				 "ADDR <excluded page>\n");
	free(got);
	memset(fix->image + (page - FIXTURE_BASE) - 3, 0, 3);
	fixture_exclude(fix, 0, 0);
}

static void members_by_path(void **state)
{
	(void)state;
	assert_answer("-m nested.box.corner[1] domain0",
		      "  nested.box.corner[1] = {\n    x = 2,\n    y = 3\n  }\n");
	assert_answer("-m d bits0", "  d = -7\n");
	assert_answer("-m next_in_list domain0", "  next_in_list = 0x0\n");
	assert_answer("-m nosuch domain0",
		      "error: member \"nosuch\": \"struct domain\" has no member \"nosuch\"\n");
	assert_answer("-m x domain_list", "error: member \"x\": \"struct domain *\" "
		      "has no members: it is not a struct or union\n");
}

static void addresses_in_definitions(void **state)
{
	struct print_options options = { .at_address = true };
	struct type t = fixture_type(fix, "list_head");
	char *got = NULL;
	size_t size;
	FILE *fp = open_memstream(&got, &size);

	(void)state;
	assert_ok(type_print_definition(&t, 0xffff830000001000, &options, fp));
	fclose(fp);
	assert_string_equal(got, "struct list_head {\n"
			    "  [ffff830000001000] struct list_head *next;\n"
			    "  [ffff830000001008] struct list_head *prev;\n"
			    "}\nSIZE: 16\n");
	free(got);
}

static void interrupted(void **state)
{
	char *got;

	(void)state;
	interrupt_pending = 1;
	got = answer("domain0");
	interrupt_pending = 0;
	assert_non_null(strstr(got, "error: "));
	assert_non_null(strstr(got, "interrupted"));
	free(got);
}

/* Features that gdb lacks, or for which it uses other names. */
static bool gdb_differs(const char *variable)
{
	static const char *const names[] = {
		"packed0", "far_pointer", "use_table",
		/* gdb demangles "per_cpu__" to "per_cpu." */
		"curr_count_user",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], variable))
			return true;
	return false;
}

static bool have_gdb13(void)
{
	return !system("gdb --version 2>/dev/null | "
		       "grep -q '^GNU gdb.* 13\\.[0-9]'");
}

/* Writes gdb's commands for a request. */
static void ask_gdb(const char *request, const char *expected, void *arg)
{
	const char *variable = strrchr(request, ' ');
	FILE *script = arg;

	(void)expected;
	variable = variable ? variable + 1 : request;
	if (!strncmp(request, "-o", 2) || gdb_differs(variable))
		return;
	fprintf(script, "set output-radix %d\n",
		strncmp(request, "-x", 2) ? 10 : 16);
	fprintf(script, "set print max-depth %d\n",
		strncmp(request, "-d", 2) ? -1 : atoi(request + 3));
	fprintf(script, "set print elements %d\n",
		strncmp(request, "-n", 2) ? 200 : atoi(request + 3));
	fprintf(script, "echo == %s\\n\noutput %s\necho \\n\n", request,
		variable);
}

static void prints_as_gdb_does(void **state)
{
	struct golden g = { fix, print_request, 0 };
	char path[96], command[256], *text;
	size_t len;
	FILE *fp;

	(void)state;
	if (!have_gdb13())
		skip();
	snprintf(path, sizeof(path), "%s/script", fix->dir);
	fp = fopen(path, "w");
	assert_non_null(fp);
	fputs("set print pretty on\n", fp);
	text = golden_load(FIXTURE_DIR "print.expect");
	golden_each(text, ask_gdb, fp);
	free(text);
	assert_int_equal(fclose(fp), 0);

	snprintf(command, sizeof(command), "LC_ALL=C gdb -nx -batch -x %s %s",
		 path, fix->elf_path);
	fp = popen(command, "r");
	assert_non_null(fp);
	text = calloc(1, 1 << 20);
	len = fread(text, 1, (1 << 20) - 1, fp);
	assert_int_equal(pclose(fp), 0);
	assert_true(len > 1000);
	golden_normalise(text);
	assert_true(golden_each(text, golden_check, &g) > 100);
	assert_int_equal(g.bad, 0);
	free(text);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_as_expected),
		cmocka_unit_test(excluded_pages),
		cmocka_unit_test(excluded_strings),
		cmocka_unit_test(members_by_path),
		cmocka_unit_test(addresses_in_definitions),
		cmocka_unit_test(interrupted),
	};
	static const struct CMUnitTest gdb_tests[] = {
		cmocka_unit_test(prints_as_gdb_does),
	};
	int failed = 0;

	for (const struct compiler *c = compilers; c->cc; c++) {
		fix = calloc(1, sizeof(*fix));
		if (fixture_compile(fix, c->cc, c->flags)) {
			fixture_load(fix);
			/* "print_test REQUEST...": prints lines for print.expect */
			for (int i = 1; i < argc; i++)
				printf("== %s\n%s", argv[i], answer(argv[i]));
			if (argc > 1)
				return 0;
			failed += cmocka_run_group_tests(tests, NULL, NULL);
			if (c == compilers)
				failed += cmocka_run_group_tests(gdb_tests, NULL,
								 NULL);
		}
		fixture_unload(fix);
		free(fix);
	}
	return failed;
}
