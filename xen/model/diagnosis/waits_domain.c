/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains that are dying and still referenced. */
#include "waits_internal.h"

#include <inttypes.h>

#include "xen/model/channel/grant.h"

/* Maximum number of grants named per domain; "xen grants -m" lists all. */
#define FEW 4

static void add_mappers(struct wait *w, const struct grant_maps *maps,
			uint64_t domid)
{
	const struct grant_map *last = NULL;
	unsigned int named = 0, last_mapper = ~0U;
	size_t all = 0;

	for (size_t i = 0; i < maps->nr; i++) {
		const struct grant_map *m = &maps->at[i];

		if (m->granter != domid)
			continue;
		all++;
		if (last && last->ref == m->ref && last->mapper == m->mapper)
			continue;
		last = m;
		if (m->mapper != last_mapper) {
			WAIT_TEXT(w->holder, "d%u", m->mapper);
			last_mapper = m->mapper;
		}
		if (named < FEW) {
			WAIT_TEXT(w->because, "d%u maps grant %u", m->mapper,
				  m->ref);
			named++;
		}
	}
	if (all > named)
		WAIT_TEXT(w->because, "%zu mappings in total", all);
}

static struct err *add_dying(struct waits_job *j, const struct domain *d,
			     const struct grant_maps *maps)
{
	struct wait *w = waits_add(j->w, WAIT_REFERENCES);

	if (!w)
		return err_nomem();
	w->domid = value_of(&d->domain_id);
	w->sure = value_of(&d->is_dying) == 2;
	WAIT_TEXT(w->who, "d%" PRIu64, value_of(&d->domain_id));
	WAIT_TEXT(w->what, value_of(&d->is_dying) == 2 ? "its last references" :
						"the end of its destruction");
	if (value_ok(&d->refcnt))
		WAIT_TEXT(w->because, "refcnt %" PRIu64, value_of(&d->refcnt));
	if (value_ok(&d->tot_pages))
		WAIT_TEXT(w->because, "pages left: %" PRIu64, value_of(&d->tot_pages));
	add_mappers(w, maps, value_of(&d->domain_id));
	return NULL;
}

/* The maptracks of all domains are read if a domain is dying. */
struct err *waits_of_dying(struct waits_job *j)
{
	struct grant_maps maps = { .nr = 0 };
	bool has_maps = false;
	struct domains w;
	struct domain d;
	struct err *e;

	e = domains_start(&w, j->x, false);
	while (!e) {
		e = domains_next(&w, &d);
		if (!e && w.done)
			break;
		if (!e && value_ok(&d.is_dying) && value_of(&d.is_dying)) {
			if (!has_maps)
				e = grant_maps_read(j->x, &maps);
			has_maps |= !e;
			if (!e)
				e = add_dying(j, &d, &maps);
		}
		e = waits_miss(j->w, "dying domains", e);
	}
	grant_maps_release(&maps);
	return e;
}
