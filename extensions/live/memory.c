/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of the hypervisor in xen-live.so: see live_memory_ops.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xen/version.h>

#include "xen/hypercall/live_memory_ops.h"
#include "copy.h"
#include "dom0map.h"
#include "failed.h"
#include "frames.h"
#include "gdbsx.h"
#include "helper.h"
#include "quiet.h"

#define PAGE_SHIFT	12
#define PAGE_OFFSET	((1ULL << PAGE_SHIFT) - 1)
#define E820_RAM	1

struct reader {
	enum live_method method;
	struct live_memory_facts facts;
	struct frames *frames;
	union {
		struct gdbsx *gdbsx;
		struct copier *copier;
		struct dom0_map *dom0_map;
	};
};

/*
 * Reads the ranges of RAM in whole pages; nr_ram remains 0 if Xen refuses to
 * return its memory map.
 */
static void read_ram(xc_interface *xc, struct live_memory_facts *f)
{
	struct e820entry map[LIVE_RAM_MAX];
	int n = xc_get_machine_memory_map(xc, map, LIVE_RAM_MAX), i;

	for (i = 0; i < n; i++) {
		uint64_t end = map[i].addr + map[i].size;
		struct live_ram *r = &f->ram[f->nr_ram];

		if (map[i].type != E820_RAM || end < map[i].addr)
			continue;
		r->first = (map[i].addr + PAGE_OFFSET) >> PAGE_SHIFT;
		r->end = end >> PAGE_SHIFT;
		f->nr_ram += r->first < r->end;
	}
}

static int read_facts(struct live_memory_facts *ret)
{
	xc_interface *xc = xc_interface_open(quiet_logger(), quiet_logger(), 0);
	const uint32_t wanted = XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_hap;
	struct live_memory_facts f = { .major = 0 };
	xc_domaininfo_t dom0;
	xc_physinfo_t info = { 0 };
	int version, rc = 0;

	if (!xc)
		return failed();
	memset(&dom0, 0, sizeof(dom0));
	version = xc_version(xc, XENVER_version, NULL);
	if (version < 0 || xc_physinfo(xc, &info) ||
	    xc_domain_getinfolist(xc, 0, 1, &dom0) != 1) {
		rc = failed();
	} else {
		f.major = version >> 16;
		f.minor = version & 0xffff;
		f.is_pv = !(dom0.flags & XEN_DOMINF_hvm_guest);
		f.has_hvm = (info.capabilities & wanted) == wanted;
		f.has_flask = xc_flask_getenforce(xc) >= 0;
		read_ram(xc, &f);
		*ret = f;
	}
	xc_interface_close(xc);
	return rc;
}

static int reader_open(enum live_method method,
		       const struct live_memory_facts *facts, void **priv,
		       const char **what)
{
	struct reader *r = calloc(1, sizeof(*r));
	int rc;

	if (!r)
		return -ENOMEM;
	r->method = method;
	r->facts = *facts;
	*what = "opening /dev/xen/privcmd";
	rc = frames_open(&r->frames);
	if (rc) {
		free(r);
		return rc;
	}
	rc = -ENOSYS;
	switch (method) {
	case LIVE_METHOD_IDLE:
	case LIVE_METHOD_GDBSX:
		rc = gdbsx_create(&r->facts, method == LIVE_METHOD_GDBSX,
				  &r->gdbsx, what);
		break;
	case LIVE_METHOD_COPY:
		rc = copier_create(&r->facts, &r->copier, what);
		break;
	case LIVE_METHOD_DOM0:
		rc = dom0_map_create(&r->facts, &r->dom0_map, what);
		break;
	default:
		break;
	}
	if (rc) {
		frames_close(r->frames);
		free(r);
		return rc;
	}
	*priv = r;
	return 0;
}

static int reader_read(void *priv, uint64_t address, void *buf, size_t len)
{
	struct reader *r = priv;

	if (r->method == LIVE_METHOD_COPY)
		return copier_read(r->copier, address, buf, len);
	if (r->method == LIVE_METHOD_DOM0)
		return dom0_map_read(r->dom0_map, address, buf, len);
	return gdbsx_read(r->gdbsx, address, buf, len);
}

static int reader_sound(void *priv, uint64_t frame, unsigned int *n)
{
	struct reader *r = priv;

	return frames_sound(r->frames, frame, n);
}

static int reader_close(void *priv)
{
	struct reader *r = priv;
	int rc;

	if (r->method == LIVE_METHOD_COPY)
		rc = copier_destroy(r->copier);
	else if (r->method == LIVE_METHOD_DOM0)
		rc = dom0_map_destroy(r->dom0_map);
	else
		rc = gdbsx_destroy(r->gdbsx);
	frames_close(r->frames);
	free(r);
	return rc;
}

static int cleanup(unsigned int *removed)
{
	struct live_memory_facts facts;
	int rc = helper_cleanup(removed);

	if (!rc)
		rc = read_facts(&facts);
	return rc ? rc : dom0_map_cleanup(&facts, removed);
}

__attribute__((visibility("default")))
const struct live_memory_ops xen_live_memory_ops = {
	.version = LIVE_MEMORY_OPS_VERSION,
	.size = sizeof(struct live_memory_ops),
	.facts = read_facts,
	.open = reader_open,
	.read = reader_read,
	.sound = reader_sound,
	.close = reader_close,
	.cleanup = cleanup,
};
