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
	} else if (c->lost) {
		snprintf(g->how, sizeof(g->how), "no known system, %" PRIu64
			 " frames are not readable", c->lost);
	} else {
		snprintf(g->how, sizeof(g->how), "no known system in its memory");
	}
}

/* ---- the search ---- */

/* The searches of a domain's memory, each for domains in which those before found nothing. */
enum search { SEARCH_FIRST, SEARCH_NOTES, SEARCH_TEXTS };

/* Of the first frames only a kernel is used that is confirmed. */
static struct err *conclude(struct xen *x, const struct domain *d, enum search search,
			    const struct guest_clues *c, bool *done)
{
	struct guest *g = calloc(1, sizeof(*g));
	struct err *e = NULL;
	bool found = false;

	if (!g)
		return err_nomem();
	g->domain = *d;
	if (search != SEARCH_TEXTS)
		found = take_viridian(g, x);
	if (!found)
		e = guest_take_linux(g, x, c, &found);
	if (g->info && search == SEARCH_FIRST)
		found = g->confirmed;
	e = err_drop(e);
	if (!e && !found && search == SEARCH_TEXTS) {
		take_text(g, c);
		found = true;
	}
	if (!e && found)
		e = add(x, g);
	if (e || !found) {
		free(g->info);
		free(g);
	}
	*done = found;
	return e;
}

/* A P2M that cannot be read is left to the search through all frames. */
static struct err *search_first(struct xen *x, const struct domain *d,
				const struct page_progress *progress, bool *done)
{
	struct guest_clues clues = { .nr_notes = 0 };
	struct guest_first s;
	struct err *e = conclude(x, d, SEARCH_FIRST, &clues, done);

	if (!e && !*done)
		e = guest_first_start(x, d, progress, &s);
	while (!e && !*done && !s.done) {
		e = guest_first_next(&s, &clues);
		if (!e && clues.nr_notes)
			e = conclude(x, d, SEARCH_FIRST, &clues, done);
	}
	return err_drop(e);
}

/* Runs one pass; the domains in which nothing was found remain in rest. */
static struct err *pass(struct xen *x, struct domain *rest, unsigned int *nr,
			enum search search, const struct page_progress *progress)
{
	struct guest_domains domains = { rest, *nr };
	struct guest_clues *clues;
	unsigned int left = 0;
	struct err *e;

	if (!*nr)
		return NULL;
	clues = calloc(*nr, sizeof(*clues));
	if (!clues)
		return err_nomem();
	e = guest_clues_read(x, &domains, search == SEARCH_TEXTS, progress, clues);
	for (unsigned int i = 0; !e && i < *nr; i++) {
		bool done;

		e = conclude(x, &rest[i], search, &clues[i], &done);
		if (!e && !done)
			rest[left++] = rest[i];
	}
	free(clues);
	*nr = left;
	return e;
}

/* Records why a domain could not be searched. */
static struct err *add_failed(struct xen *x, const struct domain *d,
			      struct err *why)
{
	struct guest *g = calloc(1, sizeof(*g));
	struct err *e;

	if (!g) {
		err_free(why);
		return err_nomem();
	}
	g->domain = *d;
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
		struct domain one = domains->domain[i];
		unsigned int nr = 1;
		struct err *e;

		if (guest_known(x, &one))
			continue;
		e = pass(x, &one, &nr, SEARCH_NOTES, progress);
		if (!e)
			e = pass(x, &one, &nr, SEARCH_TEXTS, progress);
		if (err_is_final(e))
			return e;
		if (e)
			ERR_TRY(add_failed(x, &one, e));
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
		e = pass(x, rest, &nr, SEARCH_NOTES, progress);
	if (!e)
		e = pass(x, rest, &nr, SEARCH_TEXTS, progress);
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
