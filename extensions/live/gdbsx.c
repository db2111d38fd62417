/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gdbsx.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xencall.h>

#include "failed.h"
#include "helper.h"
#include "quiet.h"

struct gdbsx {
	xencall_handle *call;
	struct xen_domctl *domctl;	/* in a hypercall buffer */
	unsigned char *buffer;		/* likewise; LIVE_READ_MAX bytes */
	struct helper *helper;		/* NULL: DOMID_IDLE */
};

/* libxenctrl has no function for this domctl. */
static int open_call(struct gdbsx *g)
{
	errno = 0;
	g->call = xencall_open(quiet_logger(), 0);
	if (!g->call)
		return failed();
	g->domctl = xencall_alloc_buffer(g->call, sizeof(*g->domctl));
	g->buffer = xencall_alloc_buffer(g->call, LIVE_READ_MAX);
	return g->domctl && g->buffer ? 0 : -ENOMEM;
}

int gdbsx_create(const struct live_memory_facts *facts, bool with_helper,
		 struct gdbsx **ret, const char **what)
{
	struct gdbsx *g = calloc(1, sizeof(*g));
	int rc;

	if (!g)
		return -ENOMEM;
	*what = "opening /dev/xen/privcmd";
	rc = open_call(g);
	if (!rc && with_helper)
		rc = helper_create(facts, &g->helper, what);
	if (rc) {
		gdbsx_destroy(g);
		return rc;
	}
	*ret = g;
	return 0;
}

int gdbsx_destroy(struct gdbsx *g)
{
	int rc = g->helper ? helper_destroy(g->helper) : 0;

	if (g->domctl)
		xencall_free_buffer(g->call, g->domctl);
	if (g->buffer)
		xencall_free_buffer(g->call, g->buffer);
	if (g->call)
		xencall_close(g->call);
	free(g);
	return rc;
}

/* The helper has no page tables: its virtual addresses are physical ones. */
int gdbsx_read(struct gdbsx *g, uint64_t address, void *buf, size_t len)
{
	struct xen_domctl_gdbsx_memio *io = &g->domctl->u.gdbsx_guest_memio;
	int rc = 0;

	if (!len || len > LIVE_READ_MAX)
		return -EINVAL;
	if (g->helper)
		rc = helper_see(g->helper, address, &address);
	if (rc)
		return rc;
	memset(g->domctl, 0, sizeof(*g->domctl));
	g->domctl->cmd = XEN_DOMCTL_gdbsx_guestmemio;
	g->domctl->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
	g->domctl->domain = g->helper ? g->helper->domid : DOMID_IDLE;
	io->gva = address;
	io->uva = (uintptr_t)g->buffer;
	io->len = len;
	io->gwr = 0;	/* read */
	if (xencall1(g->call, __HYPERVISOR_domctl, (uintptr_t)g->domctl))
		return failed();
	if (io->remain)
		return -EFAULT;
	memcpy(buf, g->buffer, len);
	return 0;
}
