/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles written from an image: its .config in one line, and the same places
 * as in DWARF.
 */
#include "tests/unit/host_fixture/host.h"
#include "tests/unit/made_formats.h"

#include "xen/base/array.h"
#include "xen/image/image.h"
#include "xen/model/channel/irq.h"
#include "xen/model/pcpu/softirq.h"
#include "xen/profile/profile_choose.h"
#include "xen/profile/profile_config.h"

/* The .config of a bootable image, from the file: options of the compiler and strings are left out. */
static void test_config(void **state)
{
	static struct made made;
	struct made_options o = { .table = TABLE_4_7 };
	struct image *img;
	uint8_t *bytes;
	size_t len;
	char *text;

	(void)state;
	for (unsigned int debug = 0; debug < 2; debug++) {
		o.config_debug = debug;
		made_init(&made, &o);
		bytes = made_wrapper(&made, &len);
		assert_ok(image_from_bytes("xen", bytes, len, true, &img));
		assert_ok(profile_config(NULL, img, &text));
		assert_string_equal(text, debug ? "X86=y NR_CPUS=256 DEBUG=y" : "X86=y NR_CPUS=256");
		assert_int_equal(config_debug(IMAGE_NOT_KNOWN, text), debug ? 'y' : 'n');
		/* properties of the image have precedence over its .config */
		assert_int_equal(config_debug(IMAGE_YES, text), 'y');
		assert_int_equal(config_debug(IMAGE_NO, text), 'n');
		free(text);
		image_close(img);
		free(bytes);
	}
	assert_ok(profile_config(NULL, NULL, &text));
	assert_string_equal(text, "");
	assert_int_equal(config_debug(IMAGE_NOT_KNOWN, text), 0);
	free(text);
	assert_int_equal(config_debug(IMAGE_NOT_KNOWN, "NDEBUG=y DEBUG=yes"), 'n');
}

static void check_place(struct profile *profile, const char *path)
{
	const struct place *got = profile_find(profile, path);
	struct place want = { .size = 0 };

	assert_ok(place_resolve(fix.xen.types, path, &want));
	if (!got)
		fail_msg("no %s", path);
	assert_int_equal(got->offset, want.offset);
	assert_int_equal(got->size, want.size);
	assert_int_equal(got->nr_hops, want.nr_hops);
	assert_memory_equal(got->hop, want.hop, want.nr_hops * sizeof(want.hop[0]));
	assert_int_equal(got->bit_offset, want.bit_offset);
	assert_int_equal(got->bit_size, want.bit_size);
	assert_int_equal(got->is_signed, want.is_signed);
	assert_int_equal(got->is_pointer, want.is_pointer);
}

/* A profile has the fields of the linked objects: these are of irq.c and softirq.c. */
static void link_fields(void)
{
	struct softirq_pcpu p;
	unsigned int nr;

	assert_ok(irq_count(&fix.xen, &nr));
	assert_ok(softirq_pcpu_read(&fix.xen, 0, &p));
}

/* Numbers of all forms: a bit field, behind a pointer, an element, a constant, a size. */
static void test_places(void **state)
{
	static const char *const paths[] = {
		"domain.domain_id", "domain.next_in_list", "vcpu.processor",
		"vcpu.sched_unit->unit_id", "vcpu.runstate.time[2]",
		"irq_desc.arch.move_in_progress", "irq_desc.arch.old_vector",
		"page_info", "page_info.v.inuse._domain", "=RCU_SOFTIRQ",
	};
	struct image img = {
		.path = "xen-syms", .elf = fix.elf, .has_dwarf = true, .build_id_len = 3,
		.build_id = { 0x12, 0xab, 0x9f },
		.identity = { .version = "4.20.9", .debug = IMAGE_YES },
	};
	struct profile *profile;
	char *text = NULL;
	size_t len = 0;
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	link_fields();
	assert_ok(profile_write_image(&img, fp));
	fclose(fp);
	assert_ok(profile_parse("written", text, len, &profile));
	assert_string_equal(profile_origin(profile)->version, "4.20.9");
	assert_string_equal(profile_origin(profile)->build_id, "12ab9f");
	assert_int_equal(profile_origin(profile)->debug, 'y');
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		check_place(profile, paths[i]);
	/* of several alternatives only the one in the build */
	assert_null(profile_find(profile, "vcpu.sched_priv"));
	profile_destroy(profile);
	free(text);
}

static void test_refused(void **state)
{
	static struct fixture other;
	struct image img = { .path = "xen-syms", .elf = fix.elf };
	char *text = NULL;
	size_t len = 0;
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	assert_err(profile_write_image(&img, fp), ERR_NO_TYPE, "xen-syms: no DWARF");
	fixture_create_from(&other, "tests/unit/io_fixture/ring.c", 420, 64);
	img = (struct image){ .path = "ring", .elf = other.elf, .has_dwarf = true };
	assert_err(profile_write_image(&img, fp), ERR_NO_TYPE,
		   "ring: it has none of the structures of a profile");
	fixture_destroy(&other);
	fclose(fp);
	assert_int_equal(len, 0);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
