/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The identity of dom0's kernel in its memory, among texts and notes of others. */
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
#include "made_dom0.h"
#include "made_formats.h"
#include "xen/model/dom0/kernel.h"

#define BANNER "Linux version 6.12.7-amd64 (b@h) (gcc 14) #1 SMP Debian 6.12.7-1"

static struct xen x;
static struct notes notes = { .crash_info.dom0_p2m_mfn = LIST_LIST };

static int setup(void **state)
{
	(void)state;
	make_p2m();
	x = (struct xen){ .notes = &notes };
	assert_ok(memory_create(&memory_ops, NULL, &x.memory));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xen_forget(&x);
	memory_destroy(x.memory);
	return 0;
}

/* Searches again, though the result is kept. */
static struct err *find(struct kernel *k)
{
	memory_flush(x.memory);
	xen_forget(&x);
	return kernel_find(&x, k);
}

/* A build-id note at an offset; the bytes of the id increase from first on. */
static void put_id(unsigned int offset, unsigned char first)
{
	unsigned char note[36] = { 4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0 };

	for (unsigned int i = 0; i < 20; i++)
		note[16 + i] = first + i;
	write_at(offset, (const char *)note, sizeof(note));
}

static void test_banner(void **state)
{
	static const char formats[] = "Linux version %s (%s)\n";
	static const char first_link[] = "Linux version 6.12.7-amd64 (b@h) #";
	struct kernel k;

	(void)state;
	assert_err(find(&k), ERR_NOT_FOUND, "no Linux kernel in the first 80 MiB of dom0");
	write_at(16, formats, sizeof(formats));
	write_at(80, first_link, sizeof(first_link));
	assert_err(find(&k), ERR_NOT_FOUND, "no Linux kernel");
	/* across two pages, with an end of line */
	write_at(XPAGE_SIZE - 30, BANNER "\n", sizeof(BANNER "\n"));
	assert_ok(find(&k));
	assert_string_equal(k.banner, BANNER);
	assert_string_equal(k.release, "6.12.7-amd64");
	assert_int_equal(k.build_id_len, 0);
	/* kept */
	write_at(XPAGE_SIZE - 30, "x", 1);
	memory_flush(x.memory);
	assert_ok(kernel_find(&x, &k));
	assert_string_equal(k.banner, BANNER);
	assert_err(find(&k), ERR_NOT_FOUND, "no Linux kernel");
}

/* vDSOs and programs have build-ids, too: only that of the kernel is near Xen's notes. */
static void test_build_id(void **state)
{
	struct kernel k;

	(void)state;
	put_id(64, 0x10);
	assert_err(find(&k), ERR_NOT_FOUND, "no Linux kernel");
	/* a note that is not aligned does not count */
	put_id(2 * XPAGE_SIZE + 1022, 0x20);
	put_id(2 * XPAGE_SIZE + 1100, 0x30);
	write_at(2 * XPAGE_SIZE + 1200, "Xen", 4);
	assert_ok(find(&k));
	assert_int_equal(k.build_id_len, 20);
	assert_int_equal(k.build_id[0], 0x30);
	assert_int_equal(k.build_id[19], 0x43);
	assert_string_equal(k.banner, "");
}

/* The file's id is compared with the one in memory. */
static void test_vmlinux(void **state)
{
	static struct made made;
	struct made_options o = { .table = TABLE_4_7 };
	char path[] = "/tmp/kernel-test.XXXXXX";
	unsigned char id[36];
	uint8_t *bytes;
	size_t len;
	FILE *fp = fdopen(mkstemp(path), "w");

	(void)state;
	made_init(&made, &o);
	bytes = made_elf64(&made, 0, &len);
	assert_int_equal(fwrite(bytes, 1, len, fp), len);
	fclose(fp);
	free(bytes);
	/* nothing to compare with */
	assert_ok(kernel_check_vmlinux(&x, path));
	write_at(200, BANNER, sizeof(BANNER));
	assert_ok(kernel_check_vmlinux(&x, path));
	write_at(2 * XPAGE_SIZE + 1200, "Xen", 4);
	put_id(2 * XPAGE_SIZE + 1100, 0x30);
	memory_flush(x.memory);
	xen_forget(&x);
	assert_err(kernel_check_vmlinux(&x, path), ERR_MISMATCH,
		   "dom0 runs Linux 6.12.7-amd64 with 303132333435363738393a3b3c3d3e3f40414243");
	put_id(2 * XPAGE_SIZE + 1100, 0);
	memcpy(id, &frame[FIRST + 2][1100], sizeof(id));
	memcpy(id + 16, made.id, MADE_ID_LEN);
	write_at(2 * XPAGE_SIZE + 1100, (const char *)id, sizeof(id));
	memory_flush(x.memory);
	xen_forget(&x);
	assert_ok(kernel_check_vmlinux(&x, path));
	unlink(path);
	/* a missing file is reported by the function that opens it */
	assert_ok(kernel_check_vmlinux(&x, path));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_banner), TEST(test_build_id), TEST(test_vmlinux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
