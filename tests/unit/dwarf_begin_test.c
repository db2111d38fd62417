/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images that name files for libdw to open, or state that their sections unpack to gigabytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xen/symbols/dwarf_begin.h"
#include "xen/symbols/dwarf_open.h"

#define SECTIONS	16

struct section {
	const char *name;
	uint64_t flags;
	const void *bytes;
	size_t len;
};

/* A unit with one attribute, a text, and its abbreviation. */
static const uint8_t info[] = { 10, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 1, 'a', 0 };
static const uint8_t abbrev[] = { 1, 0x11, 0, 0x03, 0x08, 0, 0, 0 };
/* DW_AT_GNU_dwo_name */
static const uint8_t split[] = { 1, 0x11, 0, 0xb0, 0x42, 0x08, 0, 0, 0 };

static const struct section plain[] = {
	{ ".debug_info", 0, info, sizeof(info) },
	{ ".debug_abbrev", 0, abbrev, sizeof(abbrev) },
};

static uint8_t file[1 << 16];

/* Makes an ELF file of a unit, and of another section, once or several times. */
static Elf *make(const struct section *base, const struct section *more, unsigned int times)
{
	Elf64_Ehdr *eh = (Elf64_Ehdr *)file;
	Elf64_Shdr *sh = (Elf64_Shdr *)(file + sizeof(*eh));
	unsigned int nr = 3 + times;
	size_t at = sizeof(*eh) + (nr + 1) * sizeof(*sh), names = at + 32768;

	assert_true(nr <= SECTIONS);
	memset(file, 0, sizeof(file));
	*eh = (Elf64_Ehdr){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_ehsize = sizeof(*eh), .e_shentsize = sizeof(*sh), .e_shnum = nr + 1,
		.e_shoff = sizeof(*eh), .e_shstrndx = nr,
	};
	sh[nr] = (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_offset = names, .sh_size = 4096 };
	names++;
	for (unsigned int i = 0; i + 1 < nr; i++) {
		const struct section *s = i < 2 ? &base[i] : more;

		sh[i + 1] = (Elf64_Shdr){
			.sh_name = names - sh[nr].sh_offset, .sh_type = SHT_PROGBITS,
			.sh_flags = s->flags, .sh_offset = at, .sh_size = s->len, .sh_addralign = 8,
		};
		strcpy((char *)file + names, s->name);
		names += strlen(s->name) + 1;
		memcpy(file + at, s->bytes, s->len);
		at += (s->len + 7) / 8 * 8;
	}
	elf_version(EV_CURRENT);
	return elf_memory((char *)file, sizeof(file));
}

/* Opens DWARF; fails with that text, or does not if NULL. */
static void check(const struct section *base, const struct section *more, unsigned int times,
		  const char *want)
{
	Elf *elf = make(base, more, times);
	Dwarf *dwarf = NULL;
	struct err *e;

	/* a fifo that is opened waits for a writer */
	alarm(10);
	e = dwarf_open(elf, &dwarf);
	alarm(0);
	if (want) {
		assert_int_equal(err_reason(e), ERR_NO_TYPE);
		if (!strstr(err_text(e), want))
			fail_msg("%s", err_text(e));
		err_free(e);
	} else {
		if (e)
			fail_msg("%s", err_text(e));
		dwarf_end(dwarf);
	}
	elf_end(elf);
}

static void check_link(const char *path, const char *want)
{
	char bytes[1024] = "";
	struct section s = { ".gnu_debugaltlink", 0, bytes, strlen(path) + 1 + 20 };

	strcpy(bytes, path);
	check(plain, &s, 1, want);
}

static void test_common_file(void **state)
{
	char dir[] = "/tmp/dwarf_begin_test.XXXXXX", path[64], name[600];
	struct section endless = { ".gnu_debugaltlink", 0, name, sizeof(name) };

	(void)state;
	check(plain, NULL, 0, NULL);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	check_link(path, NULL);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_link(path, "its common file is /tmp/dwarf_begin_test");
	snprintf(name, sizeof(name), "/usr/lib/debug/../../..%s", path);
	/* where the folder is missing, the path leads nowhere */
	check_link(name, access("/usr/lib/debug", F_OK) ? NULL : "its common file is /usr/lib/debug/../");
	unlink(path);
	rmdir(dir);
	check_link("/usr/lib/debug/.dwz/none", NULL);
	check_link("/dev/null", "/dev/null, not below /usr/lib/debug/");
	memset(name, 'x', sizeof(name));
	check(plain, &endless, 1, "has no end");
}

static void test_split(void **state)
{
	const struct section base[] = { plain[0], { ".debug_abbrev", 0, split, sizeof(split) } };

	(void)state;
	check(base, NULL, 0, "split into .dwo files");
}

static void test_packed(void **state)
{
	Elf64_Chdr head[2] = { { .ch_type = ELFCOMPRESS_ZLIB, .ch_size = 3UL << 30, .ch_addralign = 1 } };
	uint8_t old[64] = { 'Z', 'L', 'I', 'B', 0, 0, 0, 0, 0xc0 };
	struct section new = { ".debug_str", SHF_COMPRESSED, head, sizeof(head) };
	struct section gnu = { ".zdebug_str", 0, old, sizeof(old) };

	(void)state;
	/* 64 MiB, and 64 times the file */
	check(plain, &new, 1, "unpack to more than 71303168");
	check(plain, &gnu, 1, "unpack to more than 71303168");
	head[0].ch_size = 10UL << 20;
	check(plain, &new, 7, "unpack to more than");
	check(plain, &new, 6, NULL);
	old[8] = 0;
	old[9] = 160;
	check(plain, &gnu, 7, "unpack to more than");
	check(plain, &gnu, 6, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_common_file),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
