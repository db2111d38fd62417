/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's memory by hypercalls, which map it frame by frame. */
#include "live_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/domain/context.h"
#include "xen/model/memory/p2m.h"

/* Number of frames to copy at once when a walk proceeds from one to the next. */
#define AHEAD	LIVE_COPY_MAX

/*
 * The memory of a guest, by the addresses in its page tables: machine
 * addresses of a PV guest, else guest physical ones.
 */
struct guest_memory {
	struct guest_memory *next;
	struct live *l;
	struct memory *memory;
	uint64_t domid;
	bool is_hvm;
	uint64_t first;			/* nr frames that were read ahead */
	unsigned int nr;
	int result[AHEAD];
	char bytes[AHEAD][XPAGE_SIZE] __attribute__((aligned(sizeof(uint64_t))));
};

static struct err *read_guest_page(void *priv, uint64_t maddr, void *page)
{
	uint64_t frame = maddr >> XPAGE_SHIFT, wanted[AHEAD], at;
	struct guest_memory *g = priv;
	int rc = 0;

	if (frame < g->first || frame - g->first >= g->nr) {
		unsigned int n = g->nr && frame == g->first + g->nr ? AHEAD : 1;

		for (unsigned int i = 0; i < n; i++)
			wanted[i] = frame + i;
		g->nr = 0;
		rc = g->l->ops->guest_copy(g->l->priv, g->domid, g->is_hvm, wanted,
					   n, g->bytes, g->result);
		g->first = frame;
		g->nr = rc ? 0 : n;
	}
	at = frame - g->first;
	if (!rc)
		rc = g->result[at];
	if (rc)
		return err_new(ERR_BAD_POINTER,
			       "frame %" PRIx64 " of domain %" PRIu64 " cannot be mapped: %s",
			       frame, g->domid, rc == -ENOENT ? "no memory" : strerror(-rc));
	memcpy(page, g->bytes[at], XPAGE_SIZE);
	return NULL;
}

static void forget_ahead(void *priv)
{
	struct guest_memory *g = priv;

	g->nr = 0;
}

/* Returns the struct of the domain, kept until the session ends. */
static struct err *guest_memory(struct live *l, const struct domain *d,
				struct memory **ret)
{
	static const struct memory_ops ops = {
		.name = "guest", .read_page = read_guest_page,
		.flush = forget_ahead, .destroy = free,
	};
	uint64_t domid = value_of(&d->domain_id);
	struct guest_memory *g;
	struct err *e;

	for (g = l->guests; g; g = g->next) {
		if (g->domid != domid || g->is_hvm != domain_is_hvm(d))
			continue;
		*ret = g->memory;
		return NULL;
	}
	g = calloc(1, sizeof(*g));
	if (!g)
		return err_nomem();
	g->l = l;
	g->domid = domid;
	g->is_hvm = domain_is_hvm(d);
	e = memory_create(&ops, g, &g->memory);
	if (e) {
		free(g);
		return e;
	}
	g->next = l->guests;
	l->guests = g;
	*ret = g->memory;
	return NULL;
}

void live_guests_close(struct live *l)
{
	while (l->guests) {
		struct guest_memory *g = l->guests;

		l->guests = g->next;
		memory_destroy(g->memory);
	}
}

static struct err *open_p2m(struct xen *x, const struct domain *d, struct p2m *ret)
{
	struct p2m p = { .x = x, .translated = domain_is_hvm(d),
			 .by_gfn = domain_is_hvm(d),
			 .domid = value_of(&d->domain_id) };

	if (!p.translated && value_of(&d->is_32bit))
		return err_new(ERR_UNSUPPORTED,
			       "page tables of 32-bit PV guests are not available on a running host");
	ERR_TRY(guest_memory(live_of(x), d, &p.memory));
	memory_flush(p.memory);
	*ret = p;
	return NULL;
}

/*
 * Without the P2M that a PV guest publishes only the frames are unknown:
 * p2m_lookup() fails.
 */
struct err *live_p2m_open(struct xen *x, const struct domain *d,
			  struct p2m *ret)
{
	struct live *l = live_of(x);
	struct live_layout layout;
	struct p2m p;

	ERR_TRY(open_p2m(x, d, &p));
	if (!p.translated) {
		p.entry_size = 8;
		if (!l->ops->guest_layout(l->priv, p.domid, false, &layout)) {
			p.list_list = live_known(layout.list_list);
			p.linear_cr3 = live_known(layout.p2m_cr3);
			p.linear_va = live_known(layout.p2m_vaddr);
			p.linear_generation = live_known(layout.p2m_generation);
		}
	}
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
		       "tables of an IOMMU are not available on a running host");
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

/* The machine address is 0: no hypercall translates a gfn. */
struct err *live_guest_walk(struct p2m *p, const struct vcpu *v, uint64_t va,
			    struct guest_walk *ret)
{
	ERR_TRY(find_format(p, v, ret));
	if (ret->format)
		ERR_TRY(tables_walk(p->memory, ret->format, ret->root, va, NULL,
				    NULL, &ret->walk));
	else
		ret->walk.address = va;
	if (!ret->translated)
		ret->maddr = ret->walk.address;
	return NULL;
}

/* Frames are mapped by the guest's own frame numbers; Xen's P2M is not required. */
struct err *live_guest_read(struct xen *x, const struct domain *d,
			    const struct vcpu *v, bool is_virtual,
			    uint64_t address, void *buf, size_t len)
{
	struct guest_walk w = { .root = 0 };
	struct p2m p;

	ERR_TRY(open_p2m(x, d, &p));
	if (is_virtual) {
		ERR_TRY(live_guest_walk(&p, v, address, &w));
		address = w.walk.address;
	}
	return memory_read(p.memory, address, buf, len);
}
