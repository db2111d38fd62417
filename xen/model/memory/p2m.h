/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Translation of a domain's frames (gfn) to machine frames: through the list
 * that a PV guest publishes, or through Xen's tables for a translated guest
 * (EPT; NPT and shadow share one format). asm/p2m.h, 4.4 to master. Also the
 * tables of an IOMMU for the frames that devices access (dfn).
 */
#ifndef XEN_MODEL_P2M_H
#define XEN_MODEL_P2M_H

#include "xen/address/p2m.h"
#include "xen/address/tables.h"
#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"
#include "xen/model/xen.h"

enum p2m_kind {
	P2M_PV_LIST,		/* three levels of frames */
	P2M_PV_LINEAR,		/* an array in the guest's address space */
	P2M_EPT,
	P2M_NPT,
	P2M_VTD,		/* IOMMU tables, also of PV guests */
	P2M_AMD_IOMMU,
};

/* Xen's p2m_type_t; the values have not changed since 4.4. */
enum p2m_type {
	P2M_RAM_RW, P2M_INVALID, P2M_RAM_LOGDIRTY, P2M_RAM_RO, P2M_MMIO_DM,
	P2M_MMIO_DIRECT, P2M_POPULATE_ON_DEMAND, P2M_GRANT_MAP_RW,
	P2M_GRANT_MAP_RO, P2M_RAM_PAGING_OUT, P2M_RAM_PAGED,
	P2M_RAM_PAGING_IN, P2M_RAM_SHARED, P2M_RAM_BROKEN, P2M_MAP_FOREIGN,
	P2M_IOREQ_SERVER, P2M_TYPES,
};

struct p2m {
	struct xen *x;
	bool translated;		/* HVM or PVH; else PV */
	enum p2m_kind kind;		/* if translated */
	struct table_format format;
	uint64_t root;			/* maddr of the topmost table */
	struct value max_gfn;		/* the highest gfn ever mapped */
	struct value va;		/* of struct p2m_domain */
	uint64_t domid;
	/*
	 * Memory for the addresses in its tables: that of the host, by
	 * hypercalls that of the guest.
	 */
	struct memory *memory;
	bool by_gfn;			/* that memory has guest physical addresses */
	/* PV */
	unsigned int entry_size;	/* size of an entry, bytes: 8; 4 for 32-bit guests */
	struct value list_list;		/* mfn */
	struct value linear_cr3, linear_va, linear_generation;
};

struct p2m_entry {
	enum p2m_kind kind;
	bool mapped;
	uint64_t mfn;			/* frame of the gfn itself, even in a superpage */
	uint64_t raw;			/* the last entry */
	uint64_t page_size;		/* size, bytes */
	unsigned int type;		/* enum p2m_type, if translated */
	bool readable, writable;	/* access by devices; IOMMU only */
	struct table_walk walk;
	const struct table_format *format;	/* NULL: mfns */
};

/*
 * ERR_NOT_FOUND for a domain without a P2M, ERR_NO_TYPE and others if it cannot
 * be located. Hypercalls do not give access to the tables of a translated
 * guest: then p2m_maddr() returns the guest physical address (by_gfn), and
 * p2m_lookup() fails with ERR_UNSUPPORTED.
 */
struct err *p2m_open(struct xen *x, const struct domain *d,
		     struct p2m *ret) ERR_MUST_CHECK;

/*
 * Opens the IOMMU's tables for the domain's devices, or those of the P2M if
 * both are shared. ERR_NOT_FOUND when there are none.
 */
struct err *p2m_open_iommu(struct xen *x, const struct domain *d,
			   struct p2m *ret) ERR_MUST_CHECK;
bool p2m_is_iommu(const struct p2m *p);

/*
 * Looks up a gfn. If it is not mapped, the function succeeds with ret->mapped
 * false. If a table cannot be read, ret contains the steps before it.
 */
struct err *p2m_lookup(struct p2m *p, uint64_t gfn,
		       struct p2m_entry *ret) ERR_MUST_CHECK;
/* Looks up in one kind of P2M; ERR_NOT_FOUND if the domain lacks that kind. */
struct err *p2m_lookup_by(struct p2m *p, enum p2m_kind kind, uint64_t gfn,
			  struct p2m_entry *ret) ERR_MUST_CHECK;

/*
 * Translates a guest physical address to a machine address. Not for addresses
 * in a PV guest's page tables, which are machine addresses.
 */
struct err *p2m_maddr(struct p2m *p, uint64_t address,
		      uint64_t *maddr) ERR_MUST_CHECK;

const char *p2m_kind_name(enum p2m_kind kind);	/* "EPT" ... */
const char *p2m_type_name(unsigned int type);	/* "ram_rw" ...; "?" */

/* Entries of the M2P without a gfn (asm/mm.h, 4.4 to master). */
#define M2P_INVALID	(1ULL << 63)	/* set in each of these entries */
#define M2P_SHARED	(~0ULL - 1)

/* Returns the M2P's entry of an mfn; va may be NULL. */
struct err *m2p_lookup(struct xen *x, uint64_t mfn, uint64_t *entry,
		       uint64_t *va) ERR_MUST_CHECK;

/* Translation of a guest virtual address by the page tables of a vcpu. */
struct guest_walk {
	const struct table_format *format;	/* NULL: paging is off */
	uint64_t root;			/* address of the topmost table in the format of cr3 */
	struct table_walk walk;
	bool translated;		/* walk.address is a guest physical address */
	uint64_t maddr;			/* 0: unknown to hypercalls */
	struct p2m_entry p2m;		/* entry of the last frame, if translated */
};

struct err *guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
		       struct guest_walk *ret) ERR_MUST_CHECK;

/* The control registers that select a translated guest's paging mode. */
struct guest_paging {
	struct value cr0, cr3, cr4, efer;
};

/* Sets format, root and translated of a walk. */
struct err *guest_paging_format(const struct guest_paging *r,
				struct guest_walk *ret) ERR_MUST_CHECK;

#endif
