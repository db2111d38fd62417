/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host as a whole by hypercalls: heap, pcpus, livepatches, .config, M2P. */
#include "live_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/model/host/livepatch.h"
#include "xen/model/host/sys.h"
#include "xen/model/memory/heap.h"
#include "xen/model/pcpu/pcpu.h"

/* PADDR_BITS - PAGE_SHIFT + 1 (asm/config.h, common/page_alloc.c) */
#define ZONES	41

struct err *live_sys_read(struct xen *x, struct sys *ret)
{
	struct live *l = live_of(x);
	const struct live_host *h = &l->host;
	struct sys s = { .cpus_present = 0 };
	int rc = l->ops->host(l->priv, &l->host);

	if (rc)
		return live_failed(rc, "asking the hypervisor for the host's size");
	snprintf(s.command_line, sizeof(s.command_line), "%s", l->id.command_line);
	snprintf(s.capabilities, sizeof(s.capabilities), "%s", l->id.capabilities);
	snprintf(s.scheduler, sizeof(s.scheduler), "%s",
		 live_scheduler_name(h->scheduler));
	s.cpus_present = h->cpus_online;
	s.cpu_khz = live_known(h->cpu_khz);
	s.total_pages = live_known(h->total_pages);
	s.free_pages = live_known(h->free_pages);
	s.max_page = live_known(h->max_page);
	*ret = s;
	return NULL;
}

struct err *live_heap_open(struct heap *h)
{
	struct live *l = live_of(h->x);
	int rc = l->ops->host(l->priv, &l->host);

	if (rc)
		return live_failed(rc, "asking the hypervisor for its memory");
	h->nodes = l->host.nodes;
	h->zones = ZONES;
	h->total = live_known(l->host.free_pages);
	h->claimed = live_known(l->host.claimed_pages);
	return NULL;
}

struct err *live_heap_has_node(struct heap *h, unsigned int node, bool *has)
{
	*has = node < h->nodes;
	return NULL;
}

struct err *live_heap_zone_read(struct heap *h, struct pages *p,
				struct heap_zone *z,
				void (*problem)(void *arg, struct err *e),
				void *arg)
{
	struct live *l = live_of(h->x);
	uint64_t pages = 0;
	int rc = 0;

	(void)p;
	(void)problem;
	(void)arg;
	ERR_TRY(interrupt_check());
	/* zone 0 is a separate Xen heap, which x86-64 does not have */
	if (z->zone)
		rc = l->ops->zone(l->priv, z->node, z->zone, &pages);
	if (rc)
		return live_failed(rc, "asking the hypervisor for a zone");
	z->avail = live_known(pages);
	return NULL;
}

struct err *live_pcpu_read(struct xen *x, struct pcpu *ret)
{
	struct live *l = live_of(x);
	struct live_pcpu p;
	int rc = l->ops->pcpu(l->priv, ret->id, &p);

	if (rc && rc != -ENOENT)
		return live_failed(rc, "asking the hypervisor for a pcpu");
	ret->online = !rc && p.online;
	return NULL;
}

struct err *live_livepatches_start(struct livepatches *w)
{
	(void)w;
	return NULL;
}

struct err *live_livepatches_next(struct livepatches *w, struct livepatch *ret)
{
	struct live *l = live_of(w->x);
	struct live_livepatch p;
	int rc;

	ERR_TRY(interrupt_check());
	rc = l->ops->livepatch(l->priv, w->next++, &p);
	if (rc == -ENOENT) {
		w->done = true;
		return NULL;
	}
	if (rc == -ENOSYS || rc == -EOPNOTSUPP)
		return err_new(ERR_NO_SYMBOL, "this Xen was built without livepatches");
	if (rc)
		return live_failed(rc, "asking the hypervisor for livepatches");
	memset(ret, 0, sizeof(*ret));
	snprintf(ret->name, sizeof(ret->name), "%s", p.name);
	ret->state = live_known(p.state);
	ret->rc = live_known((uint64_t)(int64_t)p.rc);
	return NULL;
}

struct err *live_config_read(struct xen *x, char **text)
{
	struct live *l = live_of(x);
	int rc = l->ops->config(l->priv, text);

	if (rc == -ENOSYS || rc == -ENOENT || rc == -EOPNOTSUPP)
		return err_new(ERR_UNSUPPORTED,
			       "the .config is not available (requires Xen 4.14 with CONFIG_HYPFS_CONFIG)");
	return rc ? live_failed(rc, "asking the hypervisor for its .config") : NULL;
}

struct err *live_m2p_read(struct xen *x, uint64_t mfn, uint64_t va,
			  uint64_t *entry)
{
	struct live *l = live_of(x);
	int rc = l->ops->m2p(l->priv, mfn, entry);

	(void)va;
	if (rc == -ENOENT)
		return err_new(ERR_NOT_FOUND, "mfn %" PRIx64 ": beyond the table", mfn);
	return rc ? live_failed(rc, "mapping the M2P") : NULL;
}
