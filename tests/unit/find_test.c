/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding the right file in a small system of generated files. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "made_formats.h"
#include "made_memory.h"
#include "remove_tree.h"
#include "xen/base/array.h"
#include "xen/image/find.h"

static struct made made, foreign;
static struct made_memory memory;
static char root[64];

static const struct made_options running = {
	.table = TABLE_4_7, .build_info = "debug=n", .text_size = 0x11000,
};

/* Writes a file below the root, with its directories; frees bytes. */
static void put(const char *path, uint8_t *bytes, size_t len)
{
	char full[256];
	FILE *fp;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *p = full + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		if (mkdir(full, 0755))
			assert_int_equal(errno, EEXIST);
		*p = '/';
	}
	fp = fopen(full, "w");
	assert_non_null(fp);
	assert_int_equal(fwrite(bytes, 1, len, fp), len);
	fclose(fp);
	free(bytes);
}

static void put_elf(const char *path, const struct made *m, unsigned int flags)
{
	size_t len;
	uint8_t *bytes = made_elf64(m, flags, &len);

	put(path, bytes, len);
}

static void put_gz(const char *path, const struct made *m)
{
	size_t len;
	uint8_t *bytes = made_wrapper(m, &len), *gz = made_gzip(bytes, len, &len);

	free(bytes);
	put(path, gz, len);
}

static void put_text(const char *path, const char *text)
{
	put(path, (uint8_t *)strdup(text), strlen(text));
}

static int setup(void **state)
{
	struct made_options o = running;

	(void)state;
	strcpy(root, "/tmp/find_test.XXXXXX");
	assert_non_null(mkdtemp(root));
	made_init(&made, &running);
	made_memory_init(&memory, &made);
	o.minor = 17;
	made_init(&foreign, &o);
	/* files that every system has */
	put_gz("/boot/xen-4.17.gz", &foreign);
	put_text("/boot/xen-4.17.config", "CONFIG_X86=y\n");
	put_text("/boot/vmlinuz-6.1", "MZ");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return remove_tree(root);
}

static struct find_request request(void)
{
	return (struct find_request){
		.build_id = made.id, .build_id_len = MADE_ID_LEN,
		.read = made_memory_read, .ctx = &memory,
		.virt_start = MADE_NEW, .root = root,
	};
}

static struct find_result *find(const struct find_request *r)
{
	struct find_result *result = NULL;
	struct err *e = image_find(r, &result);

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
	return result;
}

static void expect_best(struct find_result *r, const char *path)
{
	struct image_verdict v;
	struct image *img = NULL;
	struct err *e = find_take_best(r, &img, &v);
	char full[256];

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
	snprintf(full, sizeof(full), "%s%s", root, path);
	assert_string_equal(img->path, full);
	assert_true(img->is_complete);
	assert_int_equal(v.kind, MATCH_PROVED);
	image_close(img);
}

/* Of all files that match, the one with most information is selected. */
static void test_ranking(void **state)
{
	struct find_request req = request();
	struct find_result *r;

	(void)state;
	put_gz("/boot/xen-4.20.gz", &made);
	put_elf("/usr/lib/debug/boot/xen-syms-4.20", &made, 0);
	put_elf("/usr/lib/debug/boot/xen-syms-4.17", &foreign, MADE_DWARF);
	r = find(&req);
	assert_int_equal(r->nr_candidates, 4);
	expect_best(r, "/usr/lib/debug/boot/xen-syms-4.20");
	assert_int_equal(r->candidate[1].image->class, IMAGE_XEN);
	assert_int_equal(r->candidate[1].verdict.kind, MATCH_PROVED);
	assert_int_equal(r->candidate[2].verdict.kind, MATCH_OTHER);
	assert_non_null(strstr(r->candidate[2].verdict.text,
			       "build-id in memory is 242b"));
	/* decided by its first bytes */
	assert_false(r->candidate[3].image->is_complete &&
		     r->candidate[2].image->is_complete);
	find_result_destroy(r);
	put_elf("/usr/lib/debug/boot/xen-syms-4.20-dwarf", &made, MADE_DWARF);
	r = find(&req);
	expect_best(r, "/usr/lib/debug/boot/xen-syms-4.20-dwarf");
	find_result_destroy(r);
}

/* A debug file that was split off, named by the build-id. */
static void test_split(void **state)
{
	struct find_request req = request();
	const struct find_candidate *bytes = NULL;
	struct find_result *r;
	struct image *img;
	struct image_verdict v;

	(void)state;
	put_gz("/boot/xen-4.20.gz", &made);
	put_elf("/usr/lib/debug/.build-id/24/2b323940474e555c636a71787f868d949ba2a9.debug",
		&made, MADE_SPLIT | MADE_DWARF);
	r = find(&req);
	assert_null(find_take_best(r, &img, &v));
	assert_true(img->has_dwarf);
	assert_false(img->has_bytes);
	for (unsigned int i = 0; !bytes && i < r->nr_candidates; i++)
		if (r->candidate[i].image && r->candidate[i].image->has_bytes &&
		    r->candidate[i].verdict.kind == MATCH_PROVED)
			bytes = &r->candidate[i];
	assert_non_null(bytes);
	assert_non_null(strstr(bytes->path, "/boot/xen-4.20.gz"));
	image_close(img);
	find_result_destroy(r);
}

/* In the folder of the dump, under any *.debug name, plain or packed. */
static void test_beside(void **state)
{
	struct find_request req = request();
	char dump[128], vmlinux[128];
	struct find_result *r;

	(void)state;
	put_text("/crash/vmcore", "KDUMP   ");
	put_text("/kernel/vmlinux", "x");
	snprintf(dump, sizeof(dump), "%s/crash/vmcore", root);
	snprintf(vmlinux, sizeof(vmlinux), "%s/kernel/vmlinux", root);
	req.dump_path = dump;
	req.vmlinux_path = vmlinux;
	put_gz("/crash/xen.gz", &made);
	r = find(&req);
	expect_best(r, "/crash/xen.gz");
	find_result_destroy(r);
	put_elf("/kernel/.debug/whatever.debug", &made, MADE_SPLIT | MADE_DWARF);
	r = find(&req);
	expect_best(r, "/kernel/.debug/whatever.debug");
	find_result_destroy(r);
}

/* A file with several names is examined once; loops of links end. */
static void test_links(void **state)
{
	struct find_request req = request();
	struct find_result *r;
	char from[128], to[128];

	(void)state;
	put_elf("/usr/lib/debug/xen-syms", &made, 0);
	snprintf(from, sizeof(from), "%s/usr/lib/debug/xen-syms", root);
	snprintf(to, sizeof(to), "%s/boot/xen-syms", root);
	assert_int_equal(link(from, to), 0);
	snprintf(from, sizeof(from), "%s/usr/lib/debug", root);
	snprintf(to, sizeof(to), "%s/usr/lib/debug/loop", root);
	assert_int_equal(symlink(from, to), 0);
	snprintf(to, sizeof(to), "%s/usr/lib/debug/xen-gone", root);
	assert_int_equal(symlink("/nonexistent", to), 0);
	r = find(&req);
	assert_int_equal(r->nr_candidates, 2);
	find_result_destroy(r);
}

static void test_none(void **state)
{
	struct find_request req = request();
	struct image *img = (void *)1;
	struct image_verdict v;
	struct find_result *r;
	struct err *e;

	(void)state;
	r = find(&req);
	e = find_take_best(r, &img, &v);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	assert_ptr_equal(img, (void *)1);
	assert_non_null(strstr(err_text(e), "/boot/xen-4.17.gz: build-id in memory"));
	assert_non_null(strstr(err_text(e), "/usr/lib/debug: not there"));
	assert_non_null(strstr(err_text(e), ".build-id/24/2b323940474e555c636a71787f868d949ba2a9.debug: not there"));
	/* no output about other files */
	assert_null(strstr(err_text(e), "vmlinuz"));
	err_free(e);
	find_result_destroy(r);
}

/* Every file given by the user has a result, also files of other kinds. */
static void test_named(void **state)
{
	struct find_request req = request();
	char paths[4][128];
	const char *extra[4];
	static const char *const names[] = {
		"/boot/vmlinuz-6.1", "/nowhere", "/boot/xen-4.17.gz", "/boot"
	};
	struct find_result *r;
	unsigned int named = 0;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s%s", root, names[i]);
		extra[i] = paths[i];
	}
	put_text("/boot/deeper/xen-syms", "not ELF");
	req.extra = extra;
	req.nr_extra = 4;
	req.extra_only = true;
	r = find(&req);
	assert_int_equal(r->nr_candidates, 2);
	for (unsigned int i = 0; i < r->nr_candidates; i++)
		named += r->candidate[i].named;
	assert_int_equal(named, 2);
	assert_string_equal(r->candidate[1].verdict.text,
			    "unknown, not a hypervisor");
	assert_int_equal(r->nr_places, 4);
	assert_string_equal(r->place[1].what, "No such file or directory");
	find_result_destroy(r);
}

/* Without the hypervisor's memory: by build-id, or not at all. */
static void test_no_memory(void **state)
{
	struct find_request req = request();
	struct find_result *r;
	struct image *img;
	struct image_verdict v;
	struct err *e;

	(void)state;
	put_elf("/boot/xen-syms", &made, MADE_DWARF);
	req.read = NULL;
	r = find(&req);
	expect_best(r, "/boot/xen-syms");
	find_result_destroy(r);
	req.build_id_len = 0;
	r = find(&req);
	assert_int_equal(r->nr_candidates, 2);
	assert_int_equal(r->candidate[0].verdict.kind, MATCH_UNKNOWN);
	e = find_take_best(r, &img, &v);
	assert_non_null(e);
	err_free(e);
	find_result_destroy(r);
}

/* Before 4.7 there is no build-id: strings and text are compared. */
static void test_no_build_id(void **state)
{
	struct made_options o = running;
	struct find_request req = request();
	struct find_result *r;

	(void)state;
	o.no_build_id = true;
	o.text_size = 0x11000;
	made_init(&made, &o);
	made_memory_init(&memory, &made);
	o.date = "another";
	made_init(&foreign, &o);
	req.build_id_len = 0;
	put_elf("/boot/xen-syms-1", &foreign, 0);
	put_elf("/boot/xen-syms-2", &made, 0);
	r = find(&req);
	assert_int_equal(r->candidate[0].verdict.proof, PROOF_TEXT);
	assert_int_equal(r->candidate[1].verdict.proof, PROOF_STRINGS);
	expect_best(r, "/boot/xen-syms-2");
	find_result_destroy(r);
}

/*
 * SLES: the release build and the debug=y build are in the same folder, four
 * files of one version; xen.gz and xen-dbg.gz are links to the wrappers.
 */
static void test_sles(void **state)
{
	static const char version[] = "4.5.1_10-1";
	struct made_options o = {
		.virt_start = MADE_OLD, .minor = 5, .no_build_id = true, .table = TABLE_4_4,
	};
	struct find_request req = request();
	char path[4][64], from[128];
	struct find_result *r;

	(void)state;
	for (int i = 0; i < 4; i++) {
		static const char *const forms[] = {
			"/boot/xen-%s.gz", "/boot/xen-dbg-%s.gz",
			"/boot/xen-syms-%s", "/boot/xen-syms-dbg-%s",
		};

		snprintf(path[i], sizeof(path[i]), forms[i], version);
	}
	o.date = "Wed Sep 23 10:10:10 UTC 2015";
	made_init(&foreign, &o);
	o.date = "Wed Sep 23 10:12:13 UTC 2015";
	o.text_size = 0x11000;
	made_init(&made, &o);
	made_memory_init(&memory, &made);
	req.build_id_len = 0;
	req.virt_start = MADE_OLD;
	put_gz(path[0], &foreign);
	put_gz(path[1], &made);
	put_elf(path[2], &foreign, 0);
	put_elf(path[3], &made, MADE_DWARF);
	snprintf(from, sizeof(from), "%s/boot/xen-dbg.gz", root);
	assert_int_equal(symlink(strrchr(path[1], '/') + 1, from), 0);
	r = find(&req);
	assert_int_equal(r->nr_candidates, 5);
	assert_non_null(strstr(r->candidate[0].path, path[3]));
	assert_int_equal(r->candidate[1].verdict.kind, MATCH_PROVED);
	assert_non_null(strstr(r->candidate[1].path, "/boot/xen-dbg"));
	for (int i = 2; i < 5; i++)
		assert_int_equal(r->candidate[i].verdict.kind, MATCH_OTHER);
	expect_best(r, path[3]);
	find_result_destroy(r);
}

/*
 * Names of packages: the image with DWARF is found under each name and verified
 * by its build-id, in addition to the booted one.
 */
static void test_packages(void **state)
{
	static const char *const names[] = {
		/* SLES; rpm adds version, release and architecture to split files */
		"/boot/xen-syms-4.18.2_05-150600.3", "/boot/xen-syms-dbg-4.18.2_05-150600.3",
		"/usr/lib/debug/boot/xen-syms-4.18.2_05-150600.3-4.18.2_05-150600.3.x86_64.debug",
		"/usr/share/efi/x86_64/xen-4.18.2_05-150600.3.efi",
		/* XenServer, XCP-ng */
		"/boot/xen-syms-4.17.6-3-d", "/boot/xen-4.17.6-3-d.gz", "/boot/xen.efi.elf",
		/* Fedora */
		"/usr/lib/debug/xen-syms-4.17.1", "/usr/lib/debug/boot/xen-syms-4.17.1.debug",
		"/boot/efi/EFI/fedora/xen-4.17.1.notstripped.efi",
		/* Qubes */
		"/boot/xen-4.17.5.gz", "/boot/efi/EFI/qubes/xen-4.17.5.efi",
		/* Debian */
		"/usr/lib/debug/boot/xen-syms-4.20-amd64", "/usr/lib/debug/boot/xen-4.20-amd64.efi.elf",
	};
	struct find_request req = request();
	char full[256];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		struct find_result *r;

		put_elf(names[i], &made, MADE_DWARF);
		r = find(&req);
		expect_best(r, names[i]);
		find_result_destroy(r);
		snprintf(full, sizeof(full), "%s%s", root, names[i]);
		assert_int_equal(unlink(full), 0);
	}
}

/* In packages of Xen 4.6 for SLES the link xen-syms-dbg has no target. */
static void test_dangling_link(void **state)
{
	struct find_request req = request();
	struct find_result *r;
	char link[128];

	(void)state;
	snprintf(link, sizeof(link), "%s/boot/xen-syms-dbg", root);
	assert_int_equal(symlink("xen-syms-dbg-4.6.1_01-1", link), 0);
	put_elf("/boot/xen-syms-4.6.1_01-1", &made, MADE_DWARF);
	r = find(&req);
	assert_int_equal(r->nr_candidates, 2);
	expect_best(r, "/boot/xen-syms-4.6.1_01-1");
	find_result_destroy(r);
}

static void test_first_only(void **state)
{
	struct find_request req = request();
	struct find_result *r;

	(void)state;
	put_elf("/usr/lib/debug/xen-syms", &made, MADE_DWARF);
	put_gz("/boot/xen-4.20.gz", &made);
	put_text("/boot/xen-4.20.map", "ffff82d040200000 T _stext\n");
	req.first_only = true;
	r = find(&req);
	assert_int_equal(r->nr_candidates, 1);
	expect_best(r, "/usr/lib/debug/xen-syms");
	find_result_destroy(r);
	req.first_only = false;
	r = find(&req);
	assert_int_equal(r->nr_candidates, 4);
	find_result_destroy(r);
}

/* Corrupt files affect only their own results. */
static void test_broken(void **state)
{
	struct find_request req = request();
	struct find_result *r;
	uint8_t *bytes;
	size_t len;

	(void)state;
	bytes = made_elf64(&made, MADE_DWARF, &len);
	put("/boot/xen-syms-cut", bytes, len / 3);
	put_text("/boot/xen-empty.gz", "");
	put_text("/boot/xen-noise.gz", "\x1f\x8b\x08 and nothing of gzip");
	put_elf("/boot/xen-syms-good", &made, MADE_DWARF);
	r = find(&req);
	expect_best(r, "/boot/xen-syms-good");
	find_result_destroy(r);
}

static void test_interrupted(void **state)
{
	struct find_request req = request();
	struct find_result *r = (void *)1;
	struct err *e;

	(void)state;
	interrupt_pending = 1;
	e = image_find(&req, &r);
	interrupt_pending = 0;
	assert_int_equal(err_reason(e), ERR_INTERRUPTED);
	assert_ptr_equal(r, (void *)1);
	err_free(e);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ranking),
		TEST(test_split),
		TEST(test_beside),
		TEST(test_links),
		TEST(test_none),
		TEST(test_named),
		TEST(test_no_memory),
		TEST(test_no_build_id),
		TEST(test_sles),
		TEST(test_packages),
		TEST(test_dangling_link),
		TEST(test_first_only),
		TEST(test_broken),
		TEST(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
