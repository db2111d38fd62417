/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A core of the hypervisor alone, of the host of host_fixture. */
#include "tests/unit/host_fixture/host.h"

#include "xen/memory/corefile.h"
#include "xen/memory/corewriter.h"
#include "xen/model/dom0/kernel_panic.h"
#include "xen/model/host/xen_core.h"

static bool has_page(struct memory *m, const char *name)
{
	uint8_t want[XPAGE_SIZE], got[XPAGE_SIZE];
	struct err *e = memory_read(m, host_maddr(&fix, name), got, sizeof(got));

	if (e && err_reason(e) != ERR_NOT_IN_DUMP)
		fail_msg("%s", err_text(e));
	err_free(e);
	if (e)
		return false;
	memcpy(want, fix.image + (fixture_va(&fix, name) - FIXTURE_BASE), sizeof(want));
	assert_memory_equal(got, want, sizeof(want));
	return true;
}

/* The message of dom0's panic in a core written with these flags. */
static void check_panic(const char *path, unsigned int flags, const char *want)
{
	static const struct kernel_panic found = {
		.text = "Kernel panic - not syncing: test", .pfn = 0x1234, .unproved = true,
	};
	struct kernel_panic k;
	struct notes *read;
	struct xen_core c;
	struct xen x;

	fix.xen.panic = malloc(sizeof(found));
	*fix.xen.panic = found;
	assert_ok(xen_core_write(&fix.xen, path, flags, NULL, &c));
	free(fix.xen.panic);
	fix.xen.panic = NULL;
	assert_ok(corefile_notes(path, &read));
	assert_string_equal(read->panic.text, want);
	x = (struct xen){ .notes = read };
	if (*want) {
		assert_ok(kernel_panic_find(&x, &k));
		assert_true(k.from_note);
		assert_true(k.unproved);
		assert_string_equal(k.text, found.text);
		assert_int_equal(k.pfn, found.pfn);
		free(x.panic);
	}
	notes_destroy(read);
	unlink(path);
}

static void test_core(void **state)
{
	char path[] = "/tmp/xen-core-test.XXXXXX";
	struct notes notes = { .raw = NULL }, *read;
	struct memory *core;
	struct xen_core c;
	uint64_t mfn, kept = 0;
	char word[8];

	(void)state;
	assert_err(xen_core_write(&fix.xen, path, 0, NULL, &c), ERR_UNSUPPORTED, "a dump with notes");
	assert_ok(core_add_note(&notes.raw, &notes.raw_len, "VMCOREINFO_XEN", 0, "A=1\n", 4));
	fix.xen.notes = &notes;
	close(mkstemp(path));
	unlink(path);
	assert_ok(xen_core_write(&fix.xen, path, 0, NULL, &c));
	/* the image's large page maps the free ones, too */
	assert_int_equal(c.free, 0);
	assert_true(c.lost >= 3);
	/* d0's tables and lists, d1's pages, except those shared with them */
	assert_int_equal(c.guests, 4 + 2 + 3);
	assert_ok(corefile_memory(path, &core));
	for (mfn = 0x1000; mfn < 0x1080; mfn++) {
		struct err *e = memory_read(core, mfn << 12, word, sizeof(word));

		kept += !e;
		err_free(e);
	}
	assert_int_equal(kept, c.kept);
	assert_true(has_page(core, "frames"));
	assert_true(has_page(core, "idle_pg_table"));
	assert_true(has_page(core, "p2m_l1"));
	assert_true(has_page(core, "dom0"));
	assert_true(has_page(core, "shared0"));
	assert_false(has_page(core, "guest_l1"));
	assert_false(has_page(core, "guest_l4"));
	memory_destroy(core);
	assert_ok(corefile_notes(path, &read));
	assert_string_equal(read->vmcoreinfo_xen, "A=1\n");
	assert_string_equal(read->panic.text, "");
	notes_destroy(read);
	unlink(path);
	/* with dom0's memory: its tables; two other pages of it are not in the dump */
	assert_ok(xen_core_write(&fix.xen, path, XEN_CORE_DOM0, NULL, &c));
	assert_int_equal(c.dom0, 4);
	assert_int_equal(c.guests, 3);
	assert_ok(corefile_memory(path, &core));
	assert_true(has_page(core, "guest_l1"));
	assert_true(has_page(core, "guest_l4"));
	assert_true(has_page(core, "frames"));
	memory_destroy(core);
	unlink(path);
	check_panic(path, 0, "Kernel panic - not syncing: test");
	check_panic(path, XEN_CORE_COMPRESSED, "Kernel panic - not syncing: test");
	check_panic(path, XEN_CORE_DOM0, "");
	free(notes.raw);
	fix.xen.notes = NULL;
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_core) };

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
