/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_memory.h"

#include "xen/model/memory/p2m.h"
#include "xen/model/memory_source.h"

struct err *mem_guest_read(struct xen *x, const struct domain *d,
			   const struct vcpu *v, bool is_virtual,
			   uint64_t address, void *buf, size_t len)
{
	uint64_t maddr = address;
	struct guest_walk w;
	struct p2m p;

	ERR_TRY(p2m_open(x, d, &p));
	if (is_virtual) {
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
		ERR_TRY(x->source->guest_read(x, d, v, space == GUEST_VIRTUAL,
					      address, to, n));
		address += n;
		to += n;
		len -= n;
	}
	return NULL;
}
