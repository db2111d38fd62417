/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames, the layout of their bits, and P2M tables of an HVM guest. */
#include "tests/unit/host_fixture/host.h"

#include "extensions/support/command.h"
#include "xen/base/array.h"
#include "xen/model/memory/p2m.h"
#include "xen/model/memory/page.h"
#include "xen/model/memory/page_map.h"
#include "xen/model/memory/ram.h"

static int forget(void **state)
{
	(void)state;
	free(fix.xen.page_bits);
	fix.xen.page_bits = NULL;
	return 0;
}

static struct pages *open_pages(void)
{
	struct pages *p;

	assert_ok(pages_open(&fix.xen, &p));
	return p;
}

static struct page read_page(struct pages *p, uint64_t mfn)
{
	struct page page;

	assert_ok(page_read(p, mfn, &page));
	assert_int_equal(page.mfn, mfn);
	assert_int_equal(page.va, HOST_FRAMES + mfn * 32);
	return page;
}

static void check_owner(struct pages *p, uint64_t mfn, const char *expected)
{
	struct page page = read_page(p, mfn);
	const struct domain *d = page_owner_of(p, &page);
	char text[16];

	assert_string_equal(page_owner_text(p, d ? d->va : 0, text, sizeof(text)), expected);
}

/* ---- frames ---- */

static void test_pages(void **state)
{
	struct pages *p = open_pages();
	const struct page_layout *l = pages_layout(p);
	struct page page = read_page(p, 0x1073);
	char text[80];

	(void)state;
	assert_int_equal(page_type(l, page.type_info), PAGE_L4);
	assert_int_equal(page_type_count(l, page.type_info), 3);
	assert_int_equal(page_count(l, page.count_info), 1);
	assert_string_equal(page_type_flags(l, page.type_info, text, sizeof(text)), "pinned");
	assert_string_equal(page_count_flags(l, page.count_info, text, sizeof(text)), "allocated");
	assert_int_equal(page.next, 0x1074);
	assert_true(page.prev == PAGE_NO_PDX);
	page = read_page(p, 0x1070);
	assert_int_equal(page_type(l, page.type_info), PAGE_WRITABLE);
	assert_int_equal(page_count(l, page.count_info), 2);
	page = read_page(p, 0x1072);
	assert_true(page_is_extra(l, page.count_info));
	page = read_page(p, 0x1075);
	assert_true(page_is_xen_heap(page.count_info));
	check_owner(p, 0x1070, "d1");
	check_owner(p, 0x1074, "d0");
	assert_string_equal(page_owner_text(p, 0x1234, text, sizeof(text)), "?");
	assert_string_equal(page_owner_text(p, host_va(&fix, "the_io"), text, sizeof(text)), "dom_io");
	assert_err(page_read(p, 0x1080, &page), ERR_NOT_FOUND, "mfn 1080 is beyond the machine's memory");
	pages_close(p);
}

/* In a free page the member of the owner contains the order. */
static void test_free_pages(void **state)
{
	struct pages *p = open_pages();
	const struct page_layout *l = pages_layout(p);
	struct page page = read_page(p, 0x1078);

	(void)state;
	assert_int_equal(page_state(l, page.count_info), PAGE_FREE);
	assert_int_equal(page.order, 1);
	assert_int_equal(page.first_dirty, 1);
	assert_false(page_needs_scrub(l, page.count_info));
	assert_false(page_is_allocated(l, page.count_info));
	check_owner(p, 0x1078, "none");
	page = read_page(p, 0x1076);
	assert_int_equal(page.first_dirty, PAGE_NOT_DIRTY);
	page = read_page(p, 0x1079);
	assert_true(page_needs_scrub(l, page.count_info));
	/* an order that may be an owner */
	host_own_frame(&fix, 0x78, "dom1");
	check_owner(p, 0x1078, "none");
	host_poke(&fix, fixture_va(&fix, "frames") + 0x78 * 32, "page_info.v.free.order", 1);
	pages_close(p);
}

/* ---- the layout of the bits ---- */

static void test_detected(void **state)
{
	struct pages *p = open_pages();

	(void)state;
	assert_true(pages_layout_sure(p));
	assert_string_equal(pages_layout(p)->name, "4.18 to 4.21");
	assert_string_equal(pages_layout_proof(p),
			    "as in Xen 4.18 to 4.21; 0 of 9 pages contradict: 2 on free lists, 1 not scrubbed, 4 of domains, 1 of Xen's heap, 1 extra");
	pages_close(p);
}

/* The pages decide, not the release. */
static void test_other_release(void **state)
{
	struct pages *p;

	(void)state;
	fix.xen.id.minor = 22;
	p = open_pages();
	assert_string_equal(pages_layout(p)->name, "4.18 to 4.21");
	assert_true(pages_layout_sure(p));
	pages_close(p);
	fix.xen.id.minor = 20;
}

/* A page that contradicts: the layout is kept, but is not certain. */
static void test_contradiction(void **state)
{
	uint64_t frame = fixture_va(&fix, "frames") + 0x76 * 32;
	struct pages *p;

	(void)state;
	host_poke(&fix, frame, "page_info.count_info", 3UL << 58 | 1);
	p = open_pages();
	assert_string_equal(pages_layout(p)->name, "4.18 to 4.21");
	assert_false(pages_layout_sure(p));
	assert_non_null(strstr(pages_layout_proof(p), "; 1 of 9 pages contradict"));
	pages_close(p);
	host_poke(&fix, frame, "page_info.count_info", 3UL << 58);
}

/* Without pages of known state only the build and its release are evidence. */
static void test_no_evidence(void **state)
{
	uint8_t saved[14 * 3 * 16], *heap = fix.image + (fixture_va(&fix, "heap0") - FIXTURE_BASE);
	struct pages *p;

	(void)state;
	memcpy(saved, heap, sizeof(saved));
	memset(heap, 0, sizeof(saved));
	memory_flush(fix.xen.memory);
	host_poke(&fix, fixture_va(&fix, "dom0"), "domain.is_dying", 1);
	host_poke(&fix, fixture_va(&fix, "dom1"), "domain.is_dying", 1);
	p = open_pages();
	assert_string_equal(pages_layout(p)->name, "4.18 to 4.21");
	assert_false(pages_layout_sure(p));
	assert_non_null(strstr(pages_layout_proof(p), "0 of 0 pages"));
	pages_close(p);
	memcpy(heap, saved, sizeof(saved));
	memory_flush(fix.xen.memory);
	host_poke(&fix, fixture_va(&fix, "dom0"), "domain.is_dying", 0);
	host_poke(&fix, fixture_va(&fix, "dom1"), "domain.is_dying", 0);
}

/* ---- lists ---- */

static void test_lists(void **state)
{
	const struct field first = FIELD_PLACE("domain.page_list");
	uint64_t frame = fixture_va(&fix, "frames") + 0x71 * 32;
	struct pages *p = open_pages();
	struct page_list l;
	struct place m;
	struct page page;

	(void)state;
	assert_ok(record_place(fix.xen.records, &first, &m));
	assert_ok(page_list_start(&l, pages_table(p), host_va(&fix, "dom1") + m.offset, "pages"));
	assert_ok(page_list_next(&l, &page));
	assert_int_equal(page.mfn, 0x1070);
	assert_ok(page_list_next(&l, &page));
	assert_int_equal(page.mfn, 0x1071);
	assert_ok(page_list_next(&l, &page));
	assert_int_equal(page.va, 0);
	/* a wrong back link ends the list */
	host_poke(&fix, frame, "page_info.list.prev", 0x1072);
	assert_ok(page_list_start(&l, pages_table(p), host_va(&fix, "dom1") + m.offset, "pages"));
	assert_ok(page_list_next(&l, &page));
	assert_err(page_list_next(&l, &page), ERR_CORRUPT, "no back link");
	host_poke(&fix, frame, "page_info.list.prev", 0x1070);
	pages_close(p);
}

/* ---- P2M of an HVM guest ---- */

static struct p2m open_p2m(void)
{
	struct domain d;
	struct p2m p;

	assert_ok(domain_find(&fix.xen, 1, &d));
	assert_ok(p2m_open(&fix.xen, &d, &p));
	return p;
}

static void check_gfn(struct p2m *p, uint64_t gfn, int type, int64_t mfn)
{
	struct p2m_entry e;
	uint64_t maddr;

	assert_ok(p2m_lookup(p, gfn, &e));
	assert_int_equal(e.type, type);
	assert_int_equal(e.mapped, mfn >= 0);
	if (mfn < 0) {
		assert_err(p2m_maddr(p, gfn << 12, &maddr), ERR_BAD_POINTER, "has no frame");
		return;
	}
	assert_int_equal(e.mfn, mfn);
	assert_ok(p2m_maddr(p, gfn << 12 | 0x123, &maddr));
	assert_int_equal(maddr, mfn << 12 | 0x123);
}

static void check_tables(struct p2m *p)
{
	check_gfn(p, 0, P2M_RAM_RW, 0x1070);
	check_gfn(p, 1, P2M_MMIO_DM, -1);
	check_gfn(p, 3, P2M_INVALID, -1);
	check_gfn(p, 4, 3, 0x1072);
	/* in a superpage */
	check_gfn(p, 0x203, P2M_RAM_RW, 0x4003);
	check_gfn(p, 0x40000, P2M_INVALID, -1);
}

/* Bit 58 belongs to the type in NPT, and to the access rights in EPT. */
static void test_npt(void **state)
{
	struct p2m p = open_p2m();
	struct p2m_entry e;

	(void)state;
	assert_int_equal(p.kind, P2M_NPT);
	assert_int_equal(value_of(&p.max_gfn), 0x203);
	check_tables(&p);
	check_gfn(&p, 2, 13 | 0x40, 0x1071);
	/* bit 63 is NX: the entry is in use, and its type RAM */
	check_gfn(&p, 5, P2M_RAM_RW, -1);
	assert_ok(p2m_lookup(&p, 0x203, &e));
	assert_int_equal(e.page_size, 2 << 20);
	assert_err(p2m_lookup(&p, 1ULL << 52, &e), ERR_NOT_FOUND, "exceeds 52 bits");
	assert_err(p2m_lookup_by(&p, P2M_PV_LIST, 0, &e), ERR_NOT_FOUND, "no P2M of kind \"list\"");
}

static void test_ept(void **state)
{
	uint64_t p2m1 = fixture_va(&fix, "p2m1");
	struct p2m p;

	(void)state;
	host_poke(&fix, p2m1, "p2m_domain.get_entry", fixture_va(&fix, "ept_get_entry"));
	p = open_p2m();
	assert_int_equal(p.kind, P2M_EPT);
	check_tables(&p);
	check_gfn(&p, 2, 13, 0x1071);
	/* bit 63 suppresses #VE: the entry is empty */
	check_gfn(&p, 5, P2M_INVALID, -1);
	assert_string_equal(p2m_type_name(13), "ram_broken");
	assert_string_equal(p2m_type_name(3), "ram_ro");
	host_poke(&fix, p2m1, "p2m_domain.get_entry", fixture_va(&fix, "p2m_pt_get_entry"));
}

/* ---- P2M of a PV guest: three levels of lists, and a linear list ---- */

static void publish(const char *list_list, const char *cr3, uint64_t va)
{
	uint64_t shared = fixture_va(&fix, "shared0") + 2048;

	host_poke(&fix, shared + 8, NULL, list_list ? host_maddr(&fix, list_list) >> 12 : 0);
	host_poke(&fix, shared + 24, NULL, cr3 ? host_maddr(&fix, cr3) : 0);
	host_poke(&fix, shared + 32, NULL, va);
}

static void check_pv(struct p2m *p, enum p2m_kind kind)
{
	struct p2m_entry e;

	assert_ok(p2m_lookup_by(p, kind, 0, &e));
	assert_true(e.mapped);
	assert_int_equal(e.mfn, 0x1073);
	assert_ok(p2m_lookup_by(p, kind, 1, &e));
	assert_true(e.mapped);
	assert_int_equal(e.mfn, 0x1074);
	assert_int_equal(e.raw, 0x1074 | 1ULL << 62);
	assert_ok(p2m_lookup_by(p, kind, 2, &e));
	assert_int_equal(e.mfn, 0xfee00);
	assert_ok(p2m_lookup_by(p, kind, 3, &e));
	assert_false(e.mapped);
	/* in a part of the list that does not exist */
	assert_ok(p2m_lookup_by(p, kind, 512, &e));
	assert_false(e.mapped);
}

static struct p2m open_pv(void)
{
	struct domain d;
	struct p2m p;

	assert_ok(domain_find(&fix.xen, 0, &d));
	assert_ok(p2m_open(&fix.xen, &d, &p));
	assert_int_equal(p.entry_size, 8);
	return p;
}

static void test_pv(void **state)
{
	struct p2m p = open_pv();
	struct p2m_entry e;
	uint64_t maddr;

	(void)state;
	assert_err(p2m_lookup(&p, 0, &e), ERR_NOT_FOUND, "publishes no linear P2M");
	host_poke(&fix, fixture_va(&fix, "pv_list_list"), NULL, host_maddr(&fix, "pv_list") >> 12);
	host_poke(&fix, fixture_va(&fix, "pv_list"), NULL, host_maddr(&fix, "pv_p2m") >> 12);
	publish("pv_list_list", NULL, 0);
	p = open_pv();
	check_pv(&p, P2M_PV_LIST);
	assert_ok(p2m_maddr(&p, 0x1000 | 0x234, &maddr));
	assert_int_equal(maddr, 0x1074234);
	assert_err(p2m_lookup_by(&p, P2M_PV_LINEAR, 0, &e), ERR_NOT_FOUND, "no linear P2M");
	assert_err(p2m_lookup_by(&p, P2M_NPT, 0, &e), ERR_NOT_FOUND, "no P2M of kind");
	publish(NULL, "guest_l4", 0x8080605000);
	p = open_pv();
	check_pv(&p, P2M_PV_LINEAR);
	assert_ok(p2m_lookup(&p, 0, &e));
	assert_int_equal(e.mfn, 0x1073);
	publish(NULL, NULL, 0);
}

/* ---- tables of an IOMMU ---- */

static void set_driver(const char *ops, uint64_t first, const char *field, uint64_t second)
{
	uint64_t dom1 = fixture_va(&fix, "dom1");

	host_poke(&fix, dom1, "domain.iommu.platform_ops", fixture_va(&fix, ops));
	host_poke(&fix, dom1, "domain.iommu.arch.vtd.pgd_maddr", first);
	host_poke(&fix, dom1, field, second);
}

static void test_iommu(void **state)
{
	uint64_t root = host_maddr(&fix, "p2m_l4");
	struct p2m_entry e;
	struct domain d;
	struct p2m p;

	(void)state;
	assert_ok(domain_find(&fix.xen, 1, &d));
	assert_err(p2m_open_iommu(&fix.xen, &d, &p), ERR_NOT_FOUND, "no IOMMU");
	set_driver("vtd_ops", root, "domain.iommu.arch.vtd.agaw", 2);
	assert_ok(p2m_open_iommu(&fix.xen, &d, &p));
	assert_int_equal(p.kind, P2M_VTD);
	assert_int_equal(p.root, root);
	assert_ok(p2m_lookup(&p, 0, &e));
	assert_int_equal(e.mfn, 0x1070);
	assert_true(e.readable && e.writable);
	assert_ok(p2m_lookup(&p, 4, &e));
	assert_true(e.readable && !e.writable);
	set_driver("vtd_ops", root, "domain.iommu.arch.vtd.agaw", 9);
	assert_err(p2m_open_iommu(&fix.xen, &d, &p), ERR_BAD_POINTER, "agaw");
	/* AMD's root is a page_info, in the place of VT-d's width */
	set_driver("amd_ops", 3, "domain.iommu.arch.amd.root_table", HOST_FRAMES + (root >> 12) * 32);
	assert_ok(p2m_open_iommu(&fix.xen, &d, &p));
	assert_int_equal(p.kind, P2M_AMD_IOMMU);
	assert_int_equal(p.root, root);
	assert_true(p2m_is_iommu(&p));
	set_driver("amd_ops", 3, "domain.iommu.arch.amd.root_table", 0);
	assert_err(p2m_open_iommu(&fix.xen, &d, &p), ERR_NOT_FOUND, "no IOMMU tables");
	/* one set of tables for both */
	host_poke(&fix, fixture_va(&fix, "dom1"), "domain.iommu.hap_pt_share", 1);
	assert_ok(p2m_open_iommu(&fix.xen, &d, &p));
	assert_int_equal(p.kind, P2M_NPT);
	host_poke(&fix, fixture_va(&fix, "dom1"), "domain.iommu.hap_pt_share", 0);
	host_poke(&fix, fixture_va(&fix, "dom1"), "domain.iommu.platform_ops", 0);
}

/* ---- mappings of a frame ---- */

static void test_mappings(void **state)
{
	struct pages *p = open_pages();
	struct page_maps maps;
	uint64_t gfn;

	(void)state;
	assert_ok(m2p_lookup(&fix.xen, 0x1071, &gfn, NULL));
	assert_int_equal(gfn, 2);
	assert_ok(page_maps_find(p, 0x1070, NULL, &maps));
	assert_int_equal(maps.nr, 3);
	assert_true(maps.has_gfn);
	assert_int_equal(maps.tables, 6);	/* of them 1073 and 1074, which are not in the dump */
	assert_int_equal(maps.lost, 2);
	for (size_t i = 0; i < maps.nr; i++) {
		const struct page_mapping *m = &maps.mapping[i];

		if (m->in_p2m) {
			assert_int_equal(m->gfn, 0);
			assert_int_equal(m->owner, host_va(&fix, "dom1"));
			assert_string_equal(m->type, "ram_rw");
			continue;
		}
		assert_int_equal(m->owner, host_va(&fix, "dom0"));
		assert_true(m->has_va);
		assert_true(m->level == 1 || m->level == 2);
		assert_int_equal(m->va, m->level == 1 ? 0x8080604000 : 0x8080a70000);
		assert_int_equal(m->table, host_maddr(&fix, m->level == 1 ? "guest_l1" : "guest_l2") >> 12);
	}
	page_maps_free(&maps);
	pages_close(p);
}

/* Many entries that lead to the same tables, and to no table of level 4. */
static void test_many_parents(void **state)
{
	uint64_t l1 = host_maddr(&fix, "guest_l1"), l2 = host_maddr(&fix, "guest_l2");
	struct page_maps maps;
	struct pages *p;

	(void)state;
	host_keep();
	for (unsigned int i = 0; i < 512; i++) {
		fixture_poke(&fix, fixture_va(&fix, "guest_l1") + 8 * i, NULL, 0x1071067);
		fixture_poke(&fix, fixture_va(&fix, "guest_l2") + 8 * i, NULL, l1 | 0x67);
		fixture_poke(&fix, fixture_va(&fix, "guest_l3") + 8 * i, NULL, l2 | 0x67);
	}
	fixture_poke(&fix, fixture_va(&fix, "guest_l4") + 8, NULL, 0);
	p = open_pages();
	assert_ok(page_maps_find(p, 0x1071, NULL, &maps));
	assert_true(maps.nr >= 512);
	assert_true(maps.given_up);
	page_maps_free(&maps);
	/* far fewer for another frame */
	assert_ok(page_maps_find(p, 0x1072, NULL, &maps));
	assert_false(maps.given_up);
	page_maps_free(&maps);
	pages_close(p);
	host_restore();
}

static void test_walk(void **state)
{
	const char *cr0 = "vcpu.arch.hvm.guest_cr[0]";
	uint64_t d1v0 = fixture_va(&fix, "d1v0");
	struct p2m p = open_p2m();
	struct guest_walk w;
	struct vcpu v;

	(void)state;
	assert_ok(vcpu_read(&fix.xen, host_va(&fix, "d1v0"), &v));
	/* paging of the guest is on, and its tables are missing */
	assert_err(guest_walk(&p, &v, 0x4567, &w), ERR_BAD_POINTER, "");
	assert_ptr_equal(w.format, &tables_amd64);
	host_poke(&fix, d1v0, cr0, 0x11);
	assert_ok(guest_walk(&p, &v, 0x4567, &w));
	assert_null(w.format);
	assert_int_equal(w.maddr, 0x1072567);
	host_poke(&fix, d1v0, cr0, 0x80000011);
}

/* Tables of the P2M may be owned by the domain, in addition to its tot_pages. */
static void test_sums(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = &fix.xen };
	char *argv[] = { "page", NULL }, *text;
	uint64_t dom0 = fixture_va(&fix, "dom0");

	(void)state;
	fixture_poke(&fix, dom0, "domain.tot_pages", 4);
	for (unsigned int tables = 1; tables <= 2; tables++) {
		size_t len;
		FILE *fp = open_memstream(&text, &len);

		fixture_poke(&fix, dom0, "domain.arch.paging.p2m_pages", tables);
		assert_true(command_run(&s, 1, argv, fp));
		fclose(fp);
		if (!strstr(text, tables == 2 ? "d0: 6 frames of the frame table are its tot_pages and 2 tables of its P2M" :
			    "d0: 6 frames of the frame table count as its memory, but tot_pages is 4"))
			fail_msg("%s", text);
		free(text);
	}
	fixture_poke(&fix, dom0, "domain.arch.paging.p2m_pages", 0);
	fixture_poke(&fix, dom0, "domain.tot_pages", 1000);
}

static void check_contradiction(unsigned int domid, bool contradicts, bool in_flight)
{
	struct ram r;

	assert_ok(ram_read(&fix.xen, NULL, &r));
	assert_true(r.by_frames);
	assert_int_equal(r.nr_domains, 2);
	assert_int_equal(value_of(&r.domain[domid].d.domain_id), domid);
	assert_int_equal(r.domain[domid].contradicts, contradicts);
	assert_int_equal(r.domain[domid].in_flight, in_flight);
	ram_release(&r);
}

/*
 * d1 has two pages and an extra one, which tot_pages includes, and two of Xen's
 * heap, which it does not.
 */
static void test_tot_pages(void **state)
{
	uint64_t dom1 = fixture_va(&fix, "dom1"), frame = fixture_va(&fix, "frames") + 0x71 * 32;

	(void)state;
	check_contradiction(1, false, false);
	fixture_poke(&fix, dom1, "domain.tot_pages", 4);
	check_contradiction(1, true, false);
	/* while the lock is held, assign_pages() may have counted a page without owner yet */
	fixture_poke(&fix, dom1, "domain.page_alloc_lock.tickets.tail", 18);
	check_contradiction(1, true, true);
	fixture_poke(&fix, dom1, "domain.tot_pages", 3);
	check_contradiction(1, false, false);
	fixture_poke(&fix, dom1, "domain.page_alloc_lock.tickets.tail", 17);
	/* each of two pcpus may be freeing a page that is no longer counted */
	fixture_poke(&fix, dom1, "domain.tot_pages", 1);
	check_contradiction(1, true, true);
	fixture_poke(&fix, dom1, "domain.tot_pages", 0);
	check_contradiction(1, true, false);
	/* a page that has become one of Xen's heap, or another domain's */
	fixture_poke(&fix, dom1, "domain.tot_pages", 2);
	fixture_poke(&fix, frame, "page_info.count_info", 3ULL << 62 | 1);
	check_contradiction(1, false, false);
	fixture_poke(&fix, frame, "page_info.count_info", 1ULL << 63 | 1);
	check_contradiction(1, true, true);
	host_own_frame(&fix, 0x71, "dom0");
	check_contradiction(1, false, false);
	host_own_frame(&fix, 0x71, "dom1");
	fixture_poke(&fix, dom1, "domain.tot_pages", 3);
}

/* Frames beyond tot_pages that are, or may be, tables of the P2M are no contradiction. */
static void test_tot_pages_tables(void **state)
{
	uint64_t dom0 = fixture_va(&fix, "dom0");

	(void)state;
	check_contradiction(0, true, false);
	fixture_poke(&fix, dom0, "domain.tot_pages", 1);
	check_contradiction(0, true, false);
	fixture_poke(&fix, dom0, "domain.arch.paging.p2m_pages", 4);
	check_contradiction(0, true, false);
	fixture_poke(&fix, dom0, "domain.arch.paging.p2m_pages", 5);
	check_contradiction(0, false, false);
	fixture_poke(&fix, dom0, "domain.arch.paging.p2m_pages", 0);
	fixture_poke(&fix, dom0, "domain.tot_pages", 1000);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, forget)
	static const struct CMUnitTest tests[] = {
		TEST(test_pages), TEST(test_free_pages), TEST(test_detected),
		TEST(test_other_release), TEST(test_contradiction),
		TEST(test_no_evidence), TEST(test_lists),
		TEST(test_npt), TEST(test_ept), TEST(test_walk),
		TEST(test_iommu), TEST(test_mappings), TEST(test_many_parents), TEST(test_pv),
		TEST(test_sums),
		TEST(test_tot_pages), TEST(test_tot_pages_tables),
	};

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
