/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helper.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "domain_info.h"
#include "owner.h"
#include "quiet.h"

/*
 * High numbers, which toolstacks do not reach; below DOMID_FIRST_RESERVED and
 * without the last ones, which 4.22 refuses.
 */
#define FIRST_DOMID	0x7e00
#define LAST_DOMID	0x7eff

#ifndef XEN_INVALID_MAX_VCPU_ID		/* public/domctl.h of 4.10 and earlier */
#define XEN_INVALID_MAX_VCPU_ID	(~0U)
#endif

/* Maximum number of pages of a helper; memory that is mapped into it does not count. */
#define PAGES_MAX	64

/*
 * The handle alone is not sufficient, as it can be copied ("xl create" with the
 * same uuid): a helper also has a number that toolstacks do not use, at most
 * one vcpu and almost no memory.
 */
static bool is_helper(const xc_domaininfo_t *i)
{
	struct owner o;

	memcpy(&o, i->handle, sizeof(o));
	return owner_has_mark(&o) && i->domain >= FIRST_DOMID &&
	       i->domain <= LAST_DOMID && i->flags & XEN_DOMINF_hvm_guest &&
	       i->tot_pages <= PAGES_MAX &&
	       (!i->max_vcpu_id || i->max_vcpu_id == XEN_INVALID_MAX_VCPU_ID);
}

/* 1: the domain is a helper of this owner; 0: it is not, or no longer exists. */
static int is_of(xc_interface *xc, uint32_t domid, const struct owner *o)
{
	xc_domaininfo_t i;
	int n = domain_from(xc, domid, &i);

	if (n < 0)
		return n;
	return n == 1 && i.domain == domid && is_helper(&i) &&
	       !memcmp(i.handle, o, sizeof(*o));
}

/*
 * Xen destroys a domain in steps; pages that dom0 still maps delay the last
 * one. Meanwhile another domain may get the number, so each attempt checks it
 * again.
 */
static int destroy(xc_interface *xc, uint32_t domid, const struct owner *o)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int tries, rc = 0;

	for (tries = 0; tries < 300; tries++) {
		int is = is_of(xc, domid, o);

		if (is <= 0)
			return is;
		if (!xc_domain_destroy(xc, domid))
			return 0;
		rc = failed();
		if (rc != -EAGAIN && rc != -EBUSY && rc != -EINTR)
			return rc == -ESRCH ? 0 : rc;
		nanosleep(&pause, NULL);
	}
	return rc;
}

/* Calls each() for every helper; continues after an error, and returns the first one. */
static int each_helper(xc_interface *xc,
		       int (*each)(xc_interface *xc, uint32_t domid,
				   const struct owner *o, void *arg),
		       void *arg)
{
	uint32_t first = FIRST_DOMID;
	int rc = 0;

	while (first <= LAST_DOMID) {
		struct owner o;
		xc_domaininfo_t i;
		int n = domain_from(xc, first, &i);

		if (n < 0)
			return n;
		if (!n || i.domain < first)
			break;
		memcpy(&o, i.handle, sizeof(o));
		if (is_helper(&i)) {
			n = each(xc, i.domain, &o, arg);
			rc = rc ? rc : n;
		}
		first = i.domain + 1;
	}
	return rc;
}

static int destroy_owned(xc_interface *xc, uint32_t domid,
			 const struct owner *o, void *arg)
{
	return memcmp(o, arg, sizeof(*o)) ? 0 : destroy(xc, domid, o);
}

/*
 * Runs in the watchdog, which starts before the domain has a number: finds it
 * by its handle.
 */
static void end_helper(const void *handle)
{
	xc_interface *xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	struct owner o;

	if (!xc)
		return;
	memcpy(&o, handle, sizeof(o));
	each_helper(xc, destroy_owned, &o);
	xc_interface_close(xc);
}

static int destroy_stale(xc_interface *xc, uint32_t domid,
			 const struct owner *o, void *arg)
{
	unsigned int *removed = arg;
	int rc;

	if (owner_state(o) != OWNER_ENDED)
		return 0;
	rc = destroy(xc, domid, o);
	if (!rc)
		++*removed;
	return rc;
}

int helper_cleanup(unsigned int *removed)
{
	xc_interface *xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	int rc;

	if (!xc)
		return failed();
	*removed = 0;
	rc = each_helper(xc, destroy_stale, removed);
	xc_interface_close(xc);
	return rc;
}

static void fill_config(const struct helper *h, struct xen_domctl_createdomain *c)
{
	*c = (struct xen_domctl_createdomain){
		.flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
		.max_vcpus = 1,
		.max_evtchn_port = 1023,
		.max_grant_frames = 4,
		.max_maptrack_frames = 4,
#if XEN_DOMCTL_INTERFACE_VERSION >= 0x14
		.grant_opts = XEN_DOMCTL_GRANT_version(1),
#endif
		.arch.emulation_flags = XEN_X86_EMU_LAPIC,
	};
	memcpy(c->handle, h->handle, sizeof(c->handle));
}

static int create_domain(struct helper *h)
{
	struct xen_domctl_createdomain config;
	uint32_t domid;

	for (domid = FIRST_DOMID; domid <= LAST_DOMID; domid++) {
		uint32_t id = domid;

		fill_config(h, &config);
		if (!xc_domain_create(h->xc, &id, &config)) {
			h->domid = h->windows.domid = id;
			return 0;
		}
		if (errno != EEXIST)
			return failed();
	}
	return -EBUSY;
}

/* Permits access to RAM only, which Xen enforces for all later mappings. */
static int permit_ram(struct helper *h)
{
	unsigned int i;

	for (i = 0; i < h->facts->nr_ram; i++) {
		const struct live_ram *r = &h->facts->ram[i];

		if (xc_domain_iomem_permission(h->xc, h->domid, r->first,
					       r->end - r->first, 1))
			return failed();
	}
	return 0;
}

static int make_domain(struct helper *h, const char **what)
{
	int rc;

	*what = "creating a helper domain (see free_memory in \"xl info\")";
	rc = create_domain(h);
	if (rc)
		return rc;
	/*
	 * Called before the vcpu exists: for a domain without vcpu Xen does not
	 * flush the caches of the host (memory_type_changed(),
	 * arch/x86/hvm/mtrr.c).
	 */
	*what = "permitting the helper domain to map RAM";
	rc = permit_ram(h);
	if (rc)
		return rc;
	*what = "adding a vcpu to the helper domain";
	return xc_domain_max_vcpus(h->xc, h->domid, 1) ? failed() : 0;
}

int helper_create(const struct live_memory_facts *facts, struct helper **ret,
		  const char **what)
{
	struct helper *h = calloc(1, sizeof(*h));
	int rc = -ENOMEM;
	struct owner owner;

	if (!h)
		return rc;
	h->facts = facts;
	h->windows.base = HELPER_WINDOWS;
	*what = "reading /proc/self";
	rc = owner_self(&owner);
	if (rc)
		goto fail;
	memcpy(h->handle, &owner, sizeof(owner));
	*what = "opening /dev/xen/privcmd";
	errno = 0;
	h->xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	if (h->xc)
		h->fmem = xenforeignmemory_open(quiet_logger(), 0);
	if (!h->xc || !h->fmem) {
		rc = failed();
		goto fail;
	}
	*what = "starting the watchdog";
	rc = watchdog_start(&h->watchdog, end_helper, h->handle);
	if (rc)
		goto fail;
	rc = make_domain(h, what);
	if (rc) {
		helper_destroy(h);
		return rc;
	}
	*ret = h;
	return 0;
fail:
	if (h->fmem)
		xenforeignmemory_close(h->fmem);
	if (h->xc)
		xc_interface_close(h->xc);
	free(h);
	return rc;
}

int helper_destroy(struct helper *h)
{
	struct owner o;
	int rc;

	memcpy(&o, h->handle, sizeof(o));
	/* exit of a forked process, not of the session */
	if (o.pid != (uint32_t)getpid())
		return 0;
	rc = each_helper(h->xc, destroy_owned, &o);
	if (!rc)
		watchdog_stop(&h->watchdog);
	xenforeignmemory_close(h->fmem);
	xc_interface_close(h->xc);
	free(h);
	return rc;
}

int helper_see(struct helper *h, uint64_t maddr, uint64_t *gpa)
{
	return windows_see(&h->windows, h->xc, h->facts, maddr, gpa);
}
