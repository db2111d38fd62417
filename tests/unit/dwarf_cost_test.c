/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hostile DWARF: entries that share what libdw reads for each of them, and that are
 * nested without end. Files of some MiB, for which libdw would take minutes, gigabytes,
 * or all of the stack.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <dwarf.h>
#include <elf.h>

#include "xen/base/array.h"
#include "xen/symbols/lines.h"
#include "xen/types/types.h"

#define BASE	0xffff82d040200000UL
#define TIMES	50000

struct bytes {
	uint8_t *at;
	size_t len, room;
};

enum { INFO, ABBREV, STRINGS, RANGES, LINES, NAMES, NR_SECTIONS };

static const char *const section_names[NR_SECTIONS] = {
	".debug_info", ".debug_abbrev", ".debug_str", ".debug_ranges", ".debug_line",
	".shstrtab",
};

static struct bytes section[NR_SECTIONS];

static void put(struct bytes *b, const void *bytes, size_t len)
{
	if (b->len + len > b->room) {
		b->room = 2 * (b->len + len);
		b->at = realloc(b->at, b->room);
		assert_non_null(b->at);
	}
	memcpy(b->at + b->len, bytes, len);
	b->len += len;
}

static void number(struct bytes *b, uint64_t n, size_t size)
{
	put(b, &n, size);
}

static void leb(struct bytes *b, uint32_t n)
{
	for (; n > 0x7f; n >>= 7)
		number(b, (n & 0x7f) | 0x80, 1);
	number(b, n, 1);
}

/* An abbreviation with times times the attribute, of a tag. */
static void abbrev(uint32_t code, unsigned int tag, bool children, unsigned int name,
		   unsigned int form, size_t times)
{
	struct bytes *b = &section[ABBREV];

	leb(b, code);
	leb(b, tag);
	number(b, children, 1);
	while (times--) {
		leb(b, name);
		leb(b, form);
	}
	number(b, 0, 2);
}

/* The header of a unit; returns the place of its length. */
static size_t start_unit(void)
{
	struct bytes *b = &section[INFO];
	size_t at = b->len;

	number(b, 0, 4);
	number(b, 4, 2);	/* version */
	number(b, 0, 4);	/* the table */
	number(b, 8, 1);
	return at;
}

static void end_unit(size_t at)
{
	uint32_t len = section[INFO].len - at - 4;

	memcpy(section[INFO].at + at, &len, sizeof(len));
}

static void start(void)
{
	for (unsigned int i = 0; i < NR_SECTIONS; i++)
		section[i].len = 0;
}

/* Makes an ELF file of the sections, which *bytes contains. */
static Elf *make_elf(struct bytes *bytes)
{
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_ehsize = sizeof(eh), .e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = NR_SECTIONS + 1, .e_shstrndx = NAMES + 1,
	};
	Elf64_Shdr sh[NR_SECTIONS + 1] = { { 0 } };
	unsigned int i;
	Elf *elf;

	*bytes = (struct bytes){ .len = 0 };
	put(bytes, &eh, sizeof(eh));
	for (i = 0; i < NR_SECTIONS; i++) {
		sh[i + 1].sh_name = section[NAMES].len;
		sh[i + 1].sh_type = i == NAMES ? SHT_STRTAB : SHT_PROGBITS;
		put(&section[NAMES], section_names[i], strlen(section_names[i]) + 1);
	}
	for (i = 0; i < NR_SECTIONS; i++) {
		sh[i + 1].sh_offset = bytes->len;
		sh[i + 1].sh_size = section[i].len;
		put(bytes, section[i].at ? section[i].at : (uint8_t *)"", section[i].len);
	}
	while (bytes->len % 8)
		number(bytes, 0, 1);
	eh.e_shoff = bytes->len;
	memcpy(bytes->at, &eh, sizeof(eh));
	put(bytes, sh, sizeof(sh));
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes->at, bytes->len);
	assert_non_null(elf);
	return elf;
}

/* Opens the types, which fails with that text; NULL: all names are indexed. */
static void check_types(const char *want)
{
	struct types *t = NULL;
	struct bytes bytes;
	Elf *elf = make_elf(&bytes);
	struct err *e = types_from_elf(elf, &t);
	struct type type;

	if (want) {
		assert_non_null(e);
		if (!strstr(err_text(e), want))
			fail_msg("%s", err_text(e));
		assert_int_equal(err_reason(e), ERR_CORRUPT);
		err_free(e);
	} else {
		assert_null(e);
		e = types_find(t, "no such type", &type);
		assert_int_equal(err_reason(e), ERR_NO_TYPE);
		err_free(e);
	}
	types_destroy(t);
	elf_end(elf);
	free(bytes.at);
}

static void make_units(size_t nr, size_t nr_abbrevs)
{
	size_t i;

	start();
	for (i = 1; i < nr_abbrevs; i++)
		abbrev(i, DW_TAG_base_type, false, 0, 0, 0);
	abbrev(nr_abbrevs, DW_TAG_compile_unit, false, 0, 0, 0);
	number(&section[ABBREV], 0, 1);
	for (i = 0; i < nr; i++) {
		size_t unit = start_unit();

		leb(&section[INFO], nr_abbrevs);
		end_unit(unit);
	}
}

/* The last abbreviation of one table, used by each unit. */
static void test_shared_abbreviations(void **state)
{
	(void)state;
	make_units(TIMES, TIMES);
	check_types("the abbreviations of its units overlap");
	/* as many as a linker may share */
	make_units(TIMES, 2);
	check_types(NULL);
}

/* Tables that begin in each other. */
static void test_overlapping_abbreviations(void **state)
{
	size_t i;

	(void)state;
	start();
	for (i = 0; i < TIMES; i++)
		abbrev(1, DW_TAG_compile_unit, false, 0, 0, 0);
	for (i = 0; i < TIMES; i++) {
		size_t unit = start_unit();
		uint32_t table = 5 * (TIMES - 1 - i);

		memcpy(section[INFO].at + unit + 6, &table, sizeof(table));
		leb(&section[INFO], 2);
		end_unit(unit);
	}
	check_types("the abbreviations of its units overlap");
}

/* Attributes that have no bytes in the entries. */
static void test_attributes(void **state)
{
	size_t unit, i;

	(void)state;
	start();
	abbrev(1, DW_TAG_compile_unit, true, 0, 0, 0);
	abbrev(2, DW_TAG_base_type, false, DW_AT_external, DW_FORM_flag_present, TIMES);
	unit = start_unit();
	leb(&section[INFO], 1);
	for (i = 0; i < TIMES; i++)
		leb(&section[INFO], 2);
	end_unit(unit);
	check_types("too many attributes in an abbreviation: 50000");
}

/* A name of megabytes, to which all entries refer. */
static void test_long_name(void **state)
{
	size_t unit, i;

	(void)state;
	start();
	abbrev(1, DW_TAG_compile_unit, true, 0, 0, 0);
	abbrev(2, DW_TAG_base_type, false, DW_AT_name, DW_FORM_strp, 1);
	number(&section[ABBREV], 0, 1);
	unit = start_unit();
	leb(&section[INFO], 1);
	for (i = 0; i < TIMES; i++) {
		leb(&section[INFO], 2);
		number(&section[INFO], 0, 4);
	}
	number(&section[INFO], 0, 1);
	end_unit(unit);
	for (i = 0; i < 80 * TIMES; i++)
		number(&section[STRINGS], 'x', 1);
	number(&section[STRINGS], 0, 1);
	check_types(NULL);
}

/* Entries of as many names in one file, and as many units of other files. */
static void test_names_of_file(void **state)
{
	struct types *t = NULL;
	struct bytes bytes;
	struct type type;
	char text[32];
	size_t unit, i;
	struct err *e;
	Elf *elf;

	(void)state;
	start();
	abbrev(1, DW_TAG_compile_unit, true, DW_AT_name, DW_FORM_string, 1);
	abbrev(2, DW_TAG_subprogram, false, DW_AT_name, DW_FORM_string, 1);
	number(&section[ABBREV], 0, 1);
	unit = start_unit();
	put(&section[INFO], "\1x.c", 5);
	for (i = 0; i < TIMES; i++) {
		leb(&section[INFO], 2);
		put(&section[INFO], text, snprintf(text, sizeof(text), "f%zu", i) + 1);
	}
	number(&section[INFO], 0, 1);
	end_unit(unit);
	for (i = 0; i < TIMES; i++) {
		unit = start_unit();
		put(&section[INFO], "\1y.c\0", 6);
		end_unit(unit);
	}
	elf = make_elf(&bytes);
	assert_null(types_from_elf(elf, &t));
	for (i = 0; i < TIMES; i++) {
		snprintf(text, sizeof(text), "x.c#f%zu", i);
		assert_null(types_variable(t, text, &type));
		snprintf(text, sizeof(text), "%c.c#g%zu", 'x' + (int)(i % 2), i);
		e = types_variable(t, text, &type);
		assert_int_equal(err_reason(e), ERR_NO_TYPE);
		err_free(e);
	}
	types_destroy(t);
	elf_end(elf);
	free(bytes.at);
}

/* Values of an enum with as many constants. */
static void test_enum(void **state)
{
	struct types *t = NULL;
	struct bytes bytes;
	struct type type;
	char text[64], want[32];
	size_t unit, i;
	Elf *elf;

	(void)state;
	start();
	abbrev(1, DW_TAG_compile_unit, true, 0, 0, 0);
	abbrev(2, DW_TAG_enumeration_type, true, DW_AT_name, DW_FORM_string, 1);
	abbrev(3, DW_TAG_enumerator, false, DW_AT_name, DW_FORM_string, 1);
	section[ABBREV].len -= 2;
	leb(&section[ABBREV], DW_AT_const_value);
	leb(&section[ABBREV], DW_FORM_data4);
	number(&section[ABBREV], 0, 3);
	unit = start_unit();
	put(&section[INFO], "\1\2e", 4);
	for (i = 0; i < TIMES; i++) {
		leb(&section[INFO], 3);
		put(&section[INFO], text, snprintf(text, sizeof(text), "c%zu", i) + 1);
		number(&section[INFO], TIMES - i, 4);
	}
	number(&section[INFO], 0, 2);
	end_unit(unit);
	elf = make_elf(&bytes);
	assert_null(types_from_elf(elf, &t));
	assert_null(types_find(t, "enum e", &type));
	for (i = 0; i < 4 * TIMES; i++) {
		uint64_t n = i % TIMES;

		snprintf(want, sizeof(want), "c%zu", (size_t)n);
		assert_string_equal(type_enum_text(&type, TIMES - n, text, sizeof(text)), want);
	}
	assert_string_equal(type_enum_text(&type, -5, text, sizeof(text)), "-5");
	types_destroy(t);
	elf_end(elf);
	free(bytes.at);
}

/* A line table for 4096 bytes of code from BASE on. */
static void make_lines(void)
{
	static const uint8_t head[] = {
		1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0,
		'x', '.', 'c', 0, 0, 0, 0, 0,
	};
	static const uint8_t tail[] = { 1, 2, 0x80, 0x20, 1, 0, 1, 1 };
	struct bytes *b = &section[LINES];
	uint32_t len;

	number(b, 0, 4);
	number(b, 4, 2);
	number(b, sizeof(head), 4);
	put(b, head, sizeof(head));
	put(b, "\0\x09\x02", 3);
	number(b, BASE, 8);
	put(b, tail, sizeof(tail));
	len = b->len - 4;
	memcpy(b->at, &len, sizeof(len));
}

static struct err *look_up(struct source_line line[SOURCE_LINES_MAX], unsigned int *nr)
{
	struct lines *l;
	struct bytes bytes;
	struct err *e;
	Elf *elf = make_elf(&bytes);

	assert_null(lines_create(elf, &l));
	e = lines_at(l, BASE + 5, line, nr);
	if (!e)
		assert_string_equal(line[0].file, "x.c");
	lines_destroy(l);
	elf_end(elf);
	free(bytes.at);
	return e;
}

/* Blocks of code, each in the one before. */
static void test_nested(void **state)
{
	struct source_line line[SOURCE_LINES_MAX];
	unsigned int nr = 0;
	size_t unit, i;

	(void)state;
	start();
	make_lines();
	abbrev(1, DW_TAG_compile_unit, true, 0, 0, 0);
	/* low_pc, high_pc and the line table */
	section[ABBREV].len -= 2;
	put(&section[ABBREV], "\x11\x01\x12\x06\x10\x17\0", 8);
	abbrev(2, DW_TAG_lexical_block, true, 0, 0, 0);
	section[ABBREV].len -= 2;
	put(&section[ABBREV], "\x11\x01\x12\x06\0", 6);
	number(&section[ABBREV], 0, 1);
	unit = start_unit();
	for (i = 0; i < 2 * TIMES; i++) {
		leb(&section[INFO], i ? 2 : 1);
		number(&section[INFO], BASE, 8);
		number(&section[INFO], 4096, 4);
		if (!i)
			number(&section[INFO], 0, 4);
	}
	end_unit(unit);
	assert_null(look_up(line, &nr));
	assert_int_equal(nr, 1);
}

/* Units, each with one list of as many ranges. */
static void test_ranges(void **state)
{
	struct source_line line[SOURCE_LINES_MAX];
	unsigned int nr = 0;
	struct err *e;
	size_t i;

	(void)state;
	start();
	make_lines();
	abbrev(1, DW_TAG_compile_unit, false, DW_AT_ranges, DW_FORM_sec_offset, 1);
	number(&section[ABBREV], 0, 1);
	for (i = 0; i < TIMES; i++) {
		size_t unit = start_unit();

		leb(&section[INFO], 1);
		number(&section[INFO], 0, 4);
		end_unit(unit);
		number(&section[RANGES], 16 * i + 16, 8);
		number(&section[RANGES], 16 * i + 17, 8);
	}
	number(&section[RANGES], 0, 8);
	number(&section[RANGES], 0, 8);
	e = look_up(line, &nr);
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_CORRUPT);
	assert_non_null(strstr(err_text(e), "source lines: stopped after"));
	err_free(e);
}

static int free_sections(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < NR_SECTIONS; i++)
		free(section[i].at);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shared_abbreviations),
		cmocka_unit_test(test_overlapping_abbreviations),
		cmocka_unit_test(test_attributes),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_names_of_file),
		cmocka_unit_test(test_enum),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, free_sections);
}
