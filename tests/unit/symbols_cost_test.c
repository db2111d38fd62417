/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work for hostile symbol tables: counted in slots of the hash table, or so much
 * that a test would take minutes if it were more than linear.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <elf.h>

#include "xen/base/hash.h"
#include "xen/image/image.h"
#include "xen/symbols/embedded.h"
#include "xen/symbols/map.h"
#include "xen/symbols/symbols.h"

#define BASE	0xffff82d040200000UL
#define TIMES	150000

/* Makes a map of lines "address type name"; the format's arguments: an address, a number. */
static struct symbols *make_map(const char *format, uint64_t step)
{
	size_t room = 48UL * TIMES, len = 0, i;
	char *text = malloc(room);
	struct symbols *s;

	assert_non_null(text);
	len = snprintf(text, room, "%016lx T _start\n", BASE);
	for (i = 0; i < TIMES; i++)
		len += snprintf(text + len, room - len, format, BASE + i * step, TIMES - i);
	hash_steps = 0;
	assert_null(symbols_from_map_text(text, len, &s));
	free(text);
	return s;
}

static void check_steps(const char *what, uint64_t max)
{
	if (hash_steps > max)
		fail_msg("%s: %lu slots compared", what, (unsigned long)hash_steps);
}

/* Many symbols of one name; a search for it ends after the first ones. */
static void test_same_name(void **state)
{
	const struct symbol *sym = NULL, *one;
	struct symbols *s = make_map("%016lx t same\n", 1);
	size_t nr = 0;
	struct err *e;

	(void)state;
	assert_int_equal(hash_steps, 0);
	assert_non_null(symbols_next_match(s, "_start", NULL));
	check_steps("index", 8 * TIMES);
	hash_steps = 0;
	while ((sym = symbols_next_match(s, "same", sym)))
		nr++;
	assert_int_equal(nr, 1024);
	check_steps("search", 1024 + 8);
	e = symbols_by_name(s, "same", &one);
	assert_int_equal(err_reason(e), ERR_NO_SYMBOL);
	err_free(e);
	assert_null(symbols_next_match(s, "same", symbols_nth(s, 2000)));
	symbols_destroy(s);
}

/* The names of as many files, in descending order. */
static void test_files(void **state)
{
	struct symbols *s = make_map("%016lx t %07lu.c#name\n", 1);
	const struct symbol *sym;

	(void)state;
	check_steps("files", 12 * TIMES);
	assert_null(symbols_by_name(s, "0150000.c#name", &sym));
	assert_true(sym->addr == BASE);
	symbols_destroy(s);
}

static void check_lookups(struct symbols *s, uint64_t va, const char *want)
{
	const struct symbol *sym;
	size_t i;

	for (i = 0; i < TIMES; i++) {
		sym = symbols_by_addr(s, va, NULL);
		assert_non_null(sym);
		assert_string_equal(sym->name, want);
		assert_true(symbols_room(s, sym) == 0);
	}
	symbols_destroy(s);
}

/* An address with as many symbols, and as many values that are no addresses. */
static void test_one_address(void **state)
{
	(void)state;
	check_lookups(make_map("%016lx T s%lu\n", 0), BASE + 5, "_start");
	check_lookups(make_map("%016lx A s%lu\n", 1), BASE + TIMES, "_start");
}

static uint8_t *put(uint8_t *to, const void *bytes, size_t len)
{
	memcpy(to, bytes, len);
	return to + len;
}

/*
 * An ELF file: code, nr_symbols symbols with the name at strings + 1, nr sections of
 * the given type at file offset 0 with their names there.
 */
static void make_elf(size_t nr_symbols, size_t nr, const char *name,
			      uint32_t type, size_t strings_len)
{
	size_t names = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr);
	size_t symbols = names + strings_len, headers, i, size;
	Elf64_Sym sym = {
		.st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
		.st_shndx = 1, .st_value = BASE,
	};
	Elf64_Shdr sh = { 0 };
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_entry = 0x200000, .e_phoff = sizeof(eh), .e_ehsize = sizeof(eh),
		.e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 1,
		.e_shentsize = sizeof(sh), .e_shnum = nr + 4, .e_shstrndx = 2,
	};
	Elf64_Phdr ph = { .p_type = PT_LOAD, .p_vaddr = BASE, .p_filesz = 64, .p_memsz = 4096 };
	struct image *img;
	uint8_t *bytes, *at;

	headers = (symbols + nr_symbols * sizeof(sym) + 7) & ~7UL;
	size = headers + (nr + 4) * sizeof(sh);
	eh.e_shoff = headers;
	at = bytes = calloc(1, size);
	assert_non_null(bytes);
	at = put(put(at, &eh, sizeof(eh)), &ph, sizeof(ph));
	memset(at + 1, 'x', strings_len - 1);
	memcpy(at + 1, name, strlen(name));
	if (nr_symbols <= 1 || !*name)
		at[1 + strlen(name)] = '\0';
	for (i = 0, at = bytes + symbols; i < nr_symbols; i++, sym.st_value++)
		at = put(at, &sym, sizeof(sym));
	at = put(bytes + headers, &sh, sizeof(sh));
	sh = (Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
			   .sh_addr = BASE, .sh_size = 4096 };
	at = put(at, &sh, sizeof(sh));
	sh = (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = strings_len };
	at = put(at, &sh, sizeof(sh));
	sh = (Elf64_Shdr){ .sh_type = SHT_SYMTAB, .sh_offset = symbols, .sh_link = 2,
			   .sh_size = nr_symbols * sizeof(sym), .sh_entsize = sizeof(sym) };
	at = put(at, &sh, sizeof(sh));
	sh = (Elf64_Shdr){ .sh_name = 1, .sh_type = type, .sh_size = headers };
	for (i = 0; i < nr; i++)
		at = put(at, &sh, sizeof(sh));
	assert_null(image_from_bytes("made", bytes, size, true, &img));
	image_close(img);
	free(bytes);
}

/* Names that overlap, and a section of strings without an end. */
static void test_elf_names(void **state)
{
	(void)state;
	make_elf(TIMES, 0, "a", 0, 4 << 20);
	make_elf(1, 65000, "a", SHT_PROGBITS, 4 << 20);
}

/* Sections that overlap, each of the size of the file. */
static void test_elf_sections(void **state)
{
	(void)state;
	make_elf(1, 65000, ".buildid", SHT_PROGBITS, 4 << 20);
	make_elf(1, 65000, "n", SHT_NOTE, 900 << 10);
}

#define GROUPS	4096

/* Finds a number of symbols that, repeated, is also names: 256 of them are 512 bytes. */
static uint32_t find_number(void)
{
	uint32_t nr, i, at;

	for (nr = 256 * (GROUPS - 1) + 1; nr <= 256 * GROUPS; nr++) {
		for (i = at = 0; i < 256; i++)
			at += 1 + (nr >> 8 * (at % 4) & 0xff);
		if (at == 512)
			return nr;
	}
	fail();
	return 0;
}

/* A table whose names can be walked from each of 16384 places. */
static void test_embedded_names(void **state)
{
	size_t names = 512 * GROUPS + 70000, len = names + 4 * GROUPS + 1024, i;
	uint32_t *bytes = calloc(1, len), nr = find_number(), *at = bytes;
	struct symbols *s;
	struct err *e;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < names / 4; i++)
		*at++ = nr;
	for (i = 0; i < GROUPS; i++)
		*at++ = 512 * i;
	for (i = 0; i < 256; i++)
		memcpy((char *)at + 2 * i, "a", 2);
	for (i = 0; i < 256; i++)
		((uint16_t *)at)[256 + i] = 2 * i;
	e = symbols_from_embedded((uint8_t *)bytes, len, BASE, &s);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
	free(bytes);
}

/* A gzip stream that begins anew every 15 bytes: in each, the rest is data. */
static void test_embedded_streams(void **state)
{
	static const uint8_t block[] = {
		0, 10, 0, 0xf5, 0xff, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3,
	};
	uint8_t *bytes = malloc(sizeof(block) * TIMES);
	char *text;
	struct err *e;
	size_t i;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < TIMES; i++)
		memcpy(bytes + i * sizeof(block), block, sizeof(block));
	e = embedded_config(bytes, sizeof(block) * TIMES, &text);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_name),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_one_address),
		cmocka_unit_test(test_elf_names),
		cmocka_unit_test(test_elf_sections),
		cmocka_unit_test(test_embedded_names),
		cmocka_unit_test(test_embedded_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
