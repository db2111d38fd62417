/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source lines, tested with this program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "xen/base/array.h"
#include "xen/symbols/lines.h"
#include "xen/symbols/symbols.h"

static volatile int sink;

enum { INNER_FIRST = __LINE__ };
static inline __attribute__((always_inline)) void lines_test_inner(int v)
{
	sink = v;
	sink = v + 1;
	sink = v + 2;
}
enum { INNER_LAST = __LINE__ };

__attribute__((noinline)) void lines_test_outer(int v);
__attribute__((noinline)) void lines_test_outer(int v)
{
	lines_test_inner(v);
}
enum { OUTER_LAST = __LINE__ };

struct self {
	int fd;
	Elf *elf;
	struct lines *lines;
	struct symbols *symbols;
};

static int open_self(void **state)
{
	static struct self s;

	elf_version(EV_CURRENT);
	s.fd = open("/proc/self/exe", O_RDONLY);
	s.elf = elf_begin(s.fd, ELF_C_READ_MMAP, NULL);
	assert_non_null(s.elf);
	assert_null(lines_create(s.elf, &s.lines));
	assert_null(symbols_from_elf(s.elf, &s.symbols));
	*state = &s;
	return 0;
}

static int close_self(void **state)
{
	struct self *s = *state;

	lines_destroy(s->lines);
	symbols_destroy(s->symbols);
	elf_end(s->elf);
	close(s->fd);
	return 0;
}

static void test_inlined(void **state)
{
	struct source_line line[SOURCE_LINES_MAX];
	const struct symbol *sym;
	struct self *s = *state;
	unsigned int nr, seen = 0;
	uint64_t va;

	assert_null(symbols_by_name(s->symbols, "lines_test_outer", &sym));
	for (va = sym->addr; va < sym->addr + sym->size; va++) {
		assert_null(lines_at(s->lines, va, line, &nr));
		assert_in_range(nr, 1, 2);
		assert_string_equal(line[nr - 1].function, "lines_test_outer");
		assert_false(line[nr - 1].inlined);
		assert_string_equal(line[0].file, "tests/unit/lines_test.c");
		if (nr == 1)
			continue;
		seen++;
		assert_true(line[0].inlined);
		assert_string_equal(line[0].function, "lines_test_inner");
		assert_in_range(line[0].line, INNER_FIRST, INNER_LAST);
		assert_string_equal(line[1].file, "tests/unit/lines_test.c");
		assert_in_range(line[1].line, INNER_LAST, OUTER_LAST);
	}
	assert_true(seen > 0);
}

static void test_nowhere(void **state)
{
	static const uint64_t nowhere[] = { 0, 0xffffffffffffffff, 0xffff82d040200000 };
	struct source_line line[SOURCE_LINES_MAX];
	struct self *s = *state;
	unsigned int nr = 77;
	struct err *e;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		e = lines_at(s->lines, nowhere[i], line, &nr);
		assert_non_null(e);
		assert_int_equal(err_reason(e), ERR_NOT_FOUND);
		assert_int_equal(nr, 77);
		err_free(e);
	}
}

/* A file without DWARF has no lines. */
static void test_none(void **state)
{
	static char bytes[64] = "\177ELF\2\1\1";
	struct lines *lines = (void *)1;
	Elf *elf;
	struct err *e;

	(void)state;
	bytes[16] = 2;		/* ET_EXEC */
	bytes[18] = 62;		/* EM_X86_64 */
	bytes[20] = 1;
	bytes[52] = 64;
	elf = elf_memory(bytes, sizeof(bytes));
	assert_non_null(elf);
	e = lines_create(elf, &lines);
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	assert_ptr_equal(lines, (void *)1);
	err_free(e);
	elf_end(elf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inlined),
		cmocka_unit_test(test_nowhere),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, open_self, close_self);
}
