/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domains of a simulated host: the functions of libxenctrl that the helper
 * domain and its windows call, and a log of these calls with a letter for each.
 */
#ifndef TESTS_MADE_DOMAINS_H
#define TESTS_MADE_DOMAINS_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <xenctrl.h>
#include <xenforeignmemory.h>

#define DOMAINS_MAX	8

struct made_domain {
	bool exists;
	uint32_t domid;
	xen_domain_handle_t handle;
	unsigned int vcpus, pages;
	bool hvm;
	unsigned int permitted;		/* calls */
};

static struct {
	struct made_domain domain[DOMAINS_MAX];
	char log[4096];
	/* calls that flush the caches of the host on Xen 4.16 and on 4.17 */
	unsigned int flushes_4_16, flushes_4_17;
	int destroy_error, map_error, unmap_error, permit_error;
	unsigned int destroyed, list_calls;
	/*
	 * the domain with this number is replaced by another one after an
	 * attempt to destroy it
	 */
	uint32_t replaced;
	uint64_t unmap_fails_at;	/* gfn; 0: nowhere */
	unsigned int mapped, unmapped;
} host;

static void made_log(char c)
{
	size_t n = strlen(host.log);

	/* a sequence of the same calls counts as one */
	if (n + 1 < sizeof(host.log) && (!n || host.log[n - 1] != c))
		host.log[n] = c;
}

static struct made_domain *made_find(uint32_t domid)
{
	unsigned int i;

	for (i = 0; i < DOMAINS_MAX; i++)
		if (host.domain[i].exists && host.domain[i].domid == domid)
			return &host.domain[i];
	return NULL;
}

static struct made_domain *made_add(uint32_t domid, const void *handle)
{
	unsigned int i;

	for (i = 0; i < DOMAINS_MAX; i++) {
		struct made_domain *d = &host.domain[i];

		if (d->exists)
			continue;
		*d = (struct made_domain){ .exists = true, .domid = domid, .hvm = true };
		memcpy(d->handle, handle, sizeof(d->handle));
		return d;
	}
	abort();
}

/* memory_type_changed(): for a domain that has I/O memory and a vcpu */
static void made_flush(const struct made_domain *d, bool is_4_17)
{
	if (!d || !d->vcpus || !d->permitted)
		return;
	host.flushes_4_16++;
	host.flushes_4_17 += is_4_17;
}

xc_interface *xc_interface_open(xentoollog_logger *l, xentoollog_logger *d,
				unsigned int flags)
{
	(void)l;
	(void)d;
	(void)flags;
	return (void *)&host;
}

int xc_interface_close(xc_interface *xc)
{
	(void)xc;
	return 0;
}

xenforeignmemory_handle *xenforeignmemory_open(xentoollog_logger *l,
					       unsigned int flags)
{
	(void)l;
	(void)flags;
	return (void *)&host;
}

int xenforeignmemory_close(xenforeignmemory_handle *h)
{
	(void)h;
	return 0;
}

int xc_domain_create(xc_interface *xc, uint32_t *domid,
		     struct xen_domctl_createdomain *config)
{
	(void)xc;
	if (made_find(*domid)) {
		errno = EEXIST;
		return -1;
	}
	made_log('c');
	made_add(*domid, config->handle);
	return 0;
}

int xc_domain_max_vcpus(xc_interface *xc, uint32_t domid, unsigned int max)
{
	(void)xc;
	made_log('v');
	made_find(domid)->vcpus = max;
	return 0;
}

int xc_domain_iomem_permission(xc_interface *xc, uint32_t domid,
			       unsigned long mfn, unsigned long n, uint8_t allow)
{
	struct made_domain *d = made_find(domid);

	(void)xc;
	(void)mfn;
	(void)n;
	made_log('p');
	if (host.permit_error) {
		errno = host.permit_error;
		return -1;
	}
	d->permitted += allow;
	made_flush(d, d->permitted == 1);
	return 0;
}

int xc_domain_memory_mapping(xc_interface *xc, uint32_t domid,
			     unsigned long gfn, unsigned long mfn,
			     unsigned long n, uint32_t add)
{
	struct made_domain *d = made_find(domid);
	int error = add ? host.map_error : host.unmap_error;

	(void)xc;
	(void)mfn;
	(void)n;
	made_log(add ? 'm' : 'u');
	made_flush(d, false);
	if (!add && host.unmap_fails_at && gfn == host.unmap_fails_at)
		error = EBUSY;
	if (error) {
		errno = error;
		return -1;
	}
	host.mapped += add;
	host.unmapped += !add;
	return 0;
}

int xc_domain_getinfolist(xc_interface *xc, uint32_t first, unsigned int max,
			  xc_domaininfo_t *ret)
{
	const struct made_domain *found = NULL;
	unsigned int i;

	(void)xc;
	(void)max;
	host.list_calls++;
	for (i = 0; i < DOMAINS_MAX; i++) {
		const struct made_domain *d = &host.domain[i];

		if (d->exists && d->domid >= first &&
		    (!found || d->domid < found->domid))
			found = d;
	}
	if (!found)
		return 0;
	memset(ret, 0, sizeof(*ret));
	ret->domain = found->domid;
	ret->flags = found->hvm ? XEN_DOMINF_hvm_guest : 0;
	ret->max_vcpu_id = found->vcpus - 1;
	ret->tot_pages = found->pages;
	memcpy(ret->handle, found->handle, sizeof(ret->handle));
	return 1;
}

int xc_domain_destroy(xc_interface *xc, uint32_t domid)
{
	struct made_domain *d = made_find(domid);

	(void)xc;
	made_log('d');
	if (!d) {
		errno = ESRCH;
		return -1;
	}
	if (host.replaced == domid && !host.destroyed) {
		host.destroyed++;
		memset(d->handle, 0x55, sizeof(d->handle));
		errno = EAGAIN;
		return -1;
	}
	if (host.destroy_error) {
		errno = host.destroy_error;
		return -1;
	}
	host.destroyed++;
	d->exists = false;
	return 0;
}

#endif
