/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores that are written: read back as dumps; page tables of PV guests rewritten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "assert_err.h"
#include "xen/memory/corefile.h"
#include "xen/memory/corewriter.h"
#include "xen/model/guest/guest_core.h"
#include "xen/model/source.h"

static char folder[] = "/tmp/core-test.XXXXXX";
static char path[64];

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/core", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* ---- the file ---- */

static const struct core_load loads[] = {
	{ .paddr = 0, .vaddr = 0xffff888000000000, .size = 4 * XPAGE_SIZE },
	{ .paddr = 0x100000, .vaddr = 0xffff888000100000, .size = 600 * XPAGE_SIZE },
	{ .paddr = 0x101000, .vaddr = 0xffffffff81000000, .size = 2 * XPAGE_SIZE,
	  .is_inside = true },
};

static struct corewriter *create(bool compressed)
{
	unsigned char *notes = NULL;
	struct corewriter *c;
	size_t len = 0;

	assert_ok(core_add_note(&notes, &len, "VMCOREINFO", 0, "A=1\n", 4));
	assert_int_equal(len, 12 + 12 + 4);
	assert_ok(core_create(path, &(struct core_params){
		notes, len, loads, ARRAY_SIZE(loads), compressed, 0x1000000,
		"6.1.0", NULL, 0, NULL,
	}, &c));
	free(notes);
	return c;
}

static void put(struct corewriter *c, uint64_t paddr, int byte)
{
	unsigned char page[XPAGE_SIZE];

	memset(page, byte, sizeof(page));
	assert_ok(core_write_page(c, paddr, page));
}

static void check_page(struct memory *m, uint64_t paddr, int byte)
{
	unsigned char want[XPAGE_SIZE], got[XPAGE_SIZE];

	memset(want, byte, sizeof(want));
	assert_ok(memory_read(m, paddr, got, sizeof(got)));
	assert_memory_equal(want, got, sizeof(got));
}

static void test_read_back(void **state)
{
	struct corewriter *c = create(false);
	struct memory *m;
	struct notes *n;
	struct stat st;
	unsigned char b;

	(void)state;
	for (unsigned int i = 0; i < 600; i++)
		if (i != 300)
			put(c, 0x100000 + i * XPAGE_SIZE, 1 + i % 250);
	put(c, 0x2000, 0x77);		/* out of order */
	put(c, 0x3000, 0);
	assert_int_equal(core_nr_zeros(c), 1);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_ok(core_finish(c));
	assert_ok(corefile_notes(path, &n));
	assert_string_equal(n->vmcoreinfo, "A=1\n");
	notes_destroy(n);
	assert_ok(corefile_memory(path, &m));
	for (unsigned int i = 0; i < 600; i++)
		check_page(m, 0x100000 + i * XPAGE_SIZE, i == 300 ? 0 : 1 + i % 250);
	check_page(m, 0, 0);
	check_page(m, 0x2000, 0x77);
	assert_err(memory_read(m, 0x4000, &b, 1), ERR_NOT_IN_DUMP, "");
	memory_destroy(m);
	/* pages of zeros take no space; headers, notes and 601 pages do */
	assert_int_equal(stat(path, &st), 0);
	assert_in_range(st.st_blocks * 512, 601 * XPAGE_SIZE, 603 * XPAGE_SIZE);
	assert_int_equal(st.st_size, 605 * XPAGE_SIZE);
	assert_int_equal(unlink(path), 0);
}

/* A damaged frame number: two bitmaps of 32 MiB, of which the file has one page each. */
static void test_far_page(void **state)
{
	static const struct core_load far[] = {
		{ .paddr = 0, .vaddr = 0xffff888000000000, .size = XPAGE_SIZE },
		{ .paddr = 1ULL << 40, .vaddr = 0xffff898000000000, .size = XPAGE_SIZE },
	};
	unsigned char *notes = NULL;
	struct corewriter *c;
	struct memory *m;
	struct stat st;
	size_t len = 0;

	(void)state;
	assert_ok(core_add_note(&notes, &len, "VMCOREINFO", 0, "A=1\n", 4));
	assert_ok(core_create(path, &(struct core_params){
		.notes = notes, .notes_len = len, .loads = far,
		.nr_loads = ARRAY_SIZE(far), .compressed = true,
	}, &c));
	free(notes);
	put(c, 0, 0x11);
	put(c, 1ULL << 40, 0x22);
	assert_ok(core_finish(c));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size > 64 << 20);
	assert_true(st.st_blocks * 512 < 1 << 20);
	assert_ok(corefile_memory(path, &m));
	check_page(m, 0, 0x11);
	check_page(m, 1ULL << 40, 0x22);
	memory_destroy(m);
	assert_int_equal(unlink(path), 0);
}

/* Pages are compressed or not; all pages of zeros share one copy; others are absent. */
static void test_compressed(void **state)
{
	struct corewriter *c = create(true);
	unsigned char noise[XPAGE_SIZE], got[XPAGE_SIZE];
	struct memory *m;
	struct notes *n;
	struct stat st;
	unsigned int seed = 1;
	FILE *fp;

	(void)state;
	for (unsigned int i = 0; i < XPAGE_SIZE; i++)
		noise[i] = (seed = seed * 1103515245 + 12345) >> 16;
	put(c, 0, 0);
	put(c, 0x2000, 0x77);
	for (unsigned int i = 0; i < 600; i++)
		if (i != 300)
			put(c, 0x100000 + i * XPAGE_SIZE, i % 7);
		else
			assert_ok(core_write_page(c, 0x100000 + i * XPAGE_SIZE, noise));
	assert_err(core_write_page(c, 0x100000, noise), ERR_CORRUPT, "page 100 is out of order");
	assert_ok(core_finish(c));
	assert_ok(corefile_notes(path, &n));
	assert_string_equal(n->vmcoreinfo, "A=1\n");
	notes_destroy(n);
	assert_ok(corefile_memory(path, &m));
	check_page(m, 0, 0);
	check_page(m, 0x2000, 0x77);
	for (unsigned int i = 0; i < 600; i++)
		if (i != 300)
			check_page(m, 0x100000 + i * XPAGE_SIZE, i % 7);
	assert_ok(memory_read(m, 0x100000 + 300 * XPAGE_SIZE, got, sizeof(got)));
	assert_memory_equal(got, noise, sizeof(got));
	/*
	 * neither a page of a segment that was not written, nor one outside of
	 * the segments
	 */
	assert_err(memory_read(m, 0x1000, got, 1), ERR_NOT_IN_DUMP, "");
	assert_err(memory_read(m, 0x5000, got, 1), ERR_NOT_IN_DUMP, "");
	memory_destroy(m);
	/* libkdumpfile requires one of these fields to find the architecture */
	fp = fopen(path, "r");
	assert_non_null(fp);
	assert_int_equal(fread(got, 1, sizeof(got), fp), sizeof(got));
	fclose(fp);
	assert_string_equal((char *)got + 12 + 2 * 65, "6.1.0");
	assert_string_equal((char *)got + 12 + 3 * 65, "-");
	assert_string_equal((char *)got + 12 + 4 * 65, "x86_64");
	assert_int_equal(stat(path, &st), 0);
	assert_in_range(st.st_size, 8 * XPAGE_SIZE, 40 * XPAGE_SIZE);
	assert_int_equal(unlink(path), 0);
}

/* More segments than the ELF header can count. */
static void test_many(void **state)
{
	enum { MANY = 70000 };
	struct core_load *many = calloc(MANY, sizeof(*many));
	struct corewriter *c;
	struct memory *m;

	(void)state;
	assert_non_null(many);
	for (unsigned int i = 0; i < MANY; i++)
		many[i] = (struct core_load){ .paddr = 2 * i * XPAGE_SIZE,
					      .size = XPAGE_SIZE };
	assert_ok(core_create(path, &(struct core_params){ .loads = many, .nr_loads = MANY }, &c));
	put(c, 2 * 69999 * XPAGE_SIZE, 7);
	assert_ok(core_finish(c));
	assert_ok(corefile_memory(path, &m));
	check_page(m, 2 * 69999 * XPAGE_SIZE, 7);
	check_page(m, 0, 0);
	memory_destroy(m);
	assert_int_equal(unlink(path), 0);
	free(many);
}

static void test_no_file(void **state)
{
	const struct core_params none = { .nr_loads = 0 };
	struct corewriter *c = create(false), *other;
	unsigned char page[XPAGE_SIZE] = { 1 };
	FILE *fp;

	(void)state;
	put(c, 0, 5);
	assert_err(core_write_page(c, 0x5000, page), ERR_NOT_FOUND, "5000 is not in a segment");
	core_abandon(c);
	core_abandon(NULL);
	/* setup's folder is empty again */
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	/* an existing file is not replaced, also if it is created during the write */
	c = create(false);
	fp = fopen(path, "w");
	assert_non_null(fp);
	fputs("mine", fp);
	fclose(fp);
	assert_err(core_create(path, &none, &other), ERR_IO, "exists");
	assert_err(core_finish(c), ERR_IO, "exists");
	assert_int_equal(unlink(path), 0);
	/* nor is a link to nothing, before anything is written */
	assert_int_equal(symlink("nosuch", path), 0);
	assert_err(core_create(path, &none, &other), ERR_IO, "not replaced, choose another name");
	assert_int_equal(unlink(path), 0);
	assert_err(core_create("/nosuch/core", &none, &other), ERR_IO,
		   "/nosuch/core");
}

/* A limit of the size of files simulates a full disk. */
static void test_full(void **state)
{
	const struct core_params two = { .loads = loads, .nr_loads = 2 };
	struct rlimit old, small;
	struct corewriter *c;
	struct err *e = NULL;
	unsigned char page[XPAGE_SIZE];

	(void)state;
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 100 * XPAGE_SIZE;
	setrlimit(RLIMIT_FSIZE, &small);
	e = core_create(path, &two, &c);
	assert_non_null(e);
	assert_non_null(strstr(err_text(e), "setting the size to 2478080 bytes"));
	err_free(e);
	e = NULL;
	setrlimit(RLIMIT_FSIZE, &old);
	assert_ok(core_create(path, &two, &c));
	setrlimit(RLIMIT_FSIZE, &small);
	memset(page, 1, sizeof(page));
	for (unsigned int i = 0; !e && i < 600; i++)
		e = core_write_page(c, 0x100000 + i * XPAGE_SIZE, page);
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_IO);
	err_free(e);
	core_abandon(c);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_not_equal(access(path, F_OK), 0);
}

/* ---- page tables ---- */

/* Frames 0x100 to 0x1ff of the host are frames 0 to 0xff of the domain. */
static bool own(void *arg, uint64_t mfn, uint64_t *gfn)
{
	(void)arg;
	if (mfn < 0x100 || mfn > 0x1ff)
		return false;
	*gfn = mfn - 0x100;
	return true;
}

static void test_rewrite(void **state)
{
	uint64_t entry[512] = { 0 }, cleared = 0;

	(void)state;
	entry[0] = 0x8000000000180063;	/* frame of the domain, with NX */
	entry[1] = 0x200063;		/* frame of another domain */
	entry[2] = 0x180062;		/* not present */
	entry[3] = 0x1ff0e7;		/* PAT in an L1 */
	entry[4] = 0x0ffffffffffff063;	/* beyond all frames */
	guest_pages_rewrite(entry, KIND_L1, own, NULL, &cleared);
	assert_int_equal(entry[0], 0x8000000000080063);
	assert_int_equal(entry[1], 0);
	assert_int_equal(entry[2], 0x180062);
	assert_int_equal(entry[3], 0xff0e7);
	assert_int_equal(entry[4], 0);
	assert_int_equal(cleared, 2);
}

static void test_rewrite_upper(void **state)
{
	uint64_t entry[512] = { 0 }, cleared = 0;

	(void)state;
	entry[255] = entry[272] = 0x101067;
	entry[256] = entry[271] = 0x300067;	/* Xen's own slots */
	guest_pages_rewrite(entry, KIND_L4, own, NULL, &cleared);
	assert_int_equal(entry[255], 0x1067);
	assert_int_equal(entry[256], 0);
	assert_int_equal(entry[271], 0);
	assert_int_equal(entry[272], 0x1067);
	assert_int_equal(cleared, 0);
	/* no superpages in a PV guest */
	entry[0] = 0x1800e7;
	entry[256] = 0x101067;
	guest_pages_rewrite(entry, KIND_L2, own, NULL, &cleared);
	assert_int_equal(entry[0], 0);
	assert_int_equal(entry[256], 0x1067);
	assert_int_equal(cleared, 3);	/* 255 and 272 are already rewritten */
}

static void test_find(void **state)
{
	struct guest_frame frame[] = { { 1, 10, 0 }, { 5, 11, 0 }, { 9, 12, 0 } };
	const struct guest_map m = { .frame = frame, .nr = 3 }, none = { .nr = 0 };

	(void)state;
	assert_int_equal(guest_map_find(&m, 1)->mfn, 10);
	assert_int_equal(guest_map_find(&m, 9)->mfn, 12);
	assert_null(guest_map_find(&m, 0));
	assert_null(guest_map_find(&m, 6));
	assert_null(guest_map_find(&m, 10));
	assert_null(guest_map_find(&none, 0));
}

/* A page whose words are its machine address, up to frame 0x20. */
static struct err *numbered_page(void *priv, uint64_t maddr, void *page)
{
	uint64_t *word = page;

	(void)priv;
	if (maddr >= 0x20000)
		return err_new(ERR_EXCLUDED, "excluded");
	for (unsigned int i = 0; i < 512; i++)
		word[i] = maddr + i * 8;
	return NULL;
}

static void read_is(struct guest_pages *p, uint64_t paddr, uint64_t expected)
{
	uint64_t word = 1;

	assert_null(guest_pages_read(p, paddr, &word, sizeof(word)));
	assert_int_equal(word, expected);
}

static void read_fails(struct guest_pages *p, uint64_t paddr, enum err_reason reason)
{
	unsigned char byte[16];
	struct err *e = guest_pages_read(p, paddr, byte, sizeof(byte));

	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

/* Memory of a PV domain by its own frames, whose order differs in the host. */
static void test_pages(void **state)
{
	static const struct memory_ops ops = { .name = "numbered", .read_page = numbered_page };
	struct guest_frame frame[] = {
		{ 1, 0x12, KIND_OTHER }, { 2, 0x11, KIND_OTHER }, { 4, 0x30, KIND_OTHER },
	};
	static const struct source_ops source;
	struct xen x = { .memory = NULL, .source = &source };
	struct guest_pages p = { .x = &x, .map = { .frame = frame, .nr = 3 } };
	unsigned char across[8];

	(void)state;
	assert_null(memory_create(&ops, NULL, &x.memory));
	p.p2m.memory = x.memory;
	p.table = test_calloc(GUEST_PAGES_TABLES, 4096 + 16);
	read_is(&p, 0x1008, 0x12008);
	read_is(&p, 0x2000, 0x11000);
	assert_null(guest_pages_read(&p, 0x1ffc, across, sizeof(across)));
	assert_memory_equal(across, "\0\0\0\0\0\x10\x01\0", 8);
	read_fails(&p, 0, ERR_NOT_FOUND);
	read_fails(&p, 0x2ff8, ERR_NOT_FOUND);	/* the next page is missing */
	read_fails(&p, 0x4000, ERR_EXCLUDED);
	read_fails(&p, ~0xfffULL, ERR_NOT_FOUND);
	/* cleared words are 0, their neighbours are not */
	assert_true(guest_pages_hide(&p, 0x1010));
	assert_true(guest_pages_hide(&p, 0x1010));
	assert_false(guest_pages_hide(&p, 0x1014));
	assert_true(guest_pages_hide(&p, 0x2ff8));
	assert_false(guest_pages_hide(&p, 0x2000));
	read_is(&p, 0x1008, 0x12008);
	read_is(&p, 0x1010, 0);
	read_is(&p, 0x1018, 0x12018);
	read_is(&p, 0x2ff8, 0);
	test_free(p.table);
	memory_destroy(x.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_far_page),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_rewrite),
		cmocka_unit_test(test_rewrite_upper),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
