/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"
#include "live_memory.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GIB_MASK	((1ULL << 30) - 1)

/* XENVER_build_id tells the id, which follows a note's head in memory. */
#define NOTE_HEAD	16

/* A read of the console ring, and what a ring can be at most. */
#define LOG_CHUNK	(64U << 10)
#define LOG_MAX		(64U << 20)

struct live {
	const struct live_ops *ops;
	void *priv;
	struct live_identity id;
	struct live_host host;
	uint64_t build_id;	/* va; 0: not known */
};

static struct err *failed(int rc, const char *what)
{
	return err_io(-rc, "%s", what);
}

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

static struct err *make_xen(struct live *l, const char *xensyms,
			    struct xen *x)
{
	struct space_params params = { 0 };

	if (xensyms)
		err_free(symbols_from_map(xensyms, &x->embedded));
	x->symbols = x->embedded;
	find_params(x, l, &params);
	ERR_TRY(memory_create(&no_memory, NULL, &x->memory));
	ERR_TRY(space_create(x->memory, &params, &x->space));
	ERR_TRY(records_create(NULL, NULL, &x->records));
	find_build_id(x, l);
	x->nr_cpus = l->host.cpus;
	copy_identity(&l->id, &x->id);
	return NULL;
}

static struct err *ask_first(struct live *l)
{
	int rc = l->ops->identity(l->priv, &l->id);

	if (rc)
		return failed(rc, "asking the hypervisor for its version");
	rc = l->ops->host(l->priv, &l->host);
	if (rc == -EACCES)
		return err_new(ERR_MISMATCH,
			       "the libraries of Xen that xen-live.so was built with are not those of the running Xen %u.%u",
			       l->id.major, l->id.minor);
	if (rc)
		return failed(rc, "asking the hypervisor for the host's size");
	return NULL;
}

struct err *live_open(const struct live_ops *ops, void *priv,
		      const char *xensyms, struct xen **ret)
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
		e = make_xen(l, xensyms, x);
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

static struct value known(uint64_t u)
{
	return (struct value){ .u = u, .state = VALUE_OK };
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
	d->domain_id = known(l->domid);
	d->options = known(options_of(l));
	if (l->emulation_flags != UINT32_MAX)
		d->emulation_flags = known(l->emulation_flags);
	if (l->width)
		d->is_32bit = known(l->width == 32);
	d->is_xenstore = known(!!(l->flags & LIVE_XENSTORE));
	d->debugger_attached = known(!!(l->flags & LIVE_DEBUGGED));
	/* getdomaininfo says "dying" once it is dead */
	d->is_dying = known(l->flags & LIVE_DYING ? 2 : 0);
	d->is_shut_down = known(!!(l->flags & LIVE_SHUTDOWN));
	d->shutdown_code = known(l->shutdown_code);
	d->controller_pause_count = known(!!(l->flags & LIVE_PAUSED));
	d->max_vcpus = known(l->max_vcpu_id + 1);
	d->tot_pages = known(l->tot_pages);
	d->max_pages = known(l->max_pages);
	d->outstanding_pages = known(l->outstanding_pages);
	d->shr_pages = known(l->shr_pages);
	d->paged_pages = known(l->paged_pages);
	if (l->cpupool != UINT32_MAX)
		d->cpupool_id = known(l->cpupool);
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
	return rc ? failed(rc, "asking the hypervisor for domains") : NULL;
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
		return failed(rc, "asking the hypervisor for a vcpu");
	memset(ret, 0, sizeof(*ret));
	ret->va = LIVE_VA;
	ret->vcpu_id = known(id);
	ret->processor = known(v.cpu);
	ret->is_running = known(v.running);
	ret->time[RUNSTATE_RUNNING] = known(v.cpu_time);
	ret->pause_flags = known((v.blocked ? VPF_BLOCKED : 0) |
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
		return failed(rc, "asking the hypervisor for an affinity");
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
			       "d%" PRIu64 "v%" PRIu64 " is the vcpu that asks: Xen gives a vcpu not its own registers",
			       domid, v->vcpu_id.u);
	if (rc)
		return failed(rc, "asking the hypervisor for registers");
	memset(&c, 0, sizeof(c));
	c.place = v->is_running.u ? PLACE_RUNNING : PLACE_SAVED;
	c.pcpu.id = v->processor.u;
	c.regs.va = LIVE_VA;
	c.control_from = "XEN_DOMCTL_getvcpucontext";
	for (i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
		char *base = registers[i].control ? (char *)&c.control :
						    (char *)&c.regs;

		*(struct value *)(base + registers[i].to) =
			known(*(uint64_t *)((char *)&r + registers[i].from));
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
		return failed(rc, "reading the hypervisor's console");
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

/* XEN_SCHEDULER_* (public/domctl.h), with the names the schedulers have. */
static const char *const schedulers[] = {
	[5] = "SMP Credit Scheduler", [6] = "SMP Credit Scheduler rev2",
	[7] = "ARINC 653 Scheduler", [8] = "SMP RTDS Scheduler",
	[9] = "null Scheduler",
};

struct err *live_sys(struct live *l, struct sys *ret)
{
	const struct live_host *h = &l->host;
	struct sys s = { .cpus_present = 0 };
	int rc = l->ops->host(l->priv, &l->host);

	if (rc)
		return failed(rc, "asking the hypervisor for the host's size");
	snprintf(s.command_line, sizeof(s.command_line), "%s", l->id.command_line);
	snprintf(s.capabilities, sizeof(s.capabilities), "%s", l->id.capabilities);
	if (h->scheduler < sizeof(schedulers) / sizeof(schedulers[0]) &&
	    schedulers[h->scheduler])
		snprintf(s.scheduler, sizeof(s.scheduler), "%s",
			 schedulers[h->scheduler]);
	s.cpus_present = h->cpus_online;
	s.cpu_khz = known(h->cpu_khz);
	s.total_pages = known(h->total_pages);
	s.free_pages = known(h->free_pages);
	s.max_page = known(h->max_page);
	*ret = s;
	return NULL;
}

struct err *live_guest_frame(struct live *l, uint64_t domid, uint64_t vcpu,
			     uint64_t va, uint64_t *frame)
{
	if (l->ops->guest_frame(l->priv, domid, vcpu, va, frame))
		return err_new(ERR_BAD_POINTER,
			       "%" PRIx64 " is not mapped by the page tables of d%" PRIu64 "v%" PRIu64,
			       va, domid, vcpu);
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
