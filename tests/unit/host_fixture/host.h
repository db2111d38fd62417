/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens the host of host.c as a struct xen. */
#ifndef HOST_FIXTURE_H
#define HOST_FIXTURE_H

#include "tests/unit/model_fixture/fixture.h"

/* Distance of the image's addresses to those in the directmap */
#define HOST_DIRECT	0x2fc1000000UL
#define HOST_FRAMES	0xffff82e000000000UL
/* Return address in a function of host.c */
#define HOST_RETURN	18
/* sizeof(struct page_info) */
#ifndef HOST_FRAME
#define HOST_FRAME	32
#endif
/* Distance of the pcpus' variables */
#define HOST_PERCPU	216

static inline uint64_t host_va(struct fixture *f, const char *name)
{
	return fixture_va(f, name) + HOST_DIRECT;
}

static inline uint64_t host_maddr(struct fixture *f, const char *name)
{
	return fixture_va(f, name) - FIXTURE_BASE + FIXTURE_PHYS;
}

/* Writes at "TYPE.member" of an object in the image or in the directmap. */
static inline void host_poke(struct fixture *f, uint64_t va, const char *path,
			     uint64_t v)
{
	fixture_poke(f, va >= HOST_DIRECT + FIXTURE_BASE ? va - HOST_DIRECT : va,
		     path, v);
}

/* Sets the owner of frame 1000 + n, a domain of host.c. */
static inline void host_own_frame(struct fixture *f, unsigned int n, const char *domain)
{
	fixture_poke(f, fixture_va(f, "frames") + n * HOST_FRAME,
		     "page_info.v.inuse._domain", host_maddr(f, domain) / XPAGE_SIZE);
}

/* Makes a page of the image one of Xen's heap */
static inline void host_own(struct fixture *f, const char *page, const char *domain)
{
	unsigned int n = (host_maddr(f, page) - FIXTURE_PHYS) / XPAGE_SIZE;

	host_own_frame(f, n, domain);
	fixture_poke(f, fixture_va(f, "frames") + n * HOST_FRAME, "page_info.count_info",
		     3ULL << 62 | 4);
}

/* Makes a page of the image a page table of dom0, level 1 to 4 */
static inline void host_table(struct fixture *f, const char *page, uint64_t level)
{
	unsigned int n = (host_maddr(f, page) - FIXTURE_PHYS) / XPAGE_SIZE;
	uint64_t frame = fixture_va(f, "frames") + n * HOST_FRAME;

	host_own_frame(f, n, "dom0");
	fixture_poke(f, frame, "page_info.count_info", 1ULL << 63 | 1);
	fixture_poke(f, frame, "page_info.u.inuse.type_info", level << 61 | 1ULL << 58 | 1);
}

/* The host of a test program, and setup and teardown of its group */
static struct fixture fix;

#define HOST_SOURCES "tests/unit/host_fixture/host.c tests/unit/host_fixture/devices.c " \
		     "tests/unit/host_fixture/page_alloc.c "

static inline void host_create_from(const char *sources)
{
	struct fixture *f = &fix;
	char table[] = "guest_l1";
	struct space_params params = {
		.virt_start = FIXTURE_BASE, .phys_start = FIXTURE_PHYS,
	};

	fixture_create_from(f, sources, 420, 64);
	params.root = host_maddr(f, "idle_pg_table");
	space_destroy(f->xen.space);
	assert_ok(space_create(f->xen.memory, &params, &f->xen.space));
	for (unsigned int i = 0x70; i < 0x76; i++)
		host_own_frame(f, i, i == 0x73 || i == 0x74 ? "dom0" : "dom1");
	fixture_poke(f, fixture_va(f, "p2m1"), "p2m_domain.phys_table.pfn",
		     host_maddr(f, "p2m_l4") / XPAGE_SIZE);
	for (unsigned int i = 1; i <= 4; i++) {
		table[7] = '0' + i;
		host_table(f, table, i);
	}
	host_own(f, "shared0", "dom0");
	host_own(f, "shared1", "dom1");
	f->xen.id.major = 4;
	f->xen.id.minor = 20;
}

static inline int host_create(void **state)
{
	(void)state;
	host_create_from(HOST_SOURCES);
	return 0;
}

/* Saves the memory, for host_restore() after tests that change it. */
static uint8_t host_fresh[FIXTURE_SIZE];

static inline void host_keep(void)
{
	memcpy(host_fresh, fix.image, sizeof(host_fresh));
}

static inline void host_restore(void)
{
	memcpy(fix.image, host_fresh, sizeof(host_fresh));
	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
}

/* Setup of the group, and of each test, where tests change the memory */
static inline int host_create_kept(void **state)
{
	host_create(state);
	host_keep();
	return 0;
}

static inline int host_setup(void **state)
{
	(void)state;
	host_restore();
	return 0;
}

#define HOST_TEST(f) cmocka_unit_test_setup(f, host_setup)

static inline int host_destroy(void **state)
{
	(void)state;
	fix.xen.notes = NULL;
	places_destroy(fix.xen.profile);
	fixture_destroy(&fix);
	return 0;
}

#endif
