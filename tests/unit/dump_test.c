/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dump files of makedumpfile: compressed, split, flattened; plain images. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "made_dump.h"
#include "xen/memory/corefile.h"
#include "xen/memory/flat.h"
#include "xen/memory/unpack.h"

static void expect(struct err *e, enum err_reason reason)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

static char *write_file(const void *bytes, size_t len)
{
	char *path = strdup("/tmp/crash-xen-test.XXXXXX");
	FILE *f = fdopen(mkstemp(path), "w");

	fwrite(bytes, 1, len, f);
	fclose(f);
	return path;
}

static void remove_file(char *path)
{
	unlink(path);
	free(path);
}

static void expect_page(struct memory *m, uint64_t pfn)
{
	unsigned char got[4096], want[4096];

	memset(want, pfn, sizeof(want));
	assert_null(memory_read(m, pfn << 12, got, sizeof(got)));
	assert_memory_equal(got, want, sizeof(got));
}

static void test_kdump(void **state)
{
	static unsigned char file[16 * 4096], got[8];
	char *path = write_file(file, made_kdump(file, 0, 0));
	struct memory *m;

	(void)state;
	assert_null(corefile_memory(path, &m));
	expect(memory_read(m, 0, got, 8), ERR_NOT_IN_DUMP);
	expect(memory_read(m, 0x1000, got, 8), ERR_EXCLUDED);
	expect_page(m, 2);
	expect_page(m, 3);
	expect(memory_read(m, 0x4000, got, 8), ERR_UNSUPPORTED);
	expect(memory_read(m, 0x5000, got, 8), ERR_CORRUPT);
	/* what a page that cannot be unpacked has left is not taken for the page before it */
	memory_flush(m);
	expect_page(m, 3);
	expect(memory_read(m, 0x5000, got, 8), ERR_CORRUPT);
	memory_flush(m);
	expect_page(m, 3);
	expect(memory_read(m, 0x6000, got, 8), ERR_NOT_IN_DUMP);
	expect(memory_read(m, 0x10000, got, 8), ERR_NOT_IN_DUMP);
	/* a whole dump has no other parts */
	expect(corefile_join(m, path), ERR_USAGE);
	memory_destroy(m);
	assert_int_equal(truncate(path, MADE_HEAD + 4 * 24 + 100), 0);
	assert_null(corefile_memory(path, &m));
	expect(memory_read(m, 0x2000, got, 8), ERR_NOT_IN_DUMP);
	memory_destroy(m);
	assert_int_equal(truncate(path, 3 * 4096), 0);
	expect(corefile_memory(path, &m), ERR_NOT_IN_DUMP);
	remove_file(path);
}

/*
 * In order, and alternating: the counts and descriptors cached from the
 * previous page must be those of each page.
 */
static void test_many_pages(void **state)
{
	static unsigned char file[MADE_MANY_DATA + 65536];
	char *path = write_file(file, made_many(file));
	unsigned char got[4096], want[4096];
	struct memory *m;
	uint64_t i, pfn;

	(void)state;
	assert_null(corefile_memory(path, &m));
	for (i = 0; i < 2 * MADE_MANY; i += i < MADE_MANY ? 1 : 10) {
		pfn = i < MADE_MANY ? i : i * 7919 % MADE_MANY;
		if (pfn % 3 == 0) {
			expect(memory_read(m, pfn << 12, got, 8), ERR_EXCLUDED);
			continue;
		}
		memset(want, pfn % MADE_SORTS, sizeof(want));
		assert_null(memory_read(m, pfn << 12, got, sizeof(got)));
		assert_memory_equal(got, want, sizeof(got));
	}
	memory_destroy(m);
	remove_file(path);
}

static void test_split(void **state)
{
	static unsigned char file[16 * 4096], got[8];
	char *one = write_file(file, made_kdump(file, 0, 3));
	char *two = write_file(file, made_kdump(file, 3, MADE_PAGES));
	struct memory *m;

	(void)state;
	assert_null(corefile_memory(two, &m));
	expect(memory_read(m, 0x2000, got, 8), ERR_NOT_IN_DUMP);
	expect(memory_read(m, 0x1000, got, 8), ERR_EXCLUDED);
	expect_page(m, 3);
	expect(corefile_join(m, two), ERR_MISMATCH);
	expect(corefile_join(m, "/proc/self/exe"), ERR_MISMATCH);
	assert_null(corefile_join(m, one));
	expect_page(m, 2);
	expect_page(m, 3);
	memory_destroy(m);
	remove_file(one);
	one = write_file(file, made_kdump(file, 3, MADE_PAGES + 1));
	expect(corefile_memory(one, &m), ERR_CORRUPT);
	remove_file(one);
	remove_file(two);
}

/*
 * Number of bytes of data that the process has mapped: the shadow of a
 * sanitizer alone has terabytes.
 */
static uint64_t data_mapped(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long kib = 0;
	char line[128];

	assert_non_null(f);
	while (kib == 0 && fgets(line, sizeof(line), f) != NULL)
		sscanf(line, "VmData: %llu kB", &kib);
	fclose(f);
	assert_true(kib != 0);
	return kib << 10;
}

static void put(const char *path, uint64_t at, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, bytes, len, at), len);
	close(fd);
}

/* A header of a few bytes may state bitmaps of terabytes; holes are not held. */
static void test_kdump_claims(void **state)
{
	static unsigned char file[16 * 4096], got[8], page[4096];
	const uint64_t blocks = 1UL << 30, half = blocks / 2 * 4096, mapnr = 1UL << 40;
	const uint64_t first = 7UL << 30, second = first + 12345678, descs = 8192 + 2 * half;
	const struct { uint64_t at; uint32_t size, flags; uint64_t page_flags; } desc[2] = {
		{ descs + 4096, 4096, 0, 0 }, { descs + 8192, 4096, 0, 0 },
	};
	struct rlimit old, low;
	struct memory *m;
	char *path;
	uint32_t nr = blocks;

	(void)state;
	made_kdump(file, 0, 0);
	memcpy(file + 436, &nr, sizeof(nr));
	memcpy(file + 4096 + 96, &mapnr, sizeof(mapnr));
	path = write_file(file, 8192);
	assert_int_equal(truncate(path, descs + 3 * 4096), 0);
	assert_int_equal(getrlimit(RLIMIT_DATA, &old), 0);
	low = (struct rlimit){ data_mapped() + (64UL << 20), old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_DATA, &low), 0);
	assert_null(corefile_memory(path, &m));
	expect(memory_read(m, 0x2000, got, 8), ERR_NOT_IN_DUMP);
	memory_destroy(m);
	/* two pages far behind holes: the counts before them */
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t pfn = i ? second : first;
		unsigned char bit = 1 << pfn % 8;

		put(path, 8192 + pfn / 8, &bit, 1);
		put(path, 8192 + half + pfn / 8, &bit, 1);
		memset(page, pfn, sizeof(page));
		put(path, desc[i].at, page, sizeof(page));
	}
	put(path, descs, desc, sizeof(desc));
	assert_null(corefile_memory(path, &m));
	expect_page(m, second);
	expect_page(m, first);
	expect(memory_read(m, (first - 1) << 12, got, 8), ERR_NOT_IN_DUMP);
	memory_destroy(m);
	/* more pages than addresses of 52 bits */
	put(path, 4096 + 96, &(uint64_t){ mapnr + 1 }, sizeof(mapnr));
	expect(corefile_memory(path, &m), ERR_CORRUPT);
	assert_int_equal(setrlimit(RLIMIT_DATA, &old), 0);
	remove_file(path);
}

/* Bitmaps that are larger than the file, and more pages than they have bits. */
static void test_kdump_sizes(void **state)
{
	static const struct {
		size_t at, len;
		uint64_t value;
	} claims[] = {
		{ 436, 4, 0 }, { 436, 4, 17 }, { 436, 4, UINT32_MAX },
		{ 4096 + 96, 8, 4096 * 8 * 100 }, { 4096 + 96, 8, UINT64_MAX },
	};
	static unsigned char file[16 * 4096];
	struct memory *m;

	(void)state;
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		size_t size = made_kdump(file, 0, 0);
		char *path;

		memcpy(file + claims[i].at, &claims[i].value, claims[i].len);
		path = write_file(file, size);
		expect(corefile_memory(path, &m), ERR_CORRUPT);
		remove_file(path);
	}
}

/* Not SIGBUS */
static void test_shrinking_file(void **state)
{
	static unsigned char file[16 * 4096], got[8];
	char *path = write_file(file, made_kdump(file, 0, 0));
	struct memory *m;

	(void)state;
	assert_null(corefile_memory(path, &m));
	assert_int_equal(truncate(path, 100), 0);
	expect(memory_read(m, 0x2000, got, 8), ERR_IO);
	memory_destroy(m);
	remove_file(path);
}

static size_t put_record(unsigned char *file, size_t at, uint64_t offset,
			 const void *bytes, uint64_t len)
{
	uint64_t header[2] = { htobe64(offset), htobe64(len) };

	memcpy(file + at, header, sizeof(header));
	memcpy(file + at + sizeof(header), bytes, len);
	return at + sizeof(header) + len;
}

static struct err *copy_bytes(const void *file, uint64_t at, void *buf, size_t len)
{
	memcpy(buf, (const char *)file + at, len);
	return NULL;
}

static struct err *open_bytes(const unsigned char *bytes, uint64_t len, struct flat **ret)
{
	struct flat_file file = { copy_bytes, bytes, len };

	return flat_open(&file, ret);
}

static bool looks_flat(const unsigned char *bytes, uint64_t len)
{
	struct flat_file file = { copy_bytes, bytes, len };
	bool is_flat = false;

	assert_null(flat_is(&file, &is_flat));
	return is_flat;
}

/* The records of a flattened dump: unordered, overlapping, with a hole. */
static void test_flat(void **state)
{
	static unsigned char file[8192] = "makedumpfile";
	int64_t end[2] = { -1, -1 };
	size_t len = 4096, cut;
	char got[64] = "";
	struct flat *f;

	(void)state;
	len = put_record(file, len, 40, "tail", 5);
	len = put_record(file, len, 0, "0123456789abcdefghij", 20);
	cut = len = put_record(file, len, 4, "ABCD", 4);
	len = put_record(file, len, 16, "XYZ", 3);
	memcpy(file + len, end, sizeof(end));
	assert_true(looks_flat(file, len));
	assert_false(looks_flat(file + 1, len));
	assert_null(open_bytes(file, len + sizeof(end), &f));
	assert_null(flat_read(f, 0, got, 45));
	assert_memory_equal(got, "0123ABCD89abcdefXYZj", 20);
	assert_memory_equal(got + 20, (char[20]){ 0 }, 20);
	assert_string_equal(got + 40, "tail");
	assert_null(flat_read(f, 6, got, 4));
	assert_memory_equal(got, "CD89", 4);
	expect(flat_read(f, 44, got, 2), ERR_NOT_IN_DUMP);
	flat_close(f);
	/* Without its end: existing bytes are read, and missing ones are not zeros. */
	for (; cut > 4096 + 16; cut--) {
		assert_null(open_bytes(file, cut, &f));
		assert_null(flat_read(f, 40, got, 1));
		expect(flat_read(f, 30, got, 1), ERR_NOT_IN_DUMP);
		flat_close(f);
	}
	put_record(file, 4096, INT64_MAX, "x", 1);
	put_record(file, 4096 + 17, 0, "y", 1);
	assert_null(open_bytes(file, 4096 + 34, &f));
	assert_null(flat_read(f, 0, got, 1));
	flat_close(f);
}

/* The rest of a block after a header is zero; a page without a record was lost, and is no memory of zeros. */
static void test_flat_lost_record(void **state)
{
	for (unsigned int gap = 4095; gap <= 4096; gap++) {
		static unsigned char file[3 * 4096];
		const int64_t end[2] = { -1, -1 };
		struct flat *f;
		size_t len;
		char got;

		(void)state;
		memcpy(file, "makedumpfile", sizeof("makedumpfile"));
		len = put_record(file, 4096, 0, "a", 1);
		len = put_record(file, len, 1 + gap, "b", 1);
		memcpy(file + len, end, sizeof(end));
		assert_null(open_bytes(file, len + sizeof(end), &f));
		assert_false(flat_is_cut(f));
		if (gap < 4096)
			assert_null(flat_read(f, 100, &got, 1));
		else
			expect(flat_read(f, 100, &got, 1), ERR_NOT_IN_DUMP);
		assert_null(flat_read(f, 1 + gap, &got, 1));
		assert_int_equal(got, 'b');
		flat_close(f);
	}
}

/* Overlapping records, compared with bytes written one after the other. */
static void test_flat_overlaps(void **state)
{
	static unsigned char file[4096 + 400 * 80 + 16] = "makedumpfile";
	static const int64_t end[2] = { -1, -1 };
	unsigned char want[512] = { 0 }, got[512], bytes[64];
	unsigned int random = 1, last = 0;
	size_t len = 4096;
	struct flat *f;

	(void)state;
	for (int i = 0; i < 400; i++) {
		unsigned int at = (random = random * 1103515245 + 12345) >> 16 & 0x1ff;
		unsigned int n = 1 + (random >> 8 & 63);

		n = at + n > sizeof(want) ? sizeof(want) - at : n;
		memset(bytes, i, sizeof(bytes));
		memcpy(want + at, bytes, n);
		len = put_record(file, len, at, bytes, n);
		last = at + n > last ? at + n : last;
	}
	memcpy(file + len, end, sizeof(end));
	assert_null(open_bytes(file, len + sizeof(end), &f));
	assert_null(flat_read(f, 0, got, last));
	assert_memory_equal(got, want, last);
	for (unsigned int at = 0; at < last; at++) {
		assert_null(flat_read(f, at, got, 1));
		assert_int_equal(got[0], want[at]);
	}
	flat_close(f);
}

/* Millions of records without bytes are not a dump, and are refused soon. */
static void test_flat_small_records(void **state)
{
	size_t len = 4096 + (3UL << 20) * 17, at;
	unsigned char *file = calloc(1, len);
	struct flat *f;
	int n = 0;

	(void)state;
	assert_non_null(file);
	memcpy(file, "makedumpfile", sizeof("makedumpfile"));
	for (at = 4096; at + 17 <= len; n++)
		at = put_record(file, at, n, "x", 1);
	expect(open_bytes(file, len, &f), ERR_CORRUPT);
	free(file);
}

static char *write_flat_kdump(void)
{
	static unsigned char file[16 * 4096], flat[20 * 4096] = "makedumpfile";
	size_t size = made_kdump(file, 0, 0), len = 4096, at;
	int64_t end[2] = { -1, -1 };

	for (at = 0; at < size; at += 1000)
		len = put_record(flat, len, at, file + at,
				 size - at < 1000 ? size - at : 1000);
	memcpy(flat + len, end, sizeof(end));
	return write_file(flat, len + sizeof(end));
}

/* A compressed dump that is flattened gives the same dump. */
static void test_flat_kdump(void **state)
{
	char *path = write_flat_kdump();
	struct memory *m;

	(void)state;
	assert_null(corefile_memory(path, &m));
	expect_page(m, 2);
	expect_page(m, 3);
	memory_destroy(m);
	remove_file(path);
}

/* Nor SIGBUS if a flattened dump was shortened between two reads. */
static void test_shrinking_flat(void **state)
{
	char *path = write_flat_kdump(), got[8];
	struct memory *m;

	(void)state;
	assert_null(corefile_memory(path, &m));
	expect_page(m, 2);
	assert_int_equal(truncate(path, 100), 0);
	expect(memory_read(m, 0x3000, got, sizeof(got)), ERR_IO);
	memory_destroy(m);
	remove_file(path);
}

static void test_unpack(void **state)
{
	static const unsigned char bad[] = { 0x12, 0, 0x20, 0, 0xed, 0, 0, 0x11 };
	unsigned char page[4096];
	struct err *e;
	uint32_t flag;

	(void)state;
	memset(page, 0, sizeof(page));
	expect(unpack_page(0, page, 100, page), ERR_CORRUPT);
	expect(unpack_page(1, "no zlib", 7, page), ERR_CORRUPT);
	expect(unpack_page(0x40, "", 0, page), ERR_UNSUPPORTED);
	expect(unpack_page(3, "", 0, page), ERR_UNSUPPORTED);
	/* with or without libraries: corrupt bytes cause only an error */
	for (flag = 1; flag <= 0x20; flag *= 2) {
		e = unpack_page(flag, bad, sizeof(bad), page);
		assert_non_null(e);
		assert_true(err_reason(e) == ERR_CORRUPT ||
			    err_reason(e) == ERR_UNSUPPORTED);
		err_free(e);
	}
}

static void test_raw(void **state)
{
	char path[] = "/tmp/crash-xen-test.XXXXXX";
	int fd = mkstemp(path);
	struct notes *n;
	struct memory *m;
	char got[4];

	(void)state;
	assert_int_equal(ftruncate(fd, 16 << 20), 0);
	assert_int_equal(pwrite(fd, "here", 4, 0x5ffe), 4);
	assert_null(corefile_notes(path, &n));
	assert_int_equal(n->nr_pcpus, 0);
	notes_destroy(n);
	assert_null(corefile_memory(path, &m));
	assert_null(memory_read(m, 0x5ffe, got, 4));
	assert_memory_equal(got, "here", 4);
	expect(memory_read(m, 16 << 20, got, 1), ERR_NOT_IN_DUMP);
	memory_destroy(m);
	assert_int_equal(ftruncate(fd, (16 << 20) + 1), 0);
	expect(corefile_memory(path, &m), ERR_UNSUPPORTED);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kdump),
		cmocka_unit_test(test_many_pages),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_kdump_claims),
		cmocka_unit_test(test_kdump_sizes),
		cmocka_unit_test(test_shrinking_file),
		cmocka_unit_test(test_flat),
		cmocka_unit_test(test_flat_lost_record),
		cmocka_unit_test(test_flat_overlaps),
		cmocka_unit_test(test_flat_small_records),
		cmocka_unit_test(test_flat_kdump),
		cmocka_unit_test(test_shrinking_flat),
		cmocka_unit_test(test_unpack),
		cmocka_unit_test(test_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
