/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a domain's frames (gfn) to machine frames: what a PV guest tells of
 * itself, or what Xen keeps for a guest that is translated (EPT; NPT and
 * shadow, which have one format). asm/p2m.h, 4.4 to master. And what an IOMMU
 * makes of the frames that a domain's devices ask for (dfn).
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
	P2M_VTD,		/* what devices go through: of all guests */
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
	bool translated;		/* else PV */
	enum p2m_kind kind;		/* of a translated one */
	struct table_format format;
	uint64_t root;			/* maddr of its topmost table */
	struct value max_gfn;		/* the highest that was ever mapped */
	struct value va;		/* of struct p2m_domain */
	uint64_t domid;
	/* PV */
	unsigned int entry_size;	/* bytes: 8, or 4 of 32-bit guests */
	struct value list_list;		/* mfn */
	struct value linear_cr3, linear_va, linear_generation;
};

struct p2m_entry {
	enum p2m_kind kind;
	bool mapped;
	uint64_t mfn;			/* of the gfn itself, also in a superpage */
	uint64_t raw;			/* the last entry */
	uint64_t page_size;		/* bytes */
	unsigned int type;		/* enum p2m_type; of a translated one */
	bool readable, writable;	/* by devices; of an IOMMU's */
	struct table_walk walk;
	const struct table_format *format;	/* NULL: mfns */
};

/*
 * ERR_NO_TYPE and others when the domain has none that can be found. By
 * hypercalls the result is enough for guest_walk() alone.
 */
struct err *p2m_open(struct xen *x, const struct domain *d,
		     struct p2m *ret) ERR_MUST_CHECK;

/*
 * The tables an IOMMU has for the domain's devices, or those of the P2M where
 * both use the same. ERR_NOT_FOUND when there are none.
 */
struct err *p2m_open_iommu(struct xen *x, const struct domain *d,
			   struct p2m *ret) ERR_MUST_CHECK;
bool p2m_is_iommu(const struct p2m *p);

/*
 * Looks up a gfn. That it is not mapped is no error: mapped says so. Errors
 * are tables that cannot be read; what was walked is in ret then.
 */
struct err *p2m_lookup(struct p2m *p, uint64_t gfn,
		       struct p2m_entry *ret) ERR_MUST_CHECK;
/* The same by one of a PV guest's two. ERR_NOT_FOUND when it has not this. */
struct err *p2m_lookup_by(struct p2m *p, enum p2m_kind kind, uint64_t gfn,
			  struct p2m_entry *ret) ERR_MUST_CHECK;

/*
 * From an address in a guest's physical memory to a machine address. PV guests
 * have machine addresses in their own tables: this is not for those.
 */
struct err *p2m_maddr(struct p2m *p, uint64_t address,
		      uint64_t *maddr) ERR_MUST_CHECK;

const char *p2m_kind_name(enum p2m_kind kind);	/* "EPT" ... */
const char *p2m_type_name(unsigned int type);	/* "ram_rw" ...; "?" */

/* Entries of the M2P that are no gfn (asm/mm.h, 4.4 to master). */
#define M2P_INVALID	(1ULL << 63)	/* any with this bit */
#define M2P_SHARED	(~0ULL - 1)

/* The M2P's entry of an mfn; va may be NULL. */
struct err *m2p_lookup(struct xen *x, uint64_t mfn, uint64_t *entry,
		       uint64_t *va) ERR_MUST_CHECK;

/* A guest's own translation of an address, by a vcpu's tables. */
struct guest_walk {
	const struct table_format *format;	/* NULL: paging is off */
	uint64_t root;			/* as the register has it */
	struct table_walk walk;
	bool translated;		/* walk.address is the guest's physical */
	uint64_t maddr;			/* 0: unknown to hypercalls */
	struct p2m_entry p2m;		/* of the last frame, when translated */
};

struct err *guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
		       struct guest_walk *ret) ERR_MUST_CHECK;

/* The control registers that choose a translated guest's page tables. */
struct guest_paging {
	struct value cr0, cr3, cr4, efer;
};

/* Sets format, root and translated of a walk. */
struct err *guest_paging_format(const struct guest_paging *r,
				struct guest_walk *ret) ERR_MUST_CHECK;

#endif
