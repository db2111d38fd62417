/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hypervisor without notes, found in memory; an image or Xen's own symbol
 * table attached to it, with the variables that are read by symbols: frame
 * number compression and the number of pcpus.
 */
#include "tests/unit/model_fixture/fixture.h"
#include "tests/unit/made_located.h"

#include "xen/base/array.h"
#include "xen/image/image.h"

/* ---- frame number compression ---- */

#define PDX "tests/unit/pdx_fixture/pdx.c"

static struct fixture fix;

/* Opens the image of a fixture, as a caller would. */
static struct image *make_image(struct fixture *f)
{
	struct image *img = calloc(1, sizeof(*img));

	img->path = strdup("xen-syms");
	img->class = IMAGE_XEN_SYMS;
	img->elf = elf_begin(f->fd, ELF_C_READ_MMAP, NULL);
	assert_ok(symbols_from_elf(img->elf, &img->symbols));
	return img;
}

static void open_fixture(const char *options)
{
	char sources[80];

	snprintf(sources, sizeof(sources), "%s " PDX, options);
	fixture_create_from(&fix, sources, 421, 64);
}

static void close_fixture(void)
{
	assert_ok(xen_detach(&fix.xen));
	fix.xen.types = NULL;
	fixture_destroy(&fix);
}

static void attach(const char *options)
{
	open_fixture(options);
	assert_ok(xen_attach(&fix.xen, make_image(&fix), false));
}

static void check_pdx(uint64_t pfn, uint64_t pdx)
{
	const struct pdx *p = space_pdx(fix.xen.space);

	assert_int_equal(pdx_from_pfn(p, pfn), pdx);
	assert_int_equal(pdx_to_pfn(p, pdx), pfn);
}

static void test_offsets(void **state)
{
	(void)state;
	attach("-DLOOKUP=4");
	assert_int_equal(space_pdx(fix.xen.space)->scheme, PDX_OFFSET);
	check_pdx(0x05, 0x05);
	check_pdx(0x25, 0x0d);
	check_pdx(0x62, 0x12);
	assert_int_equal(fix.xen.nr_cpus, 5);
	close_fixture();
}

static void test_masks(void **state)
{
	const struct pdx *p;

	(void)state;
	attach("-DMASK");
	p = space_pdx(fix.xen.space);
	assert_int_equal(p->scheme, PDX_MASK);
	check_pdx(0x05, 0x05);
	check_pdx(0x25, 0x0d);
	check_pdx(0xc3, 0x33);
	assert_int_equal(pdx_maddr_to_offset(p, 0xc3123), 0x33123);
	assert_int_equal(pdx_offset_to_maddr(p, 0x33123), 0xc3123);
	close_fixture();
}

static void test_no_compression(void **state)
{
	(void)state;
	attach("");
	assert_int_equal(space_pdx(fix.xen.space)->scheme, PDX_NONE);
	check_pdx(0x25, 0x25);
	close_fixture();
	/* impossible numbers of pcpus */
	attach("-DPCPUS=0");
	assert_int_equal(fix.xen.nr_cpus, 2);
	close_fixture();
	attach("-DPCPUS=0x7fffffff");
	assert_int_equal(fix.xen.nr_cpus, 2);
	close_fixture();
}

/* Tables that are inconsistent: nothing changes, unless the attachment is forced. */
static void test_refused(void **state)
{
	static const struct { const char *options, *why; } bad[] = {
		{ "-DLOOKUP=6", "frame number compression: invalid number of entries in pfn_pdx_lookup: 6" },
		{ "-DLOOKUP=4 -DOTHER=8", "frame number compression: sizes of the pdx tables differ: 4 and 8 entries" },
		{ "-DLOOKUP=2048", "frame number compression: invalid number of entries in pfn_pdx_lookup: 2048" },
	};
	const struct symbols *before;
	struct image *img;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		open_fixture(bad[i].options);
		before = fix.xen.symbols;
		img = make_image(&fix);
		assert_err(xen_attach(&fix.xen, img, false), ERR_CORRUPT, bad[i].why);
		assert_ptr_equal(fix.xen.symbols, before);
		assert_null(fix.xen.image);
		assert_ok(xen_attach(&fix.xen, img, true));
		assert_ptr_equal(fix.xen.image, img);
		assert_true(fix.xen.forced);
		assert_int_equal(space_pdx(fix.xen.space)->scheme, PDX_NONE);
		close_fixture();
	}
	open_fixture("");
	img = make_image(&fix);
	symbols_destroy(img->symbols);
	img->symbols = NULL;
	assert_err(xen_attach(&fix.xen, img, false), ERR_NO_SYMBOL, "xen-syms has no symbols");
	image_close(img);
	close_fixture();
}

/* No place is proved in an image of another build. */
static void test_forced(void **state)
{
	static const struct field second = FIELD_PLACE("made.second");

	(void)state;
	for (int forced = 0; forced < 2; forced++) {
		struct provenance before;
		struct place place;
		uint64_t va;

		open_fixture("");
		assert_ok(xen_attach(&fix.xen, make_image(&fix), forced));
		before = provenance_enter();
		assert_ok(record_place(fix.xen.records, &second, &place));
		assert_int_equal(place.offset, 4);
		assert_int_equal(provenance_leave(before), forced);
		assert_int_equal(place.unproved, forced);
		before = provenance_enter();
		assert_ok(xen_symbol(&fix.xen, "nr_cpu_ids", &va));
		assert_int_equal(provenance_leave(before), forced);
		close_fixture();
	}
}

/* ---- a hypervisor that is identified only by memory ---- */

static void test_memory(void **state)
{
	struct made_options o = { .table = TABLE_4_7, .minor = 19 };
	static struct made m;
	struct memory *memory = make_memory(&o, &m);
	struct note_pcpu pcpu[2] = { { .cr3 = 0x123000 }, { .cr3 = L4 } };
	struct notes *notes = calloc(1, sizeof(*notes));
	struct xen *x;
	uint64_t va;

	(void)state;
	notes->pcpu = calloc(2, sizeof(*notes->pcpu));
	memcpy(notes->pcpu, pcpu, sizeof(pcpu));
	notes->nr_pcpus = 2;
	assert_ok(xen_open(memory, notes, &memory_source, &x));
	assert_int_equal(x->nr_cpus, 2);
	assert_int_equal(x->id.major, 4);
	assert_int_equal(x->id.minor, 19);
	assert_string_equal(x->id.extra, ".3-made");
	assert_string_equal(x->id.changeset, "Mon Jan 1 git:abc-dirty");
	assert_string_equal(x->id.compiler, "gcc (Made) 1.2.3");
	assert_string_equal(x->id.compile_date, "Thu Jan  1 00:00:00 UTC 1970");
	assert_int_equal(space_params(x->space)->phys_start, BASE);
	/* its own symbol table */
	assert_null(x->symbols);
	assert_ok(xen_attach_embedded(x));
	assert_ptr_equal(x->symbols, x->embedded);
	assert_ok(xen_symbol(x, "conring_puts", &va));
	assert_int_equal(va, MADE_NEW + MADE_IMG_OFFSET + 0x340);
	assert_false(records_known(x->records));
	assert_ok(xen_detach(x));
	assert_null(x->symbols);
	assert_null(x->embedded);
	/* a table that is damaged */
	memset(ram + BASE + MADE_IMG_OFFSET + m.table, 0xff, m.table_end - m.table);
	memory_flush(x->memory);
	assert_err(xen_attach_embedded(x), ERR_NOT_FOUND, "symbol");
	assert_null(x->symbols);
	xen_close(x);
	free(ram);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offsets), cmocka_unit_test(test_masks),
		cmocka_unit_test(test_no_compression), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_forced),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
