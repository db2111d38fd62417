/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest.h"

#include <string.h>

#include "live.h"
#include "p2m.h"

static struct err *read_live(struct xen *x, const struct domain *d,
			     const struct vcpu *v, enum guest_space space,
			     uint64_t address, void *buf, size_t len)
{
	uint64_t frame = address >> XPAGE_SHIFT;
	char page[XPAGE_SIZE];

	if (space == GUEST_VIRTUAL)
		ERR_TRY(live_guest_frame(x->hypercalls, d->domain_id.u, v->vcpu_id.u,
					 address, &frame));
	ERR_TRY(live_guest_page(x->hypercalls, d->domain_id.u, frame, page));
	memcpy(buf, page + (address & ~XPAGE_MASK), len);
	return NULL;
}

static struct err *read_dump(struct xen *x, const struct domain *d,
			     const struct vcpu *v, enum guest_space space,
			     uint64_t address, void *buf, size_t len)
{
	uint64_t maddr = address;
	struct guest_walk w;
	struct p2m p;

	ERR_TRY(p2m_open(x, d, &p));
	if (space == GUEST_VIRTUAL) {
		ERR_TRY(guest_walk(&p, v, address, &w));
		maddr = w.maddr;
	} else if (p.translated) {
		ERR_TRY(p2m_maddr(&p, address, &maddr));
	}
	return memory_read(x->memory, maddr, buf, len);
}

struct err *guest_read(struct xen *x, const struct domain *d,
		       const struct vcpu *v, enum guest_space space,
		       uint64_t address, void *buf, size_t len)
{
	char *to = buf;

	while (len) {
		size_t n = XPAGE_SIZE - (address & ~XPAGE_MASK);

		if (n > len)
			n = len;
		ERR_TRY(interrupt_check());
		ERR_TRY((x->hypercalls ? read_live : read_dump)(x, d, v, space, address,
							  to, n));
		address += n;
		to += n;
		len -= n;
	}
	return NULL;
}
