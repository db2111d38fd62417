/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A simulated hypervisor that answers hypercalls, and the checks of tests that use it. */
#ifndef TESTS_MADE_LIVE_H
#define TESTS_MADE_LIVE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xen/hypercall/live.h"

#define RING	100000

/* A host with three domains; members that are set turn an answer into an error. */
static struct {
	int domain_error, vcpu_error, open_error;
	uint32_t max_vcpu_id;
	unsigned int asked, closed;
	int key_error;
	char pressed;
	bool mapped, symbols, loop, no_livepatch;
	int copy_error, types_error;
	struct live_layout layout;
	unsigned int paused;	/* a bit for each domain */
} fake;

static void fake_close(void *priv)
{
	(void)priv;
	fake.closed++;
}

static int fake_identity(void *priv, struct live_identity *ret)
{
	(void)priv;
	memset(ret, 0, sizeof(*ret));
	ret->major = 4;
	ret->minor = 20;
	ret->build_id_len = 20;
	memset(ret->build_id, 0xab, 20);
	ret->phys_start = 0x8fa00000;
	return 0;
}

static int fake_host(void *priv, struct live_host *ret)
{
	(void)priv;
	memset(ret, 0, sizeof(*ret));
	ret->cpus = ret->cpus_online = 2;
	ret->scheduler = 6;
	ret->total_pages = 1000;
	ret->free_pages = 400;
	return fake.open_error;
}

static int fake_log(void *priv, char *buf, size_t size, uint32_t *index,
		    size_t *len)
{
	size_t n = RING - *index;

	(void)priv;
	if (*index >= RING && fake.pressed) {
		*index += *len = snprintf(buf, size, "(XEN) late\n(XEN) '%c' pressed -> x\n(XEN) y\n",
					  fake.pressed);
		fake.pressed = 0;
		return 0;
	}
	if (*index >= RING)
		n = 0;
	if (n > size)
		n = size;
	memset(buf, 'x', n);
	*index += n;
	*len = n;
	return 0;
}

static int fake_domain(void *priv, uint32_t first, struct live_domain *ret)
{
	static const uint32_t ids[] = { 0, 1, 7 };
	size_t i;

	(void)priv;
	fake.asked++;
	if (fake.domain_error && first)
		return fake.domain_error;
	for (i = 0; i < 3 && ids[i] < first; i++)
		;
	if (i == 3)
		return -ENOENT;
	memset(ret, 0, sizeof(*ret));
	ret->domid = ids[i];
	ret->max_vcpu_id = fake.max_vcpu_id;
	ret->flags = ids[i] == 7 ? LIVE_HVM | LIVE_SHUTDOWN : 0;
	ret->shutdown_code = 3;
	ret->tot_pages = 100;
	ret->handle[0] = 0x12;
	ret->width = 64;
	return 0;
}

static int fake_vcpu(void *priv, uint32_t domid, uint32_t id,
		     struct live_vcpu *ret)
{
	(void)priv;
	(void)domid;
	fake.asked++;
	if (fake.vcpu_error)
		return fake.vcpu_error;
	if (id == 1)
		return -ENOENT;
	*ret = (struct live_vcpu){ .online = 1, .blocked = 1, .cpu = 1,
				   .cpu_time = 5 };
	return 0;
}

static int fake_affinity(void *priv, uint32_t domid, uint32_t id, int soft,
			 void *set, size_t size)
{
	(void)priv;
	(void)domid;
	(void)id;
	memset(set, soft ? 0xff : 0x01, size);
	return 0;
}

static int fake_registers(void *priv, uint32_t domid, uint32_t id,
			  struct live_regs *ret)
{
	(void)priv;
	(void)id;
	if (!domid)
		return -EINVAL;
	memset(ret, 0, sizeof(*ret));
	ret->rip = 0x1234;
	ret->cr3 = 0x5000;
	return 0;
}

/*
 * Each page is filled with its frame's number, except page tables from frame 5
 * on, which map pages 1 and 2 to the frames of these numbers; 2 only when
 * mapped.
 */
static int fake_page(void *priv, uint32_t domid, uint64_t frame, void *page)
{
	uint64_t *entry = page;

	(void)priv;
	(void)domid;
	memset(page, frame < 5 ? (int)frame : 0, 4096);
	if (frame >= 5 && frame < 8) {
		entry[0] = (frame + 1) << 12 | 7;
	} else if (frame == 8) {
		entry[1] = 1 << 12 | 7;
		entry[2] = fake.mapped ? 2 << 12 | 7 : 0;
	}
	return 0;
}

static int fake_copy(void *priv, uint32_t domid, int is_hvm,
		     const uint64_t *frame, unsigned int n, void *buf, int *result)
{
	unsigned int i;

	(void)is_hvm;
	for (i = 0; i < n; i++)
		result[i] = fake_page(priv, domid, frame[i], (char *)buf + 4096 * i);
	return fake.copy_error;
}

static int fake_layout(void *priv, uint32_t domid, int is_hvm,
		       struct live_layout *ret)
{
	(void)priv;
	(void)domid;
	(void)is_hvm;
	*ret = fake.layout;
	return 0;
}

/* Frame 2 belongs to no domain; from frame 5 on there are tables of levels 4 to 1. */
static int fake_types(void *priv, uint32_t domid, const uint64_t *frame,
		      unsigned int n, uint8_t *ret)
{
	unsigned int i;

	(void)priv;
	(void)domid;
	for (i = 0; i < n; i++)
		ret[i] = frame[i] == 2 ? LIVE_NO_FRAME :
			 frame[i] >= 5 && frame[i] < 9 ? 9 - frame[i] : 0;
	return fake.types_error;
}

static int fake_pause(void *priv, uint32_t domid)
{
	(void)priv;
	if (fake.paused & 1U << domid)
		return -EBUSY;
	fake.paused |= 1U << domid;
	return 0;
}

static int fake_unpause(void *priv, uint32_t domid)
{
	(void)priv;
	if (!(fake.paused & 1U << domid))
		return -ENOENT;
	fake.paused &= ~(1U << domid);
	return 0;
}

static int fake_key(void *priv, char key)
{
	(void)priv;
	fake.pressed = key;
	return fake.key_error;
}

static int fake_pcpu(void *priv, uint32_t id, struct live_pcpu *ret)
{
	(void)priv;
	*ret = (struct live_pcpu){ .online = id == 1 };
	return id < 2 ? 0 : -ENOENT;
}

/* Pools 0 and 3; with loop the second one repeatedly. */
static int fake_pool(void *priv, uint32_t first, struct live_pool *ret)
{
	(void)priv;
	memset(ret, 0, sizeof(*ret));
	if (first > 3 && !fake.loop)
		return -ENOENT;
	ret->id = first ? 3 : 0;
	ret->scheduler = first ? 9 : 6;
	ret->cpus[0] = first ? 1 : 2;
	return 0;
}

static int fake_share(void *priv, uint32_t domid, uint32_t id,
		      uint32_t scheduler, struct live_share *ret)
{
	(void)priv;
	(void)id;
	if (scheduler != 6 || domid == 7)
		return -ENOSYS;
	*ret = (struct live_share){ .weight = 256, .cap = 50 };
	return 0;
}

static int fake_zone(void *priv, uint32_t node, uint32_t zone, uint64_t *pages)
{
	(void)priv;
	(void)node;
	*pages = zone == 17 ? 100 : 0;
	return zone ? 0 : -EINVAL;
}

static int fake_livepatch(void *priv, uint32_t n, struct live_livepatch *ret)
{
	(void)priv;
	if (fake.no_livepatch)
		return -ENOSYS;
	if (n)
		return -ENOENT;
	*ret = (struct live_livepatch){ .name = "fix", .state = 2, .rc = -22 };
	return 0;
}

static int fake_config(void *priv, char **text)
{
	(void)priv;
	*text = strdup("CONFIG_PV=y\n");
	return 0;
}

static int fake_symbol(void *priv, uint32_t *n, struct live_symbol *ret)
{
	static const struct live_symbol symbols[] = {
		{ 0xffff82d0403beac8, 'R', "__note_gnu_build_id_start" },
		{ 0xffff82d040476000, 'D', "idle_pg_table" },
	};

	(void)priv;
	if (!fake.symbols)
		return -EPERM;
	if (*n == 2)
		return -ENOENT;
	*ret = symbols[*n];
	*n += !fake.loop;
	return 0;
}

/* Port 3 of 5 is bound to the console's virq. */
static int fake_evtchn(void *priv, uint32_t domid, uint32_t port,
		       struct live_evtchn *ret)
{
	(void)priv;
	(void)domid;
	if (port >= 5)
		return -ENOENT;
	*ret = (struct live_evtchn){ .state = LIVE_CLOSED };
	if (port == 3)
		*ret = (struct live_evtchn){ .state = LIVE_VIRQ, .irq = 2 };
	return 0;
}

static int fake_m2p(void *priv, uint64_t mfn, uint64_t *entry)
{
	(void)priv;
	if (mfn >= 0x1000)
		return -ENOENT;
	*entry = mfn + 7;
	return 0;
}

static const struct live_ops ops = {
	.version = LIVE_OPS_VERSION, .size = sizeof(ops),
	.close = fake_close, .identity = fake_identity, .host = fake_host,
	.log = fake_log, .domain = fake_domain, .vcpu = fake_vcpu,
	.affinity = fake_affinity, .registers = fake_registers,
	.guest_copy = fake_copy, .guest_layout = fake_layout,
	.guest_types = fake_types, .pause = fake_pause,
	.unpause = fake_unpause, .key = fake_key, .pcpu = fake_pcpu,
	.pool = fake_pool, .share = fake_share, .zone = fake_zone,
	.livepatch = fake_livepatch, .config = fake_config,
	.symbol = fake_symbol, .evtchn = fake_evtchn, .m2p = fake_m2p,
};

static struct xen *x;

static void ok(struct err *e)
{
	if (e)
		fail_msg("%s", err_text(e));
}

__attribute__((unused))
static void bad(struct err *e, enum err_reason reason)
{
	assert_non_null(e);
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

static int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.max_vcpu_id = 2;
	ok(live_open(&ops, NULL, &x));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xen_close(x);
	assert_int_equal(fake.closed, 1);
	return 0;
}

#endif
