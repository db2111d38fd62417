/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decision whether an image is the build in memory, with all data that may be missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made_formats.h"
#include "made_memory.h"

static struct made made, other;
static struct made_memory memory;
static uint8_t *file_bytes;

static const struct made_options plain = {
	.table = TABLE_4_7, .build_info = "debug=n", .text_size = 0x11000,
};

/* Copies a hypervisor to memory and opens the file of another, or of the same. */
static struct image *setup(const struct made_options *in_memory,
			   const struct made_options *in_file,
			   uint8_t *(*make)(const struct made *, size_t *))
{
	struct image *img;
	size_t len;

	made_init(&made, in_memory);
	made_memory_init(&memory, &made);
	made_init(&other, in_file);
	free(file_bytes);
	file_bytes = make(&other, &len);
	assert_null(image_from_bytes("FILE", file_bytes, len, true, &img));
	return img;
}

static uint8_t *make_syms(const struct made *m, size_t *len)
{
	return made_elf64(m, 0, len);
}

static uint8_t *make_split(const struct made *m, size_t *len)
{
	return made_elf64(m, MADE_SPLIT, len);
}

/* A map text of all symbols. */
static uint8_t *make_map(const struct made *m, size_t *len)
{
	char *text = malloc(16384), *p = text;

	for (size_t i = 0; i < m->nr_symbols; i++) {
		const struct made_symbol *s = &m->symbol[i];

		p += sprintf(p, "%016lx %c %s%s%s\n", m->va + s->at,
			     *s->file ? s->type : s->type - 32, s->file,
			     *s->file ? "#" : "", s->name);
	}
	*len = p - text;
	return (uint8_t *)text;
}

static void expect(struct image *img, enum match_kind kind,
		   enum match_proof proof, const char *text)
{
	struct image_verdict v;

	assert_null(image_match_by(img, made_memory_read, &memory,
				   made.o.virt_start, &v));
	if (v.kind != kind || v.proof != proof || !strstr(v.text, text))
		fail_msg("%d %d: %s", v.kind, v.proof, v.text);
}

static void hide(uint64_t from, uint64_t to)
{
	memory.missing = made.va + from;
	memory.missing_end = made.va + to;
}

static void test_build_id(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);

	(void)state;
	expect(img, MATCH_PROVED, PROOF_BUILD_ID, "is in memory");
	image_close(img);
	img = setup(&plain, &plain, made_wrapper);
	expect(img, MATCH_PROVED, PROOF_BUILD_ID, "is in memory");
	image_close(img);
	(img = setup(&plain, &plain, make_split))->problem = strdup("is truncated");
	expect(img, MATCH_PROVED, PROOF_BUILD_ID, "same address; but is truncated");
	image_close(img);
}

static void test_other_build_id(void **state)
{
	struct made_options o = plain;
	struct image *img;

	(void)state;
	o.minor = 21;
	img = setup(&plain, &o, make_syms);
	expect(img, MATCH_OTHER, PROOF_BUILD_ID,
	       "build-id in memory is 242b323940474e555c636a71787f868d949ba2a9, in FILE is 252c333a41484f565d646b72798087");
	image_close(img);
}

/* 4.7 and 4.8: xen.efi has the id of xen-syms, at another address. */
static void test_same_id_other_layout(void **state)
{
	struct made_options o = plain;
	struct image *img;

	(void)state;
	o.text_size = 0x12000;
	img = setup(&plain, &o, make_syms);
	expect(img, MATCH_OTHER, PROOF_BUILD_ID, "another layout");
	image_close(img);
}

/* A xen.efi in memory has a signature instead of a note. */
static void test_efi_in_memory(void **state)
{
	struct made_options o = plain;
	struct image *img;
	uint8_t id[BUILD_ID_MAX];
	unsigned int len;
	uint64_t va;

	(void)state;
	o.no_build_id = true;
	img = setup(&o, &plain, make_syms);
	memcpy(memory.bytes + 0x100, "RSDS0123456789abcdef\1\0\0\0", 25);
	assert_null(image_memory_build_id_by(made_memory_read, &memory,
					     made.o.virt_start, id, sizeof(id),
					     &len, &va));
	assert_int_equal(len, 16);
	assert_memory_equal(id, "0123456789abcdef", 16);
	expect(img, MATCH_OTHER, PROOF_BUILD_ID,
	       "build-id in memory is 3031323334353637383961626364");
	image_close(img);
	/* Of two links of one source the id identifies the running one. */
	o.no_build_id = false;
	img = setup(&o, &plain, make_syms);
	memset(memory.bytes + made.note, 0, 16 + MADE_ID_LEN);
	memcpy(memory.bytes + 0x100, "RSDS0123456789abcdef\1\0\0\0", 25);
	expect(img, MATCH_OTHER, PROOF_BUILD_ID, "was started as xen.efi, another link");
	image_close(img);
}

/* Strings differ between builds, but only the code proves that two builds are equal. */
static void test_strings(void **state)
{
	struct made_options o = plain, later = plain;
	struct image *img;

	(void)state;
	o.no_build_id = later.no_build_id = true;
	img = setup(&o, &o, make_syms);
	expect(img, MATCH_PROVED, PROOF_TEXT,
	       "bytes of text are the same, 0 of them in patched places; version 4.20.3-made and compile date \"Thu Jan  1 00:00:00 UTC 1970\" are the same");
	/* the strings alone, without text to compare */
	hide(0x1000, made.rodata);
	expect(img, MATCH_UNKNOWN, PROOF_NONE,
	       "could not be checked: version 4.20.3-made and compile date \"Thu Jan  1 00:00:00 UTC 1970\" are the same, but page at");
	image_close(img);
	/* rebuilt from the same source: only the date differs */
	later.date = "Fri Jan  2 00:00:00 UTC 1970";
	img = setup(&o, &later, make_syms);
	expect(img, MATCH_OTHER, PROOF_STRINGS,
	       "compile date in memory is \"Thu Jan  1 00:00:00 UTC 1970\", in FILE is \"Fri");
	image_close(img);
	later = o;
	later.minor = 17;
	img = setup(&o, &later, make_syms);
	expect(img, MATCH_OTHER, PROOF_STRINGS,
	       "version in memory is \"4.20.3-made\", in FILE is \"4.17.3-made\"");
	image_close(img);
	/* other code at the addresses of the functions */
	img = setup(&o, &o, make_syms);
	memset(memory.bytes + 0x80, 0x90, 0x100);
	expect(img, MATCH_OTHER, PROOF_STRINGS, "memory has no version");
	image_close(img);
}

/* Two builds with the same strings, whose code differs in 60 bytes. */
static void test_same_strings_other_code(void **state)
{
	static const char *const dates[] = { NULL, "" };
	struct made_options o = plain;
	struct image *img;

	(void)state;
	o.no_build_id = true;
	for (unsigned int i = 0; i < 4; i++) {
		char text[64];

		/* 4.4 has a table of text symbols in xen.gz, and patches nothing */
		o.date = dates[i % 2];
		o.table = i < 2 ? TABLE_4_7 : TABLE_4_4;
		o.no_lists = i >= 2;
		img = setup(&o, &o, make_syms);
		expect(img, MATCH_PROVED, PROOF_TEXT, "bytes of text are the same, 0");
		memset(memory.bytes + 0x5000, 0xcc, 60);
		snprintf(text, sizeof(text), "differs first at %lx: 60 of", made.va + 0x5000);
		expect(img, MATCH_OTHER, PROOF_TEXT, text);
		image_close(img);
	}
	/* its xen.gz is not conclusive */
	img = setup(&o, &o, made_wrapper);
	expect(img, MATCH_PROVED, PROOF_TEXT, "bytes of text are the same, 0");
	memset(memory.bytes + 0x5000, 0xcc, 60);
	expect(img, MATCH_UNKNOWN, PROOF_NONE,
	       "compile date \"\" are the same, but 60 of");
	image_close(img);
}

/* Pages missing in a dump: the next check, or no decision; never a mismatch. */
static void test_missing(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);

	(void)state;
	hide(made.note, made.note + 40);
	expect(img, MATCH_PROVED, PROOF_TEXT, "compile date");
	/* only a part of the version: not another version */
	hide(made.rodata, made.rodata + 4);
	memset(memory.bytes + made.note, 0, 40);
	expect(img, MATCH_PROVED, PROOF_TEXT, "bytes of text are the same");
	/* note and strings */
	hide(made.rodata, made.erodata);
	expect(img, MATCH_PROVED, PROOF_TEXT, "bytes of text are the same");
	/* all except the first bytes of the text */
	hide(0x1000, made.mem_size);
	expect(img, MATCH_UNKNOWN, PROOF_NONE, "could not be checked: page at");
	hide(0, made.mem_size);
	expect(img, MATCH_UNKNOWN, PROOF_NONE, "could not be checked");
	image_close(img);
	img = setup(&plain, &plain, make_split);
	hide(made.note, made.note + 40);
	expect(img, MATCH_UNKNOWN, PROOF_NONE, "could not be checked: page at");
	image_close(img);
}

/* No mapping at the addresses of the file's strings: a definite mismatch. */
static void test_not_mapped(void **state)
{
	struct made_options o = plain;
	struct image *img;

	(void)state;
	o.no_build_id = true;
	img = setup(&o, &o, make_syms);
	memory.va -= MADE_IMG_OFFSET / 2;
	memory.size = 0x1000;
	expect(img, MATCH_OTHER, PROOF_STRINGS, "memory has no");
	image_close(img);
}

static void test_text_differs(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);
	char first[64];

	(void)state;
	hide(made.rodata, made.erodata);
	memory.bytes[0x5000] ^= 1;
	snprintf(first, sizeof(first), "differs first at %lx: 1 of",
		 made.va + 0x5000);
	expect(img, MATCH_OTHER, PROOF_TEXT, first);
	image_close(img);
}

/* xen-syms.map compared with the table in memory. */
static void test_map(void **state)
{
	struct made_options o = plain;
	struct image *img = setup(&plain, &plain, make_map);
	struct text_compare c;
	struct err *e;

	(void)state;
	assert_int_equal(img->class, IMAGE_XEN_MAP);
	expect(img, MATCH_PROVED, PROOF_SYMBOLS, "symbols are the same");
	e = image_compare_text(img, made_memory_read, &memory, NULL, 0, &c);
	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	err_free(e);
	hide(made.table, made.table + 8);
	expect(img, MATCH_UNKNOWN, PROOF_NONE, "could not be checked");
	image_close(img);
	o.text_size = 0x12000;
	img = setup(&plain, &o, make_map);
	expect(img, MATCH_OTHER, PROOF_SYMBOLS, "_etext is at");
	image_close(img);
	/* a table of text symbols only */
	o = plain;
	o.table = TABLE_4_7;
	img = setup(&plain, &o, make_map);
	expect(img, MATCH_PROVED, PROOF_SYMBOLS, "symbols are the same");
	image_close(img);
}

static void compare(const struct image *img, const struct text_site *sites,
		    size_t nr, struct text_compare *c)
{
	struct err *e = image_compare_text(img, made_memory_read, &memory,
					   sites, nr, c);

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
}

/* A place that Xen patches at boot explains a difference; its neighbours do not. */
static void test_compare_sites(void **state)
{
	static const size_t lens[2][3] = { { 5, 6, 4 }, { 3, 6, 4 } };

	(void)state;
	for (unsigned int alt12 = 0; alt12 < 2; alt12++) {
		struct made_options o = plain;
		struct text_compare c;
		struct image *img;
		size_t bytes = 0;

		o.alt12 = alt12;
		img = setup(&o, &o, make_syms);
		for (unsigned int i = 0; i < 3; i++) {
			for (size_t b = 0; b < lens[alt12][i]; b++)
				memory.bytes[made.patched[i] + b] ^= 0x55;
			bytes += lens[alt12][i];
		}
		compare(img, NULL, 0, &c);
		assert_true(c.knows_sites);
		assert_int_equal(c.compared, made.etext);
		assert_int_equal(c.differing, bytes);
		assert_int_equal(c.explained, bytes);
		assert_int_equal(c.unexplained, 0);
		assert_int_equal(c.first, 0);
		assert_int_equal(c.unreadable, 0);
		memory.bytes[made.patched[0] + lens[alt12][0]] ^= 1;
		compare(img, NULL, 0, &c);
		assert_int_equal(c.unexplained, 1);
		assert_int_equal(c.first, made.va + made.patched[0] +
				 lens[alt12][0]);
		image_close(img);
	}
}

/* xen.gz of 4.5 and 4.6: no build-id, no symbols of data, no symbol of the list. */
static void test_unnamed_list(void **state)
{
	struct made_options o = plain;
	struct image *img;
	size_t len;

	(void)state;
	o.table = TABLE_4_4;
	o.no_build_id = o.alt12 = true;
	img = setup(&o, &o, made_wrapper);
	for (unsigned int i = 0; i < 3; i++)
		memory.bytes[made.patched[0] + i] ^= 0x55;
	expect(img, MATCH_PROVED, PROOF_TEXT, "bytes of text are the same, 3 of them in patched places");
	memory.bytes[made.patched[0] + 3] ^= 0x55;
	expect(img, MATCH_OTHER, PROOF_TEXT, ": 1 of 69632 bytes differ where Xen patches nothing");
	image_close(img);
	/* three entries are not a list */
	memset(other.payload + other.alts, 0, 24);
	free(file_bytes);
	file_bytes = made_wrapper(&other, &len);
	assert_null(image_from_bytes("FILE", file_bytes, len, true, &img));
	expect(img, MATCH_UNKNOWN, PROOF_NONE, "4 of 69632 bytes of text differ");
	image_close(img);
}

static void test_compare_livepatch(void **state)
{
	struct image *img = setup(&plain, &plain, made_wrapper);
	const struct text_site sites[] = {
		{ made.va + 0x3000, 5 },
		/* outside: ignored */
		{ 0, 5 }, { made.va + made.etext - 2, 5 }, { UINT64_MAX, 5 },
		{ made.va, UINT32_MAX },
	};
	struct text_compare c;

	(void)state;
	memset(memory.bytes + 0x3000, 0xe9, 5);
	compare(img, NULL, 0, &c);
	assert_int_equal(c.unexplained, 5);
	compare(img, sites, 5, &c);
	assert_int_equal(c.unexplained, 0);
	assert_int_equal(c.explained, 5);
	hide(0x4000, 0x5000);
	compare(img, sites, 5, &c);
	assert_int_equal(c.unreadable, 0x1000);
	assert_int_equal(c.compared, made.etext - 0x1000);
	image_close(img);
}

/* Lists with invalid pointers are refused or ignored. */
static void test_compare_bad_lists(void **state)
{
	struct text_compare c = { .compared = 77 };
	struct image *img;
	struct err *e;
	size_t len;

	(void)state;
	made_init(&other, &plain);
	made_memory_init(&memory, &other);
	memset(other.payload + other.alts, 0x41, other.alts_end - other.alts);
	memset(other.payload + other.calls, 0x7f, 4);
	free(file_bytes);
	file_bytes = make_syms(&other, &len);
	assert_null(image_from_bytes("FILE", file_bytes, len, true, &img));
	e = image_compare_text(img, made_memory_read, &memory, NULL, 0, &c);
	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	assert_int_equal(c.compared, 77);
	err_free(e);
	image_close(img);
}

static void test_memory_only(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);
	uint8_t id[BUILD_ID_MAX];
	struct symbols *s;
	unsigned int len;
	struct err *e;
	uint64_t va;

	(void)state;
	image_close(img);
	assert_null(image_memory_build_id_by(made_memory_read, &memory,
					     MADE_NEW, id, sizeof(id), &len, &va));
	assert_int_equal(len, MADE_ID_LEN);
	assert_int_equal(va, made.va + made.note + 16);
	assert_memory_equal(id, made.id, MADE_ID_LEN);
	e = image_memory_build_id_by(made_memory_read, &memory, MADE_NEW, id,
				     MADE_ID_LEN - 1, &len, &va);
	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	err_free(e);
	assert_null(image_memory_symbols_by(made_memory_read, &memory, MADE_NEW,
					    &s));
	assert_int_equal(symbols_count(s), made.nr_symbols);
	symbols_destroy(s);
	hide(made.note, made.note + 8);
	e = image_memory_build_id_by(made_memory_read, &memory, MADE_NEW, id,
				     sizeof(id), &len, &va);
	assert_int_equal(err_reason(e), ERR_NOT_IN_DUMP);
	err_free(e);
	hide(made.table, made.table + 8);
	e = image_memory_symbols_by(made_memory_read, &memory, MADE_NEW, &s);
	assert_non_null(e);
	assert_non_null(strstr(err_text(e), "missing"));
	err_free(e);
	memset(memory.bytes, 0, sizeof(memory.bytes));
	hide(0, 0);
	e = image_memory_build_id_by(made_memory_read, &memory, MADE_NEW, id,
				     sizeof(id), &len, &va);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	err_free(e);
}

/* Memory after the image's former place does not belong to the image, if there is one. */
static struct err *read_with_another_below(void *ctx, uint64_t va, void *buf,
					   size_t len)
{
	const struct made_memory *mem = ctx;

	if (va >= mem->va)
		return made_memory_read(ctx, va, buf, len);
	memset(buf, 0, len);
	memcpy(buf, mem->bytes + made.note, 16);
	memset((uint8_t *)buf + 16, 0xab, MADE_ID_LEN);
	return NULL;
}

static void test_id_of_another(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);
	uint8_t id[BUILD_ID_MAX];
	unsigned int len;
	uint64_t va;

	(void)state;
	image_close(img);
	assert_null(image_memory_build_id_by(read_with_another_below, &memory,
					     MADE_NEW, id, sizeof(id), &len, &va));
	assert_int_equal(va, made.va + made.note + 16);
}

/* The note may cross a page. */
static void test_id_across_pages(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);
	uint8_t id[BUILD_ID_MAX], note[16 + MADE_ID_LEN];
	unsigned int len;
	uint64_t va;

	(void)state;
	image_close(img);
	memcpy(note, memory.bytes + made.note, sizeof(note));
	for (size_t i = 4; i < sizeof(note); i += 4) {
		memset(memory.bytes, 0, sizeof(memory.bytes));
		memcpy(memory.bytes + 0x6000 - i, note, sizeof(note));
		assert_null(image_memory_build_id_by(made_memory_read, &memory,
						     MADE_NEW, id, sizeof(id),
						     &len, &va));
		assert_int_equal(va, made.va + 0x6000 - i + 16);
		assert_memory_equal(id, made.id, MADE_ID_LEN);
	}
}

static void test_interrupted(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);
	struct image_verdict v = { .kind = 77 };
	struct err *e;

	(void)state;
	memory.interrupt = true;
	e = image_match_by(img, made_memory_read, &memory, MADE_NEW, &v);
	assert_int_equal(err_reason(e), ERR_INTERRUPTED);
	assert_int_equal(v.kind, 77);
	err_free(e);
	image_close(img);
}

static void test_no_hypervisor(void **state)
{
	static const char text[] = "ffffffff81000000 T _text\n";
	struct image_verdict v;
	struct image *img;
	struct err *e;

	(void)state;
	assert_null(image_from_bytes("System.map", text, sizeof(text) - 1, true,
				     &img));
	e = image_match_by(img, made_memory_read, &memory, MADE_NEW, &v);
	assert_int_equal(err_reason(e), ERR_UNSUPPORTED);
	assert_string_equal(err_text(e),
			    "System.map: System.map, not a hypervisor");
	err_free(e);
	image_close(img);
}

static int teardown(void **state)
{
	(void)state;
	free(file_bytes);
	return 0;
}

/* A livepatch jumps from a function's start to its replacement. */
static void test_replaced_function(void **state)
{
	struct image *img = setup(&plain, &plain, make_syms);
	static const size_t extra = 0xa0, compiler = 0xc0;	/* made_version() */
	struct image_identity id;

	(void)state;
	memory.bytes[extra + 4] = 0xe9;
	made_put32(memory.bytes + extra + 5, compiler - (extra + 9));
	assert_null(image_identity_read(img->symbols, made_memory_read, &memory,
					&id));
	assert_string_equal(id.extra, "gcc (Made) 1.2.3");
	image_identity_clear(&id);
	image_close(img);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replaced_function),
		cmocka_unit_test(test_build_id),
		cmocka_unit_test(test_other_build_id),
		cmocka_unit_test(test_same_id_other_layout),
		cmocka_unit_test(test_efi_in_memory),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_same_strings_other_code),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_not_mapped),
		cmocka_unit_test(test_text_differs),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_compare_sites),
		cmocka_unit_test(test_unnamed_list),
		cmocka_unit_test(test_compare_livepatch),
		cmocka_unit_test(test_compare_bad_lists),
		cmocka_unit_test(test_memory_only),
		cmocka_unit_test(test_id_of_another),
		cmocka_unit_test(test_id_across_pages),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_no_hypervisor),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
