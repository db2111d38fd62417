/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hypervisor by its crash notes: the version of a livepatched host. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core.h"
#include "xen/model/memory_source.h"
#include "xen/model/xen.h"

#define RAM	0x800000	/* 8 MiB */
#include "made_ram.h"

#define VIRT	0xffff82d040000000UL
#define BASE	0x200000UL	/* maddr of VIRT */
#define IMAGE	0x400000UL	/* maddr of the image's first 2 MiB */
#define L4	0x201000UL
#define L3	0x202000UL
#define L2	0x203000UL
#define L1	0x204000UL
#define PAYLOAD	0x205000UL	/* maddr of the livepatch's strings */

static void put64(uint64_t maddr, uint64_t v)
{
	memcpy(ram + maddr, &v, sizeof(v));
}

/*
 * The image is mapped at VIRT + 2 MiB, a livepatch at VIRT + 4 MiB, for which
 * the linear mapping of the image would give BASE + 4 MiB.
 */
static void make_ram(void)
{
	memset(ram, 0, sizeof(ram));
	put64(L4 + (VIRT >> 39 & 511) * 8, L3 | 3);
	put64(L3 + (VIRT >> 30 & 511) * 8, L2 | 3);
	put64(L2 + 8, IMAGE | 0x83);
	put64(L2 + 16, L1 | 3);
	put64(L1, PAYLOAD | 3);
	strcpy((char *)ram + IMAGE + 0x100, ".5-pre");
	strcpy((char *)ram + PAYLOAD + 0x40, ".livepatched");
	memcpy(ram + BASE + (4UL << 20) + 0x40, "\x02\x8b", 3);
}

/* Opens it with a note that has this address of the extra version. */
static struct xen *open_by_note(uint64_t extra)
{
	struct note_crash_info info = {
		.major = 4, .minor = 20, .xen_phys_start = BASE,
		.extra_version_maddr = extra,
	};
	static struct bytes b;
	struct memory *memory;
	struct notes *notes;
	char text[64];
	struct xen *x;

	b.len = 0;
	snprintf(text, sizeof(text), "SYMBOL(pgd_l4)=%lx\n",
		 VIRT + L4 - BASE);
	put_note(&b, "Xen", 0x1000001, &info, sizeof(info));
	put_note(&b, "VMCOREINFO_XEN", 0, text, strlen(text));
	assert_null(notes_parse(b.at, b.len, &notes));
	assert_null(memory_create(&ram_ops, NULL, &memory));
	assert_null(xen_open(memory, notes, &memory_source, &x));
	return x;
}

static void expect_extra(uint64_t maddr, const char *extra)
{
	struct xen *x = open_by_note(maddr);

	assert_string_equal(x->id.extra, extra);
	xen_close(x);
}

static void test_note_strings(void **state)
{
	(void)state;
	make_ram();
	expect_extra(IMAGE + 0x100, ".5-pre");
	expect_extra(BASE + (4UL << 20) + 0x40, ".livepatched");
	/* the livepatch's page is missing: text of other memory must not be used */
	absent = PAYLOAD;
	expect_extra(BASE + (4UL << 20) + 0x40, "");
	absent = 0;
	expect_extra(0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_note_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
