/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Call frame information that libdw would execute with gigabytes of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/base/error.h"
#include "xen/stack/cfi_check.h"

static uint8_t bytes[1 << 18];
static size_t len;

static void put(const void *from, size_t n)
{
	memcpy(bytes + len, from, n);
	len += n;
}

static void entry(uint32_t id, const char *head, size_t head_len, const char *program,
		  size_t program_len)
{
	uint32_t size = sizeof(id) + head_len + program_len;

	put(&size, sizeof(size));
	put(&id, sizeof(id));
	put(head, head_len);
	put(program, program_len);
}

/* A CIE with an augmentation, then an FDE of it. */
static struct err *check(const char *common, size_t common_len, uint32_t cie,
			 const char *program, size_t program_len)
{
	static const char code[16];

	len = 0;
	entry(UINT32_MAX, common, common_len, "\x0c\x07\x08\x90\x01", 5);
	entry(cie, code, sizeof(code), program, program_len);
	return cfi_check(bytes, len);
}

#define COMMON		"\1\0\1\x78\x10"
#define CHECK(program)	check(COMMON, 5, 0, program, sizeof(program) - 1)

static void good(struct err *e)
{
	if (e)
		fail_msg("%s", err_text(e));
}

static void bad(struct err *e)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_CORRUPT);
	assert_non_null(strstr(err_text(e), ".debug_frame: the entry at offset"));
	err_free(e);
}

static void test_good(void **state)
{
	(void)state;
	good(CHECK(""));
	good(CHECK("\0\x41\x02\x05\x03\x01\x02\x04\1\2\3\4\x0e\x10\x86\x02\xc6\x0d\x06"));
	good(CHECK("\x0a\x0b\x2e\x08\x0f\x02\x77\x08\x10\x06\x01\x50\x16\x06\x01\x50"));
	good(CHECK("\x01\1\2\3\4\5\6\7\x08\x05\x82\x01\x02\x11\x06\x7f\x14\x03\x01"));
	/* of a signal frame; versions 3 and 4 */
	good(check("\1S\0\1\x78\x10", 6, 0, "", 0));
	good(check("\3\0\1\x78\x10", 5, 0, "", 0));
	good(check("\4\0\x08\0\1\x78\x10", 7, 0, "", 0));
	good(cfi_check(bytes, 0));
}

/* Numbers of registers: the memory of 2^28 is 4 GiB, for each state remembered. */
static void test_registers(void **state)
{
	(void)state;
	bad(CHECK("\x07\x80\x80\x80\x7f"));
	bad(CHECK("\x07\x81\x02"));
	good(CHECK("\x07\x80\x02"));
	bad(CHECK("\x09\x01\x80\x80\x80\x7f"));
	bad(CHECK("\x0c\x80\x80\x80\x7f\x08"));
	bad(CHECK("\x07\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"));
	bad(check("\3\0\1\x78\x80\x80\x80\x7f", 8, 0, "", 0));
}

static void test_states(void **state)
{
	char program[1000];

	(void)state;
	memset(program, 0x0a, sizeof(program));
	good(check(COMMON, 5, 0, program, 64));
	bad(check(COMMON, 5, 0, program, 65));
	for (size_t i = 1; i < sizeof(program); i += 2)
		program[i] = 0x0b;
	good(check(COMMON, 5, 0, program, sizeof(program)));
}

/* Forms in which registers might be hidden, and entries that begin inside of others. */
static void test_forms(void **state)
{
	static char big[(64 << 10) + 1];

	(void)state;
	bad(check("\1z\0\1\x78\x10", 6, 0, "", 0));
	bad(check("\1SS\0\1\x78\x10", 7, 0, "", 0));
	bad(check("\2\0\1\x78\x10", 5, 0, "", 0));
	bad(check("\4\0\4\0\1\x78\x10", 7, 0, "", 0));
	bad(check(COMMON, 5, 8, "", 0));
	bad(check(COMMON, 5, 18, "", 0));
	bad(CHECK("\x1c"));
	bad(CHECK("\x0f\x7f\x00"));
	bad(CHECK("\x04\x01"));
	bad(check(COMMON, 5, 0, big, sizeof(big)));
	good(CHECK(""));
	bad(cfi_check(bytes, len - 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
