/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "domain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "domain_index.h"
#include "vcpu.h"
#include "xen/model/memory_source.h"
#include "xen/model/words.h"

#define F(member, path) FIELD(struct domain, member, path)
#define AT(member, path) FIELD_AT(struct domain, member, path)

static const struct field domain_fields[] FIELD_TABLE = {
	F(domain_id, "domain.domain_id"),
	F(unique_id, "domain.unique_id"),
	AT(handle, "domain.handle"),
	F(guest_type, "domain.guest_type"),
	F(options, "domain.options"),
	F(emulation_flags, "domain.arch.emulation_flags"),
	F(is_32bit, "domain.arch.pv.is_32bit | domain.arch.is_32bit_pv"),
	F(is_privileged, "domain.is_privileged"),
	F(is_xenstore, "domain.is_xenstore"),
	F(is_console, "domain.is_console"),
	F(debugger_attached, "domain.debugger_attached"),
	F(creation_finished, "domain.creation_finished"),
	F(is_dying, "domain.is_dying"),
	F(is_shutting_down, "domain.is_shutting_down"),
	F(is_shut_down, "domain.is_shut_down"),
	F(shutdown_state, "domain.shutdown_state"),
	F(shutdown_code, "domain.shutdown_code"),
	F(controller_pause_count, "domain.controller_pause_count | "
				  "domain.is_paused_by_controller"),
	F(pause_count, "domain.pause_count.counter"),
	F(refcnt, "domain.refcnt.counter"),
	F(max_vcpus, "domain.max_vcpus"),
	F(vcpu, "domain.vcpu"),
	F(tot_pages, "domain.tot_pages"),
	F(max_pages, "domain.max_pages"),
	F(outstanding_pages, "domain.outstanding_pages"),
	F(xenheap_pages, "domain.xenheap_pages"),
	F(extra_pages, "domain.extra_pages"),
	F(shr_pages, "domain.shr_pages.counter"),
	F(paged_pages, "domain.paged_pages.counter"),
	F(shared_info, "domain.shared_info"),
	F(frame_lists,
	  "domain.shared_info->native.arch.pfn_to_mfn_frame_list_list | "
	  "domain.shared_info->arch.pfn_to_mfn_frame_list_list"),
	F(frame_lists_compat,
	  "domain.shared_info->compat.arch.pfn_to_mfn_frame_list_list"),
	F(cpupool, "domain.cpupool"),
	F(cpupool_id, "domain.cpupool->cpupool_id"),
	F(auto_node_affinity, "domain.auto_node_affinity"),
	AT(node_affinity, "domain.node_affinity.bits"),
	/* a pointer in builds for many pcpus, an array of one in others */
	AT(dirty_cpumask, "domain.dirty_cpumask[0].bits | "
			  "domain.domain_dirty_cpumask[0].bits"),
	F(target, "domain.target"),
	F(grant_table, "domain.grant_table"),
	F(evtchn, "domain.evtchn"),
	F(vm_assist, "domain.vm_assist"),
};

const struct record_type domain_record = RECORD_TYPE("domain", domain_fields);

/* XEN_DOMCTL_CDF_* (public/domctl.h); values unchanged since 4.13. */
#define CDF_HVM		(1U << 0)
#define CDF_XS_DOMAIN	(1U << 4)

static const char *const cdf_names[] = {
	"hvm", "hap", "s3_integrity", "oos_off", "xs_domain", "iommu",
	"nested_virt", "vpmu",
};

/* XEN_X86_EMU_* (public/arch-x86/xen.h); values unchanged since 4.6. */
#define EMU_PM		(1U << 2)
#define EMU_PIC		(1U << 5)

static const char *const emu_names[] = {
	"lapic", "hpet", "pm", "rtc", "ioapic", "pic", "vga", "iommu", "pit",
	"use_pirq", "vpci",
};

/* Domains that are not on Xen's list, by the pointers to them. */
static const struct {
	const char *symbol;
	uint16_t id;
	enum domain_type type;
	const char *name;
} systems[] = {
	{ "dom_io", DOMID_IO, DOMAIN_IO, "io" },
	{ "dom_xen", DOMID_XEN, DOMAIN_XEN, "xen" },
	{ "dom_cow", DOMID_COW, DOMAIN_COW, "cow" },
	{ "idle_vcpu", DOMID_IDLE, DOMAIN_IDLE, "idle" },
};

#define NR_SYSTEMS (sizeof(systems) / sizeof(systems[0]))

static bool value_set(const struct value *v)
{
	return value_ok(v) && value_of(v);
}

struct err *domain_read(struct xen *x, uint64_t va, struct domain *ret)
{
	struct domain d;

	/* alloc_domain_struct() allocates whole pages (arch/x86/domain.c) */
	ERR_TRY(xen_check_pointer(x, va, XPAGE_SIZE, "domain"));
	memset(&d, 0, sizeof(d));
	ERR_TRY(err_prefix(record_read(x->records, x->space, &domain_record, va,
				       &d), "domain at %" PRIx64, va));
	if (d.domain_id.state == VALUE_UNREADABLE)
		return err_new(d.domain_id.why,
			       "domain at %" PRIx64 ": domain.domain_id cannot be read", va);
	if (value_ok(&d.domain_id) && value_of(&d.domain_id) >= DOMAINS_MAX)
		return err_new(ERR_CORRUPT,
			       "%" PRIx64 " is not a domain: domain.domain_id is %" PRIu64,
			       va, value_of(&d.domain_id));
	d.va = va;
	*ret = d;
	return NULL;
}

struct err *domains_start(struct domains *w, struct xen *x, bool system)
{
	struct domains new = { .x = x, .system = system };

	ERR_TRY(x->source->domains_start(&new));
	*w = new;
	return NULL;
}

/* The va of the domain of the hardware; 0 before Xen creates it. */
static struct err *hardware_domain(struct xen *x, uint64_t *va)
{
	struct err *e = xen_variable(x, "hardware_domain", va);

	if (e) {
		err_free(e);
		e = xen_variable(x, "dom0", va);	/* 4.4 */
	}
	return e;
}

/* An empty list would be understood as a host without domains. */
static struct err *check_empty(struct xen *x)
{
	uint64_t va;
	struct err *e = hardware_domain(x, &va);

	if (e) {
		err_free(e);
		return NULL;
	}
	return va ? err_new(ERR_CORRUPT, "domain list: domain_list is 0, but hardware_domain is %" PRIx64, va) : NULL;
}

struct err *mem_domains_start(struct domains *w)
{
	struct xen *x = w->x;
	struct place next;
	uint64_t first;

	ERR_TRY(err_prefix(xen_variable(x, "domain_list", &first),
			   "domain list"));
	ERR_TRY(err_prefix(record_resolve(x->records, "domain.next_in_list",
					  &next), "domain list"));
	if (!first)
		ERR_TRY(check_empty(x));
	chain_start(&w->chain, x, first, next.offset, DOMAINS_MAX, "domain list");
	return NULL;
}

/* Finds the va of the n-th system domain; 0 if the build lacks it. */
static struct err *system_domain(struct xen *x, unsigned int n, uint64_t *va)
{
	const struct symbol *sym;
	struct place domain;
	struct err *e;

	e = symbols_by_name(x->symbols, systems[n].symbol, &sym);
	if (e && err_reason(e) == ERR_NO_SYMBOL) {
		err_free(e);
		*va = 0;
		return NULL;
	}
	ERR_TRY(e);
	ERR_TRY(space_read_u64(x->space, sym->addr, va));
	if (systems[n].type != DOMAIN_IDLE || !*va)
		return NULL;
	/* an array of vcpus, all of the idle domain */
	ERR_TRY(record_resolve(x->records, "vcpu.domain", &domain));
	return space_read_u64(x->space, *va + domain.offset, va);
}

static struct err *next_system(struct domains *w, struct domain *ret)
{
	unsigned int n;
	uint64_t va = 0;

	while (!va && w->next_system < NR_SYSTEMS) {
		n = w->next_system++;
		ERR_TRY(err_prefix(system_domain(w->x, n, &va),
				   "the %s domain", systems[n].name));
	}
	if (va)
		return domain_read(w->x, va, ret);
	w->done = true;
	return NULL;
}

struct err *domains_next(struct domains *w, struct domain *ret)
{
	return w->x->source->domains_next(w, ret);
}

struct err *mem_domains_next(struct domains *w, struct domain *ret)
{
	uint64_t va;

	ERR_TRY(chain_next(&w->chain, &va));
	if (va && domain_index_repeats(w->x, w->chain.count)) {
		w->chain.next = 0;
		return err_new(ERR_CORRUPT, "%s: loops at %" PRIx64 " after %u",
			       w->chain.what, va, w->chain.count - 1);
	}
	if (!va)
		va = domain_index_next_hidden(w->x, &w->next_hidden);
	if (va)
		return domain_read(w->x, va, ret);
	if (w->system)
		return next_system(w, ret);
	w->done = true;
	return NULL;
}

struct err *domain_find(struct xen *x, uint64_t id, struct domain *ret)
{
	char ids[128] = "";
	struct domains w;
	struct domain d;
	char word[24];
	struct err *e;

	ERR_TRY(domains_start(&w, x, true));
	for (;;) {
		e = domains_next(&w, &d);
		if (e) {
			/* one of the remaining domains may have the id */
			ERR_TRY(err_drop(e));
			continue;
		}
		if (w.done)
			break;
		if (!value_ok(&d.domain_id))
			continue;
		if (value_of(&d.domain_id) == id) {
			*ret = d;
			return NULL;
		}
		/* Xen's own domains can be found by their ids, but are not suggested */
		if (value_of(&d.domain_id) >= DOMID_FIRST_RESERVED)
			continue;
		snprintf(word, sizeof(word), "%" PRIu64, value_of(&d.domain_id));
		words_add(ids, sizeof(ids), word);
	}
	return err_new(ERR_NOT_FOUND, "no domain %" PRIu64 "; there are %s", id,
		       *ids ? ids : "none");
}

static enum domain_type system_type(uint64_t id)
{
	unsigned int i;

	for (i = 0; i < NR_SYSTEMS; i++) {
		if (systems[i].id == id)
			return systems[i].type;
	}
	return DOMAIN_UNKNOWN;
}

bool domain_is_hvm(const struct domain *d)
{
	if (value_ok(&d->options))
		return value_of(&d->options) & CDF_HVM;
	/* guest_type: 0 is PV; 4.4 to 4.8 have PVH between PV and HVM */
	return value_set(&d->guest_type);
}

enum domain_type domain_type(const struct domain *d)
{
	if (value_ok(&d->domain_id) &&
	    value_of(&d->domain_id) >= DOMID_FIRST_RESERVED)
		return system_type(value_of(&d->domain_id));
	if (!value_ok(&d->options) && !value_ok(&d->guest_type))
		return DOMAIN_UNKNOWN;
	if (!domain_is_hvm(d))
		return DOMAIN_PV;
	/*
	 * In Xen 4.10+ PVH is HVM without the devices of a PC: a PVH domU has
	 * a local APIC, a PVH dom0 also an IO-APIC and vPCI.
	 */
	if (value_ok(&d->emulation_flags))
		return value_of(&d->emulation_flags) & (EMU_PM | EMU_PIC) ? DOMAIN_HVM :
								   DOMAIN_PVH;
	if (!value_ok(&d->options) && value_of(&d->guest_type) == 1)
		return DOMAIN_PVH;
	return DOMAIN_HVM;
}

static const char *const type_names[] = {
	[DOMAIN_UNKNOWN] = "?",
	[DOMAIN_PV] = "PV",
	[DOMAIN_PVH] = "PVH",
	[DOMAIN_HVM] = "HVM",
	[DOMAIN_IDLE] = "idle",
	[DOMAIN_IO] = "io",
	[DOMAIN_XEN] = "xen",
	[DOMAIN_COW] = "cow",
};

const char *domain_type_name(enum domain_type type)
{
	return type_names[type];
}

bool domain_is_hardware(struct xen *x, const struct domain *d)
{
	uint64_t va;
	struct err *e = hardware_domain(x, &va);

	if (e) {
		err_free(e);
		return value_ok(&d->domain_id) && !value_of(&d->domain_id);
	}
	return va == d->va;
}

const char *domain_name_of_id(uint64_t id)
{
	unsigned int i;

	if (!id)
		return "Domain-0";
	for (i = 0; i < NR_SYSTEMS; i++) {
		if (systems[i].id == id)
			return systems[i].name;
	}
	return NULL;
}

const char *domain_name(const struct domain *d)
{
	return value_ok(&d->domain_id) ? domain_name_of_id(value_of(&d->domain_id)) : NULL;
}

struct err *mem_domain_handle(struct xen *x, const struct domain *d,
			      unsigned char *ret)
{
	if (!value_ok(&d->handle))
		return err_new(ERR_NO_TYPE, "no domain.handle");
	return space_read(x->space, value_of(&d->handle), ret, DOMAIN_HANDLE_SIZE);
}

const char *domain_uuid(struct xen *x, const struct domain *d, char *buf)
{
	unsigned char b[DOMAIN_HANDLE_SIZE];
	unsigned int i, n = 0;
	struct err *e = x->source->domain_handle(x, d, b);

	buf[0] = '\0';
	if (e) {
		err_free(e);
		return buf;
	}
	for (i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf[n++] = '-';
		n += snprintf(buf + n, 3, "%02x", b[i]);
	}
	return buf;
}

/* SHUTDOWN_* (public/sched.h), with the letters of `xl list`. */
static const struct {
	const char *name;
	char letter;
} shutdown_codes[] = {
	{ "poweroff", '-' }, { "reboot", 'r' }, { "suspend", 's' },
	{ "crash", 'c' }, { "watchdog", 'w' }, { "soft_reset", 'S' },
};

#define NR_SHUTDOWN (sizeof(shutdown_codes) / sizeof(shutdown_codes[0]))

const char *shutdown_code_name(uint64_t code)
{
	return code < NR_SHUTDOWN ? shutdown_codes[code].name : NULL;
}

/* 0 none, 1 in progress, 2 complete: one member since 4.23, two before */
static unsigned int shutdown_progress(const struct domain *d)
{
	if (value_ok(&d->shutdown_state))
		return value_of(&d->shutdown_state);
	if (value_set(&d->is_shut_down))
		return 2;
	return value_set(&d->is_shutting_down);
}

bool domain_is_shut_down(const struct domain *d)
{
	return shutdown_progress(d) == 2;
}

void domain_life_text(const struct domain *d, char *buf, size_t size)
{
	static const char *const dying[] = { "alive", "dying", "dead" };
	const char *why = "";

	if (!value_ok(&d->is_dying) || value_of(&d->is_dying) > 2) {
		snprintf(buf, size, "?");
	} else if (value_of(&d->is_dying) || !shutdown_progress(d)) {
		snprintf(buf, size, "%s", dying[value_of(&d->is_dying)]);
	} else {
		if (value_ok(&d->shutdown_code))
			why = shutdown_code_name(value_of(&d->shutdown_code));
		snprintf(buf, size, "%s%s%s", shutdown_progress(d) == 2 ?
			 "shut down" : "shutting down", why && *why ? ": " : "",
			 why ? why : "");
	}
}

const char *domain_flags_text(struct xen *x, const struct domain *d, char *buf,
			      size_t size)
{
	buf[0] = '\0';
	if (domain_is_hardware(x, d))
		words_add(buf, size, "hardware domain");
	if (value_set(&d->is_privileged))
		words_add(buf, size, "privileged");
	if (value_set(&d->is_xenstore))
		words_add(buf, size, "xs_domain");
	if (value_set(&d->is_console))
		words_add(buf, size, "console");
	if (value_set(&d->debugger_attached))
		words_add(buf, size, "debugger attached");
	if (value_ok(&d->creation_finished) && !value_of(&d->creation_finished) &&
	    value_of(&d->domain_id) < DOMID_FIRST_RESERVED)
		words_add(buf, size, "still being created");
	if (value_set(&d->options))
		words_add_bits(buf, size, value_of(&d->options), cdf_names,
			       sizeof(cdf_names) / sizeof(cdf_names[0]));
	if (value_set(&d->emulation_flags)) {
		words_add(buf, size, "emulated:");
		words_add_bits(buf, size, value_of(&d->emulation_flags), emu_names,
			       sizeof(emu_names) / sizeof(emu_names[0]));
	}
	return buf;
}

/* Adds one vcpu to its domain's state, as getdomaininfo() does. */
static void state_add(struct domain_state *s, const struct vcpu *v)
{
	s->vcpus++;
	if (value_ok(&v->time[RUNSTATE_RUNNING]))
		s->cpu_time += value_of(&v->time[RUNSTATE_RUNNING]);
	s->no_time |= !value_ok(&v->time[RUNSTATE_RUNNING]);
	s->no_flags |= !value_ok(&v->pause_flags);
	if (!value_ok(&v->pause_flags) || value_of(&v->pause_flags) & VPF_DOWN)
		return;
	s->online++;
	if (!(value_of(&v->pause_flags) & VPF_BLOCKED))
		s->blocked = false;
	if (value_set(&v->is_running))
		s->running = true;
}

static struct err *state_add_all(struct xen *x, const struct domain *d,
				 struct domain_state *s)
{
	struct vcpus w;
	struct vcpu v;
	struct err *e;

	ERR_TRY(vcpus_start(&w, x, d));
	for (;;) {
		e = vcpus_next(&w, &v);
		if (e) {
			ERR_TRY(err_drop(e));
			s->lost++;
			continue;
		}
		if (w.done)
			return NULL;
		state_add(s, &v);
	}
}

struct err *domain_state_read(struct xen *x, const struct domain *d,
			      struct domain_state *ret)
{
	struct provenance before = provenance_enter();
	struct domain_state s = { .blocked = true };
	struct err *e;

	s.paused = value_set(&d->controller_pause_count);
	s.shutdown = domain_is_shut_down(d);
	s.shutdown_code = value_of(&d->shutdown_code);
	s.dying = value_ok(&d->is_dying) && value_of(&d->is_dying) == 2;
	e = state_add_all(x, d, &s);
	s.unproved = provenance_leave(before);
	if (err_is_final(e))
		return e;
	if (e)
		s.lost++;
	err_free(e);
	s.blocked &= s.online > 0;
	*ret = s;
	return NULL;
}

const char *domain_state_text(const struct domain_state *s,
			      char buf[DOMAIN_STATE_TEXT])
{
	char why = '-';

	domain_state_use(s);
	if (s->shutdown)
		why = s->shutdown_code < NR_SHUTDOWN ?
		      shutdown_codes[s->shutdown_code].letter : '?';
	snprintf(buf, DOMAIN_STATE_TEXT, "%c%c%c%c%c%c",
		 s->no_flags ? '?' : s->running ? 'r' : '-',
		 s->no_flags ? '?' : s->blocked ? 'b' : '-', s->paused ? 'p' : '-',
		 s->shutdown ? 's' : '-', why, s->dying ? 'd' : '-');
	return buf;
}

const char *domid_text(uint64_t domid, char buf[DOMID_TEXT])
{
	static const struct {
		uint16_t id;
		const char *name;
	} reserved[] = {
		{ DOMID_FIRST_RESERVED, "self" }, { DOMID_IO, "dom_io" },
		{ DOMID_XEN, "dom_xen" }, { DOMID_COW, "dom_cow" },
		{ DOMID_INVALID, "invalid" }, { DOMID_IDLE, "idle" },
	};

	snprintf(buf, DOMID_TEXT, "d%u", (unsigned int)domid);
	for (unsigned int i = 0; i < ARRAY_SIZE(reserved); i++)
		if (domid == reserved[i].id)
			snprintf(buf, DOMID_TEXT, "%s", reserved[i].name);
	return buf;
}

struct err *domain_pause(struct xen *x, const struct domain *d)
{
	if (!x->source->domain_pause)
		return err_new(ERR_UNSUPPORTED, "only a guest of a running host can be paused");
	if (!value_of(&d->domain_id) || value_of(&d->is_xenstore))
		return err_new(ERR_REFUSED, "domain %" PRIu64 " is not paused: dom0 depends on it",
			       value_of(&d->domain_id));
	return x->source->domain_pause(x, d);
}

struct err *domain_unpause(struct xen *x, const struct domain *d)
{
	return x->source->domain_unpause ? x->source->domain_unpause(x, d) : NULL;
}
