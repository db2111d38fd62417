/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operations on the whole host. */
#include "internal.h"
#include "quiet.h"

#include <stdio.h>
#include <stdlib.h>

#include <xen/kexec.h>
#include <xen/platform.h>
#include <xen/version.h>

#ifdef HAVE_HYPFS
#include <xenhypfs.h>
#endif

/* The image begins 1 MiB (to 4.8) or 2 MiB after a multiple of this. */
#define BASE_STEP	(2ULL << 20)

static void text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
}

static void read_build_id(struct live *l, struct live_identity *id)
{
	char buf[sizeof(xen_build_id_t) + sizeof(id->build_id)] = { 0 };
	xen_build_id_t *b = (void *)buf;
	int n;

	b->len = sizeof(id->build_id);
	n = xc_version(l->xc, XENVER_build_id, b);
	if (n <= 0 || (size_t)n > sizeof(id->build_id))
		return;
	memcpy(id->build_id, b->buf, n);
	id->build_id_len = n;
}

int host_identity(void *priv, struct live_identity *ret)
{
	struct live *l = priv;
	struct live_identity id = { 0 };
	int version = xc_version(l->xc, XENVER_version, NULL);
	union {
		xen_extraversion_t extra;
		xen_changeset_info_t changeset;
		xen_compile_info_t compile;
		xen_capabilities_info_t capabilities;
		xen_commandline_t command_line;
	} u;
	uint64_t size, start;

	if (version < 0)
		return failed();
	id.major = version >> 16;
	id.minor = version & 0xffff;
	if (xc_version(l->xc, XENVER_extraversion, &u.extra) >= 0)
		text(id.extra, sizeof(id.extra), u.extra);
	if (xc_version(l->xc, XENVER_changeset, &u.changeset) >= 0)
		text(id.changeset, sizeof(id.changeset), u.changeset);
	if (xc_version(l->xc, XENVER_compile_info, &u.compile) >= 0) {
		text(id.compiler, sizeof(id.compiler), u.compile.compiler);
		text(id.compile_date, sizeof(id.compile_date),
		     u.compile.compile_date);
	}
	if (xc_version(l->xc, XENVER_capabilities, &u.capabilities) >= 0)
		text(id.capabilities, sizeof(id.capabilities), u.capabilities);
	if (xc_version(l->xc, XENVER_commandline, &u.command_line) >= 0)
		text(id.command_line, sizeof(id.command_line), u.command_line);
	read_build_id(l, &id);
	/* -ENOSYS in a PVH dom0 */
	if (!xc_kexec_get_range(l->xc, KEXEC_RANGE_MA_XEN, 0, &size, &start))
		id.phys_start = (start - 1) & ~(BASE_STEP - 1);
	*ret = id;
	return 0;
}

int host_size(void *priv, struct live_host *ret)
{
	struct live *l = priv;
	struct live_host h = { 0 };
	xc_physinfo_t info = { 0 };
	int sched;

	if (xc_physinfo(l->xc, &info))
		return failed();
	h.cpus_online = info.nr_cpus;
	h.cpus = info.max_cpu_id + 1;
	h.nodes = info.max_node_id + 1;
	h.cpu_khz = info.cpu_khz;
	h.total_pages = info.total_pages;
	h.free_pages = info.free_pages;
	h.claimed_pages = info.outstanding_pages;
	h.max_page = info.max_mfn + 1;
	if (!xc_sched_id(l->xc, &sched))
		h.scheduler = sched;
	*ret = h;
	return 0;
}

int host_log(void *priv, char *buf, size_t size, uint32_t *index, size_t *len)
{
	struct live *l = priv;
	unsigned int n = size > 1U << 30 ? 1U << 30 : size;

	if (xc_readconsolering(l->xc, buf, &n, 0, 1, index))
		return failed();
	*len = n;
	return 0;
}

int host_key(void *priv, char key)
{
	struct live *l = priv;
	const char keys[] = { key, '\0' };

	return xc_send_debug_keys(l->xc, keys) ? failed() : 0;
}

/* Xen has no topology of an offline pcpu. */
int host_pcpu(void *priv, uint32_t id, struct live_pcpu *ret)
{
	struct live *l = priv;
	unsigned int n = id + 1;
	xc_cputopo_t *t = calloc(n, sizeof(*t));
	int rc = 0;

	if (!t)
		return -ENOMEM;
	if (xc_cputopoinfo(l->xc, &n, t))
		rc = failed();
	else if (n <= id)
		rc = -ENOENT;
	else
		*ret = (struct live_pcpu){
			.online = t[id].core != XEN_INVALID_CORE_ID,
			.core = t[id].core, .socket = t[id].socket,
			.node = t[id].node,
		};
	free(t);
	return rc;
}

static void read_limits(struct live *l, struct live_pool *p)
{
	struct xen_sysctl_credit_schedule credit;
	struct xen_sysctl_credit2_schedule credit2;

	if (p->scheduler == XEN_SCHEDULER_CREDIT &&
	    !xc_sched_credit_params_get(l->xc, p->id, &credit)) {
		p->tslice_us = 1000 * credit.tslice_ms;
		p->ratelimit_us = credit.ratelimit_us;
		p->has_tslice = p->has_ratelimit = 1;
	} else if (p->scheduler == XEN_SCHEDULER_CREDIT2 &&
		   !xc_sched_credit2_params_get(l->xc, p->id, &credit2)) {
		p->ratelimit_us = credit2.ratelimit_us;
		p->has_ratelimit = 1;
	}
}

int host_pool(void *priv, uint32_t first, struct live_pool *ret)
{
	struct live *l = priv;
	int n = xc_get_cpumap_size(l->xc);
	xc_cpupoolinfo_t *i;

	errno = 0;
	i = xc_cpupool_getinfo(l->xc, first);
	if (!i)
		return !errno ? -ENOENT : failed();
	memset(ret, 0, sizeof(*ret));
	ret->id = i->cpupool_id;
	ret->scheduler = i->sched_id;
	ret->nr_domains = i->n_dom;
	if (n > 0)
		memcpy(ret->cpus, i->cpumap, (size_t)n < sizeof(ret->cpus) ?
		       (size_t)n : sizeof(ret->cpus));
	xc_cpupool_infofree(l->xc, i);
	read_limits(l, ret);
	return 0;
}

/*
 * The hypercall expects a zone as the width of its addresses in bits, which is
 * the zone's number plus PAGE_SHIFT (bits_to_zone, common/page_alloc.c).
 */
int host_zone(void *priv, uint32_t node, uint32_t zone, uint64_t *pages)
{
	struct live *l = priv;
	uint64_t bytes;

	if (xc_availheap(l->xc, zone + XC_PAGE_SHIFT, zone + XC_PAGE_SHIFT, node,
			 &bytes))
		return failed();
	*pages = bytes >> XC_PAGE_SHIFT;
	return 0;
}

#ifdef HAVE_HYPFS	/* libraries of Xen 4.14 and later */
struct payloads {
	xen_livepatch_status_t *status;
	char *names, *metadata;
	uint32_t *lengths, *metadata_lengths;
};

/* names, metadata: total bytes of each */
static int list_payloads(struct live *l, unsigned int nr, uint32_t names,
			 uint32_t metadata, struct payloads *p)
{
	unsigned int done, left;

	p->status = calloc(nr, sizeof(*p->status));
	p->lengths = calloc(nr, sizeof(*p->lengths));
	p->metadata_lengths = calloc(nr, sizeof(*p->metadata_lengths));
	p->names = calloc(1, names + 1);
	p->metadata = calloc(1, metadata + 1);
	if (!p->status || !p->lengths || !p->metadata_lengths || !p->names ||
	    !p->metadata)
		return -ENOMEM;
	if (xc_livepatch_list(l->xc, nr, 0, p->status, p->names, p->lengths,
			      names, p->metadata, p->metadata_lengths, metadata,
			      &done, &left))
		return failed();
	return done < nr ? -EAGAIN : 0;
}

int host_livepatch(void *priv, uint32_t n, struct live_livepatch *ret)
{
	struct live *l = priv;
	struct payloads p = { .status = NULL };
	uint32_t names, metadata, i;
	const char *name;
	unsigned int nr;
	int rc;

	if (xc_livepatch_list_get_sizes(l->xc, &nr, &names, &metadata))
		return failed();
	if (n >= nr)
		return -ENOENT;
	rc = list_payloads(l, nr, names, metadata, &p);
	if (!rc) {
		for (name = p.names, i = 0; i < n; i++)
			name += p.lengths[i];
		memset(ret, 0, sizeof(*ret));
		snprintf(ret->name, sizeof(ret->name), "%.*s",
			 (int)p.lengths[n], name);
		ret->state = p.status[n].state;
		ret->rc = p.status[n].rc;
	}
	free(p.status);
	free(p.lengths);
	free(p.metadata_lengths);
	free(p.names);
	free(p.metadata);
	return rc;
}
#else
/* Number of payloads per call: libxenctrl copies that number squared of bytes of names. */
#define PAYLOADS XEN_LIVEPATCH_NAME_SIZE

int host_livepatch(void *priv, uint32_t n, struct live_livepatch *ret)
{
	xen_livepatch_status_t status[PAYLOADS];
	char names[PAYLOADS][XEN_LIVEPATCH_NAME_SIZE];
	uint32_t lengths[PAYLOADS];
	unsigned int done, left;
	struct live *l = priv;

	if (xc_livepatch_list(l->xc, PAYLOADS, n, status, names[0], lengths,
			      &done, &left))
		return errno == EINVAL ? -ENOENT : failed();
	if (!done)
		return -ENOENT;
	memset(ret, 0, sizeof(*ret));
	snprintf(ret->name, sizeof(ret->name), "%.*s",
		 (int)sizeof(names[0]), names[0]);
	ret->state = status[0].state;
	ret->rc = status[0].rc;
	return 0;
}
#endif

/* Reads the .config from hypfs, Xen 4.14 and later. */
int host_config(void *priv, char **text)
{
	(void)priv;
#ifdef HAVE_HYPFS
	xenhypfs_handle *h = xenhypfs_open(quiet_logger(), 0);
	int rc = 0;

	*text = h ? xenhypfs_read(h, "/buildinfo/config") : NULL;
	if (!*text)
		rc = failed();
	if (h)
		xenhypfs_close(h);
	return rc;
#else
	(void)text;
	return -ENOSYS;
#endif
}

/* Xen returns the number of the next symbol, and past the last the same number again. */
int host_symbol(void *priv, uint32_t *n, struct live_symbol *ret)
{
	struct live *l = priv;
	struct xen_platform_op *op = xencall_alloc_buffer(l->call, sizeof(*op));
	char *name = xencall_alloc_buffer(l->call, sizeof(ret->name));
	int rc = op && name ? 0 : -ENOMEM;

	if (!rc) {
		memset(op, 0, sizeof(*op));
		memset(name, 0, sizeof(ret->name));
		op->cmd = XENPF_get_symbol;
		op->interface_version = XENPF_INTERFACE_VERSION;
		op->u.symdata.symnum = *n;
		op->u.symdata.namelen = sizeof(ret->name) - 1;
		set_xen_guest_handle_raw(op->u.symdata.name, name);
		errno = 0;
		if (xencall1(l->call, __HYPERVISOR_platform_op, (uintptr_t)op))
			rc = failed();
		else if (op->u.symdata.symnum == *n)
			rc = -ENOENT;
	}
	if (!rc) {
		*n = op->u.symdata.symnum;
		ret->address = op->u.symdata.address;
		ret->type = op->u.symdata.type;
		memcpy(ret->name, name, sizeof(ret->name));
		ret->name[sizeof(ret->name) - 1] = '\0';
	}
	xencall_free_buffer(l->call, name);
	xencall_free_buffer(l->call, op);
	return rc;
}
