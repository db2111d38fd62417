/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checks whether a profile fits the hypervisor in memory. Sizes and offsets of a
 * few structures are in Xen's own notes and must be equal. Invariants of every
 * Xen (profile_invariant.c) may fail in single objects: the host crashed.
 */
#include "profile_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/base/array.h"

/* A path is wrong if it fails in more than one object of this number. */
#define ONE_OF 4

/* ---- notes (common/kexec.c, kexec_crash_save_info() of 4.4 to master) ---- */

static const struct {
	const char *key;
	bool size;		/* else the offset */
	struct field field;
} notes[] = {
	{ "SIZE(domain)", true, FIELD_PLACE("domain") },
	{ "SIZE(page_info)", true, FIELD_PLACE("page_info") },
	{ "OFFSET(domain.domain_id)", false, FIELD_PLACE("domain.domain_id") },
	{ "OFFSET(domain.next_in_list)", false,
	  FIELD_PLACE("domain.next_in_list") },
	{ "OFFSET(page_info.count_info)", false,
	  FIELD_PLACE("page_info.count_info") },
	{ "OFFSET(page_info._domain)", false,
	  FIELD_PLACE("page_info.v.inuse._domain") },
};

static struct err *check_note(struct checker *c, unsigned int i)
{
	uint64_t noted, ours;
	struct place place;
	struct err *e;

	e = record_place(c->x->records, &notes[i].field, &place);
	if (!e)
		e = notes_vmcoreinfo_xen(c->x->notes, notes[i].key, &noted);
	if (e) {
		err_free(e);	/* no value to compare */
		return NULL;
	}
	ours = notes[i].size ? place.size : place.offset;
	if (ours != noted)
		return err_new(ERR_MISMATCH, "%s is %" PRIu64 " in the notes of the dump, %" PRIu64 " in the profile",
			       notes[i].key, noted, ours);
	check_path(c, notes[i].field.path, true, 0);
	return NULL;
}

/* ---- registers, whose order is fixed by entry code and processor ---- */

/*
 * struct cpu_user_regs in all of 4.4 to master (public/arch-x86/xen-x86_64.h,
 * later asm/cpu-user-regs.h), in bytes; members after ss moved.
 */
#define REGISTERS "struct cpu_user_regs."

static const struct {
	struct field field;
	uint8_t offset, size;
} saved[] = {
#define SAVED(name, offset, size) \
	{ FIELD_PLACE(REGISTERS #name), (offset), (size) }
	SAVED(r15, 0, 8), SAVED(r14, 8, 8), SAVED(r13, 16, 8),
	SAVED(r12, 24, 8), SAVED(rbp, 32, 8), SAVED(rbx, 40, 8),
	SAVED(r11, 48, 8), SAVED(r10, 56, 8), SAVED(r9, 64, 8),
	SAVED(r8, 72, 8), SAVED(rax, 80, 8), SAVED(rcx, 88, 8),
	SAVED(rdx, 96, 8), SAVED(rsi, 104, 8), SAVED(rdi, 112, 8),
	SAVED(error_code, 120, 4), SAVED(entry_vector, 124, 4),
	SAVED(rip, 128, 8), SAVED(cs, 136, 2), SAVED(rflags, 144, 8),
	SAVED(rsp, 152, 8), SAVED(ss, 160, 2),
#undef SAVED
};

static void check_registers(struct checker *c)
{
	struct place p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(saved); i++) {
		struct err *e = record_place(c->x->records, &saved[i].field, &p);

		if (!e)
			check_path(c, saved[i].field.path,
				   p.offset == saved[i].offset &&
				   p.size == saved[i].size && !p.bit_size &&
				   !p.is_signed, 0);
		err_free(e);
	}
}

/* ---- result ---- */

static unsigned int nr_holds(const struct checked_path *p)
{
	return p->holds[0] + p->holds[1];
}

static unsigned int nr_fails(const struct checked_path *p)
{
	return p->fails[0] + p->fails[1];
}

static bool few_fail(unsigned int fails, unsigned int holds)
{
	return fails * ONE_OF <= holds + fails;
}

/*
 * Every object must agree, even if one that differs would not cause a refusal.
 */
static bool is_proof(const struct checked_path *p)
{
	return p->holds[1] && !nr_fails(p) && !p->doubted &&
	       (!p->is_flag || p->holds[0]) && (!p->is_number || p->varied);
}

/*
 * Bytes of the values that checks compare, the same in all of 4.4 to master; 0:
 * the address is used, or the size was checked. For a small number, the value
 * is right even if the place has too few bytes.
 */
static const struct {
	const char *path;
	uint8_t size;
} values[] = {
	{ "domain", 0 },
	{ "domain.arch.p2m", 8 },
	{ "domain.cpupool", 8 },
	{ "domain.domain_id", 2 },
	{ "domain.evtchn", 8 },
	{ "domain.grant_table", 8 },
	{ "domain.is_privileged", 1 },
	{ "domain.max_vcpus", 4 },
	{ "domain.next_in_list", 8 },
	{ "domain.page_list", 0 },
	{ "domain.shared_info", 8 },
	{ "domain.tot_pages", 4 },
	{ "domain.vcpu", 8 },
	{ "evtchn", 0 },
	{ "evtchn.port", 4 },
	{ "grant_table.domain", 8 },
	{ "p2m_domain.domain", 8 },
	{ "page_info", 0 },
	{ "page_info.count_info", 8 },
	{ "page_info.list.next", 4 },
	{ "page_info.v.inuse._domain", 4 },
	{ "sched_unit.domain", 8 },
	{ "struct cpu_info", 0 },
	{ "struct cpu_info.current_vcpu", 8 },
	{ "struct cpu_info.guest_cpu_user_regs", 0 },
	{ "struct cpu_info.processor_id", 4 },
	{ "vcpu.arch.cr3", 8 },
	{ "vcpu.arch.guest_table.pfn", 8 },
	{ "vcpu.arch.user_regs", 0 },
	{ "vcpu.cpu_affinity[0].bits", 0 },
	{ "vcpu.cpu_hard_affinity[0].bits", 0 },
	{ "vcpu.domain", 8 },
	{ "vcpu.is_running", 1 },
	{ "vcpu.next_in_list", 8 },
	{ "vcpu.pause_flags", 8 },
	{ "vcpu.processor", 4 },
	{ "vcpu.runstate.state", 4 },
	{ "vcpu.runstate.state_entry_time", 8 },
	{ "vcpu.runstate.time[0]", 8 },
	{ "vcpu.runstate.time[1]", 8 },
	{ "vcpu.runstate.time[2]", 8 },
	{ "vcpu.runstate.time[3]", 8 },
	{ "vcpu.sched_unit", 8 },
	{ "vcpu.sched_unit->cpu_hard_affinity[0].bits", 0 },
	{ "vcpu.vcpu_id", 4 },
};

/* A set of pcpus is behind a pointer if it is larger (include/xen/cpumask.h, cpumask_var_t). */
#define INLINE_SET_MAX	16

static bool set_fits(const char *path, const struct place *at)
{
	bool behind = at->nr_hops > (strstr(path, "->") ? 1 : 0);

	return !strstr(path, "[0].bits") || behind == (at->size > INLINE_SET_MAX);
}

/*
 * True if the place has the size of the value in every Xen and is aligned to it;
 * registers were compared before.
 */
static bool size_fits(const char *path, const struct place *at)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		uint8_t size = values[i].size;

		if (!strcmp(values[i].path, path))
			return set_fits(path, at) &&
			       (!size || (size == at->size && !at->bit_size &&
					  !(at->offset % size)));
	}
	return !strncmp(path, REGISTERS, strlen(REGISTERS));
}

/*
 * The only one of these in a union whose other members are read, too
 * (asm/mm.h).
 */
static bool is_union(const char *path)
{
	return !strcmp(path, "page_info.v.inuse._domain");
}

static bool was_seen(const struct checker *c, const char *paths)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		if (!strcmp(c->path[i].paths, paths))
			return nr_holds(&c->path[i]);
	return false;
}

/* Paths that must have been checked. */
static struct err *check_enough(const struct checker *c)
{
	static const char *const least[] = {
		"domain.domain_id", "domain.next_in_list", "vcpu.domain",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(least); i++)
		if (!was_seen(c, least[i]))
			return err_new(ERR_MISMATCH, "%s could not be checked: no domain and vcpu can be read by this profile",
				       least[i]);
	return NULL;
}

static struct err *check_result(const struct checked_path *p)
{
	if (few_fail(nr_fails(p), nr_holds(p)))
		return NULL;
	if (!p->first)
		return err_new(ERR_MISMATCH, "%s contradicts the layout of every Xen",
			       p->paths);
	return err_new(ERR_MISMATCH, "%s is wrong in %u of %u objects, the first at %" PRIx64,
		       p->paths, nr_fails(p), nr_holds(p) + nr_fails(p), p->first);
}

/* Checks are counted per field, which has the first alternative of the profile. */
static void prove(struct profile *p, const char *paths)
{
	const struct place *at = NULL;
	char path[PATH_SIZE];

	while (!at && path_next(&paths, path))
		at = profile_find(p, path);
	if (at && size_fits(path, at) && (is_union(path) || !profile_overlaps(p, path)))
		profile_prove(p, path);
}

struct err *profile_check(struct xen *x, struct profile *p, unsigned int *checks)
{
	struct checker c = { .x = x };
	unsigned int i, sum = 0;

	for (i = 0; x->notes && i < ARRAY_SIZE(notes); i++)
		ERR_TRY(check_note(&c, i));
	check_registers(&c);
	ERR_TRY(check_objects(&c));
	for (i = 0; i < c.nr; i++)
		ERR_TRY(check_result(&c.path[i]));
	ERR_TRY(check_enough(&c));
	for (i = 0; i < c.nr; i++) {
		if (is_proof(&c.path[i]))
			prove(p, c.path[i].paths);
		sum += nr_holds(&c.path[i]);
	}
	*checks = sum;
	return NULL;
}
