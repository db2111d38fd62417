/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pcpu.h"

#include <inttypes.h>
#include <string.h>

#include "xen/model/memory_source.h"
#include "xen/stack/geometry.h"

struct cpu_info {
	struct value processor_id, current_vcpu, regs;
};

static const struct field cpu_info_fields[] FIELD_TABLE = {
	FIELD(struct cpu_info, processor_id, "struct cpu_info.processor_id"),
	FIELD(struct cpu_info, current_vcpu, "struct cpu_info.current_vcpu"),
	FIELD_AT(struct cpu_info, regs, "struct cpu_info.guest_cpu_user_regs"),
};

const struct record_type pcpu_info_record =
	RECORD_TYPE("cpu_info", cpu_info_fields);

struct err *pcpu_in_map(struct xen *x, const char *map, unsigned int id,
			bool *ret)
{
	uint64_t va, bits;

	ERR_TRY(xen_symbol(x, map, &va));
	ERR_TRY(err_prefix(space_read_u64(x->space, va + id / 64 * 8, &bits),
			   "%s", map));
	*ret = bits >> (id % 64) & 1;
	return NULL;
}

/* Reads a pointer at va, unless e is set, which is freed; returns 0 on failure. */
static uint64_t read_pointer(struct xen *x, struct err *e, uint64_t va)
{
	uint64_t v = 0;

	if (!e)
		e = space_read_u64(x->space, va, &v);
	err_free(e);
	return v;
}

uint64_t pcpu_idle_vcpu(struct xen *x, unsigned int id)
{
	uint64_t va = 0;
	struct err *e = xen_symbol(x, "idle_vcpu", &va);

	return read_pointer(x, e, va + 8ULL * id);
}

struct err *pcpu_sched_resource(struct xen *x, unsigned int id, uint64_t *ret)
{
	uint64_t va;
	struct err *e = xen_percpu(x, "sched_res", id, &va);

	if (!e)
		return space_read_u64(x->space, va, ret);
	if (err_reason(e) != ERR_NO_SYMBOL)
		return e;
	err_free(e);
	return xen_percpu(x, "schedule_data", id, ret);
}

struct err *pcpu_find_info(struct xen *x, const struct pcpu *p,
			   struct cpu_info_found *ret)
{
	uint64_t offset, va;

	ERR_TRY(xen_symbol(x, "__per_cpu_offset", &va));
	ERR_TRY(space_read_u64(x->space, va + 8ULL * p->id, &offset));
	return stack_find_cpu_info(x->space, p->stack, p->tss, p->id, offset,
				   ret);
}

/* Finds struct cpu_info by its contents, without types. */
static struct err *find_cpu_info(struct xen *x, struct pcpu *p)
{
	struct cpu_info_found found;

	ERR_TRY(pcpu_find_info(x, p, &found));
	p->cpu_info = p->guest_regs = found.va;
	p->processor_id = (struct value){ .raw = p->id, .state = VALUE_OK };
	p->current_vcpu = (struct value){ .raw = found.current_vcpu,
					  .state = VALUE_OK };
	return NULL;
}

static struct err *read_cpu_info(struct xen *x, struct pcpu *p)
{
	struct cpu_info info;
	struct place type;

	if (!records_known(x->records))
		return find_cpu_info(x, p);
	ERR_TRY(record_resolve(x->records, "struct cpu_info", &type));
	p->cpu_info = p->stack + STACK_SIZE - type.size;
	ERR_TRY(record_read(x->records, x->space, &pcpu_info_record, p->cpu_info,
			    &info));
	p->processor_id = info.processor_id;
	p->current_vcpu = info.current_vcpu;
	p->guest_regs = value_of(&info.regs);
	return NULL;
}

const char *pcpu_state_text(const struct pcpu *p)
{
	if (p->note)
		return "saved";
	if (p->lost)
		return "lost";
	return p->online ? "online" : "offline";
}

/*
 * In a crash a pcpu clears its bit of cpu_online_map and saves a note
 * (arch/x86/crash.c). A lost pcpu has its bit set and no note; an offline pcpu
 * has neither.
 */
static bool is_lost(const struct xen *x, const struct pcpu *p)
{
	unsigned int i;

	if (p->note || !p->online || !x->notes)
		return false;
	for (i = 0; i < x->notes->nr_pcpus; i++)
		if (x->notes->pcpu[i].has_regs)
			return true;
	return false;
}

/* tss_page from 4.11 on, init_tss before */
static uint64_t find_tss(struct xen *x, const struct pcpu *p)
{
	uint64_t va;
	struct err *e = xen_percpu(x, "tss_page", p->id, &va);

	if (e) {
		err_free(e);
		e = xen_percpu(x, "init_tss", p->id, &va);
	}
	if (e) {
		err_free(e);
		return 0;
	}
	return stack_find_tss(x->space, p->stack, va);
}

/*
 * Notes of a crash are in the order of the pcpus. QEMU uses its own order, but
 * its notes have the task register.
 */
static const struct note_pcpu *find_note(const struct xen *x,
					 const struct pcpu *p)
{
	const struct note_pcpu *note = NULL;
	unsigned int i;

	if (x->notes && p->id < x->notes->nr_pcpus)
		note = &x->notes->pcpu[p->id];
	for (i = 0; x->notes && x->notes->from_qemu && p->tss &&
	     i < x->notes->nr_pcpus; i++)
		if (x->notes->pcpu[i].tss == p->tss)
			note = &x->notes->pcpu[i];
	return note && note->has_regs ? note : NULL;
}

/* __HYPERVISOR_CS (public/arch-x86/xen.h), 4.4 to master */
#define HYPERVISOR_CS	0xe008

bool pcpu_in_guest(const struct pcpu *p)
{
	/* notes of QEMU may have registers of an HVM guest's kernel */
	return p->note && (p->note->regs.cs & 3 ||
			   (p->note->tss && p->note->regs.cs != HYPERVISOR_CS));
}

struct err *pcpu_read(struct xen *x, unsigned int id, struct pcpu *ret)
{
	struct pcpu p = { .id = id };

	if (id >= x->nr_cpus)
		return err_new(ERR_NOT_FOUND, "no pcpu %u: there are %u", id, x->nr_cpus);
	ERR_TRY(x->source->pcpu_read(x, &p));
	*ret = p;
	return NULL;
}

struct err *mem_pcpu_read(struct xen *x, struct pcpu *ret)
{
	struct pcpu p = *ret;
	unsigned int id = p.id;
	uint64_t va = 0;
	struct err *e;

	e = pcpu_in_map(x, "cpu_online_map", id, &p.online);
	/* a table without variables: the note shows whether it ran (variables.h) */
	if (e && err_reason(e) != ERR_NO_SYMBOL)
		return e;
	err_free(e);
	ERR_TRY(xen_symbol(x, "stack_base", &va));
	ERR_TRY(err_prefix(space_read_u64(x->space, va + 8ULL * id, &p.stack),
			   "stack_base[%u]", id));
	if (!p.stack)
		return err_new(ERR_NOT_FOUND, "pcpu %u has no stack: it was never started", id);
	ERR_TRY(err_prefix(xen_check_pointer(x, p.stack, STACK_SIZE, "stack"),
			   "pcpu %u", id));
	p.tss = find_tss(x, &p);
	ERR_TRY(err_prefix(read_cpu_info(x, &p), "pcpu %u", id));
	e = xen_percpu(x, "curr_vcpu", id, &va);
	p.curr_vcpu = read_pointer(x, e, va);
	p.idle_vcpu = pcpu_idle_vcpu(x, id);
	p.note = find_note(x, &p);
	p.lost = is_lost(x, &p);
	*ret = p;
	return NULL;
}
