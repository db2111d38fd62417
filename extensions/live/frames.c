/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xencall.h>
#include <xenctrl.h>

#include "failed.h"
#include "quiet.h"

#define FRAMES_MAX	(LIVE_READ_MAX / 4096)

struct frames {
	xencall_handle *call;
	struct xen_sysctl *sysctl;	/* in a hypercall buffer */
	uint32_t *status;		/* likewise; FRAMES_MAX */
};

int frames_open(struct frames **ret)
{
	struct frames *f = calloc(1, sizeof(*f));
	int rc = -ENOMEM;

	if (!f)
		return rc;
	errno = 0;
	f->call = xencall_open(quiet_logger(), 0);
	if (!f->call) {
		rc = failed();
		free(f);
		return rc;
	}
	f->sysctl = xencall_alloc_buffer(f->call, sizeof(*f->sysctl));
	f->status = xencall_alloc_buffer(f->call, FRAMES_MAX * sizeof(*f->status));
	if (!f->sysctl || !f->status) {
		frames_close(f);
		return rc;
	}
	*ret = f;
	return 0;
}

void frames_close(struct frames *f)
{
	if (f->sysctl)
		xencall_free_buffer(f->call, f->sysctl);
	if (f->status)
		xencall_free_buffer(f->call, f->status);
	xencall_close(f->call);
	free(f);
}

/* libxenctrl has this call only in the library that builds guests. */
static int query(struct frames *f, uint64_t frame, unsigned int n)
{
	struct xen_sysctl_page_offline_op *op = &f->sysctl->u.page_offline;

	if (frame + n - 1 > UINT32_MAX)
		return -ERANGE;
	memset(f->sysctl, 0, sizeof(*f->sysctl));
	memset(f->status, 0, n * sizeof(*f->status));
	f->sysctl->cmd = XEN_SYSCTL_page_offline_op;
	f->sysctl->interface_version = XEN_SYSCTL_INTERFACE_VERSION;
	op->cmd = sysctl_query_page_offline;
	op->start = frame;
	op->end = frame + n - 1;
	set_xen_guest_handle_raw(op->status, f->status);
	errno = 0;
	return xencall1(f->call, __HYPERVISOR_sysctl, (uintptr_t)f->sysctl) ?
	       failed() : 0;
}

/*
 * -EINVAL: at least one frame has no struct page_info, such as RAM beyond the
 * option "mem", which Xen does not monitor (query_page_offline(),
 * common/page_alloc.c).
 */
int frames_sound(struct frames *f, uint64_t frame, unsigned int *n)
{
	unsigned int i;
	int rc;

	if (!*n || *n > FRAMES_MAX)
		return -EINVAL;
	rc = query(f, frame, *n);
	if (rc == -EINVAL && *n > 1) {
		*n = 1;
		rc = query(f, frame, 1);
	}
	if (rc)
		return rc == -EINVAL ? 0 : rc;
	for (i = 0; i < *n; i++) {
		if (f->status[i] & PG_OFFLINE_STATUS_BROKEN) {
			*n = i;
			break;
		}
	}
	return 0;
}
