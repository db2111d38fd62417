/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page tables of guests and of hardware that translates for them. Each kind is
 * a description: the index bits of each level, and the meaning of an entry's
 * bits.
 */
#ifndef XEN_TABLES_H
#define XEN_TABLES_H

#include "xen/memory/memory.h"

#define TABLES_LEVELS 6

struct table_level {
	const char *name;
	uint8_t shift;		/* position of the lowest bit of its index */
	uint8_t bits;		/* number of bits of its index */
	bool leaf;		/* its entries may map a superpage */
};

struct table_flag {
	uint64_t bit;
	const char *name;
};

struct table_format {
	const char *name;
	uint8_t nr_levels;
	uint8_t entry_size;	/* size of an entry, bytes: 4 or 8 */
	struct table_level level[TABLES_LEVELS];	/* topmost first */
	uint64_t present;	/* an entry without any of these is not present */
	uint64_t superpage;	/* an entry with any of these maps a superpage */
	uint64_t next;		/* if not 0: the level of the next table, 0 for none */
	uint64_t frame;		/* bits of an address in an entry */
	uint64_t root;		/* bits of an address in the root register */
	bool sign_extended;	/* the bits above are equal to the highest address bit */
	const struct table_flag *flags;	/* a NULL name ends the array */
};

extern const struct table_format tables_ia32;	/* 2 levels, PSE-36 */
extern const struct table_format tables_pae;
extern const struct table_format tables_amd64;
extern const struct table_format tables_la57;
extern const struct table_format tables_ept;	/* Intel SDM 3C, 29.3 */
extern const struct table_format tables_npt;	/* as written by p2m-pt.c of Xen */
extern const struct table_format tables_vtd;	/* vtd/iommu.h: struct dma_pte */
extern const struct table_format tables_amd_iommu;	/* union amd_iommu_pte */

/*
 * Reduces the tables to the given number of lowest levels. ERR_BAD_POINTER if
 * they have fewer levels.
 */
struct err *tables_lower(const struct table_format *f, uint64_t levels,
			 struct table_format *ret) ERR_MUST_CHECK;

struct table_step {
	const char *level;
	uint64_t at;		/* address of the entry, in the address space of the entries */
	uint64_t maddr;		/* the same as a machine address */
	uint64_t entry;
};

struct table_walk {
	struct table_step step[TABLES_LEVELS];
	unsigned int steps;
	uint64_t address;	/* result, in the address space of the entries */
	uint64_t page_size;	/* bytes that the last entry covers, mapped or not */
};

/* Translates from the address space of the entries to machine addresses. */
typedef struct err *table_frame_fn(void *arg, uint64_t address, uint64_t *maddr);

/*
 * Walks from root (the value of its register). frame NULL: entries contain
 * machine addresses. ERR_BAD_POINTER if the address is not mapped: the last
 * step is the entry that is not present. On any failure ret contains the steps
 * so far.
 */
struct err *tables_walk(struct memory *m, const struct table_format *f,
			uint64_t root, uint64_t address, table_frame_fn *frame,
			void *arg, struct table_walk *ret) ERR_MUST_CHECK;

/* "P|RW|US"; returns buf. */
const char *table_flags_text(const struct table_format *f, uint64_t entry,
			     char *buf, size_t size);

#endif
