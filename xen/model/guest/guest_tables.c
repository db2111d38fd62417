/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_tables.h"

#include <inttypes.h>
#include <string.h>

void guest_tables_init(struct guest_tables *s, const struct p2m *p2m,
		      const struct table_format *format, uint64_t root)
{
	memset(s, 0, sizeof(*s));
	s->p2m = *p2m;
	s->format = format;
	s->root = root;
}

struct err *guest_tables_of_vcpus(struct guest_tables *s, const struct p2m *p2m,
				 const struct domain *d, uint64_t va)
{
	struct p2m copy = *p2m;
	struct vcpus walk;
	struct vcpu v;

	ERR_TRY(vcpus_start(&walk, p2m->x, d));
	for (;;) {
		struct guest_walk w;
		struct err *e = vcpus_next(&walk, &v);

		if (!e && walk.done)
			return err_new(ERR_NOT_FOUND, "no vcpu's page tables map %" PRIx64,
				       va);
		if (!e)
			e = guest_walk(&copy, &v, va, &w);
		if (!e && w.format) {
			guest_tables_init(s, p2m, w.format, w.root);
			return NULL;
		}
		ERR_TRY(err_drop(e));
	}
}

static struct err *frame(void *arg, uint64_t address, uint64_t *maddr)
{
	return p2m_maddr(arg, address, maddr);
}

struct err *guest_tables_translate(struct guest_tables *s, uint64_t va,
				  uint64_t *maddr)
{
	uint64_t page = va & XPAGE_MASK, at;
	unsigned int slot = va >> XPAGE_SHIFT & (GUEST_TABLES_PAGES - 1);
	struct table_walk walk;

	if (!page || s->cache[slot].page != page) {
		ERR_TRY(tables_walk(s->p2m.memory, s->format, s->root, page,
				    s->p2m.translated ? frame : NULL, &s->p2m,
				    &walk));
		at = walk.address;
		if (s->p2m.translated)
			ERR_TRY(p2m_maddr(&s->p2m, walk.address, &at));
		s->cache[slot].page = page;
		s->cache[slot].maddr = at;
	}
	*maddr = s->cache[slot].maddr + (va - page);
	return NULL;
}

struct err *guest_tables_read(struct guest_tables *s, uint64_t va, void *buf,
			     size_t len)
{
	char *to = buf;

	while (len) {
		size_t n = XPAGE_SIZE - (va & ~XPAGE_MASK);
		uint64_t maddr;

		if (n > len)
			n = len;
		ERR_TRY(interrupt_check());
		ERR_TRY(guest_tables_translate(s, va, &maddr));
		ERR_TRY(memory_read(s->p2m.memory, maddr, to, n));
		va += n;
		to += n;
		len -= n;
	}
	return NULL;
}

struct err *guest_tables_gfn(struct guest_tables *s, uint64_t mfn, uint64_t *gfn)
{
	uint64_t entry, back;

	ERR_TRY(m2p_lookup(s->p2m.x, mfn, &entry, NULL));
	if (entry & M2P_INVALID || entry == M2P_SHARED)
		return err_new(ERR_NOT_FOUND, "mfn %" PRIx64 " has no gfn", mfn);
	ERR_TRY(p2m_maddr(&s->p2m, entry << XPAGE_SHIFT, &back));
	if (back >> XPAGE_SHIFT != mfn)
		return err_new(ERR_NOT_FOUND, "gfn %" PRIx64 " of mfn %" PRIx64
			       " is mfn %" PRIx64 " in the P2M", entry, mfn,
			       back >> XPAGE_SHIFT);
	*gfn = entry;
	return NULL;
}

struct err *guest_tables_mfn(struct guest_tables *s, uint64_t gfn, uint64_t *mfn)
{
	uint64_t maddr, entry;

	ERR_TRY(p2m_maddr(&s->p2m, gfn << XPAGE_SHIFT, &maddr));
	/* a PV guest can write its P2M; the M2P is written by Xen */
	if (!s->p2m.translated) {
		ERR_TRY(m2p_lookup(s->p2m.x, maddr >> XPAGE_SHIFT, &entry, NULL));
		if (entry != gfn)
			return err_new(ERR_NOT_FOUND, "pfn %" PRIx64 " is pfn %" PRIx64
				       " in the M2P", gfn, entry);
	}
	*mfn = maddr >> XPAGE_SHIFT;
	return NULL;
}
