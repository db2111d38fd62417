/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A Linux guest on the host of host_fixture: found, mapped, and written as a core. */
#include "tests/unit/guest_fixture/setup.h"
#include "tests/unit/host_fixture/linux_guest.h"

#include <stdio.h>
#include <unistd.h>

#include "tests/unit/assert_err.h"
#include "extensions/support/command.h"
#include "xen/base/array.h"
#include "xen/model/guest/guest.h"
#include "xen/model/guest/guest_core.h"
#include "xen/model/guest/guest_pages.h"

static char core_path[64];

static struct domain domain(unsigned int domid)
{
	struct domain d;

	assert_ok(domain_find(&fix.xen, domid, &d));
	return d;
}

/* ---- recognising it ---- */

static void check_found(unsigned int domid)
{
	struct domain d = domain(domid);
	struct guest *g;

	assert_ok(guest_find(&fix.xen, &d, NULL, &g));
	assert_int_equal(g->os, GUEST_LINUX);
	assert_string_equal(g->how, "VMCOREINFO, confirmed by init_uts_ns");
	assert_true(g->confirmed);
	assert_string_equal(g->release, "6.1.0-made");
	assert_string_equal(g->build_id, "a1b2c3d4");
	assert_string_equal(g->hostname, "made-host");
	assert_string_equal(g->version, "#7 SMP made");
	assert_int_equal(g->evidence, frame_of("linux_note"));
	assert_true(g->has_kaslr && g->has_phys_base);
	assert_int_equal(g->kaslr, 0x5000000);
	assert_int_equal(g->phys_base, PHYS_BASE);
	assert_ptr_equal(guest_known(&fix.xen, &d), g);
	assert_ok(guest_find_linux(&fix.xen, &d, NULL, &g));
}

static void test_found(void **state)
{
	(void)state;
	put_guest(false);
	check_found(1);
}

static void test_found_pv(void **state)
{
	(void)state;
	put_guest(true);
	check_found(0);
}

/* A note alone is not a proof: it may remain from another kernel. */
static void check_not_confirmed(const char *why)
{
	struct domain d = domain(1);
	struct guest *g;

	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
	assert_ok(guest_find(&fix.xen, &d, NULL, &g));
	assert_int_equal(g->os, GUEST_LINUX);
	assert_false(g->confirmed);
	if (!strstr(g->how, why))
		fail_msg("no \"%s\" in: %s", why, g->how);
	assert_string_equal(g->hostname, "");
	assert_err(guest_find_linux(&fix.xen, &d, NULL, &g), ERR_NOT_FOUND, "");
}

static void test_not_confirmed(void **state)
{
	uint64_t *top = bytes_of("linux_top");

	(void)state;
	put_guest(false);
	put_uts("5.10.0-other");
	check_not_confirmed("not confirmed: ");
	/* without page tables of the kernel; those of the vcpus do not map it */
	put_uts("6.1.0-made");
	put_note("");
	check_not_confirmed("not confirmed: ");
	put_note("SYMBOL(init_top_pgt)=ffffffff80011010\n");
	check_not_confirmed("not confirmed: ");
	put_guest(false);
	top[511] = 0;
	check_not_confirmed("not confirmed: ");
}

/* Without VMCOREINFO a text in memory identifies the system. */
static void test_texts(void **state)
{
	static const struct { const char *text; enum guest_os os; const char *release; } cases[] = {
		{ "@(#)FreeBSD 13.2-RELEASE ", GUEST_FREEBSD, "13.2-RELEASE" },
		{ "@(#)NetBSD 9.3 (XEN3)", GUEST_NETBSD, "9.3" },
		{ "Xen Minimal OS!", GUEST_MINIOS, "" },
		{ "Solo5: Xen console: port", GUEST_SOLO5, "" },
		{ "Linux version %s", GUEST_UNKNOWN, "" },
	};
	struct domain d = domain(1);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct guest *g;

		put_guest(false);
		memset(bytes_of("linux_note"), 0, XPAGE_SIZE);
		strcpy((char *)bytes_of("linux_note") + 77, cases[i].text);
		memory_flush(fix.xen.memory);
		xen_forget(&fix.xen);
		assert_ok(guest_find(&fix.xen, &d, NULL, &g));
		assert_int_equal(g->os, cases[i].os);
		assert_string_equal(g->release, cases[i].release);
		assert_int_equal(g->evidence, cases[i].os == GUEST_UNKNOWN ? 0 : frame_of("linux_note"));
		assert_false(g->confirmed);
	}
}

/* ---- its frames ---- */

static void test_map(void **state)
{
	struct domain d = domain(1);
	struct guest_map m;

	(void)state;
	put_guest(false);
	assert_ok(guest_map_read(&fix.xen, &d, NULL, &m));
	/* gfns 0 and 4, the guest's pages, 4 in a superpage; a broken page is not RAM */
	assert_int_equal(m.nr, 2 + ARRAY_SIZE(pages) + 4);
	assert_int_equal(guest_map_find(&m, 0)->mfn, 0x1070);
	assert_int_equal(guest_map_find(&m, 4)->mfn, 0x1072);
	for (unsigned int gfn = NOTE; gfn < END; gfn++)
		assert_int_equal(guest_map_find(&m, gfn)->mfn, frame_of(pages[gfn - NOTE]));
	assert_int_equal(guest_map_find(&m, 0x203)->mfn, 0x4003);
	assert_null(guest_map_find(&m, 2));
	assert_null(guest_map_find(&m, 0x204));
	guest_map_free(&m);
}

static void test_map_pv(void **state)
{
	struct domain d = domain(0);
	struct guest_map m;

	(void)state;
	put_guest(true);
	assert_ok(guest_map_read(&fix.xen, &d, NULL, &m));
	assert_int_equal(m.nr, ARRAY_SIZE(pages));
	/* two pages and four page tables of host.c */
	assert_int_equal(m.no_gfn, 6);
	assert_int_equal(m.twice, 0);
	for (unsigned int gfn = NOTE; gfn < END; gfn++)
		assert_int_equal(guest_map_find(&m, gfn)->mfn, frame_of(pages[gfn - NOTE]));
	assert_int_equal(guest_map_find(&m, TOP)->kind, KIND_L4);
	assert_int_equal(guest_map_find(&m, L1)->kind, KIND_L1);
	guest_map_free(&m);
	/* two frames with one gfn: the first is kept */
	host_poke(&fix, fixture_va(&fix, "m2p") + 8 * 0x73, NULL, DATA);
	host_poke(&fix, fixture_va(&fix, "m2p") + 8 * 0x74, NULL, 0x55);
	memory_flush(fix.xen.memory);
	assert_ok(guest_map_read(&fix.xen, &d, NULL, &m));
	assert_int_equal(m.twice, 1);
	assert_int_equal(m.no_gfn, 4);
	assert_int_equal(guest_map_find(&m, 0x55)->mfn, 0x1074);
	guest_map_free(&m);
}

/* ---- its core ---- */

static uint8_t *core;
static const Elf64_Phdr *note_segment;

static void load_core(void)
{
	const Elf64_Phdr *p;
	FILE *fp = fopen(core_path, "rb");
	long len;

	assert_non_null(fp);
	fseek(fp, 0, SEEK_END);
	len = ftell(fp);
	rewind(fp);
	free(core);
	core = malloc(len);
	assert_int_equal(fread(core, 1, len, fp), len);
	fclose(fp);
	if (!((Elf64_Ehdr *)core)->e_phnum)
		return;
	p = (const void *)(core + ((Elf64_Ehdr *)core)->e_phoff);
	note_segment = NULL;
	for (unsigned int i = 0; i < ((Elf64_Ehdr *)core)->e_phnum; i++)
		if (p[i].p_type == PT_NOTE)
			note_segment = &p[i];
	assert_non_null(note_segment);
}

/* The page of a gfn in the core, or NULL. */
static const void *core_page(unsigned int gfn)
{
	const Elf64_Phdr *p = (const void *)(core + ((Elf64_Ehdr *)core)->e_phoff);
	uint64_t at = (uint64_t)gfn << XPAGE_SHIFT;

	for (unsigned int i = 0; i < ((Elf64_Ehdr *)core)->e_phnum; i++)
		if (p[i].p_type == PT_LOAD && at >= p[i].p_paddr &&
		    at - p[i].p_paddr < p[i].p_filesz)
			return core + p[i].p_offset + (at - p[i].p_paddr);
	return NULL;
}

/* The nth note of that name and type, or NULL. */
static const uint8_t *core_note(const char *name, unsigned int type, unsigned int nth)
{
	const uint8_t *at = core + note_segment->p_offset, *end = at + note_segment->p_filesz;

	while (at < end) {
		const Elf64_Nhdr *n = (const void *)at;
		const uint8_t *desc = at + sizeof(*n) + (n->n_namesz + 3) / 4 * 4;

		if (n->n_type == type && !strcmp((const char *)at + sizeof(*n), name) && !nth--)
			return desc;
		at = desc + (n->n_descsz + 3) / 4 * 4;
	}
	return NULL;
}

static uint64_t word(const uint8_t *p, size_t at)
{
	uint64_t v;

	memcpy(&v, p + at, sizeof(v));
	return v;
}

static bool has_text_segment(void)
{
	const Elf64_Phdr *p = (const void *)(core + ((Elf64_Ehdr *)core)->e_phoff);

	for (unsigned int i = 0; i < ((Elf64_Ehdr *)core)->e_phnum; i++)
		if (p[i].p_type == PT_LOAD && p[i].p_vaddr == VA_OF(NOTE) &&
		    p[i].p_paddr == (uint64_t)NOTE << XPAGE_SHIFT &&
		    p[i].p_filesz == (END - NOTE) * XPAGE_SIZE)
			return true;
	return false;
}

static void write_guest(unsigned int domid, enum guest_core_form form, struct guest_core *ret)
{
	struct domain d = domain(domid);

	unlink(core_path);
	assert_ok(guest_core_write(&fix.xen, &d, core_path, form, NULL, ret));
	load_core();
}

/* Offsets of struct elf_prstatus: registers from 112 on, rip the 17th, cs the 18th */
#define PR_RIP	(112 + 16 * 8)
#define PR_CS	(112 + 17 * 8)
#define PR_RSP	(112 + 19 * 8)
#define PR_FS_BASE	(112 + 21 * 8)

static void test_core(void **state)
{
	struct guest_core c;

	(void)state;
	put_guest(false);
	write_guest(1, GUEST_CORE_ELF, &c);
	assert_int_equal(c.pages, 12);
	assert_int_equal(c.lost, 6);
	assert_int_equal(c.tables, 0);
	assert_int_equal(c.vcpus, 1);
	assert_int_equal(c.lost_vcpus, 0);
	assert_true(c.has_vmcoreinfo);
	assert_false(c.hidden);
	for (unsigned int gfn = NOTE; gfn < END; gfn++)
		assert_memory_equal(core_page(gfn), bytes_of(pages[gfn - NOTE]), XPAGE_SIZE);
	assert_null(core_page(END));
	assert_true(has_text_segment());
	/* rip and rsp of the vcpu's last exit, segments of its VMCB */
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 0), PR_RIP), 0x1003);
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 0), PR_RSP), 0x2003);
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 0), PR_CS), 0x10);
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 0), PR_FS_BASE), 0xbbb2);
	assert_null(core_note("CORE", NT_PRSTATUS, 1));
	assert_memory_equal(core_note("VMCOREINFO", 0, 0), "OSRELEASE=6.1.0-made\n", 21);
	assert_non_null(core_note("QEMU", 0, 0));
	/* an existing file is not overwritten */
	{
		struct domain d = domain(1);

		assert_err(guest_core_write(&fix.xen, &d, core_path, GUEST_CORE_ELF, NULL, &c),
			   ERR_IO, "");
	}
}

/* Page tables of a PV guest have its own frames in the core; foreign ones are cleared. */
static void test_core_pv(void **state)
{
	const uint64_t *top, *l1;
	uint64_t *guest_l1 = bytes_of("linux_l1");
	struct guest_core c;

	(void)state;
	put_guest(true);
	guest_l1[7] = 0xfee00063;
	memory_flush(fix.xen.memory);
	write_guest(0, GUEST_CORE_ELF, &c);
	assert_int_equal(c.pages, ARRAY_SIZE(pages));
	assert_int_equal(c.lost, 0);
	assert_int_equal(c.no_gfn, 6);
	assert_int_equal(c.tables, 4);
	assert_int_equal(c.cleared, 1);
	assert_int_equal(c.vcpus, 3);
	top = core_page(TOP);
	assert_int_equal(top[511], (uint64_t)L3 << XPAGE_SHIFT | 0x63);
	l1 = core_page(L1);
	assert_int_equal(l1[(VA_OF(DATA) >> XPAGE_SHIFT) & 511], (uint64_t)DATA << XPAGE_SHIFT | 0x63);
	assert_int_equal(l1[7], 0);
	assert_memory_equal(core_page(DATA), bytes_of("linux_data"), XPAGE_SIZE);
	/* d0v0 runs: its registers are on its pcpu's stack; d0v2's are in its structure */
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 0), PR_RIP), 0x1040);
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 2), PR_RIP), 0x1002);
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 2), PR_RSP), 0x2002);
}

/* A dump without the domain's memory: no core, and no statement about its system. */
static void test_core_unread(void **state)
{
	struct domain d = domain(1);
	struct guest_core c;
	struct guest *g;

	(void)state;
	unlink(core_path);
	assert_err(guest_core_write(&fix.xen, &d, core_path, GUEST_CORE_ELF, NULL, &c),
		   ERR_NOT_IN_DUMP, "none of its 6 pages is readable: its memory was left out of this dump");
	assert_int_not_equal(access(core_path, F_OK), 0);
	assert_ok(guest_find(&fix.xen, &d, NULL, &g));
	assert_string_equal(g->how, "not known, none of its 3 frames is readable");
}

static void expect_vtop(const char *part)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	char va[20], *argv[] = { "vtop", "-d", "0", va, NULL }, *text;
	struct session s = { .front = &front, .xen = &fix.xen };
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	snprintf(va, sizeof(va), "%lx", VA_OF(DATA));
	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
	assert_true(command_run(&s, 4, argv, fp));
	fclose(fp);
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
	free(text);
}

/* The M2P's entry of a frame of another domain is a number in that domain. */
static void test_foreign_frame(void **state)
{
	char physical[40], note[100];

	(void)state;
	put_guest(true);
	host_poke(&fix, fixture_va(&fix, "d0v0"), "vcpu.arch.guest_table", frame_of("linux_top"));
	snprintf(physical, sizeof(physical), "  %x  ", DATA << XPAGE_SHIFT);
	expect_vtop(physical);
	host_own_frame(&fix, frame_of("linux_data") - (FIXTURE_PHYS >> XPAGE_SHIFT), "dom1");
	snprintf(note, sizeof(note), "note: no guest physical address: frame %lx belongs to d1",
		 (unsigned long)frame_of("linux_data"));
	expect_vtop(note);
}

/* A section by its name, of a core that has no segments. */
static const uint8_t *core_section(const char *name, uint64_t *size)
{
	const Elf64_Ehdr *h = (const void *)core;
	const Elf64_Shdr *s = (const void *)(core + h->e_shoff);

	for (unsigned int i = 1; i < h->e_shnum; i++) {
		if (strcmp((const char *)core + s[h->e_shstrndx].sh_offset + s[i].sh_name, name))
			continue;
		*size = s[i].sh_size;
		return core + s[i].sh_offset;
	}
	return NULL;
}

/* Offsets of struct vcpu_guest_context (Xen, public/arch-x86/xen.h) */
#define CONTEXT_SIZE	5168
#define CONTEXT_RIP	(520 + 128)
#define CONTEXT_RSP	(520 + 152)

/* The format of "xl dump-core": unmodified memory, and a table of frames. */
static void test_core_xc(void **state)
{
	const uint8_t *p2m, *data, *contexts, *notes;
	struct guest_core c;
	struct domain d;
	uint64_t size;

	(void)state;
	put_guest(true);
	write_guest(0, GUEST_CORE_XC, &c);
	assert_true(c.xc);
	assert_int_equal(c.pages, ARRAY_SIZE(pages));
	assert_int_equal(c.tables, 0);
	p2m = core_section(".xen_p2m", &size);
	assert_int_equal(size, ARRAY_SIZE(pages) * 16);
	data = core_section(".xen_pages", &size);
	assert_int_equal(size, ARRAY_SIZE(pages) * XPAGE_SIZE);
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		assert_int_equal(word(p2m, i * 16), NOTE + i);
		assert_int_equal(word(p2m, i * 16 + 8), frame_of(pages[i]));
		assert_memory_equal(data + i * XPAGE_SIZE, bytes_of(pages[i]), XPAGE_SIZE);
	}
	contexts = core_section(".xen_prstatus", &size);
	assert_int_equal(size, 3 * CONTEXT_SIZE);
	assert_int_equal(word(contexts, CONTEXT_RIP), 0x1040);
	assert_int_equal(word(contexts, 2 * CONTEXT_SIZE + CONTEXT_RIP), 0x1002);
	assert_int_equal(word(contexts, 2 * CONTEXT_SIZE + CONTEXT_RSP), 0x2002);
	/* the second note: magic, vcpus, pages, bytes of a page */
	notes = core_section(".note.Xen", &size);
	assert_int_equal(word(notes, 16 + 16), 0xf00febed);
	assert_int_equal(word(notes, 16 + 24), 3);
	assert_int_equal(word(notes, 16 + 32), ARRAY_SIZE(pages));
	assert_int_equal(word(notes, 16 + 40), XPAGE_SIZE);
	d = domain(1);
	assert_err(guest_core_write(&fix.xen, &d, core_path, GUEST_CORE_XC, NULL, &c),
		   ERR_UNSUPPORTED, "xc_core is only for PV domains");
}

/* The core of a session that reads memory elsewhere: headers and notes, no memory. */
static void test_core_empty(void **state)
{
	struct guest_core c;

	(void)state;
	put_guest(false);
	write_guest(1, GUEST_CORE_EMPTY, &c);
	assert_true(c.empty);
	assert_int_equal(word(core_note("CORE", NT_PRSTATUS, 0), PR_RIP), 0x1003);
	for (unsigned int i = 0; i < XPAGE_SIZE; i++)
		assert_int_equal(((const uint8_t *)core_page(NOTE))[i], 0);
}

#define NODE_DATA_AT	0x800	/* in the page of data: the array of nodes, and its nodes */
#define NODE_AT		0x900

/* Two nodes, the second of which is the array's last entry: pfns 0 to spanned. */
static void put_nodes(unsigned int section_bits, uint64_t spanned)
{
	uint8_t *data = bytes_of("linux_data");
	uint64_t *node = (uint64_t *)(data + NODE_DATA_AT);
	char more[400];

	put_guest(false);
	snprintf(more, sizeof(more), "SYMBOL(init_top_pgt)=%lx\nSYMBOL(node_data)=%lx\nLENGTH(node_data)=4\n"
		 "OFFSET(pglist_data.node_start_pfn)=16\nOFFSET(pglist_data.node_spanned_pages)=24\n"
		 "NUMBER(SECTION_SIZE_BITS)=%u\n", VA_OF(TOP), VA_OF(DATA) + NODE_DATA_AT, section_bits);
	put_note(more);
	memset(node, 0, 0x200);
	node[0] = VA_OF(DATA) + NODE_AT;
	node[3] = VA_OF(DATA) + NODE_AT + 32;
	node = (uint64_t *)(data + NODE_AT);
	node[2] = 1;
	node[3] = 7;
	node[6] = 8;
	node[7] = spanned - 8;
	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
}

/* Header fields of the compressed format: the two bitmaps in blocks, the maximum pfn. */
#define KDUMP_BITMAP	436
#define KDUMP_MAX_MAPNR	440

static void check_limited(unsigned int pages_written, unsigned int above, unsigned int max_mapnr)
{
	struct guest_core c;

	write_guest(1, GUEST_CORE_COMPRESSED, &c);
	assert_int_equal(c.pages, pages_written);
	assert_int_equal(c.above, above);
	assert_int_equal((uint32_t)word(core, KDUMP_MAX_MAPNR), max_mapnr);
	assert_int_equal((uint32_t)word(core, KDUMP_BITMAP), 2);
}

/*
 * makedumpfile finds the second bitmap by the memory of the kernel: a compressed
 * core has no page behind it. Of the frames 200 to 203 the nodes have some.
 */
static void test_core_limited(void **state)
{
	struct guest_core c;

	(void)state;
	put_nodes(17, 0x15);		/* sections of 0x20 pages */
	check_limited(8, 4, 0x20);
	put_nodes(17, 0x1f0);
	check_limited(8, 4, 0x200);
	put_nodes(17, 0x201);
	check_limited(12, 0, 0x204);
	put_nodes(12, 0x201);		/* of one page */
	check_limited(9, 3, 0x201);
	put_nodes(1, 0x15);		/* not plausible: 128 MiB are assumed */
	check_limited(12, 0, 0x204);
	/* nodes that exclude half of the memory, and such that cannot be */
	put_nodes(12, 0x11);
	check_limited(12, 0, 0x204);
	put_nodes(17, 1ULL << 50);
	check_limited(12, 0, 0x204);
	/* the ELF core has all of them */
	put_nodes(17, 0x15);
	write_guest(1, GUEST_CORE_ELF, &c);
	assert_int_equal(c.pages, 12);
	assert_int_equal(c.above, 0);
}

/* ---- reads by guest physical address ---- */

static void test_reads(void **state)
{
	char got[2 * GUEST_NAME];
	struct domain d = domain(1);
	struct guest_pages p;
	uint64_t entry[2];

	(void)state;
	put_guest(false);
	assert_ok(guest_pages_open(&fix.xen, &d, false, NULL, &p));
	assert_ok(guest_pages_read(&p, DATA * XPAGE_SIZE + UTS_AT, got, sizeof(got)));
	assert_string_equal(got, "Linux");
	assert_string_equal(got + GUEST_NAME, "made-host");
	assert_err(guest_pages_read(&p, END * XPAGE_SIZE, got, 8), ERR_NOT_FOUND, "");
	guest_pages_close(&p);
	/* across two pages of a PV guest, one of them a rewritten page table */
	put_guest(true);
	d = domain(0);
	assert_ok(guest_pages_open(&fix.xen, &d, false, NULL, &p));
	assert_ok(guest_pages_read(&p, L3 * XPAGE_SIZE - 8, entry, sizeof(entry)));
	assert_int_equal(entry[0], (uint64_t)L3 << XPAGE_SHIFT | 0x63);
	assert_int_equal(entry[1], 0);
	assert_true(guest_pages_hide(&p, DATA * XPAGE_SIZE + UTS_AT));
	assert_ok(guest_pages_read(&p, DATA * XPAGE_SIZE + UTS_AT, got, sizeof(got)));
	assert_string_equal(got, "");
	assert_string_equal(got + GUEST_NAME, "made-host");
	guest_pages_close(&p);
}

static int setup(void **state)
{
	snprintf(core_path, sizeof(core_path), "/tmp/guest-host.%d.core", (int)getpid());
	return guest_setup(state);
}

static int teardown(void **state)
{
	unlink(core_path);
	free(core);
	return guest_teardown(state);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		HOST_TEST(test_found), HOST_TEST(test_found_pv), HOST_TEST(test_not_confirmed),
		HOST_TEST(test_texts), HOST_TEST(test_map), HOST_TEST(test_map_pv),
		HOST_TEST(test_core), HOST_TEST(test_core_pv), HOST_TEST(test_core_unread),
		HOST_TEST(test_foreign_frame), HOST_TEST(test_core_xc),
		HOST_TEST(test_core_empty), HOST_TEST(test_core_limited), HOST_TEST(test_reads),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
