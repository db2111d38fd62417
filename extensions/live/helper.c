/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "helper.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "quiet.h"

/*
 * High numbers, which toolstacks do not reach; below DOMID_FIRST_RESERVED and
 * below the last ones, which 4.22 refuses.
 */
#define FIRST_DOMID	0x7e00
#define LAST_DOMID	0x7eff

/* Start of the domain's handle, followed by its owner; random handles do not begin like this. */
static const char mark[8] = { 'c', 'r', 'a', 's', 'h', 'x', 'e', 'n' };

struct owner {
	char mark[8];
	uint32_t pid;
	uint32_t start;		/* when the process started, in clock ticks */
};

static int failed(void)
{
	return errno ? -errno : -EIO;
}

/* Field 22 of /proc/PID/stat; 0 when there is no such process. */
static uint32_t start_of(uint32_t pid)
{
	char path[32], text[1024], *at;
	unsigned long long start = 0;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	/* the name, in parentheses, may contain any character */
	at = strrchr(text, ')');
	if (!at || sscanf(at + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
			  &start) != 1)
		return 0;
	return start;
}

static bool owner_is_running(const struct owner *o)
{
	return o->start == start_of(o->pid);
}

/* Xen destroys a domain in steps; pages that dom0 still maps delay the last one. */
static int destroy(xc_interface *xc, uint32_t domid)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int tries, rc = 0;

	for (tries = 0; tries < 300; tries++) {
		if (!xc_domain_destroy(xc, domid))
			return 0;
		rc = failed();
		if (rc != -EAGAIN && rc != -EBUSY && rc != -EINTR)
			return rc == -ESRCH ? 0 : rc;
		nanosleep(&pause, NULL);
	}
	return rc;
}

/* Calls each() for every domain with the mark. */
static int each_helper(xc_interface *xc,
		       int (*each)(xc_interface *xc, uint32_t domid,
				   const struct owner *o, void *arg),
		       void *arg)
{
	uint32_t first = FIRST_DOMID;
	int rc = 0;

	while (!rc && first <= LAST_DOMID) {
		struct owner o;
		xc_domaininfo_t i;
		int n;

		memset(&i, 0, sizeof(i));
		n = xc_domain_getinfolist(xc, first, 1, &i);
		if (n < 0)
			return failed();
		if (!n)
			return 0;
		memcpy(&o, i.handle, sizeof(o));
		if (!memcmp(o.mark, mark, sizeof(mark)))
			rc = each(xc, i.domain, &o, arg);
		first = i.domain + 1;
	}
	return rc;
}

static int destroy_owned(xc_interface *xc, uint32_t domid,
			 const struct owner *o, void *arg)
{
	return memcmp(o, arg, sizeof(*o)) ? 0 : destroy(xc, domid);
}

/* Runs in the watchdog, which starts before the domain has a number: by handle. */
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

	if (owner_is_running(o))
		return 0;
	rc = destroy(xc, domid);
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

/* Permits RAM and nothing else, which Xen enforces for all later mappings. */
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
	*what = "adding a vcpu to the helper domain";
	if (xc_domain_max_vcpus(h->xc, h->domid, 1))
		return failed();
	*what = "permitting the helper domain to map RAM";
	return permit_ram(h);
}

int helper_create(const struct live_memory_facts *facts, struct helper **ret,
		  const char **what)
{
	struct owner owner = { .pid = getpid(), .start = start_of(getpid()) };
	struct helper *h = calloc(1, sizeof(*h));
	int rc = -ENOMEM;

	if (!h)
		return rc;
	h->facts = facts;
	h->windows.base = HELPER_WINDOWS;
	memcpy(owner.mark, mark, sizeof(mark));
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

void helper_destroy(struct helper *h)
{
	struct owner o;

	memcpy(&o, h->handle, sizeof(o));
	/* exit of a forked process, not of the session */
	if (o.pid != (uint32_t)getpid())
		return;
	each_helper(h->xc, destroy_owned, &o);
	watchdog_stop(&h->watchdog);
	xenforeignmemory_close(h->fmem);
	xc_interface_close(h->xc);
	free(h);
}

int helper_see(struct helper *h, uint64_t maddr, uint64_t *gpa)
{
	return windows_see(&h->windows, h->xc, h->facts, maddr, gpa);
}
