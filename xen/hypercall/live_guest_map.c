/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of a guest by hypercalls. Those of a PV guest are taken from the
 * P2M that it publishes, if Xen's M2P agrees and the guest owns them.
 */
#include "live_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "xen/model/guest/guest_map.h"

/*
 * Limit of the number of gfns that a PV guest states, as a multiple of the
 * host's frames.
 */
#define SPARSE	16

static struct err *pv_frame(struct p2m *p, uint64_t gfn, uint64_t *mfn)
{
	struct p2m_entry entry;
	uint64_t back;

	ERR_TRY(p2m_lookup(p, gfn, &entry));
	if (!entry.mapped)
		return err_new(ERR_NOT_FOUND, "no memory at gfn %" PRIx64, gfn);
	ERR_TRY(m2p_lookup(p->x, entry.mfn, &back, NULL));
	if (back != gfn)
		return err_new(ERR_NOT_FOUND, "gfn %" PRIx64 " is not that of mfn %" PRIx64,
			       gfn, entry.mfn);
	*mfn = entry.mfn;
	return NULL;
}

static enum page_kind kind_of(uint8_t type)
{
	static const enum page_kind kinds[] = {
		KIND_OTHER, KIND_L1, KIND_L2, KIND_L3, KIND_L4,
	};

	return type < ARRAY_SIZE(kinds) ? kinds[type] : KIND_OTHER;
}

struct err *live_guest_frame(struct p2m *p, uint64_t gfn, bool with_kind,
			     struct guest_frame *ret)
{
	struct live *l = live_of(p->x);
	struct guest_frame f = { .gfn = gfn, .mfn = gfn, .kind = KIND_OTHER };
	uint8_t type = 0;
	int rc;

	if (!p->translated)
		ERR_TRY(pv_frame(p, gfn, &f.mfn));
	if (with_kind) {
		rc = l->ops->guest_types(l->priv, p->domid, &f.mfn, 1, &type);
		if (rc)
			return live_failed(rc, "asking the hypervisor for the type of a frame");
		if (type == LIVE_NO_FRAME)
			return err_new(ERR_NOT_FOUND, "no memory at gfn %" PRIx64, gfn);
		f.kind = kind_of(type);
	}
	*ret = f;
	return NULL;
}

/* Number of frames per request of their types. */
struct batch {
	uint64_t gfn[LIVE_TYPES_MAX], mfn[LIVE_TYPES_MAX];
	uint8_t type[LIVE_TYPES_MAX];
	unsigned int nr;
};

static struct err *add_batch(struct p2m *p, struct batch *b, struct guest_map *m)
{
	struct live *l = live_of(p->x);
	int rc = b->nr ? l->ops->guest_types(l->priv, p->domid, b->mfn, b->nr, b->type) : 0;

	if (rc)
		return live_failed(rc, "asking the hypervisor for the types of frames");
	for (unsigned int i = 0; i < b->nr; i++) {
		if (b->type[i] == LIVE_NO_FRAME)
			continue;
		if (!ARRAY_GROW(m->frame, m->nr))
			return err_nomem();
		m->frame[m->nr++] = (struct guest_frame){
			.gfn = b->gfn[i], .mfn = b->mfn[i], .kind = kind_of(b->type[i]),
		};
	}
	b->nr = 0;
	return NULL;
}

static struct err *add_gfn(struct p2m *p, uint64_t gfn, struct batch *b,
			   struct guest_map *m)
{
	uint64_t mfn = gfn;

	if (!p->translated) {
		struct err *e = pv_frame(p, gfn, &mfn);

		if (e)
			return err_drop(e);
	}
	b->gfn[b->nr] = gfn;
	b->mfn[b->nr++] = mfn;
	return b->nr == LIVE_TYPES_MAX ? add_batch(p, b, m) : NULL;
}

static struct err *find_gfns(struct p2m *p, uint64_t *ret)
{
	struct live *l = live_of(p->x);
	struct live_layout layout;
	int rc = l->ops->guest_layout(l->priv, p->domid, p->translated, &layout);

	if (rc)
		return live_failed(rc, "asking the hypervisor for the size of the domain");
	if (layout.pod_pages)
		return err_new(ERR_REFUSED,
			       "%" PRIu64 " pages of the domain are populate-on-demand: reading them could require more memory than the domain has",
			       layout.pod_pages);
	if (!p->translated && layout.gfns / SPARSE > l->host.max_page)
		return err_new(ERR_CORRUPT, "the guest states %" PRIu64 " pages, more than the host can have",
			       layout.gfns);
	*ret = layout.gfns;
	return NULL;
}

struct err *live_guest_map(struct xen *x, const struct domain *d,
			   const struct page_progress *progress,
			   struct guest_map *ret)
{
	struct batch *b;
	uint64_t gfns;
	struct p2m p;
	struct err *e;

	if (!value_of(&d->domain_id))
		return err_new(ERR_UNSUPPORTED, "dom0's memory is not read by hypercalls; use a session on the running host");
	ERR_TRY(live_p2m_open(x, d, &p));
	ERR_TRY(find_gfns(&p, &gfns));
	b = calloc(1, sizeof(*b));
	if (!b)
		return err_nomem();
	e = NULL;
	for (uint64_t gfn = 0; !e && gfn < gfns; gfn++) {
		if (!(gfn & 0xff))
			e = interrupt_check();
		if (!(gfn & 0xffff) && progress && progress->fn)
			progress->fn(progress->arg, gfn, gfns);
		if (!e)
			e = add_gfn(&p, gfn, b, ret);
	}
	if (!e)
		e = add_batch(&p, b, ret);
	free(b);
	return e;
}

struct err *live_domain_pause(struct xen *x, const struct domain *d)
{
	struct live *l = live_of(x);
	int rc = l->ops->pause(l->priv, value_of(&d->domain_id));

	return rc && rc != -EBUSY ? live_failed(rc, "pausing the domain") : NULL;
}

struct err *live_domain_unpause(struct xen *x, const struct domain *d)
{
	struct live *l = live_of(x);
	int rc = l->ops->unpause(l->priv, value_of(&d->domain_id));

	return rc && rc != -ENOENT ? live_failed(rc, "unpausing the domain (a watchdog process tries again at the end of this one)") : NULL;
}
