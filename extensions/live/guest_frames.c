/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a guest: its frames, their types, their contents. */
#include "internal.h"

#include <stdlib.h>
#include <sys/mman.h>

int guest_types(void *priv, uint32_t domid, const uint64_t *frame,
		unsigned int n, uint8_t *ret)
{
	struct live *l = priv;
	struct xen_domctl *op = xencall_alloc_buffer(l->call, sizeof(*op));
	xen_pfn_t *pfn = xencall_alloc_buffer(l->call, n * sizeof(*pfn));
	unsigned int i;
	int rc = op && pfn ? 0 : -ENOMEM;

	if (!rc) {
		memset(op, 0, sizeof(*op));
		op->cmd = XEN_DOMCTL_getpageframeinfo3;
		op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
		op->domain = domid;
		op->u.getpageframeinfo3.num = n;
		set_xen_guest_handle_raw(op->u.getpageframeinfo3.array, pfn);
		for (i = 0; i < n; i++)
			pfn[i] = frame[i];
		errno = 0;
		if (xencall1(l->call, __HYPERVISOR_domctl, (uintptr_t)op))
			rc = failed();
	}
	for (i = 0; !rc && i < n; i++) {
		unsigned int type = pfn[i] & XEN_DOMCTL_PFINFO_LTAB_MASK;

		if (type >= XEN_DOMCTL_PFINFO_BROKEN)
			ret[i] = LIVE_NO_FRAME;
		else
			ret[i] = (type & XEN_DOMCTL_PFINFO_LTABTYPE_MASK) >>
				 XEN_DOMCTL_PFINFO_LTAB_SHIFT;
	}
	if (pfn)
		xencall_free_buffer(l->call, pfn);
	if (op)
		xencall_free_buffer(l->call, op);
	return rc;
}

/* the hypercall that maps foreign domains does not accept dom0's own id */
static uint32_t foreign(uint32_t domid)
{
	return domid ? domid : DOMID_SELF;
}

static int map_and_copy(struct live *l, uint32_t domid, const xen_pfn_t *pfn,
			unsigned int n, char *buf, int *result)
{
	unsigned int i;
	char *map;

	errno = 0;
	map = xenforeignmemory_map(l->fmem, foreign(domid), PROT_READ, n, pfn, result);
	if (!map)
		return failed();
	for (i = 0; i < n; i++) {
		if (!result[i])
			memcpy(buf + (size_t)i * LIVE_PAGE,
			       map + (size_t)i * LIVE_PAGE, LIVE_PAGE);
		else if (result[i] > 0)
			result[i] = -result[i];
	}
	xenforeignmemory_unmap(l->fmem, map, n);
	return 0;
}

/*
 * Frames of devices, whose state a read may change, are not memory of the
 * domain for Xen (getpageframeinfo3). A PV guest's frames are mapped only if it
 * owns them.
 */
int guest_copy(void *priv, uint32_t domid, int is_hvm, const uint64_t *frame,
	       unsigned int n, void *buf, int *result)
{
	uint8_t type[LIVE_COPY_MAX] = { 0 };
	xen_pfn_t pfn[LIVE_COPY_MAX];
	unsigned int i = 0, first;
	int rc;

	if (!n || n > LIVE_COPY_MAX)
		return -EINVAL;
	rc = is_hvm ? guest_types(priv, domid, frame, n, type) : 0;
	while (!rc && i < n) {
		for (; i < n && type[i] == LIVE_NO_FRAME; i++)
			result[i] = -ENOENT;
		for (first = i; i < n && type[i] != LIVE_NO_FRAME; i++)
			pfn[i] = frame[i];
		if (i > first)
			rc = map_and_copy(priv, domid, pfn + first, i - first,
					  (char *)buf + (size_t)first * LIVE_PAGE,
					  result + first);
	}
	return rc;
}

/* Finds the P2M that a PV guest publishes in its shared_info. */
static int read_published(struct live *l, const xc_domaininfo_t *i,
			  struct live_layout *ret)
{
	xen_pfn_t pfn = i->shared_info_frame;
	const shared_info_t *s;
	int rc = 0;

	errno = 0;
	s = xenforeignmemory_map(l->fmem, foreign(i->domain), PROT_READ, 1,
				 &pfn, &rc);
	if (!s)
		return failed();
	if (!rc) {
		ret->list_list = s->arch.pfn_to_mfn_frame_list_list;
		ret->p2m_cr3 = s->arch.p2m_cr3;
		ret->p2m_vaddr = s->arch.p2m_vaddr;
		ret->p2m_generation = s->arch.p2m_generation;
	}
	xenforeignmemory_unmap(l->fmem, (void *)s, 1);
	return rc > 0 ? -rc : rc;
}

int guest_layout(void *priv, uint32_t domid, int is_hvm, struct live_layout *ret)
{
	uint64_t total, cached, pod = 0;
	struct live *l = priv;
	xc_domaininfo_t i;
	xen_pfn_t last;
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = domain_find(l->xc, domid, &i);
	if (rc)
		return rc;
	if (xc_domain_maximum_gpfn(l->xc, domid, &last) < 0)
		return failed();
	ret->gfns = last + 1;
	if (!is_hvm)
		return read_published(l, &i, ret);
	if (!xc_domain_get_pod_target(l->xc, domid, &total, &cached, &pod))
		ret->pod_pages = pod;
	return 0;
}
