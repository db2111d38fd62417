/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hypercalls tell of the host: its heap, pcpus, livepatches, M2P, keys. */
#include "live_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* PADDR_BITS - PAGE_SHIFT + 1 (asm/config.h, common/page_alloc.c) */
#define ZONES	41

/* What a debug key printed has ended when nothing came for so long. */
#define KEY_STEP_NS	(50L * 1000 * 1000)
#define KEY_QUIET	6	/* steps */
#define KEY_PATIENCE	60	/* steps, for the first line */
#define KEY_MOST	2000	/* steps */

struct err *live_heap(struct live *l, struct heap *h)
{
	int rc = l->ops->host(l->priv, &l->host);

	if (rc)
		return live_failed(rc, "asking the hypervisor for its memory");
	h->nodes = l->host.nodes;
	h->zones = ZONES;
	h->total = live_known(l->host.free_pages);
	h->claimed = live_known(l->host.claimed_pages);
	return NULL;
}

struct err *live_heap_zone(struct live *l, struct heap_zone *z)
{
	uint64_t pages = 0;
	int rc = 0;

	ERR_TRY(interrupt_check());
	/* zone 0 is Xen's own where its heap is apart, as it is not here */
	if (z->zone)
		rc = l->ops->zone(l->priv, z->node, z->zone, &pages);
	if (rc)
		return live_failed(rc, "asking the hypervisor for a zone");
	z->avail = live_known(pages);
	return NULL;
}

struct err *live_pcpu_online(struct live *l, unsigned int id, bool *online)
{
	struct live_pcpu p;
	int rc = l->ops->pcpu(l->priv, id, &p);

	if (rc && rc != -ENOENT)
		return live_failed(rc, "asking the hypervisor for a pcpu");
	*online = !rc && p.online;
	return NULL;
}

/* The vcpu of a domain that runs on the pcpu. */
static struct err *find_running(struct xen *x, const struct domain *d,
				unsigned int pcpu, char *text)
{
	struct vcpus w;
	struct vcpu v;

	ERR_TRY(vcpus_start(&w, x, d));
	for (;;) {
		ERR_TRY(vcpus_next(&w, &v));
		if (!v.va)
			return NULL;
		if (v.is_running.u && v.processor.u == pcpu)
			vcpu_name(d, &v, text);
	}
}

struct err *live_pcpu_runs(struct xen *x, unsigned int pcpu,
			   char text[VCPU_NAME])
{
	struct domains w;
	struct domain d;

	text[0] = '\0';
	ERR_TRY(domains_start(&w, x, false));
	for (;;) {
		ERR_TRY(domains_next(&w, &d));
		if (!d.va)
			return NULL;
		ERR_TRY(find_running(x, &d, pcpu, text));
	}
}

struct err *live_livepatch(struct live *l, unsigned int n,
			   struct livepatch *ret)
{
	struct live_livepatch p;
	int rc;

	memset(ret, 0, sizeof(*ret));
	ERR_TRY(interrupt_check());
	rc = l->ops->livepatch(l->priv, n, &p);
	if (rc == -ENOENT)
		return NULL;
	if (rc == -ENOSYS || rc == -EOPNOTSUPP)
		return err_new(ERR_NO_SYMBOL, "this Xen was built without livepatches");
	if (rc)
		return live_failed(rc, "asking the hypervisor for livepatches");
	ret->va = LIVE_VA;
	snprintf(ret->name, sizeof(ret->name), "%s", p.name);
	ret->state = live_known(p.state);
	ret->rc = live_known((uint64_t)(int64_t)p.rc);
	return NULL;
}

struct err *live_config(struct live *l, char **text)
{
	int rc = l->ops->config(l->priv, text);

	if (rc == -ENOSYS || rc == -ENOENT || rc == -EOPNOTSUPP)
		return err_new(ERR_UNSUPPORTED,
			       "this Xen tells its .config to nobody: it does from 4.14 on, built with CONFIG_HYPFS_CONFIG");
	return rc ? live_failed(rc, "asking the hypervisor for its .config") : NULL;
}

struct err *live_m2p(struct live *l, uint64_t mfn, uint64_t *entry)
{
	int rc = l->ops->m2p(l->priv, mfn, entry);

	if (rc == -ENOENT)
		return err_new(ERR_NOT_FOUND, "mfn %" PRIx64 ": beyond the table", mfn);
	return rc ? live_failed(rc, "mapping the M2P") : NULL;
}

/* Appends what came to the console; *more says whether anything did. */
static struct err *gather(struct live *l, uint32_t *index, FILE *f, bool *more)
{
	char *text;
	size_t len;

	ERR_TRY(interrupt_check());
	ERR_TRY(live_console_more(l, index, &text, &len));
	fwrite(text, 1, len, f);
	free(text);
	*more = len;
	return NULL;
}

/* Handlers run later, in a tasklet: what they print is waited for. */
static struct err *gather_all(struct live *l, uint32_t *index, FILE *f)
{
	static const struct timespec step = { .tv_nsec = KEY_STEP_NS };
	unsigned int i, quiet = 0;
	bool more, any = false;

	for (i = 0; i < KEY_MOST; i++) {
		ERR_TRY(gather(l, index, f, &more));
		any = any || more;
		quiet = more ? 0 : quiet + 1;
		if (quiet >= (any ? KEY_QUIET : KEY_PATIENCE))
			break;
		nanosleep(&step, NULL);
	}
	return NULL;
}

/* Most handlers name their key first: what is above is not theirs. */
static void cut_above(char *text, char key)
{
	char mark[] = { '\'', key, '\'', ' ', 'p', 'r', 'e', 's', 's', 'e', 'd', '\0' };
	char *at = strstr(text, mark);

	while (at && at > text && at[-1] != '\n')
		at--;
	if (at)
		memmove(text, at, strlen(at) + 1);
}

struct err *live_key(struct live *l, char key, char **text)
{
	uint32_t index = 0;
	size_t size = 0, len;
	char *all = NULL;
	struct err *e;
	FILE *f;
	int rc;

	/* to the end of what is there already */
	ERR_TRY(live_console_more(l, &index, &all, &len));
	free(all);
	all = NULL;
	rc = l->ops->key(l->priv, key);
	if (rc)
		return live_failed(rc, "pressing a debug key");
	f = open_memstream(&all, &size);
	if (!f)
		return err_nomem();
	e = gather_all(l, &index, f);
	if (fclose(f) && !e)
		e = err_nomem();
	if (e) {
		free(all);
		return e;
	}
	cut_above(all, key);
	*text = all;
	return NULL;
}
