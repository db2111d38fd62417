/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live_internal.h"
#include "live_memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/symbols/build.h"

#define GIB_MASK	((1ULL << 30) - 1)

/* XENVER_build_id tells the id, which follows a note's head in memory. */
#define NOTE_HEAD	16

/* A read of the console ring, and what a ring can be at most. */
#define LOG_CHUNK	(64U << 10)
#define LOG_MAX		(64U << 20)

static struct err *no_memory_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	(void)page;
	return err_new(ERR_UNSUPPORTED,
		       "machine address %" PRIx64 " is the running hypervisor's, which shows its memory to nobody",
		       maddr);
}

static const struct memory_ops no_memory = {
	.name = "hypercalls", .read_page = no_memory_page,
};

static void copy_identity(const struct live_identity *from,
			  struct xen_identity *to)
{
	to->major = from->major;
	to->minor = from->minor;
	snprintf(to->extra, sizeof(to->extra), "%s", from->extra);
	snprintf(to->changeset, sizeof(to->changeset), "%s", from->changeset);
	snprintf(to->compiler, sizeof(to->compiler), "%s", from->compiler);
	snprintf(to->compile_date, sizeof(to->compile_date), "%s",
		 from->compile_date);
	if (from->build_id_len > sizeof(to->build_id))
		return;
	memcpy(to->build_id, from->build_id, from->build_id_len);
	to->build_id_len = from->build_id_len;
}

/* What address translation would need, as far as symbols tell it. */
static void find_params(struct xen *x, const struct live *l,
			struct space_params *p)
{
	uint64_t root;
	struct err *e = xen_symbol(x, "idle_pg_table", &root);

	if (!e) {
		p->virt_start = root & ~GIB_MASK;
		p->phys_start = l->id.phys_start;
		p->root = root - p->virt_start + p->phys_start;
	}
	err_free(e);
}

/* A symbol of the linker's (xen.lds.S), 4.7 and later. */
static void find_build_id(struct xen *x, struct live *l)
{
	uint64_t note;
	struct err *e = xen_symbol(x, "__note_gnu_build_id_start", &note);

	if (!e)
		l->build_id = note + NOTE_HEAD;
	err_free(e);
}

static struct err *add_symbols(struct live *l, struct symbols *s)
{
	struct live_symbol sym;
	uint32_t n = 0, next = 0;
	int rc;

	for (;;) {
		if (!(n & 0xff))
			ERR_TRY(interrupt_check());
		rc = l->ops->symbol(l->priv, &next, &sym);
		if (rc == -ENOENT || next <= n || n >= SYMBOLS_MAX)
			return symbols_finish(s);
		if (rc)
			return live_failed(rc, "asking the hypervisor for symbols");
		ERR_TRY(symbols_add_full(s, sym.address, sym.type, sym.name, NULL));
		n = next;
	}
}

/* XENPF_get_symbol, 4.6 and later. */
static struct err *read_symbols(struct live *l, struct symbols **ret)
{
	struct symbols *s;
	struct err *e;

	ERR_TRY(symbols_create(&s));
	e = add_symbols(l, s);
	if (e)
		symbols_destroy(s);
	else
		*ret = s;
	return e;
}

static struct err *make_xen(struct live *l, struct xen *x)
{
	struct space_params params = { 0 };
	struct err *e = read_symbols(l, &x->embedded);

	if (e && err_reason(e) == ERR_INTERRUPTED)
		return e;
	err_free(e);
	x->symbols = x->embedded;
	find_params(x, l, &params);
	ERR_TRY(memory_create(&no_memory, NULL, &x->memory));
	ERR_TRY(space_create(x->memory, &params, &x->space));
	ERR_TRY(records_create(NO_PLACES, &x->records));
	find_build_id(x, l);
	x->nr_cpus = l->host.cpus;
	copy_identity(&l->id, &x->id);
	return NULL;
}

static struct err *ask_first(struct live *l)
{
	int rc = l->ops->identity(l->priv, &l->id);

	if (rc)
		return live_failed(rc, "asking the hypervisor for its version");
	rc = l->ops->host(l->priv, &l->host);
	if (rc == -EACCES)
		return err_new(ERR_MISMATCH,
			       "the libraries of Xen that xen-live.so was built with are not those of the running Xen %u.%u",
			       l->id.major, l->id.minor);
	if (rc)
		return live_failed(rc, "asking the hypervisor for the host's size");
	return NULL;
}

struct err *live_open(const struct live_ops *ops, void *priv,
		      struct xen **ret)
{
	struct live *l = calloc(1, sizeof(*l));
	struct xen *x = calloc(1, sizeof(*x));
	struct err *e = l && x ? NULL : err_nomem();

	if (!e) {
		l->ops = ops;
		l->priv = priv;
		e = ask_first(l);
	}
	if (!e)
		e = make_xen(l, x);
	if (e) {
		xen_close(x);
		free(l);
		return e;
	}
	x->live = x->hypercalls = l;
	*ret = x;
	return NULL;
}

void live_close(struct live *l)
{
	if (!l)
		return;
	l->ops->close(l->priv);
	free(l);
}

struct err *live_memory_close(struct xen *x)
{
	struct memory *memory;
	struct space *space;
	struct err *e;

	if (x->live)
		return NULL;
	ERR_TRY(memory_create(&no_memory, NULL, &memory));
	e = space_create(memory, space_params(x->space), &space);
	if (!e) {
		e = xen_switch_memory(x, memory, space, x->hypercalls);
		if (e)
			space_destroy(space);
	}
	if (e)
		memory_destroy(memory);
	return e;
}

struct err *xen_read_build_id(void *ctx, uint64_t va, void *buf, size_t len)
{
	struct xen *x = ctx;

	if (!x->live || !x->live->build_id || va != x->live->build_id ||
	    len != x->id.build_id_len)
		return space_read(x->space, va, buf, len);
	memcpy(buf, x->id.build_id, len);
	return NULL;
}

/* CDF_HVM and CDF_HAP (public/domctl.h), as domain.c reads options. */
static uint64_t options_of(const struct live_domain *l)
{
	return (l->flags & LIVE_HVM ? 1U << 0 : 0) |
	       (l->flags & LIVE_HAP ? 1U << 1 : 0) |
	       (l->flags & LIVE_XENSTORE ? 1U << 4 : 0);
}

static void fill_domain(const struct live_domain *l, struct domain *d)
{
	memset(d, 0, sizeof(*d));
	d->va = LIVE_VA;
	d->domain_id = live_known(l->domid);
	d->options = live_known(options_of(l));
	if (l->emulation_flags != UINT32_MAX)
		d->emulation_flags = live_known(l->emulation_flags);
	if (l->width)
		d->is_32bit = live_known(l->width == 32);
	d->is_xenstore = live_known(!!(l->flags & LIVE_XENSTORE));
	d->debugger_attached = live_known(!!(l->flags & LIVE_DEBUGGED));
	/* getdomaininfo says "dying" once it is dead */
	d->is_dying = live_known(l->flags & LIVE_DYING ? 2 : 0);
	d->is_shut_down = live_known(!!(l->flags & LIVE_SHUTDOWN));
	d->shutdown_code = live_known(l->shutdown_code);
	d->controller_pause_count = live_known(!!(l->flags & LIVE_PAUSED));
	d->max_vcpus = live_known(l->max_vcpu_id + 1);
	d->tot_pages = live_known(l->tot_pages);
	d->max_pages = live_known(l->max_pages);
	d->outstanding_pages = live_known(l->outstanding_pages);
	d->shr_pages = live_known(l->shr_pages);
	d->paged_pages = live_known(l->paged_pages);
	if (l->cpupool != UINT32_MAX)
		d->cpupool_id = live_known(l->cpupool);
}

static struct err *next_domain(struct live *l, uint64_t first,
			       struct live_domain *ret)
{
	int rc;

	ERR_TRY(interrupt_check());
	if (first >= DOMID_FIRST_RESERVED)
		return err_new(ERR_NOT_FOUND, "no domain %" PRIu64, first);
	rc = l->ops->domain(l->priv, first, ret);
	if (rc == -ENOENT)
		return err_new(ERR_NOT_FOUND, "no domain %" PRIu64, first);
	return rc ? live_failed(rc, "asking the hypervisor for domains") : NULL;
}

struct err *live_domain_next(struct live *l, uint64_t first,
			     struct domain *ret)
{
	struct live_domain d;
	struct err *e = next_domain(l, first, &d);

	if (!e) {
		fill_domain(&d, ret);
		return NULL;
	}
	if (err_reason(e) != ERR_NOT_FOUND)
		return e;
	err_free(e);
	ret->va = 0;
	return NULL;
}

struct err *live_domain_handle(struct live *l, uint64_t domid,
			       unsigned char *ret)
{
	struct live_domain d;

	ERR_TRY(next_domain(l, domid, &d));
	if (d.domid != domid)
		return err_new(ERR_NOT_FOUND, "no domain %" PRIu64, domid);
	memcpy(ret, d.handle, sizeof(d.handle));
	return NULL;
}

struct err *live_vcpu(struct live *l, uint64_t domid, uint64_t id,
		      struct vcpu *ret)
{
	struct live_vcpu v;
	int rc;

	ERR_TRY(interrupt_check());
	rc = l->ops->vcpu(l->priv, domid, id, &v);
	if (rc == -ENOENT)
		return err_new(ERR_NOT_FOUND, "domain %" PRIu64 " has no vcpu %" PRIu64,
			       domid, id);
	if (rc)
		return live_failed(rc, "asking the hypervisor for a vcpu");
	memset(ret, 0, sizeof(*ret));
	ret->va = LIVE_VA;
	ret->vcpu_id = live_known(id);
	ret->processor = live_known(v.cpu);
	ret->is_running = live_known(v.running);
	ret->time[RUNSTATE_RUNNING] = live_known(v.cpu_time);
	ret->pause_flags = live_known((v.blocked ? VPF_BLOCKED : 0) |
				 (v.online ? 0 : VPF_DOWN));
	return NULL;
}

static void cut(struct cpumask *m, unsigned int nr)
{
	unsigned int i;

	m->nr = nr;
	for (i = nr; i < CPUMASK_MAX; i++)
		m->bits[i / 64] &= ~(1ULL << i % 64);
}

struct err *live_vcpu_affinity(struct live *l, uint64_t domid, uint64_t id,
			       bool soft, unsigned int nr,
			       struct cpumask *ret)
{
	int rc;

	if (nr > CPUMASK_MAX)
		return err_new(ERR_CORRUPT, "a set of %u pcpus", nr);
	rc = l->ops->affinity(l->priv, domid, id, soft, ret->bits,
			      sizeof(ret->bits));
	if (rc)
		return live_failed(rc, "asking the hypervisor for an affinity");
	cut(ret, nr);
	return NULL;
}

static const struct {
	size_t from, to;
	bool control;
} registers[] = {
#define R(m) { offsetof(struct live_regs, m), offsetof(struct regs, m), false }
#define C(m) { offsetof(struct live_regs, m), offsetof(struct control_regs, m), true }
	R(rax), R(rbx), R(rcx), R(rdx), R(rsi), R(rdi), R(rbp), R(rsp),
	R(r8), R(r9), R(r10), R(r11), R(r12), R(r13), R(r14), R(r15),
	R(rip), R(rflags), R(cs), R(ss), C(cr0), C(cr2), C(cr3), C(cr4),
#undef R
#undef C
};

struct err *live_context(struct live *l, uint64_t domid, const struct vcpu *v,
			 struct context *ret)
{
	struct context c;
	struct live_regs r;
	size_t i;
	int rc = l->ops->registers(l->priv, domid, v->vcpu_id.u, &r);

	if (rc == -EINVAL)
		return err_new(ERR_UNSUPPORTED,
			       "d%" PRIu64 "v%" PRIu64 " is the vcpu that asks, and dom0 has no other to ask from: Xen gives a vcpu not its own registers",
			       domid, v->vcpu_id.u);
	if (rc)
		return live_failed(rc, "asking the hypervisor for registers");
	memset(&c, 0, sizeof(c));
	c.place = v->is_running.u ? PLACE_RUNNING : PLACE_SAVED;
	c.pcpu.id = v->processor.u;
	c.regs.va = LIVE_VA;
	c.control_from = "XEN_DOMCTL_getvcpucontext";
	if (r.has_efer)
		c.control.efer = live_known(r.efer);
	for (i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		char *base = registers[i].control ? (char *)&c.control :
						    (char *)&c.regs;

		*(struct value *)(base + registers[i].to) =
			live_known(*(uint64_t *)((char *)&r + registers[i].from));
	}
	*ret = c;
	return NULL;
}

struct err *live_console_more(struct live *l, uint32_t *index, char **text,
			      size_t *len)
{
	size_t size = 0, got = LOG_CHUNK, total = 0;
	uint32_t at = *index;
	char *all = NULL;
	FILE *f = open_memstream(&all, &size);
	char *chunk = malloc(LOG_CHUNK);
	int rc = 0;

	while (f && chunk && got && total < LOG_MAX) {
		rc = l->ops->log(l->priv, chunk, LOG_CHUNK, &at, &got);
		if (rc)
			break;
		fwrite(chunk, 1, got, f);
		total += got;
	}
	if (!f || !chunk || fclose(f)) {
		free(chunk);
		free(all);
		return err_nomem();
	}
	free(chunk);
	if (rc) {
		free(all);
		return live_failed(rc, "reading the hypervisor's console");
	}
	*index = at;
	*text = all;
	*len = size;
	return NULL;
}

struct err *live_console(struct live *l, char **text, size_t *len)
{
	uint32_t index = 0;

	return live_console_more(l, &index, text, len);
}

struct err *live_sys(struct live *l, struct sys *ret)
{
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

struct err *live_guest_page(struct live *l, uint64_t domid, uint64_t frame,
			    void *page)
{
	int rc = l->ops->guest_page(l->priv, domid, frame, page);

	if (rc)
		return err_new(ERR_BAD_POINTER,
			       "frame %" PRIx64 " of domain %" PRIu64 " cannot be mapped: %s",
			       frame, domid, strerror(-rc));
	return NULL;
}

struct guest_memory {
	struct live *l;
	uint64_t domid;
};

static struct err *read_guest_page(void *priv, uint64_t maddr, void *page)
{
	const struct guest_memory *g = priv;

	return live_guest_page(g->l, g->domid, maddr >> XPAGE_SHIFT, page);
}

struct err *live_guest_memory(struct live *l, uint64_t domid,
			      struct memory **ret)
{
	static const struct memory_ops ops = {
		.name = "guest", .read_page = read_guest_page, .destroy = free,
	};
	struct guest_memory *g = malloc(sizeof(*g));
	struct err *e;

	if (!g)
		return err_nomem();
	*g = (struct guest_memory){ l, domid };
	e = memory_create(&ops, g, ret);
	if (e)
		free(g);
	return e;
}
