/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "p2m.h"

#include <inttypes.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/memory_source.h"

struct p2m_fields {
	struct value va, phys_table, get_entry, max_mapped_pfn;
	struct value linear_cr3, linear_va, linear_generation;
	struct value compat_cr3, compat_va;
};

#define F(member, path) FIELD(struct p2m_fields, member, path)

/* asm/p2m.h and public/arch-x86/xen.h; the linear list came with 4.6. */
static const struct field fields[] FIELD_TABLE = {
	F(va, "domain.arch.p2m"),
	F(phys_table, "domain.arch.p2m->phys_table.pfn"),
	F(get_entry, "domain.arch.p2m->get_entry"),
	F(max_mapped_pfn, "domain.arch.p2m->max_mapped_pfn"),
	F(linear_cr3, "domain.shared_info->native.arch.p2m_cr3"),
	F(linear_va, "domain.shared_info->native.arch.p2m_vaddr"),
	F(linear_generation, "domain.shared_info->native.arch.p2m_generation"),
	F(compat_cr3, "domain.shared_info->compat.arch.p2m_cr3"),
	F(compat_va, "domain.shared_info->compat.arch.p2m_vaddr"),
};

static const struct record_type p2m_record = RECORD_TYPE("p2m", fields);

/* Format of the tables, by the function that reads them. */
static enum p2m_kind kind_of(struct xen *x, const struct value *get_entry)
{
	const struct symbol *sym = NULL;
	uint64_t offset;

	if (value_ok(get_entry))
		sym = symbols_by_addr(x->symbols, value_of(get_entry), &offset);
	return sym && !offset && !strcmp(sym->name, "ept_get_entry") ? P2M_EPT
								     : P2M_NPT;
}

static struct err *open_translated(struct p2m *p, const struct p2m_fields *f)
{
	if (!value_ok(&f->phys_table))
		return err_new(f->phys_table.state == VALUE_UNREADABLE ?
			       (enum err_reason)f->phys_table.why : ERR_NO_TYPE,
			       "domain.arch.p2m->phys_table cannot be read");
	p->kind = kind_of(p->x, &f->get_entry);
	p->format = p->kind == P2M_EPT ? tables_ept : tables_npt;
	p->root = value_of(&f->phys_table) << XPAGE_SHIFT;
	if (!p->root)
		return err_new(ERR_NOT_FOUND, "the domain has no P2M tables");
	return NULL;
}

struct err *p2m_open(struct xen *x, const struct domain *d, struct p2m *ret)
{
	return x->source->p2m_open(x, d, ret);
}

struct err *mem_p2m_open(struct xen *x, const struct domain *d,
			 struct p2m *ret)
{
	struct p2m p = { .x = x, .translated = domain_is_hvm(d),
			 .memory = x->memory };
	struct p2m_fields f = { 0 };

	ERR_TRY(record_read(x->records, x->space, &p2m_record, d->va, &f));
	p.max_gfn = f.max_mapped_pfn;
	p.va = f.va;
	if (p.translated) {
		ERR_TRY(open_translated(&p, &f));
	} else if (domain_type(d) != DOMAIN_PV) {
		return err_new(ERR_NOT_FOUND, "%s has no P2M",
			       domain_name(d) ? domain_name(d) : "the domain");
	} else if (value_ok(&d->is_32bit) && value_of(&d->is_32bit)) {
		p.entry_size = 4;
		p.list_list = d->frame_lists_compat;
		p.linear_cr3 = f.compat_cr3;
		p.linear_va = f.compat_va;
	} else {
		p.entry_size = 8;
		p.list_list = d->frame_lists;
		p.linear_cr3 = f.linear_cr3;
		p.linear_va = f.linear_va;
		p.linear_generation = f.linear_generation;
	}
	*ret = p;
	return NULL;
}

/* False for a field that is missing, was not set by the guest, or is all ones. */
static bool is_set(const struct value *v, unsigned int size)
{
	return value_ok(v) && value_of(v) &&
	       value_of(v) != (size == 4 ? UINT32_MAX : UINT64_MAX);
}

static struct err *lookup_list(struct p2m *p, uint64_t gfn,
			       struct p2m_entry *ret)
{
	struct err *e;

	if (!is_set(&p->list_list, p->entry_size))
		return err_new(ERR_NOT_FOUND, "the guest publishes no three-level P2M");
	e = p2m_list_walk(p->memory, value_of(&p->list_list), p->entry_size, gfn,
			  &ret->walk);
	if (e && err_reason(e) == ERR_NOT_FOUND) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	ret->raw = ret->walk.step[ret->walk.steps - 1].entry;
	ret->mapped = p2m_entry_mfn(ret->raw, p->entry_size, &ret->mfn);
	return NULL;
}

/* The array is in the guest's virtual memory, which has page tables of its own. */
static struct err *lookup_linear(struct p2m *p, uint64_t gfn,
				 struct p2m_entry *ret)
{
	const struct table_format *format = p->entry_size == 4 ? &tables_pae
							       : &tables_amd64;
	uint64_t va = value_of(&p->linear_va) + gfn * p->entry_size, root;
	struct table_step *step;
	struct err *e;

	if (!is_set(&p->linear_cr3, p->entry_size) ||
	    !is_set(&p->linear_va, p->entry_size))
		return err_new(ERR_NOT_FOUND, "the guest publishes no linear P2M");
	/* a 32-bit guest folds its mfn into 32 bits (xen_pfn_to_cr3) */
	root = value_of(&p->linear_cr3);
	if (p->entry_size == 4)
		root = (root & 0xfffff000) | (root & 0xfff) << 32;
	ret->format = format;
	e = tables_walk(p->memory, format, root, va, NULL, NULL, &ret->walk);
	if (e && err_reason(e) == ERR_BAD_POINTER) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	step = &ret->walk.step[ret->walk.steps++];
	step->level = "P2M";
	step->at = va;
	step->maddr = ret->walk.address;
	ERR_TRY(memory_read(p->memory, step->maddr, &step->entry,
			    p->entry_size));
	ret->raw = step->entry;
	ret->mapped = p2m_entry_mfn(ret->raw, p->entry_size, &ret->mfn);
	return NULL;
}

/*
 * Extracts the type that Xen stored in an entry, or the permissions of devices,
 * depending on the format.
 */
static void set_type(struct p2m_entry *e)
{
	/* an empty entry stays P2M_INVALID, although type 0 is RAM; EPT: bit 63 is for #VE */
	static const struct kind_bits {
		uint64_t used, type, read, write;
	} kinds[] = {
		[P2M_EPT] = { ~0ULL >> 1, 0x3f, 0, 0 },
		[P2M_NPT] = { ~0ULL, 0x7f, 0, 0 },
		[P2M_VTD] = { 0, 0, 1, 2 },
		[P2M_AMD_IOMMU] = { 0, 0, 1ULL << 61, 1ULL << 62 },
	};
	const struct kind_bits *k = &kinds[e->kind];

	if (e->raw & k->used)
		e->type = e->raw >> 52 & k->type;
	e->readable = e->raw & k->read;
	e->writable = e->raw & k->write;
}

static struct err *lookup_translated(struct p2m *p, uint64_t gfn,
				     struct p2m_entry *ret)
{
	struct err *e;

	ret->format = &p->format;
	e = tables_walk(p->memory, ret->format, p->root, gfn << XPAGE_SHIFT,
			NULL, NULL, &ret->walk);
	if (e && err_reason(e) != ERR_BAD_POINTER)
		return e;
	ret->type = P2M_INVALID;
	if (ret->walk.steps) {
		ret->raw = ret->walk.step[ret->walk.steps - 1].entry;
		set_type(ret);
		ret->page_size = ret->walk.page_size;
	}
	ret->mapped = !e;
	ret->mfn = ret->walk.address >> XPAGE_SHIFT;
	err_free(e);
	return NULL;
}

struct err *p2m_lookup_by(struct p2m *p, enum p2m_kind kind, uint64_t gfn,
			  struct p2m_entry *ret)
{
	*ret = (struct p2m_entry){ .kind = kind, .page_size = XPAGE_SIZE };
	if (gfn >= 1ULL << 52)
		return err_new(ERR_NOT_FOUND, "gfn %" PRIx64 " exceeds 52 bits",
			       gfn);
	if (p->by_gfn)
		return err_new(ERR_UNSUPPORTED, "no hypercall returns the P2M of a translated domain");
	if (p->translated != (kind >= P2M_EPT))
		return err_new(ERR_NOT_FOUND, "no P2M of kind \"%s\"",
			       p2m_kind_name(kind));
	switch (kind) {
	case P2M_PV_LIST:
		return lookup_list(p, gfn, ret);
	case P2M_PV_LINEAR:
		return lookup_linear(p, gfn, ret);
	default:
		return lookup_translated(p, gfn, ret);
	}
}

struct err *p2m_lookup(struct p2m *p, uint64_t gfn, struct p2m_entry *ret)
{
	struct err *e;

	if (p->translated)
		return p2m_lookup_by(p, p->kind, gfn, ret);
	e = p2m_lookup_by(p, P2M_PV_LIST, gfn, ret);
	if (!e || err_reason(e) != ERR_NOT_FOUND)
		return e;
	err_free(e);
	return p2m_lookup_by(p, P2M_PV_LINEAR, gfn, ret);
}

/* P2M_HOLE_TYPES and similar have no frame, whatever the entry contains. */
static bool has_frame(const struct p2m_entry *e)
{
	return e->mapped && e->type != P2M_INVALID && e->type != P2M_MMIO_DM;
}

struct err *p2m_maddr(struct p2m *p, uint64_t address, uint64_t *maddr)
{
	struct p2m_entry entry;

	if (p->by_gfn) {
		*maddr = address;
		return NULL;
	}
	ERR_TRY(p2m_lookup(p, address >> XPAGE_SHIFT, &entry));
	if (!has_frame(&entry))
		return err_new(ERR_BAD_POINTER,
			       "gfn %" PRIx64 " has no frame (%s)",
			       address >> XPAGE_SHIFT,
			       p->translated ? p2m_type_name(entry.type) : "P2M");
	*maddr = entry.mfn << XPAGE_SHIFT | (address & (XPAGE_SIZE - 1));
	return NULL;
}

const char *p2m_kind_name(enum p2m_kind kind)
{
	static const char *const names[] = {
		"list", "linear", "EPT", "NPT", "VT-d", "AMD IOMMU",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

const char *p2m_type_name(unsigned int type)
{
	static const char *const names[P2M_TYPES] = {
		"ram_rw", "invalid", "ram_logdirty", "ram_ro", "mmio_dm",
		"mmio_direct", "populate_on_demand", "grant_map_rw",
		"grant_map_ro", "ram_paging_out", "ram_paged",
		"ram_paging_in", "ram_shared", "ram_broken", "map_foreign",
		"ioreq_server",
	};

	return type < P2M_TYPES ? names[type] : "?";
}

struct err *m2p_lookup(struct xen *x, uint64_t mfn, uint64_t *entry,
		       uint64_t *va)
{
	const struct region *r;
	unsigned int n;

	for (n = 0; (r = space_region_nth(x->space, n)); n++)
		if (r->id == REGION_M2P)
			break;
	if (!r || mfn >= (r->end - r->start) / sizeof(*entry))
		return err_new(ERR_NOT_FOUND, "mfn %" PRIx64 " is beyond the M2P", mfn);
	if (va)
		*va = r->start + mfn * sizeof(*entry);
	return x->source->m2p_read(x, mfn, r->start + mfn * sizeof(*entry), entry);
}

struct err *mem_m2p_read(struct xen *x, uint64_t mfn, uint64_t va,
			 uint64_t *entry)
{
	return err_prefix(space_read_u64(x->space, va, entry), "mfn %" PRIx64, mfn);
}

/* ---- guest page tables ---- */

#define CR0_PG		(1ULL << 31)
#define CR4_PAE		(1ULL << 5)
#define CR4_LA57	(1ULL << 12)
#define EFER_LMA	(1ULL << 10)

#define P(member, path) FIELD(struct guest_paging, member, path)

static const struct field paging_fields[] FIELD_TABLE = {
	P(cr0, "vcpu.arch.hvm.guest_cr[0] | vcpu.arch.hvm_vcpu.guest_cr[0]"),
	P(cr3, "vcpu.arch.hvm.guest_cr[3] | vcpu.arch.hvm_vcpu.guest_cr[3]"),
	P(cr4, "vcpu.arch.hvm.guest_cr[4] | vcpu.arch.hvm_vcpu.guest_cr[4]"),
	P(efer, "vcpu.arch.hvm.guest_efer | vcpu.arch.hvm_vcpu.guest_efer"),
};

static const struct record_type paging_record = RECORD_TYPE("paging",
							    paging_fields);

struct err *guest_paging_format(const struct guest_paging *r,
				struct guest_walk *ret)
{
	if (!value_ok(&r->cr0) || !value_ok(&r->cr3) ||
	    !value_ok(&r->cr4) || !value_ok(&r->efer))
		return err_new(ERR_NO_TYPE, "control registers of the vcpu are not available");
	ret->translated = true;
	ret->root = value_of(&r->cr3);
	if (!(value_of(&r->cr0) & CR0_PG))
		ret->format = NULL;
	else if (value_of(&r->efer) & EFER_LMA)
		ret->format = value_of(&r->cr4) & CR4_LA57 ? &tables_la57 : &tables_amd64;
	else
		ret->format = value_of(&r->cr4) & CR4_PAE ? &tables_pae : &tables_ia32;
	return NULL;
}

static struct err *guest_format(struct p2m *p, const struct vcpu *v,
				struct guest_walk *w)
{
	struct guest_paging r = { 0 };

	if (!p->translated) {
		if (!value_ok(&v->guest_table) || !value_of(&v->guest_table))
			return err_new(ERR_NOT_FOUND, "the vcpu has no guest_table");
		w->root = value_of(&v->guest_table) << XPAGE_SHIFT;
		w->format = &tables_amd64;	/* 32-bit guests: the topmost table is one of Xen */
		return NULL;
	}
	ERR_TRY(record_read(p->x->records, p->x->space, &paging_record, v->va,
			    &r));
	return guest_paging_format(&r, w);
}

static struct err *guest_frame(void *arg, uint64_t address, uint64_t *maddr)
{
	return p2m_maddr(arg, address, maddr);
}

struct err *guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
		       struct guest_walk *ret)
{
	*ret = (struct guest_walk){ .root = 0 };
	return p->x->source->guest_walk(p, v, va, ret);
}

struct err *mem_guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
			   struct guest_walk *ret)
{
	ERR_TRY(guest_format(p, v, ret));
	if (!ret->format)
		ret->walk.address = va;
	else
		ERR_TRY(tables_walk(p->memory, ret->format, ret->root, va,
				    ret->translated ? guest_frame : NULL, p,
				    &ret->walk));
	ret->maddr = ret->walk.address;
	if (!ret->translated)
		return NULL;
	ERR_TRY(p2m_lookup(p, ret->walk.address >> XPAGE_SHIFT, &ret->p2m));
	return p2m_maddr(p, ret->walk.address, &ret->maddr);
}
