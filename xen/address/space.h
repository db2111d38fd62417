/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's address space on x86_64: from virtual (va) to machine
 * (maddr) addresses. Ranges: xen/arch/x86/include/asm/config.h, the same from
 * 4.4 to master except XEN_VIRT_START (moved in 4.14) and CONFIG_BIGMEM.
 */
#ifndef XEN_SPACE_H
#define XEN_SPACE_H

#include <stdint.h>

#include "xen/memory/memory.h"
#include "pdx.h"

/*
 * Range of the image, from XEN_VIRT_START on: it begins at 1 or 2 MiB, and has
 * 4 MiB in the layout of xen-syms, 8 MiB in that of xen.efi.
 */
#define XEN_IMAGE_START	(1UL << 20)
#define XEN_IMAGE_END	(12UL << 20)

/* Parameters of a hypervisor that translation requires. */
struct space_params {
	uint64_t virt_start;	/* XEN_VIRT_START, va */
	uint64_t phys_start;	/* xen_phys_start, maddr */
	uint64_t root;		/* idle_pg_table, maddr */
	bool bigmem;		/* CONFIG_BIGMEM */
};

struct space;

enum region_id {
	REGION_NONE,		/* outside of Xen's range */
	REGION_RO_M2P,
	REGION_MMCFG,
	REGION_LINEAR_PT,	/* linear and shadow linear: differ between root tables */
	REGION_PERDOMAIN,	/* differs between vcpus */
	REGION_M2P,
	REGION_VMAP,
	REGION_COMPAT_M2P,
	REGION_IMAGE,		/* text, data, bss, stubs, livepatches */
	REGION_FRAMETABLE,
	REGION_DIRECTMAP,
};

struct region {
	enum region_id id;
	uint64_t start, end;	/* va, end exclusive */
	const char *name;
};

/* One step of a page walk, as shown by `xen vtop`. */
struct walk_step {
	const char *level;	/* "L4" ... "L1" */
	uint64_t entry_maddr;	/* machine address of the entry */
	uint64_t entry;		/* value of the entry */
};

struct walk {
	struct walk_step step[4];
	unsigned int steps;
	uint64_t maddr;		/* result; valid when the walk succeeded */
	uint64_t page_size;	/* 4 KiB, 2 MiB or 1 GiB */
};

struct err *space_create(struct memory *m, const struct space_params *params,
			 struct space **ret) ERR_MUST_CHECK;
void space_destroy(struct space *s);
/* Drops translations and all cached pages, before reading a running host again. */
void space_flush(struct space *s);
/* A number that no space has had before each change of its translations or its memory. */
uint64_t space_generation(const struct space *s);

/* Sets the frame number compression, which is found later from symbols; c is copied. */
void space_set_pdx(struct space *s, const struct pdx *pdx);
const struct pdx *space_pdx(const struct space *s);
const struct space_params *space_params(const struct space *s);

/* Returns the region that contains va; never NULL. */
const struct region *space_region(const struct space *s, uint64_t va);
/* Returns the n-th region, in address order, or NULL past the last. */
const struct region *space_region_nth(const struct space *s, unsigned int n);

/* Translates by the shortcuts for image and directmap, else by the walk. */
struct err *space_translate(struct space *s, uint64_t va,
			    uint64_t *maddr) ERR_MUST_CHECK;

/*
 * Walks the four levels from the root table at maddr root. On failure walk
 * contains the steps before it.
 */
struct err *space_walk(struct space *s, uint64_t root, uint64_t va,
		       struct walk *walk) ERR_MUST_CHECK;

struct err *space_read(struct space *s, uint64_t va, void *buf,
		       size_t len) ERR_MUST_CHECK;
struct err *space_read_u64(struct space *s, uint64_t va,
			   uint64_t *ret) ERR_MUST_CHECK;
struct err *space_read_u32(struct space *s, uint64_t va,
			   uint32_t *ret) ERR_MUST_CHECK;

/*
 * Reads a NUL-terminated string of at most size-1 bytes. A string that runs
 * into an unreadable page ends there when at least one byte was read.
 */
struct err *space_read_string(struct space *s, uint64_t va, char *buf,
			      size_t size) ERR_MUST_CHECK;

/* Returns the directmap address of a machine address. */
uint64_t space_directmap_va(const struct space *s, uint64_t maddr);

#endif
