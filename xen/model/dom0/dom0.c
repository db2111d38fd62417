/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dom0.h"

struct err *dom0_open(struct xen *x, struct dom0 *ret)
{
	struct dom0 dom0 = { .memory = x->memory };
	uint64_t list = x->notes ? x->notes->crash_info.dom0_p2m_mfn : 0;
	struct domain d;

	if (list && list != ~0ULL) {
		dom0.list_list = list;
		*ret = dom0;
		return NULL;
	}
	ERR_TRY(domain_find(x, 0, &d));
	ERR_TRY(p2m_open(x, &d, &dom0.p2m));
	dom0.translated = dom0.p2m.translated;
	if (!dom0.translated && value_ok(&d.frame_lists) &&
	    value_of(&d.frame_lists) != ~0ULL)
		dom0.list_list = value_of(&d.frame_lists);
	*ret = dom0;
	return NULL;
}

struct err *dom0_mfn(struct dom0 *d, uint64_t gfn, uint64_t *mfn)
{
	uint64_t maddr;

	if (d->list_list)
		return p2m_list_lookup(d->memory, d->list_list, gfn, mfn);
	ERR_TRY(p2m_maddr(&d->p2m, gfn << XPAGE_SHIFT, &maddr));
	*mfn = maddr >> XPAGE_SHIFT;
	return NULL;
}
