/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's memory by hypercalls, which map it frame by frame. */
#include "live_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/domain/context.h"
#include "xen/model/memory/p2m.h"

/* Maps one frame: an mfn of a PV guest, else a gfn. */
static struct err *read_frame(struct live *l, uint64_t domid, uint64_t frame,
			      void *page)
{
	int rc = l->ops->guest_page(l->priv, domid, frame, page);

	if (rc)
		return err_new(ERR_BAD_POINTER,
			       "frame %" PRIx64 " of domain %" PRIu64 " cannot be mapped: %s",
			       frame, domid, strerror(-rc));
	return NULL;
}

struct guest_memory {
	struct live *l;
	uint64_t domid;
};

static struct err *read_guest_page(void *priv, uint64_t maddr, void *page)
{
	const struct guest_memory *g = priv;

	return read_frame(g->l, g->domid, maddr >> XPAGE_SHIFT, page);
}

/* A guest as a memory, by the addresses that its page tables hold. */
static struct err *guest_memory(struct live *l, uint64_t domid,
				struct memory **ret)
{
	static const struct memory_ops ops = {
		.name = "guest", .read_page = read_guest_page, .destroy = free,
	};
	struct guest_memory *g = malloc(sizeof(*g));
	struct err *e;

	if (!g)
		return err_nomem();
	*g = (struct guest_memory){ l, domid };
	e = memory_create(&ops, g, ret);
	if (e)
		free(g);
	return e;
}

struct err *live_p2m_open(struct xen *x, const struct domain *d,
			  struct p2m *ret)
{
	struct p2m p = { .x = x, .translated = domain_is_hvm(d),
			 .domid = value_of(&d->domain_id) };

	if (!p.translated && value_of(&d->is_32bit))
		return err_new(ERR_UNSUPPORTED,
			       "page tables of 32-bit PV guests are not read in a running host");
	*ret = p;
	return NULL;
}

struct err *live_p2m_open_iommu(struct xen *x, const struct domain *d,
				struct p2m *ret)
{
	(void)x;
	(void)d;
	(void)ret;
	return err_new(ERR_UNSUPPORTED,
		       "tables of an IOMMU are not read in a running host");
}

/* Sets format, root and translated by the registers of the vcpu. */
static struct err *find_format(struct p2m *p, const struct vcpu *v,
			       struct guest_walk *w)
{
	struct guest_paging r;
	struct context c;

	ERR_TRY(live_registers(live_of(p->x), p->domid, v, &c));
	r = (struct guest_paging){ .cr0 = c.control.cr0, .cr3 = c.control.cr3,
				   .cr4 = c.control.cr4, .efer = c.control.efer };
	if (p->translated)
		return guest_paging_format(&r, w);
	w->root = value_of(&r.cr3);
	w->format = &tables_amd64;
	return NULL;
}

/* The machine address stays 0: no hypercall translates a gfn. */
struct err *live_guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
			    struct guest_walk *ret)
{
	struct memory *m;
	struct err *e;

	ERR_TRY(find_format(p, v, ret));
	if (ret->format) {
		ERR_TRY(guest_memory(live_of(p->x), p->domid, &m));
		e = tables_walk(m, ret->format, ret->root, va, NULL, NULL,
				&ret->walk);
		memory_destroy(m);
		ERR_TRY(e);
	} else {
		ret->walk.address = va;
	}
	if (!ret->translated)
		ret->maddr = ret->walk.address;
	return NULL;
}

/* Frames are mapped by the guest's own numbers; Xen's P2M is not needed. */
struct err *live_guest_read(struct xen *x, const struct domain *d,
			    const struct vcpu *v, bool is_virtual,
			    uint64_t address, void *buf, size_t len)
{
	struct guest_walk w = { .root = 0 };
	char page[XPAGE_SIZE];
	struct p2m p;

	ERR_TRY(live_p2m_open(x, d, &p));
	if (is_virtual) {
		ERR_TRY(live_guest_walk(&p, v, address, &w));
		address = w.walk.address;
	}
	ERR_TRY(read_frame(live_of(x), p.domid, address >> XPAGE_SHIFT, page));
	memcpy(buf, page + (address & ~XPAGE_MASK), len);
	return NULL;
}
