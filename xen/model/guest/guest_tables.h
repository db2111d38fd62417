/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The address space of a guest's kernel, by one root of its page tables: the
 * entries are machine addresses in a PV guest, else guest physical ones that
 * the P2M translates.
 */
#ifndef XEN_MODEL_GUEST_TABLES_H
#define XEN_MODEL_GUEST_TABLES_H

#include "xen/model/memory/p2m.h"

#define GUEST_TABLES_PAGES 256	/* number of cached translations, a power of two */

struct guest_tables {
	struct p2m p2m;
	const struct table_format *format;
	uint64_t root;			/* address of the topmost table in the format of cr3 */
	struct {
		uint64_t page;		/* va; 0: unused */
		uint64_t maddr;
	} cache[GUEST_TABLES_PAGES];
};

/* Opens the address space of the tables at root. */
void guest_tables_init(struct guest_tables *s, const struct p2m *p2m,
		      const struct table_format *format, uint64_t root);
/*
 * Opens the address space of the first vcpu of the domain whose tables map va;
 * ERR_NOT_FOUND if there is none.
 */
struct err *guest_tables_of_vcpus(struct guest_tables *s, const struct p2m *p2m,
				 const struct domain *d,
				 uint64_t va) ERR_MUST_CHECK;

struct err *guest_tables_translate(struct guest_tables *s, uint64_t va,
				  uint64_t *maddr) ERR_MUST_CHECK;
/* On failure buf holds the pages before the one that could not be read. */
struct err *guest_tables_read(struct guest_tables *s, uint64_t va, void *buf,
			     size_t len) ERR_MUST_CHECK;
/*
 * Convert an mfn to the guest's physical frame number (M2P), and back;
 * ERR_NOT_FOUND if the two do not agree.
 */
struct err *guest_tables_gfn(struct guest_tables *s, uint64_t mfn,
			    uint64_t *gfn) ERR_MUST_CHECK;
struct err *guest_tables_mfn(struct guest_tables *s, uint64_t gfn,
			    uint64_t *mfn) ERR_MUST_CHECK;

#endif
