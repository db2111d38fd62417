/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/source.h"

/* The guests found so far; struct xen holds the pointer. */
struct guests {
	struct guest **guest;
	unsigned int nr;
};

static void guests_free(struct guests *list)
{
	for (unsigned int i = 0; i < list->nr; i++) {
		symbols_destroy(list->guest[i]->symbols);
		free(list->guest[i]->info);
		free(list->guest[i]);
	}
	free(list->guest);
	free(list);
}

static struct err *add(struct xen *x, struct guest *g)
{
	struct guests *list = x->guests;

	if (!list) {
		list = calloc(1, sizeof(*list));
		if (!list)
			return err_nomem();
		x->guests = list;
		x->guests_free = guests_free;
	}
	if (!ARRAY_GROW(list->guest, list->nr))
		return err_nomem();
	g->unproved = provenance_unproved();
	list->guest[list->nr++] = g;
	return NULL;
}

struct guest *guest_known(struct xen *x, const struct domain *d)
{
	const struct guests *list = x->guests;

	for (unsigned int i = 0; list && i < list->nr; i++) {
		const struct domain *known = &list->guest[i]->domain;

		if (known->va == d->va && value_of(&known->domain_id) == value_of(&d->domain_id)) {
			provenance_use_if(list->guest[i]->unproved);
			return list->guest[i];
		}
	}
	return NULL;
}

/* ---- systems other than Linux ---- */

struct viridian {
	struct value guest_os_id;
};

static const struct field viridian_fields[] FIELD_TABLE = {
	FIELD(struct viridian, guest_os_id,
	      "domain.arch.hvm.viridian->guest_os_id.raw | "
	      "domain.arch.hvm.viridian.guest_os_id.raw | "
	      "domain.arch.hvm_domain.viridian.guest_os_id.raw"),
};

static const struct record_type viridian_record = RECORD_TYPE("viridian",
							      viridian_fields);

#define VENDOR_MICROSOFT 1

/* HV_X64_MSR_GUEST_OS_ID: a guest that uses Viridian writes its identity there. */
static bool take_viridian(struct guest *g, struct xen *x)
{
	struct viridian v = { { 0 } };
	uint64_t id;

	if (domain_type(&g->domain) != DOMAIN_HVM)
		return false;
	err_free(record_read(x->records, x->space, &viridian_record,
			     g->domain.va, &v));
	id = value_of(&v.guest_os_id);
	if (!value_ok(&v.guest_os_id) || (id >> 48 & 0x7fff) != VENDOR_MICROSOFT)
		return false;
	g->os = GUEST_WINDOWS;
	snprintf(g->release, sizeof(g->release), "%u.%u build %u",
		 (unsigned int)(id >> 32 & 0xff), (unsigned int)(id >> 24 & 0xff),
		 (unsigned int)(id & 0xffff));
	snprintf(g->how, sizeof(g->how), "Viridian guest id %" PRIx64, id);
	return true;
}

static void take_text(struct guest *g, const struct guest_clues *c)
{
	g->os = c->text_os;
	g->evidence = c->text_mfn;
	if (c->text_os != GUEST_UNKNOWN) {
		snprintf(g->release, sizeof(g->release), "%s", c->text);
		snprintf(g->how, sizeof(g->how), "text in memory%s",
			 c->text_os == GUEST_LINUX ? ", without VMCOREINFO" : "");
	} else if (c->lost && c->lost == c->frames) {
		snprintf(g->how, sizeof(g->how), "not known, none of its %" PRIu64
			 " frames is readable", c->frames);
	} else if (c->zeros && c->zeros + c->lost == c->frames) {
		snprintf(g->how, sizeof(g->how), "only zeros in its memory: left out of this dump, or never used");
	} else if (c->lost) {
		snprintf(g->how, sizeof(g->how), "no known system, %" PRIu64
			 " frames are not readable", c->lost);
	} else {
		snprintf(g->how, sizeof(g->how), "no known system in its memory");
	}
}

/* ---- the search ---- */

static struct err *take_notes(struct guest *g, struct xen *x, const struct guest_notes *notes,
			      bool *found)
{
	return *found ? NULL : guest_take_linux(g, x, notes, found);
}

/* Adds what was found, or drops it. */
static struct err *conclude(struct xen *x, struct guest *g, bool found, struct err *e)
{
	if (!e && found)
		e = add(x, g);
	if (e || !found) {
		free(g->info);
		free(g);
	}
	return e;
}

static struct guest *new_guest(const struct domain *d)
{
	struct guest *g = calloc(1, sizeof(*g));

	if (g)
		g->domain = *d;
	return g;
}

/* What requires no search of all frames; of the first ones only a kernel is used that is confirmed. */
static struct err *conclude_first(struct xen *x, const struct domain *d,
				  const struct guest_notes *notes, bool *done)
{
	struct guest *g = new_guest(d);
	struct err *e;

	if (!g)
		return err_nomem();
	*done = take_viridian(g, x);
	e = err_drop(take_notes(g, x, notes, done));
	*done &= !g->info || g->confirmed;
	return conclude(x, g, *done, e);
}

/* A guest has one system: the kernel of a note precedes a text, which may be data of another one. */
static struct err *conclude_all(struct xen *x, const struct domain *d,
				const struct guest_clues *c)
{
	struct guest *g = new_guest(d);
	struct err *e;
	bool found;

	if (!g)
		return err_nomem();
	found = take_viridian(g, x);
	e = err_drop(take_notes(g, x, &c->first, &found));
	if (!e)
		e = err_drop(take_notes(g, x, &c->inner, &found));
	if (!found)
		take_text(g, c);
	return conclude(x, g, true, e);
}

/* A P2M that cannot be read is left to the search through all frames. */
static struct err *search_first(struct xen *x, const struct domain *d,
				const struct page_progress *progress, bool *done)
{
	struct guest_notes notes = { .nr = 0 };
	struct guest_first s;
	struct err *e = conclude_first(x, d, &notes, done);

	if (!e && !*done)
		e = guest_first_start(x, d, progress, &s);
	while (!e && !*done && !s.done) {
		e = guest_first_next(&s, &notes);
		if (!e && notes.nr)
			e = conclude_first(x, d, &notes, done);
	}
	return err_drop(e);
}

/* Reads all frames of the domains, once. */
static struct err *search_all(struct xen *x, const struct guest_domains *domains,
			      const struct page_progress *progress)
{
	struct guest_clues *clues;
	struct err *e;

	if (!domains->nr)
		return NULL;
	clues = calloc(domains->nr, sizeof(*clues));
	if (!clues)
		return err_nomem();
	e = guest_clues_read(x, domains, progress, clues);
	for (unsigned int i = 0; !e && i < domains->nr; i++)
		e = conclude_all(x, &domains->domain[i], &clues[i]);
	free(clues);
	return e;
}

/* Records why a domain could not be searched. */
static struct err *add_failed(struct xen *x, const struct domain *d,
			      struct err *why)
{
	struct guest *g = new_guest(d);
	struct err *e;

	if (!g) {
		err_free(why);
		return err_nomem();
	}
	snprintf(g->how, sizeof(g->how), "%s", err_text(why));
	err_free(why);
	e = add(x, g);
	if (e)
		free(g);
	return e;
}

/*
 * If one pass reads the frames of only one domain, a failure in one domain does
 * not end the search in others.
 */
static struct err *find_each(struct xen *x, const struct guest_domains *domains,
			     const struct page_progress *progress)
{
	for (unsigned int i = 0; i < domains->nr; i++) {
		const struct guest_domains one = { &domains->domain[i], 1 };
		struct err *e;

		if (guest_known(x, one.domain))
			continue;
		e = search_all(x, &one, progress);
		if (err_is_final(e))
			return e;
		if (e)
			ERR_TRY(add_failed(x, one.domain, e));
	}
	return NULL;
}

struct err *guest_find_all(struct xen *x, const struct guest_domains *domains,
			   const struct page_progress *progress)
{
	unsigned int nr = 0;
	struct domain *rest;
	struct err *e = NULL;

	if (x->source->guest_map)
		return find_each(x, domains, progress);
	if (!records_known(x->records))
		return err_new(ERR_NO_TYPE, "guests' memory requires the hypervisor's types");
	rest = calloc(domains->nr ? domains->nr : 1, sizeof(*rest));
	if (!rest)
		return err_nomem();
	for (unsigned int i = 0; !e && i < domains->nr; i++) {
		bool done = guest_known(x, &domains->domain[i]);

		if (!done)
			e = search_first(x, &domains->domain[i], progress, &done);
		if (!done)
			rest[nr++] = domains->domain[i];
	}
	if (!e)
		e = search_all(x, &(struct guest_domains){ rest, nr }, progress);
	free(rest);
	return e;
}

struct err *guest_find(struct xen *x, const struct domain *d,
		       const struct page_progress *progress, struct guest **ret)
{
	const struct guest_domains one = { d, 1 };

	ERR_TRY(guest_find_all(x, &one, progress));
	*ret = guest_known(x, d);
	return *ret ? NULL : err_new(ERR_NOT_FOUND, "the domain was not found");
}

struct err *guest_find_linux(struct xen *x, const struct domain *d,
			     const struct page_progress *progress,
			     struct guest **ret)
{
	struct guest *g;

	ERR_TRY(guest_find(x, d, progress, &g));
	if (!g->info || !g->confirmed)
		return err_new(ERR_NOT_FOUND, "no Linux kernel that can be read (%s)",
			       g->how);
	*ret = g;
	return NULL;
}

const char *guest_os_name(enum guest_os os)
{
	static const char *const names[] = {
		"?", "Linux", "Windows", "FreeBSD", "NetBSD", "Mini-OS", "Solo5",
		"hvmloader",
	};

	return os < ARRAY_SIZE(names) ? names[os] : "?";
}
