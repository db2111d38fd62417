/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_memory.h"

#include <string.h>

#include "xen/hypercall/live.h"
#include "xen/model/memory/p2m.h"

/* Hypercalls map frames by gfn, so Xen's P2M is not needed. */
static struct err *read_live(struct xen *x, const struct domain *d,
			     uint64_t address, void *buf, size_t len)
{
	char page[XPAGE_SIZE];

	ERR_TRY(live_guest_page(x->hypercalls, d->domain_id.u, address >> XPAGE_SHIFT,
				page));
	memcpy(buf, page + (address & ~XPAGE_MASK), len);
	return NULL;
}

/* The range lies in one page. */
static struct err *read_part(struct xen *x, const struct domain *d,
			     const struct vcpu *v, enum guest_space space,
			     uint64_t address, void *buf, size_t len)
{
	uint64_t maddr = address;
	struct guest_walk w;
	struct p2m p;

	ERR_TRY((x->hypercalls ? p2m_open_live : p2m_open)(x, d, &p));
	if (space == GUEST_VIRTUAL) {
		ERR_TRY(guest_walk(&p, v, address, &w));
		maddr = p.live ? w.walk.address : w.maddr;
	} else if (p.translated && !p.live) {
		ERR_TRY(p2m_maddr(&p, address, &maddr));
	}
	if (p.live)
		return read_live(x, d, maddr, buf, len);
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
		ERR_TRY(read_part(x, d, v, space, address, to, n));
		address += n;
		to += n;
		len -= n;
	}
	return NULL;
}
