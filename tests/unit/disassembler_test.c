/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xenview's disassembler on code made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "assert_err.h"
#include "extensions/xenview/disassembler.h"

#ifdef HAVE_CAPSTONE

#define VIRT	0xffff82d040000000UL
#define PHYS	0x1000000UL

/* One page; the next one is missing. */
static uint8_t code[XPAGE_SIZE];

static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr != PHYS)
		return err_new(ERR_NOT_IN_DUMP, "maddr %lx is not in the dump",
			       (unsigned long)maddr);
	memcpy(page, code, sizeof(code));
	return NULL;
}

static const struct memory_ops ops = { .name = "made", .read_page = read_page };

static struct symbols *make_symbols(void)
{
	char path[] = "/tmp/disassembler-test.XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	struct symbols *s;

	assert_non_null(f);
	fprintf(f, "%lx T begin\n%lx T other\n%lx D variable\n", VIRT, VIRT + 0x80,
		VIRT + 0x800);
	fclose(f);
	assert_ok(symbols_from_map(path, &s));
	unlink(path);
	return s;
}

/* The output for a piece of code; freed by the caller. */
static char *shown(const struct code *piece, struct err **e)
{
	struct space_params params = { .virt_start = VIRT, .phys_start = PHYS };
	struct symbols *symbols = make_symbols();
	struct xen x = { .symbols = symbols };
	struct session s = { .xen = &x };
	struct memory *memory;
	char *text = NULL;
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	assert_non_null(fp);
	assert_ok(memory_create(&ops, NULL, &memory));
	assert_ok(space_create(memory, &params, &x.space));
	*e = disassemble(&s, piece, fp);
	fclose(fp);
	space_destroy(x.space);
	memory_destroy(memory);
	symbols_destroy(symbols);
	return text;
}

static void test_lines(void **state)
{
	static const uint8_t bytes[] = {
		0x53,				/* push %rbx */
		0xe8, 0x7a, 0, 0, 0,		/* call other */
		0x74, 0xf8,			/* je begin */
		0x48, 0x8b, 0x05, 0xf1, 0x07, 0, 0,	/* mov variable(%rip),%rax */
		0x06,				/* push %es: not in 64-bit mode */
		0xc3,
	};
	struct code piece = { VIRT, VIRT + sizeof(bytes), 0 };
	struct err *e;
	char *text;

	(void)state;
	memcpy(code, bytes, sizeof(bytes));
	text = shown(&piece, &e);
	assert_ok(e);
	assert_non_null(strstr(text, "   0xffff82d040000000 <begin>:\tpush"));
	assert_non_null(strstr(text, " <begin+0x1>:\tcall"));
	assert_non_null(strstr(text, " 0xffff82d040000080 <other>\n"));
	assert_non_null(strstr(text, " <begin+0x6>:\tje     0xffff82d040000000 <begin>\n"));
	assert_non_null(strstr(text, " <begin+0x8>:\tmovq   0x7f1(%rip),%rax        # 0xffff82d040000800 <variable>\n"));
	assert_non_null(strstr(text, " <begin+0xf>:\t(bad)\n"));
	assert_non_null(strstr(text, " <begin+0x10>:\tret"));
	free(text);
}

/* The last instruction before a page that is missing, and then the error. */
static void test_end_of_memory(void **state)
{
	struct code piece = { VIRT + XPAGE_SIZE - 3, 0, 5 };
	struct err *e;
	char *text;

	(void)state;
	memcpy(code + XPAGE_SIZE - 3, "\x53\x53\x06", 3);
	text = shown(&piece, &e);
	assert_err(e, ERR_NOT_IN_DUMP, "is not in the dump");
	assert_non_null(strstr(text, "0xffff82d040000ffe"));
	assert_non_null(strstr(text, "0xffff82d040000fff <variable+0x7ff>:\t(bad)\n"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_end_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	printf("built without capstone\n");
	return 0;
}

#endif
