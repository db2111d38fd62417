/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index of types, and the properties of types, with the output of real compilers. */
#include "tests/unit/types_fixture/fixture.h"

#include <limits.h>
#include <stdio.h>

#include "xen/base/array.h"
#include "xen/image/image.h"

static struct fixture *fix;
static const struct compiler *compiler;

static void check_declaration(const char *variable, const char *expected)
{
	struct type t = fixture_variable(fix, variable);
	char buf[256];

	assert_string_equal(type_declare(&t, variable, buf, sizeof(buf)),
			    expected);
}

static void check_member(const char *type, const char *path, uint64_t offset,
			 uint64_t size, unsigned int bit, unsigned int bits)
{
	struct type t = fixture_type(fix, type);
	struct member m;

	assert_ok(type_member(&t, path, &m));
	if (m.offset != offset || m.size != size || m.bit_offset != bit ||
	    m.bit_size != bits)
		fail_msg("%s.%s: %lu, %lu bytes, bits %u+%u", type, path,
			 m.offset, m.size, m.bit_offset, m.bit_size);
}

static void finds_by_tag_typedef_and_base(void **state)
{
	static const struct {
		const char *name, *type;
		uint64_t size;
		enum type_kind kind;
	} cases[] = {
		{ "struct domain", "struct domain", 176, TYPE_STRUCT },
		{ "domain", "struct domain", 176, TYPE_STRUCT },
		{ "  struct   domain ", "struct domain", 176, TYPE_STRUCT },
		{ "mfn_t", "mfn_t", 8, TYPE_STRUCT },
		{ "enum state", "enum state", 4, TYPE_ENUM },
		{ "state", "enum state", 4, TYPE_ENUM },
		{ "uint32_t", "uint32_t", 4, TYPE_INT },
		{ "bool_alias", "bool_alias", 1, TYPE_BOOL },
		{ "unsigned long", "unsigned long", 8, TYPE_INT },
		{ "long unsigned", "unsigned long", 8, TYPE_INT },
		{ "long int", "long", 8, TYPE_INT },
		{ "unsigned", "unsigned int", 4, TYPE_INT },
		{ "short int", "short", 2, TYPE_INT },
		{ "unsigned long long", "unsigned long long", 8, TYPE_INT },
		{ "signed char", "signed char", 1, TYPE_CHAR },
		{ "bool", "_Bool", 1, TYPE_BOOL },
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct type t = fixture_type(fix, cases[i].name);
		uint64_t size;

		assert_ok(type_size(&t, &size));
		assert_string_equal(type_name(&t, buf, sizeof(buf)),
				    cases[i].type);
		assert_int_equal(size, cases[i].size);
		assert_int_equal(type_kind(&t), cases[i].kind);
	}
}

static void files_tell_definitions_apart(void **state)
{
	static const struct {
		const char *name;
		uint64_t size;
	} cases[] = {
		{ "struct local", 4 },
		{ "one.c#struct local", 4 },
		{ "two.c#struct local", 6 },
		{ "types_fixture/two.c#local", 6 },
	};
	uint64_t size;

	(void)state;
	/* a type unit has no name of a file */
	if (strstr(compiler->flags, "-fdebug-types-section"))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct type t = fixture_type(fix, cases[i].name);

		assert_ok(type_size(&t, &size));
		assert_int_equal(size, cases[i].size);
	}
}

/* As when make enters a directory: DWARF contains only a part of the name. */
static void files_go_on_in_the_directory_compiled_in(void **state)
{
	char cwd[PATH_MAX], name[PATH_MAX + 64];
	const char *dir;
	struct type t;
	uint64_t size;

	(void)state;
	if (strstr(compiler->flags, "-fdebug-types-section"))
		skip();
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	dir = strrchr(cwd, '/') + 1;
	snprintf(name, sizeof(name), "%s/" FIXTURE_DIR "two.c#local", dir);
	t = fixture_type(fix, name);
	assert_ok(type_size(&t, &size));
	assert_int_equal(size, 6);
	snprintf(name, sizeof(name), "x%s/" FIXTURE_DIR "two.c#local", dir);
	assert_err(types_find(fix->types, name, &t), ERR_NO_TYPE, dir);
}

static void says_what_is_missing(void **state)
{
	char long_name[400];
	struct type t;
	int64_t v = 77;

	(void)state;
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_err(types_find(fix->types, "struct nosuch", &t), ERR_NO_TYPE,
		   "struct nosuch");
	assert_err(types_find(fix->types, "", &t), ERR_NO_TYPE, "\"\"");
	assert_err(types_find(fix->types, "struct ", &t), ERR_NO_TYPE, "struct");
	assert_err(types_find(fix->types, "union domain", &t), ERR_NO_TYPE,
		   "union domain");
	assert_err(types_find(fix->types, "long short", &t), ERR_NO_TYPE,
		   "long short");
	assert_err(types_find(fix->types, "long long long long", &t),
		   ERR_NO_TYPE, "long");
	assert_err(types_find(fix->types, "struct domain *", &t), ERR_NO_TYPE,
		   "domain *");
	assert_err(types_find(fix->types, long_name, &t), ERR_NO_TYPE, "399");
	assert_err(types_find(fix->types, "three.c#struct local", &t),
		   ERR_NO_TYPE, "three.c");
	assert_err(types_find(fix->types, "wo.c#struct local", &t), ERR_NO_TYPE,
		   "wo.c");
	assert_err(types_find(fix->types, "two.c#struct domain", &t),
		   ERR_NO_TYPE, "in two.c");
	assert_err(types_variable(fix->types, "nosuch", &t), ERR_NO_TYPE,
		   "nosuch");
	assert_err(types_variable(fix->types, long_name, &t), ERR_NO_TYPE, "399");
	assert_err(types_enum_value(fix->types, "NOSUCH", &v), ERR_NO_TYPE,
		   "NOSUCH");
	assert_int_equal(v, 77);
}

static void declarations_are_resolved_by_name(void **state)
{
	struct type t = fixture_variable(fix, "domain0"), target;
	struct member m;
	uint64_t size;

	(void)state;
	/* one.c contains only a declaration of struct opaque */
	assert_ok(type_member(&t, "opaque", &m));
	assert_ok(type_target(&m.type, &target));
	assert_ok(type_size(&target, &size));
	assert_int_equal(size, 16);
	assert_ok(type_member(&target, "self", &m));
	assert_int_equal(m.offset, 8);
	assert_ok(type_member(&t, "nowhere", &m));
	assert_ok(type_target(&m.type, &target));
	assert_int_equal(type_kind(&target), TYPE_STRUCT);
	assert_err(type_size(&target, &size), ERR_NO_TYPE, "only declared");
	assert_err(type_member(&target, "x", &m), ERR_NO_TYPE, "only declared");
}

static void variables_declare_themselves(void **state)
{
	(void)state;
	check_declaration("vcpu_array", "struct vcpu *vcpu_array[3]");
	check_declaration("cube", "int cube[2][2][2]");
	check_declaration("array_pointer", "int (*array_pointer)[3]");
	check_declaration("compare_hook", "int (*compare_hook)"
			  "(const struct point *, const struct point *)");
	check_declaration("compare_table", "int (*compare_table[2])"
			  "(const struct point *, const struct point *)");
	check_declaration("compare_points", "int compare_points"
			  "(const struct point *, const struct point *)");
	check_declaration("const_pointer",
			  "const struct point * const const_pointer");
	check_declaration("strings", "const char *strings[3]");
	check_declaration("unnamed", "struct {...} unnamed");
	check_declaration("void_pointer", "void *void_pointer");
	check_declaration("long_long", "unsigned long long long_long");
	/* statics of two files: the first, or that of the given file */
	check_declaration("same_name", "int same_name");
	check_declaration("only_here", "long only_here");
}

static void statics_are_told_apart_by_file(void **state)
{
	struct type t = fixture_variable(fix, "two.c#same_name");

	(void)state;
	assert_int_equal(type_kind(&t), TYPE_CHAR);
	t = fixture_variable(fix, "one.c#same_name");
	assert_int_equal(type_kind(&t), TYPE_INT);
}

static void names_fit_any_buffer(void **state)
{
	struct type t = fixture_variable(fix, "compare_table");
	char buf[16];

	(void)state;
	for (size_t size = 1; size <= sizeof(buf); size++) {
		memset(buf, '#', sizeof(buf));
		type_name(&t, buf, size);
		assert_int_equal(strlen(buf), size - 1);
		assert_memory_equal(buf, "int (*[2])(const", size - 1);
	}
}

static void members_are_found(void **state)
{
	(void)state;
	check_member("domain", "domain_id", 0, 2, 0, 0);
	check_member("domain", "nested.box.corner[1].y", 128 + 16 + 8 + 8 + 4, 4,
		     0, 0);
	check_member("domain", "name[15]", 55, 1, 0, 0);
}

static void members_of_anonymous_ones(void **state)
{
	(void)state;
	check_member("domain", "pages.prev", 64, 8, 0, 0);
	check_member("nested", "raw", 8, 8, 0, 0);
	check_member("nested", "high", 12, 4, 0, 0);
	check_member("nested", "named.devfn", 11, 1, 0, 0);
	check_member("nested", "box.corner[1].y", 36, 4, 0, 0);
	check_member("vcpu", "arch.user_regs.eip", 24 + 16, 4, 0, 0);
	check_member("vcpu", "arch.cr[3]", 24 + 24 + 24, 8, 0, 0);
	check_member("vcpu", "arch.cr[0x3]", 24 + 24 + 24, 8, 0, 0);
	check_member("domain", "tail", 176, 0, 0, 0);
	check_member("domain", "tail[2]", 192, 8, 0, 0);
}

static void bit_fields_count_from_the_lowest_bit(void **state)
{
	(void)state;
	check_member("bits", "a", 0, 1, 0, 1);
	check_member("bits", "b", 0, 1, 1, 3);
	check_member("bits", "c", 0, 2, 4, 12);
	check_member("bits", "d", 2, 1, 0, 5);
	check_member("bits", "e", 2, 5, 5, 33);
	check_member("bits", "i", 8, 1, 0, 7);
	check_member("packed_bits", "head", 0, 1, 0, 0);
	check_member("packed_bits", "wide", 1, 8, 0, 60);
	check_member("packed_bits", "tail", 8, 9, 4, 63);
}

static void bad_paths_are_refused(void **state)
{
	static const struct {
		const char *type, *path;
		enum err_reason reason;
		const char *text;
	} cases[] = {
		{ "domain", "nosuch", ERR_NO_TYPE, "\"struct domain\" has no member \"nosuch\"" },
		{ "domain", "domain", ERR_NO_TYPE, "no member" },
		{ "domain", "domain_i", ERR_NO_TYPE, "no member" },
		{ "domain", "", ERR_USAGE, "expected the name of a member" },
		{ "domain", "pages.", ERR_USAGE, "expected the name of a member" },
		{ "domain", "pages..next", ERR_USAGE, "expected the name of a member" },
		{ "domain", "pages->next", ERR_USAGE, "expected the name of a member" },
		{ "domain", "domain_id.x", ERR_NO_TYPE, "not a struct" },
		{ "domain", "next_in_list.x", ERR_NO_TYPE, "not a struct" },
		{ "domain", "handle[16]", ERR_NO_TYPE, "past the end" },
		{ "domain", "handle[", ERR_USAGE, "\"]\"" },
		{ "domain", "handle[]", ERR_USAGE, "\"]\"" },
		{ "domain", "handle[1", ERR_USAGE, "\"]\"" },
		{ "domain", "handle[-1]", ERR_USAGE, "\"]\"" },
		{ "domain", "handle[1a]", ERR_USAGE, "\"]\"" },
		{ "domain", "handle[0x]", ERR_USAGE, "\"]\"" },
		{ "domain", "handle[99999999999999999999]", ERR_USAGE, "\"]\"" },
		{ "domain", "tail[0x2000000000000000]", ERR_NO_TYPE, "out of range" },
		{ "domain", "tail[0x1fffffffffffffff]", ERR_NO_TYPE, "out of range" },
		{ "domain", "max_vcpus[0]", ERR_NO_TYPE, "not an array" },
		{ "bits", "a.b", ERR_NO_TYPE, "bit field" },
		{ "uint32_t", "a", ERR_NO_TYPE, "not a struct" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct type t = fixture_type(fix, cases[i].type);
		struct member m = { .offset = 12345 };

		assert_err(type_member(&t, cases[i].path, &m), cases[i].reason,
			   cases[i].text);
		assert_int_equal(m.offset, 12345);
	}
}

static void signs(void **state)
{
	static const struct {
		const char *name;
		bool is_signed;
	} cases[] = {
		{ "negative", true }, { "unsigned_int", false },
		{ "schars", false }, { "negative_char", true },
		{ "high_char", false }, { "state_known", false },
		{ "negative_enum", true }, { "domain_list", false },
		{ "bool_true", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct type t = fixture_variable(fix, cases[i].name);

		assert_int_equal(type_is_signed(&t), cases[i].is_signed);
	}
}

static void arrays_lose_a_dimension_at_a_time(void **state)
{
	struct type t = fixture_variable(fix, "matrix");
	uint64_t n, size;
	char buf[32];

	(void)state;
	assert_ok(type_count(&t, &n));
	assert_int_equal(n, 2);
	assert_ok(type_target(&t, &t));
	assert_string_equal(type_name(&t, buf, sizeof(buf)), "int [3]");
	assert_ok(type_size(&t, &size));
	assert_int_equal(size, 12);
	assert_ok(type_target(&t, &t));
	assert_string_equal(type_name(&t, buf, sizeof(buf)), "int");
	assert_err(type_target(&t, &t), ERR_NO_TYPE, "not a pointer");
	assert_err(type_count(&t, &n), ERR_NO_TYPE, "not an array");
	t = type_pointer_to(&t);
	t = type_pointer_to(&t);
	assert_string_equal(type_name(&t, buf, sizeof(buf)), "int **");
	assert_ok(type_target(&t, &t));
	assert_ok(type_size(&t, &size));
	assert_int_equal(size, 8);
}

static void void_is_a_type(void **state)
{
	struct type t = fixture_type(fix, "void");
	uint64_t size;
	char buf[16];

	(void)state;
	assert_int_equal(type_kind(&t), TYPE_VOID);
	assert_err(type_size(&t, &size), ERR_NO_TYPE, "no size");
	t = type_pointer_to(&t);
	assert_string_equal(type_name(&t, buf, sizeof(buf)), "void *");
}

static void enums_by_name_and_value(void **state)
{
	struct type flags = fixture_type(fix, "enum flags");
	struct type masks = fixture_type(fix, "enum masks");
	char buf[64];
	int64_t v;

	(void)state;
	assert_ok(types_enum_value(fix->types, "STATE_offline", &v));
	assert_int_equal(v, 5);
	assert_ok(types_enum_value(fix->types, "ANON_second", &v));
	assert_int_equal(v, 42);
	assert_ok(types_enum_value(fix->types, "NEG_minus", &v));
	assert_int_equal(v, -3);
	assert_ok(types_enum_value(fix->types, "FLAG_top", &v));
	assert_int_equal(v, 0x80);
	assert_string_equal(type_enum_text(&flags, 2, buf, sizeof(buf)),
			    "FLAG_two");
	assert_string_equal(type_enum_text(&flags, 3, buf, sizeof(buf)),
			    "(FLAG_one | FLAG_two)");
	assert_string_equal(type_enum_text(&flags, 0x108, buf, sizeof(buf)),
			    "(unknown: 0x108)");
	assert_string_equal(type_enum_text(&flags, 0, buf, sizeof(buf)), "0");
	assert_string_equal(type_enum_text(&masks, 0x33, buf, sizeof(buf)), "51");
	for (size_t size = 1; size < 24; size++) {
		type_enum_text(&flags, 3, buf, size);
		assert_true(strlen(buf) < size);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(finds_by_tag_typedef_and_base),
	cmocka_unit_test(files_tell_definitions_apart),
		cmocka_unit_test(files_go_on_in_the_directory_compiled_in),
	cmocka_unit_test(says_what_is_missing),
	cmocka_unit_test(declarations_are_resolved_by_name),
	cmocka_unit_test(variables_declare_themselves),
	cmocka_unit_test(statics_are_told_apart_by_file),
	cmocka_unit_test(names_fit_any_buffer),
	cmocka_unit_test(members_are_found),
	cmocka_unit_test(members_of_anonymous_ones),
	cmocka_unit_test(bit_fields_count_from_the_lowest_bit),
	cmocka_unit_test(bad_paths_are_refused),
	cmocka_unit_test(signs),
	cmocka_unit_test(arrays_lose_a_dimension_at_a_time),
	cmocka_unit_test(void_is_a_type),
	cmocka_unit_test(enums_by_name_and_value),
};

/* An image without DWARF, and a file that is not an image. */
static void no_dwarf(void **state)
{
	struct fixture f = { 0 };
	struct types *t = NULL;

	(void)state;
	elf_version(EV_CURRENT);
	assert_true(fixture_compile(&f, "cc", "-g0 -Wl,--strip-debug"));
	f.fd = open(f.elf_path, O_RDONLY | O_CLOEXEC);
	f.elf = elf_begin(f.fd, ELF_C_READ_MMAP, NULL);
	assert_err(types_from_elf(f.elf, &t), ERR_NO_TYPE, "DWARF");
	assert_null(t);
	fixture_unload(&f);
	f.elf = elf_memory((char[]){ "no ELF at all, only some text" }, 30);
	assert_err(types_from_elf(f.elf, &t), ERR_NO_TYPE, "DWARF");
	assert_null(t);
	elf_end(f.elf);
	types_destroy(NULL);
}

/* A file whose DWARF is compressed, as distributions pack it: libdw changes its headers. */
static void packed_sections(void **state)
{
	struct fixture f = { 0 };
	struct image *img;
	struct types *t;
	struct type type;

	(void)state;
	assert_true(fixture_compile(&f, "cc", "-gz=zlib"));
	assert_ok(image_open(f.elf_path, &img));
	assert_non_null(img->elf);
	assert_ok(types_from_elf(img->elf, &t));
	assert_ok(types_find(t, "struct domain", &type));
	types_destroy(t);
	image_close(img);
	fixture_unload(&f);
}

/* ^C while the names are read: the next lookup finds them all. */
static void interrupted_index(void **state)
{
	struct fixture f = { 0 };
	struct type t;

	(void)state;
	assert_true(fixture_compile(&f, "cc", ""));
	fixture_load(&f);
	interrupt_pending = 1;
	assert_err(types_find(f.types, "struct domain", &t), ERR_INTERRUPTED,
		   "interrupted");
	interrupt_pending = 0;
	assert_ok(types_find(f.types, "struct domain", &t));
	assert_ok(types_find(f.types, "struct opaque", &t));
	fixture_unload(&f);
}

static void check_in_both(struct fixture *f, const char *name, uint64_t expected)
{
	struct type t;
	uint64_t size;

	assert_ok(types_find(f->types, name, &t));
	assert_ok(type_size(&t, &size));
	assert_int_equal(size, expected);
}

/* Of two definitions the same one is found, independent of earlier look-ups. */
static void order_of_lookups(void **state)
{
	struct fixture f = { 0 };
	struct type t;

	(void)state;
	assert_true(fixture_compile(&f, "cc", ""));
	fixture_load(&f);
	for (int i = 0; i < 3; i++) {
		types_destroy(f.types);
		assert_ok(types_from_elf(f.elf, &f.types));
		if (i == 0)
			assert_err(types_find(f.types, "in_none", &t), ERR_NO_TYPE, "in_none");
		if (i == 1)
			check_in_both(&f, "struct in_both", 16);
		check_in_both(&f, "in_both", 2);
		check_in_both(&f, "two.c#in_both", 16);
		check_in_both(&f, "struct in_both", 16);
	}
	fixture_unload(&f);
}

static const struct CMUnitTest other_tests[] = {
	cmocka_unit_test(no_dwarf),
	cmocka_unit_test(packed_sections),
	cmocka_unit_test(order_of_lookups),
	cmocka_unit_test(interrupted_index),
};

int main(void)
{
	int failed = cmocka_run_group_tests_name("types, by themselves",
						 other_tests, NULL, NULL);

	for (const struct compiler *c = compilers; c->cc; c++) {
		struct fixture *f = calloc(1, sizeof(*f));
		char name[128];

		snprintf(name, sizeof(name), "types, %s %s", c->cc, c->flags);
		if (!fixture_compile(f, c->cc, c->flags)) {
			printf("%s: skipped, not available\n", name);
		} else {
			fixture_load(f);
			fix = f;
			compiler = c;
			failed += _cmocka_run_group_tests(name, tests,
				ARRAY_SIZE(tests), NULL, NULL);
		}
		fixture_unload(f);
		free(f);
	}
	return failed;
}
