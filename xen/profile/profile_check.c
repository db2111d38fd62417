/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a layout profile right for the hypervisor in memory? First what Xen's own
 * notes say of a few structures, which has to be equal; then laws that hold in
 * every Xen (profile_law.c), of which single objects may be broken: it is the
 * dump of a crash.
 */
#include "profile_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/base/array.h"
#include "profile.h"

/* A law stands while it fails in at most one of so many objects. */
#define ONE_OF 4

void judge(struct checker *c, const char *paths, bool holds, uint64_t va)
{
	struct law *l = c->law;

	while (l < c->law + c->nr && strcmp(l->paths, paths))
		l++;
	if (l == c->law + LAWS_MAX)
		return;
	if (l == c->law + c->nr) {
		*l = (struct law){ .paths = paths };
		c->nr++;
	}
	if (!holds && !l->fails)
		l->first = va;
	l->holds += holds;
	l->fails += !holds;
}

const char *paths_of(const struct record_type *type, size_t at)
{
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++)
		if (type->fields[i].at == at)
			return type->fields[i].path;
	return "";
}

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
		err_free(e);	/* nothing to compare */
		return NULL;
	}
	ours = notes[i].size ? place.size : place.offset;
	if (ours != noted)
		return err_new(ERR_MISMATCH, "%s is %" PRIu64 " in the dump's notes, %" PRIu64 " in the profile",
			       notes[i].key, noted, ours);
	judge(c, notes[i].field.path, true, 0);
	return NULL;
}

/* ---- registers, whose order entry code and processor give ---- */

/*
 * struct cpu_user_regs in all of 4.4 to master (public/arch-x86/xen-x86_64.h,
 * later asm/cpu-user-regs.h), in bytes; what is behind ss moved.
 */
static const struct {
	struct field field;
	uint8_t offset, size;
} saved[] = {
#define SAVED(name, offset, size) \
	{ FIELD_PLACE("struct cpu_user_regs." #name), (offset), (size) }
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

static void judge_registers(struct checker *c)
{
	struct place p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(saved); i++) {
		struct err *e = record_place(c->x->records, &saved[i].field, &p);

		if (!e)
			judge(c, saved[i].field.path,
			      p.offset == saved[i].offset &&
			      p.size == saved[i].size, 0);
		err_free(e);
	}
}

/* ---- the end ---- */

static bool was_seen(const struct checker *c, const char *paths)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++)
		if (!strcmp(c->law[i].paths, paths))
			return c->law[i].holds;
	return false;
}

/* What at least must have been there to judge by. */
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

static struct err *check_law(const struct law *l)
{
	if (l->fails * ONE_OF <= l->holds + l->fails)
		return NULL;
	if (!l->first)
		return err_new(ERR_MISMATCH, "%s is elsewhere in every Xen",
			       l->paths);
	return err_new(ERR_MISMATCH, "%s is wrong in %u of %u objects, the first at %" PRIx64,
		       l->paths, l->fails, l->holds + l->fails, l->first);
}

/* The law is of a field; proved is the alternative that the profile has. */
static void prove(struct layout *l, const char *paths)
{
	char path[PATH_SIZE];

	while (path_next(&paths, path))
		layout_prove(l, path);
}

struct err *profile_check(struct xen *x, struct layout *l, unsigned int *checks)
{
	struct checker c = { .x = x };
	unsigned int i, sum = 0;

	for (i = 0; x->notes && i < ARRAY_SIZE(notes); i++)
		ERR_TRY(check_note(&c, i));
	judge_registers(&c);
	ERR_TRY(judge_objects(&c));
	for (i = 0; i < c.nr; i++)
		ERR_TRY(check_law(&c.law[i]));
	ERR_TRY(check_enough(&c));
	for (i = 0; i < c.nr; i++) {
		if (c.law[i].holds)
			prove(l, c.law[i].paths);
		sum += c.law[i].holds;
	}
	*checks = sum;
	return NULL;
}
