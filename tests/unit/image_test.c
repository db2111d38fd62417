/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recognising and opening images of a generated hypervisor, and of others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "made_formats.h"
#include "xen/image/image.h"
#include "xen/image/note.h"

static struct made made;

static struct image *open_bytes(const uint8_t *bytes, size_t len)
{
	struct image *img = NULL;
	struct err *e = image_from_bytes("made", bytes, len, true, &img);

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
	return img;
}

static void check_identity(const struct image *img, const char *debug)
{
	const struct image_identity *id = &img->identity;
	char banner[256];

	assert_string_equal(id->version, "4.20.3-made");
	assert_int_equal(id->major, 4);
	assert_int_equal(id->minor, 20);
	assert_string_equal(id->extra, ".3-made");
	assert_string_equal(id->changeset, "Mon Jan 1 git:abc-dirty");
	assert_string_equal(id->compiler, "gcc (Made) 1.2.3");
	assert_string_equal(id->compile_date, "Thu Jan  1 00:00:00 UTC 1970");
	snprintf(banner, sizeof(banner),
		 "Xen version 4.20.3-made (root@made.example) (gcc (Made) 1.2.3) %s Thu Jan  1 00:00:00 UTC 1970",
		 debug);
	assert_string_equal(id->banner, banner);
}

static void check_bytes(const struct image *img)
{
	uint8_t buf[16], zero[16] = { 0 };
	const void *p;
	struct err *e;

	assert_int_equal(img->virt_start, made.o.virt_start);
	assert_int_equal(img->va, made.va);
	assert_null(image_bytes(img, made.va, made.size, &p));
	assert_memory_equal(p, made.payload, made.size);
	e = image_bytes(img, made.va, made.size + 1, &p);
	assert_int_equal(err_reason(e), ERR_BAD_POINTER);
	err_free(e);
	e = image_bytes(img, made.va - 1, 2, &p);
	assert_int_equal(err_reason(e), ERR_BAD_POINTER);
	err_free(e);
	e = image_bytes(img, UINT64_MAX, SIZE_MAX, &p);
	assert_int_equal(err_reason(e), ERR_BAD_POINTER);
	err_free(e);
	/* .bss is read as zeros, also across its start */
	assert_null(image_read(img, made.va + made.size - 8, buf, 16));
	assert_memory_equal(buf, made.payload + made.size - 8, 8);
	assert_memory_equal(buf + 8, zero, 8);
	e = image_read(img, made.va + made.mem_size - 8, buf, 16);
	assert_int_equal(err_reason(e), ERR_BAD_POINTER);
	err_free(e);
}

static void check_wrapper(bool gzip)
{
	uint8_t *bytes, *packed;
	struct image *img;
	size_t len;

	bytes = made_wrapper(&made, &len);
	if (gzip) {
		packed = made_gzip(bytes, len, &len);
		free(bytes);
		bytes = packed;
	}
	img = open_bytes(bytes, len);
	assert_int_equal(img->class, IMAGE_XEN);
	assert_int_equal(img->compression, gzip ? FILE_GZIP : FILE_PLAIN);
	assert_true(img->has_bytes);
	assert_false(img->has_symtab || img->has_dwarf || img->elf);
	assert_null(img->problem);
	if (made.o.no_build_id) {
		assert_int_equal(img->build_id_len, 0);
	} else {
		assert_int_equal(img->build_id_len, MADE_ID_LEN);
		assert_memory_equal(img->build_id, made.id, MADE_ID_LEN);
		assert_int_equal(img->build_id_va, made.va + made.note + 16);
	}
	check_bytes(img);
	check_identity(img, made.o.build_info ? made.o.build_info : "debug=n");
	image_close(img);
	free(bytes);
}

static void test_wrapper(void **state)
{
	struct made_options o = { .table = TABLE_4_7, .build_info = "debug=y" };

	(void)state;
	made_init(&made, &o);
	check_wrapper(false);
	check_wrapper(true);
}

/* 4.4 to 4.13 were linked at another address, which the wrapper does not contain. */
static void test_wrapper_old(void **state)
{
	struct made_options o = {
		.table = TABLE_4_4, .virt_start = MADE_OLD, .no_build_id = true,
	};

	(void)state;
	made_init(&made, &o);
	check_wrapper(false);
	check_wrapper(true);
}

static void test_wrapper_config(void **state)
{
	/* 4.14: no build_info, but a .config */
	struct made_options o = { .table = TABLE_4_7, .config_debug = true };
	struct image *img;
	uint8_t *bytes;
	size_t len;
	char *text;

	(void)state;
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	img = open_bytes(bytes, len);
	assert_int_equal(img->identity.debug, IMAGE_YES);
	check_identity(img, "debug=y");
	assert_null(image_config(img, &text));
	assert_non_null(strstr(text, "CONFIG_NR_CPUS=256"));
	free(text);
	image_close(img);
	free(bytes);
}

static void test_wrapper_cut(void **state)
{
	struct made_options o = { .table = TABLE_4_7 };
	struct image *img;
	uint8_t *bytes;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	for (size_t cut = 0; cut < len; cut += cut < 0x200 ? 1 : 97) {
		uint8_t *part = malloc(cut ? cut : 1);
		struct err *e;

		memcpy(part, bytes, cut);
		e = image_from_bytes("part", part, cut, true, &img);
		assert_null(e);
		if (img->class == IMAGE_XEN)
			assert_non_null(img->problem);
		image_close(img);
		free(part);
	}
	free(bytes);
}

/* A file that ends before the image, with the boot loader's number in its head. */
static void test_wrapper_head(void **state)
{
	static const size_t number_at = 100, end = 114;
	struct made_options o = { .no_build_id = true };
	struct image *img;
	uint8_t *bytes, *part;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	part = malloc(end);
	memcpy(part, bytes, end);
	put_le32(part + number_at, 0x1badb002);
	img = open_bytes(part, end);
	assert_int_equal(img->class, IMAGE_XEN);
	assert_non_null(strstr(img->problem, "of which 0 are present"));
	image_close(img);
	free(part);
	free(bytes);
}

/* A truncated gzip is still recognised, with its fault. */
static void test_gzip_cut(void **state)
{
	struct made_options o = { .table = TABLE_4_7, .text_size = 0x11000 };
	uint8_t *bytes, *packed;
	struct image *img;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	packed = made_gzip(bytes, len, &len);
	img = open_bytes(packed, len - len / 8);
	assert_int_equal(img->class, IMAGE_XEN);
	assert_non_null(strstr(img->problem, "truncated"));
	image_close(img);
	free(packed);
	free(bytes);
}

static void test_elf64(void **state)
{
	struct made_options o = { .build_info = "debug=n" };
	struct image *img;
	uint8_t *bytes;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_elf64(&made, MADE_DWARF, &len);
	img = open_bytes(bytes, len);
	assert_int_equal(img->class, IMAGE_XEN_SYMS);
	assert_true(img->has_dwarf);
	assert_true(img->has_symtab);
	assert_true(img->has_bytes);
	assert_false(img->has_debug_frame);
	assert_non_null(img->elf);
	assert_int_equal(img->size, made.mem_size);
	assert_memory_equal(img->build_id, made.id, MADE_ID_LEN);
	assert_int_equal(img->build_id_va, made.va + made.note + 16);
	assert_int_equal(symbols_count(img->symbols), made.nr_symbols);
	check_bytes(img);
	check_identity(img, "debug=n");
	image_close(img);
	free(bytes);
}

/* Stripped, it still has the embedded table. */
static void test_elf64_stripped(void **state)
{
	struct made_options o = { .table = TABLE_4_22, .build_info = "debug=n" };
	struct image *img;
	uint8_t *bytes;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_elf64(&made, MADE_STRIPPED, &len);
	img = open_bytes(bytes, len);
	assert_false(img->has_symtab || img->has_dwarf);
	assert_int_equal(symbols_count(img->symbols), made.nr_symbols);
	check_identity(img, "debug=n");
	image_close(img);
	free(bytes);
}

/* Split off: the build-id and the symbols, but no bytes of the image. */
static void test_elf64_split(void **state)
{
	struct made_options o = { 0 };
	struct image *img;
	uint8_t *bytes;
	const void *p;
	struct err *e;
	size_t len;
	char buf[4];

	(void)state;
	made_init(&made, &o);
	bytes = made_elf64(&made, MADE_SPLIT | MADE_DWARF, &len);
	img = open_bytes(bytes, len);
	assert_int_equal(img->class, IMAGE_XEN_SYMS);
	assert_false(img->has_bytes);
	assert_true(img->has_dwarf);
	assert_true(img->has_symtab);
	assert_memory_equal(img->build_id, made.id, MADE_ID_LEN);
	assert_int_equal(img->build_id_va, made.va + made.note + 16);
	assert_int_equal(img->va, made.va);
	e = image_bytes(img, made.va, 1, &p);
	assert_int_equal(err_reason(e), ERR_BAD_POINTER);
	err_free(e);
	e = image_read(img, made.va, buf, 4);
	assert_int_equal(err_reason(e), ERR_BAD_POINTER);
	err_free(e);
	assert_null(img->identity.version);
	image_close(img);
	free(bytes);
}

static void test_elf64_cut(void **state)
{
	struct made_options o = { .table = TABLE_4_7 };
	uint8_t *bytes;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_elf64(&made, 0, &len);
	for (size_t cut = 0; cut < len; cut += cut < 0x200 ? 1 : 61) {
		uint8_t *part = malloc(cut ? cut : 1);
		struct image *img = NULL;
		struct err *e;

		memcpy(part, bytes, cut);
		e = image_from_bytes("part", part, cut, true, &img);
		if (!e && img->class == IMAGE_XEN_SYMS)
			assert_non_null(strstr(img->problem, "truncated"));
		err_free(e);
		image_close(img);
		free(part);
	}
	free(bytes);
}

static void test_efi(void **state)
{
	struct made_options o = { .table = TABLE_4_7, .build_info = "debug=n",
				  .no_build_id = true };
	struct image *img;
	uint8_t *bytes;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_pe(&made, &len);
	img = open_bytes(bytes, len);
	assert_int_equal(img->class, IMAGE_XEN_EFI);
	assert_int_equal(img->build_id_len, 16);
	assert_int_equal(img->build_id[0], 0xe0);
	assert_int_equal(img->build_id[15], 0xef);
	assert_int_equal(img->build_id_va, made.o.virt_start + MADE_IMG_OFFSET +
			 0x100000 + 32);
	check_bytes(img);
	check_identity(img, "debug=n");
	image_close(img);
	free(bytes);
}

/* The build-id is read from the headers; other parts are not read. */
static void test_probe(void **state)
{
	struct made_options o = { .table = TABLE_4_7 };
	struct image *img;
	uint8_t *bytes;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	assert_null(image_from_bytes("x", bytes, len, false, &img));
	assert_int_equal(img->class, IMAGE_XEN);
	assert_memory_equal(img->build_id, made.id, MADE_ID_LEN);
	assert_false(img->is_complete);
	assert_null(img->symbols);
	assert_null(image_complete(img));
	assert_non_null(img->symbols);
	assert_null(image_complete(img));
	image_close(img);
	free(bytes);
}

static void test_others(void **state)
{
	static char vmlinuz[0x300] = "MZ";
	static const struct {
		enum image_class class;
		const char *bytes;
		size_t len;
	} cases[] = {
#define TEXT(s) s, sizeof(s) - 1
		{ IMAGE_VMLINUZ, vmlinuz, sizeof(vmlinuz) },
		{ IMAGE_INITRD, TEXT("070701000000000000") },
		{ IMAGE_DUMP, TEXT("KDUMP   \6\0\0\0") },
		{ IMAGE_SYSTEM_MAP, TEXT("0000000000000000 D __per_cpu_start\n"
					 "ffffffff81000000 T _text\n") },
		{ IMAGE_XEN_MAP, TEXT("ffff82d080200000 T _stext\n") },
		{ IMAGE_MODULE_SYMVERS,
		  TEXT("0x12345678\tprintk\tvmlinux\tEXPORT_SYMBOL\n") },
		{ IMAGE_UNKNOWN, TEXT("") },
		{ IMAGE_UNKNOWN, TEXT("\x7f" "EL") },
		{ IMAGE_ELF, TEXT("\x7f" "ELF") },
		{ IMAGE_UNKNOWN, TEXT("#!/bin/sh\n") },
		{ IMAGE_UNKNOWN, TEXT("0x12345678 but no symbols\n") },
		{ IMAGE_UNKNOWN, TEXT("MZ\0\0\0\0") },
#undef TEXT
	};

	(void)state;
	made_put16((uint8_t *)vmlinuz + 0x1fe, 0xaa55);
	memcpy(vmlinuz + 0x202, "HdrS", 4);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct image *img = open_bytes((const uint8_t *)cases[i].bytes,
					       cases[i].len);

		assert_string_equal(image_class_name(img->class),
				    image_class_name(cases[i].class));
		assert_int_equal(image_is_xen(img),
				 cases[i].class == IMAGE_XEN_MAP);
		image_close(img);
	}
}

/* An ELF32 multiboot kernel that is not Xen's. */
static void test_other_multiboot(void **state)
{
	struct made_options o = { 0 };
	struct image *img;
	uint8_t *bytes;
	size_t len;

	(void)state;
	made_init(&made, &o);
	bytes = made_wrapper(&made, &len);
	made_put32(bytes + 52 + 4, 0x1000);	/* p_offset */
	img = open_bytes(bytes, len);
	assert_int_equal(img->class, IMAGE_ELF);
	image_close(img);
	made_put32(bytes + 52 + 4, 128);
	memset(bytes + 128, 0, 0x400);		/* no magic */
	img = open_bytes(bytes, len);
	assert_int_equal(img->class, IMAGE_ELF);
	image_close(img);
	free(bytes);
}

/* Each header byte in turn is changed: no fault. */
static void test_damaged_headers(void **state)
{
	static uint8_t *(*const make[])(const struct made *, size_t *) = {
		made_wrapper, made_pe,
	};
	struct made_options o = { .table = TABLE_4_7 };
	static const uint8_t values[] = { 0, 0xff, 0x80, 0x7f };

	(void)state;
	made_init(&made, &o);
	for (unsigned int k = 0; k < 2; k++) {
		size_t len;
		uint8_t *bytes = make[k](&made, &len);

		for (size_t i = 0; i < 0x200; i++) {
			uint8_t was = bytes[i];
			struct image *img = NULL;

			bytes[i] = values[i % 4];
			err_free(image_from_bytes("x", bytes, len, true, &img));
			image_close(img);
			bytes[i] = was;
		}
		free(bytes);
	}
}

static void test_notes(void **state)
{
	uint8_t notes[128] = { 0 };
	struct build_id_at at = { 77, 77 };

	(void)state;
	assert_false(note_find_build_id(notes, 0, &at));
	assert_false(note_find_build_id(notes, 11, &at));
	assert_false(note_find_build_id(notes, sizeof(notes), &at));
	/* preceded by another note, with odd sizes */
	made_put32(notes, 5);
	made_put32(notes + 4, 3);
	made_put32(notes + 12 + 8 + 4, 4);
	made_put32(notes + 12 + 8 + 4 + 4, 20);
	made_put32(notes + 12 + 8 + 4 + 8, NT_GNU_BUILD_ID);
	memcpy(notes + 12 + 8 + 4 + 12, "GNU", 4);
	assert_true(note_find_build_id(notes, 60, &at));
	assert_int_equal(at.offset, 40);
	assert_int_equal(at.len, 20);
	at.len = 77;
	/* cut within the id */
	assert_false(note_find_build_id(notes, 59, &at));
	/* sizes that overflow */
	made_put32(notes + 4, 0xffffffff);
	assert_false(note_find_build_id(notes, 60, &at));
	assert_int_equal(at.len, 77);
	made_put32(notes + 12 + 8 + 4 + 4, 0xfffffff0);
	made_put32(notes + 4, 3);
	assert_false(note_find_build_id(notes, 60, &at));
	assert_false(note_search_build_id(notes, 60, 0, &at));
	assert_false(note_search_rsds(notes, 60, 0, &at));
	assert_false(note_search_rsds((const uint8_t *)"RSDSxxxx", 8, 0, &at));
}

/* Probes a file of 1 TiB, which has these bytes and a hole. */
static struct err *probe_holes(const void *bytes, size_t len, struct image **ret)
{
	char path[] = "/tmp/image_test.XXXXXX";
	int fd = mkstemp(path);
	struct err *e;

	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(ftruncate(fd, 1L << 40), 0);
	/* reading the hole takes minutes */
	alarm(20);
	e = image_probe(path, ret);
	alarm(0);
	close(fd);
	unlink(path);
	return e;
}

static void check_too_large(const void *bytes, size_t len, const char *text)
{
	struct image *img;
	struct err *e = probe_holes(bytes, len, &img);

	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	assert_non_null(strstr(err_text(e), text));
	err_free(e);
}

static void test_holes(void **state)
{
	struct image *img;
	uint8_t *bytes;
	size_t len;

	(void)state;
	assert_null(probe_holes("", 1, &img));
	assert_int_equal(img->class, IMAGE_UNKNOWN);
	image_close(img);
	check_too_large("ffff82d040200000 T _start\n", 26, ": xen map larger than 1024 MiB");
	bytes = made_elf64(&made, MADE_DWARF, &len);
	check_too_large(bytes, len, ": xen-syms larger than 1024 MiB");
	free(bytes);
}

static void test_no_file(void **state)
{
	struct image *img = (void *)1;
	struct err *e = image_open("/nonexistent/xen-syms", &img);

	(void)state;
	assert_int_equal(err_reason(e), ERR_IO);
	assert_non_null(strstr(err_text(e), "/nonexistent/xen-syms"));
	assert_ptr_equal(img, (void *)1);
	err_free(e);
	image_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrapper),
		cmocka_unit_test(test_wrapper_old),
		cmocka_unit_test(test_wrapper_config),
		cmocka_unit_test(test_wrapper_cut),
		cmocka_unit_test(test_wrapper_head),
		cmocka_unit_test(test_gzip_cut),
		cmocka_unit_test(test_elf64),
		cmocka_unit_test(test_elf64_stripped),
		cmocka_unit_test(test_elf64_split),
		cmocka_unit_test(test_elf64_cut),
		cmocka_unit_test(test_efi),
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_other_multiboot),
		cmocka_unit_test(test_damaged_headers),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
