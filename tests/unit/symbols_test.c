/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of ELF files and of map texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "made_formats.h"
#include "xen/symbols/map.h"
#include "xen/symbols/symbols.h"

static struct made made;

static struct symbols *from_elf(unsigned int flags, struct err **error)
{
	size_t len;
	uint8_t *bytes = made_elf64(&made, flags, &len);
	struct symbols *s = NULL;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes, len);
	assert_non_null(elf);
	*error = symbols_from_elf(elf, &s);
	elf_end(elf);
	/* the table must not use the file any longer */
	memset(bytes, 0xa5, len);
	free(bytes);
	return s;
}

static struct symbols *from_text(const char *text)
{
	struct symbols *s = NULL;
	struct err *e = symbols_from_map_text(text, strlen(text), &s);

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
	return s;
}

static uint64_t addr_of(const struct symbols *s, const char *name)
{
	const struct symbol *sym;
	struct err *e = symbols_by_name(s, name, &sym);

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
	return sym->addr;
}

static void expect_no_symbol(const struct symbols *s, const char *name,
			     const char *text)
{
	const struct symbol *sym = (void *)1;
	struct err *e = symbols_by_name(s, name, &sym);

	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_NO_SYMBOL);
	if (!strstr(err_text(e), text))
		fail_msg("%s", err_text(e));
	assert_ptr_equal(sym, (void *)1);
	err_free(e);
}

static void expect_at(const struct symbols *s, uint64_t va, const char *text)
{
	char buf[128];

	assert_string_equal(symbols_describe(s, va, buf, sizeof(buf)), text);
}

static void test_elf_names(void **state)
{
	struct made_options o = { 0 };
	struct symbols *s;
	struct err *e;

	(void)state;
	made_init(&made, &o);
	s = from_elf(0, &e);
	assert_null(e);
	assert_int_equal(symbols_count(s), made.nr_symbols);
	for (size_t i = 0; i < made.nr_symbols; i++) {
		const struct made_symbol *want = &made.symbol[i];
		const struct symbol *sym;
		char full[96];

		snprintf(full, sizeof(full), "%s%s%s", want->file,
			 *want->file ? "#" : "", want->name);
		assert_null(symbols_by_name(s, full, &sym));
		assert_int_equal(sym->addr, made.va + want->at);
		assert_int_equal(sym->size, want->size);
		assert_int_equal(sym->type | 0x20, want->type);
		assert_int_equal(sym->type < 'a', !*want->file);
	}
	symbols_destroy(s);
}

/* As left by strip --strip-debug: names of statics, but not of their files. */
static void test_without_files(void **state)
{
	static const char text[] = "ffff82d040201000 t _heap\n"
				   "ffff82d040202000 t init\n"
				   "ffff82d040203000 t init\n"
				   "ffff82d040204000 T avail\n";
	struct symbols *s;

	(void)state;
	assert_null(symbols_from_map_text(text, strlen(text), &s));
	assert_int_equal(addr_of(s, "page_alloc.c#_heap"), 0xffff82d040201000);
	/* one of several statics; a global symbol */
	expect_no_symbol(s, "page_alloc.c#init", "ambiguous");
	expect_no_symbol(s, "page_alloc.c#avail", "there is avail");
	symbols_destroy(s);
}

static void test_elf_addresses(void **state)
{
	struct made_options o = { 0 };
	struct symbols *s;
	struct err *e;

	(void)state;
	made_init(&made, &o);
	s = from_elf(0, &e);
	assert_null(e);
	expect_at(s, made.va, "_stext");
	expect_at(s, made.va + 0x348, "drivers/char/console.c#conring_puts+0x8");
	expect_at(s, made.va + made.data + 9, "symbol_of_data+0x1");
	expect_at(s, made.va - 1, "");
	/* between .text and .rodata; _etext itself has that address */
	expect_at(s, made.va + made.etext, "_etext");
	expect_at(s, made.va + made.etext + 1, "");
	/* the last symbol of .rodata does not limit .init.data */
	expect_at(s, made.va + made.erodata, "_erodata");
	expect_at(s, made.va + made.erodata + 4, "");
	expect_at(s, made.va + made.mem_size + 1, "");
	expect_at(s, UINT64_MAX, "");
	expect_at(s, 0, "");
	symbols_destroy(s);
}

static void test_elf_stripped(void **state)
{
	struct made_options o = { 0 };
	struct symbols *s;
	struct err *e;

	(void)state;
	made_init(&made, &o);
	s = from_elf(MADE_STRIPPED, &e);
	assert_null(s);
	assert_int_equal(err_reason(e), ERR_NO_SYMBOL);
	assert_non_null(strstr(err_text(e), "stripped"));
	err_free(e);
}

static const char map[] =
	"0xffff82d040200000 T _stext\n"
	"0xffff82d040200000 T start\n"
	"0xffff82d040200010 t common/domain.c#helper\n"
	"0xffff82d040200020 t arch/x86/domain.c#helper\n"
	"0xffff82d040200030 t common/sched/core.c#vcpu_wake.isra.0\n"
	"0xffff82d040200040 T winner\n"
	"0xffff82d040200048 t common/domain.c#winner\n"
	"0xffff82d040200050 t common/domain.c#twice\n"
	"0xffff82d040200060 t common/domain.c#twice\n"
	"0xffff82d040200070 T _etext\n"
	"0xffff82d040300000 D _srodata\n"
	"0xffff82d040300010 d common/domain.c#table\n"
	"0xffff82d040300020 D _erodata\n"
	"0000000000001000 A FIXADDR\n"
	"ffff82d040400000 B __bss_start\n"
	"ffff82d040400100 B _end\n"
	"ffff82d040401000 B __2M_rwdata_end\n";

static void test_map_names(void **state)
{
	struct symbols *s = from_text(map);
	const struct symbol *sym;
	unsigned int n = 0;

	(void)state;
	assert_int_equal(addr_of(s, "_stext"), 0xffff82d040200000);
	assert_int_equal(addr_of(s, "FIXADDR"), 0x1000);
	assert_int_equal(addr_of(s, "arch/x86/domain.c#helper"),
			 0xffff82d040200020);
	assert_int_equal(addr_of(s, "x86/domain.c#helper"), 0xffff82d040200020);
	/* a global has precedence over the static of the same name */
	assert_int_equal(addr_of(s, "winner"), 0xffff82d040200040);
	assert_int_equal(addr_of(s, "domain.c#winner"), 0xffff82d040200048);
	expect_no_symbol(s, "helper", "common/domain.c#helper at ffff82d040200010");
	expect_no_symbol(s, "domain.c#helper", "ambiguous");
	expect_no_symbol(s, "common/domain.c#twice", "ambiguous");
	expect_no_symbol(s, "main.c#helper", "no symbol \"main.c#helper\"");
	/* the name of a file is only cut at a slash */
	expect_no_symbol(s, "omain.c#winner", "no symbol");
	expect_no_symbol(s, "vcpu_wake",
			 "there is common/sched/core.c#vcpu_wake.isra.0");
	expect_no_symbol(s, "", "no symbol");
	expect_no_symbol(s, "#", "no symbol");
	for (sym = NULL; (sym = symbols_next_match(s, "helper", sym)); n++)
		assert_int_equal(sym->addr, 0xffff82d040200010 + 0x10 * n);
	assert_int_equal(n, 2);
	symbols_destroy(s);
}

/* Without sections, the linker script's end symbols are used. */
static void test_map_addresses(void **state)
{
	struct symbols *s = from_text(map);
	uint64_t offset;

	(void)state;
	expect_at(s, 0xffff82d040200000, "_stext");
	expect_at(s, 0xffff82d04020001f, "common/domain.c#helper+0xf");
	expect_at(s, 0xffff82d040200070, "_etext");
	expect_at(s, 0xffff82d040200071, "");
	expect_at(s, 0xffff82d0402fffff, "");
	expect_at(s, 0xffff82d040300018, "common/domain.c#table+0x8");
	expect_at(s, 0xffff82d040300021, "");
	expect_at(s, 0xffff82d0404000ff, "__bss_start+0xff");
	expect_at(s, 0xffff82d040400101, "");
	/* also above the last symbol, where addresses of the directmap and of guests are */
	expect_at(s, 0xffff82d040401000, "__2M_rwdata_end");
	expect_at(s, 0xffff830027d77ef8, "");
	expect_at(s, 0xffffffff81a39075, "");
	/* an absolute value is not an address */
	expect_at(s, 0x1000, "");
	assert_null(symbols_by_addr(s, 0x1001, &offset));
	assert_non_null(symbols_by_addr(s, 0xffff82d040200004, &offset));
	assert_int_equal(offset, 4);
	assert_non_null(symbols_by_addr(s, 0xffff82d040200004, NULL));
	symbols_destroy(s);
}

static uint64_t room_of(const struct symbols *s, const char *name)
{
	const struct symbol *sym;
	struct err *e = symbols_by_name(s, name, &sym);

	assert_null(e);
	return symbols_room(s, sym);
}

/* Without a size: to the next address, or the end of the section. */
static void test_room(void **state)
{
	struct made_options o = { 0 };
	struct symbols *s = from_text("ffff82d040200000 T _stext\n"
				      "ffff82d040200010 t a.c#f\n"
				      "ffff82d040200010 t a.c#alias\n"
				      "ffff82d040200014 A absolute\n"
				      "ffff82d040200070 T _etext\n"
				      "ffff82d040300000 D number\n"
				      "ffff82d040300004 D _end\n");
	struct err *e;

	(void)state;
	assert_int_equal(room_of(s, "_stext"), 0x10);
	assert_int_equal(room_of(s, "f"), 0x60);
	assert_int_equal(room_of(s, "alias"), 0x60);
	assert_int_equal(room_of(s, "number"), 4);
	assert_int_equal(room_of(s, "_end"), 0);
	symbols_destroy(s);
	made_init(&made, &o);
	s = from_elf(0, &e);
	assert_null(e);
	assert_int_equal(room_of(s, "conring_puts"), 0x20);
	/* the end symbol of a section is not found by address */
	assert_int_equal(room_of(s, "_etext"), 0);
	assert_int_equal(room_of(s, "_erodata"), 0);
	symbols_destroy(s);
}

static void test_map_order(void **state)
{
	struct symbols *s = from_text(map);
	uint64_t last = 0;
	size_t n = 0;

	(void)state;
	for (; symbols_nth(s, n); n++) {
		assert_true(symbols_nth(s, n)->addr >= last);
		last = symbols_nth(s, n)->addr;
	}
	assert_int_equal(n, symbols_count(s));
	assert_null(symbols_nth(s, SIZE_MAX));
	symbols_destroy(s);
}

static void test_lines(void **state)
{
	static const struct {
		const char *line;
		bool good;
		uint64_t addr;
	} cases[] = {
		{ "ffff82d040200000 T _stext", true, 0xffff82d040200000 },
		{ "0xFFFF82D040200000\tT\t_stext", true, 0xffff82d040200000 },
		{ "c0100000 t x\t[module]", true, 0xc0100000 },
		{ "                 U undefined", false, 0 },
		{ "ffff82d0402000001 T too_long", false, 0 },
		{ "0x T none", false, 0 },
		{ "10 T", false, 0 },
		{ "10 T ", false, 0 },
		{ "10 1 x", false, 0 },
		{ "10Tx", false, 0 },
		{ "10 Tx y", false, 0 },
		{ "", false, 0 },
		{ "root:x:0:0", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct map_line m = { 0 };

		assert_int_equal(map_parse_line(cases[i].line,
						strlen(cases[i].line), &m),
				 cases[i].good);
		assert_int_equal(m.addr, cases[i].addr);
	}
}

static void expect_bad_map(const char *text, enum err_reason reason)
{
	struct symbols *s = (void *)1;
	struct err *e = symbols_from_map_text(text, strlen(text), &s);

	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	assert_ptr_equal(s, (void *)1);
	err_free(e);
}

static void test_bad_maps(void **state)
{
	(void)state;
	expect_bad_map("", ERR_NO_SYMBOL);
	expect_bad_map("\n", ERR_CORRUPT);
	expect_bad_map("hello\nworld\n", ERR_CORRUPT);
	/* output of /proc/kallsyms for users without privileges */
	expect_bad_map("0000000000000000 T a\n0000000000000000 T b\n",
		       ERR_UNSUPPORTED);
	expect_bad_map("                 U a\n10 U b\n", ERR_NO_SYMBOL);
}

static void test_map_file(void **state)
{
	char path[] = "/tmp/symbols_test.XXXXXX";
	int fd = mkstemp(path);
	struct symbols *s = (void *)1;
	size_t len;
	uint8_t *gz = made_gzip((const uint8_t *)map, sizeof(map) - 1, &len);
	struct err *e;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, gz, len), len);
	assert_null(symbols_from_map(path, &s));
	assert_int_equal(symbols_count(s), 17);
	symbols_destroy(s);
	/* cut off */
	assert_int_equal(ftruncate(fd, len / 2), 0);
	e = symbols_from_map(path, &s);
	assert_int_equal(err_reason(e), ERR_CORRUPT);
	assert_non_null(strstr(err_text(e), path));
	err_free(e);
	close(fd);
	unlink(path);
	e = symbols_from_map(path, &s);
	assert_int_equal(err_reason(e), ERR_IO);
	err_free(e);
	free(gz);
}

/* A separator without text on one side belongs to the name. */
static void test_odd_names(void **state)
{
	struct symbols *s = from_text("10 t #a\n20 t b#\n30 t c.c##d\n40 t #\n");

	(void)state;
	assert_int_equal(addr_of(s, "#a"), 0x10);
	assert_int_equal(addr_of(s, "b#"), 0x20);
	assert_int_equal(addr_of(s, "c.c##d"), 0x30);
	assert_int_equal(addr_of(s, "#"), 0x40);
	symbols_destroy(s);
}

/* Many symbols of one name: the list in the error is limited. */
static void test_many_ambiguous(void **state)
{
	char *text = malloc(200000), *p = text;
	struct symbols *s;

	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		p += sprintf(p, "%x t %0150u/f%u.c#%s%0150u\n", 0x1000 + i, i, i,
			     "n", 7);
	s = from_text(text);
	expect_no_symbol(s, symbols_nth(s, 0)->name, ", ...");
	symbols_destroy(s);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elf_names),
		cmocka_unit_test(test_without_files),
		cmocka_unit_test(test_elf_addresses),
		cmocka_unit_test(test_elf_stripped),
		cmocka_unit_test(test_map_names),
		cmocka_unit_test(test_map_addresses),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_map_order),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_bad_maps),
		cmocka_unit_test(test_map_file),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_many_ambiguous),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
