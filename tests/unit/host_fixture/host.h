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

/* The frame of a page of the image gets an owner, a domain of host.c. */
static inline void host_own(struct fixture *f, const char *page, const char *domain)
{
	uint64_t n = (host_maddr(f, page) - FIXTURE_PHYS) / XPAGE_SIZE;

	fixture_poke(f, fixture_va(f, "frames") + n * 32,
		     "page_info.v.inuse._domain", host_maddr(f, domain) / XPAGE_SIZE);
}

static inline void host_create(struct fixture *f)
{
	struct space_params params = {
		.virt_start = FIXTURE_BASE, .phys_start = FIXTURE_PHYS,
	};

	fixture_create_from(f, "tests/unit/host_fixture/host.c", 420, 64);
	params.root = host_maddr(f, "idle_pg_table");
	space_destroy(f->xen.space);
	assert_ok(space_create(f->xen.memory, &params, &f->xen.space));
	host_own(f, "shared0", "dom0");
	host_own(f, "shared1", "dom1");
	f->xen.id.major = 4;
	f->xen.id.minor = 20;
}

#endif
