/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IOMMU page tables of a domain: struct domain_iommu of include/xen/iommu.h,
 * struct arch_iommu of asm/iommu.h, 4.4 to master.
 */
#include "p2m.h"

#include <string.h>

#include "frame_table.h"
#include "xen/model/memory_source.h"

struct iommu_fields {
	struct value init, shared;
	struct value pgd_maddr, agaw;		/* VT-d */
	struct value root_table, paging_mode;	/* AMD */
};

#define F(member, path) FIELD(struct iommu_fields, member, path)

static const struct field fields[] FIELD_TABLE = {
	F(init, "domain.iommu.platform_ops->init | "
		"domain.arch.hvm_domain.hvm_iommu.platform_ops->init"),
	F(shared, "domain.iommu.hap_pt_share"),
	F(pgd_maddr, "domain.iommu.arch.vtd.pgd_maddr | "
		     "domain.iommu.arch.pgd_maddr | "
		     "domain.arch.hvm_domain.hvm_iommu.pgd_maddr"),
	F(agaw, "domain.iommu.arch.vtd.agaw | domain.iommu.arch.agaw | "
		"domain.arch.hvm_domain.hvm_iommu.agaw"),
	F(root_table, "domain.iommu.arch.amd.root_table | "
		      "domain.iommu.arch.root_table | "
		      "domain.arch.hvm_domain.hvm_iommu.root_table"),
	F(paging_mode, "domain.iommu.arch.amd.paging_mode | "
		       "domain.iommu.arch.paging_mode | "
		       "domain.arch.hvm_domain.hvm_iommu.paging_mode"),
};

static const struct record_type iommu_record = RECORD_TYPE("iommu", fields);

static struct err *need(const struct value *v, const char *name)
{
	if (value_ok(v))
		return NULL;
	return err_new(v->state == VALUE_UNREADABLE ? (enum err_reason)v->why
						    : ERR_NO_TYPE,
		       "domain.iommu: %s cannot be read", name);
}

/* Members of both drivers overlap; the address of init identifies the driver. */
static struct err *kind_of(struct xen *x, const struct value *init,
			   enum p2m_kind *ret)
{
	const struct symbol *sym;
	uint64_t offset;

	/* platform_ops is NULL without a driver */
	if (init->state == VALUE_UNREADABLE && init->why == ERR_BAD_POINTER)
		return err_new(ERR_NOT_FOUND, "no IOMMU for the domain's devices");
	ERR_TRY(need(init, "platform_ops"));
	sym = symbols_by_addr(x->symbols, value_of(init), &offset);
	if (!sym || offset)
		return err_new(ERR_BAD_POINTER,
			       "domain.iommu.platform_ops->init is not a function");
	*ret = strncmp(sym->name, "amd_", 4) ? P2M_VTD : P2M_AMD_IOMMU;
	return NULL;
}

static struct err *page_maddr(struct xen *x, uint64_t va, uint64_t *maddr)
{
	struct frame_table table;
	uint64_t pdx;

	ERR_TRY(frame_table_open(x, &table));
	ERR_TRY(frame_table_pdx(&table, va, &pdx));
	*maddr = pdx_to_pfn(space_pdx(x->space), pdx) << XPAGE_SHIFT;
	return NULL;
}

static struct err *open_vtd(struct p2m *p, const struct iommu_fields *f)
{
	ERR_TRY(need(&f->pgd_maddr, "pgd_maddr"));
	ERR_TRY(need(&f->agaw, "agaw"));
	p->root = value_of(&f->pgd_maddr);
	/* agaw (adjusted guest address width) 0 means two levels */
	return err_prefix(tables_lower(&tables_vtd, value_of(&f->agaw) + 2, &p->format),
			  "domain.iommu: agaw");
}

static struct err *open_amd(struct p2m *p, const struct iommu_fields *f)
{
	ERR_TRY(need(&f->root_table, "root_table"));
	ERR_TRY(need(&f->paging_mode, "paging_mode"));
	p->root = 0;
	if (!value_of(&f->root_table))
		return NULL;
	ERR_TRY(err_prefix(page_maddr(p->x, value_of(&f->root_table), &p->root),
			   "domain.iommu: root_table"));
	return err_prefix(tables_lower(&tables_amd_iommu, value_of(&f->paging_mode),
				       &p->format), "domain.iommu: paging_mode");
}

struct err *p2m_open_iommu(struct xen *x, const struct domain *d,
			   struct p2m *ret)
{
	return x->source->p2m_open_iommu(x, d, ret);
}

struct err *mem_p2m_open_iommu(struct xen *x, const struct domain *d,
			       struct p2m *ret)
{
	struct p2m p = { .x = x, .translated = true, .memory = x->memory,
			 .domid = value_of(&d->domain_id) };
	struct iommu_fields f = { 0 };

	ERR_TRY(record_read(x->records, x->space, &iommu_record, d->va, &f));
	ERR_TRY(kind_of(x, &f.init, &p.kind));
	if (value_ok(&f.shared) && value_of(&f.shared))
		return p2m_open(x, d, ret);
	ERR_TRY(p.kind == P2M_VTD ? open_vtd(&p, &f) : open_amd(&p, &f));
	if (!p.root)
		return err_new(ERR_NOT_FOUND, "no IOMMU tables for the domain");
	*ret = p;
	return NULL;
}

bool p2m_is_iommu(const struct p2m *p)
{
	return p->kind == P2M_VTD || p->kind == P2M_AMD_IOMMU;
}
