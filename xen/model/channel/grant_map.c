/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maptrack: struct grant_mapping of common/grant_table.c. */
#include "grant.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/*
 * Limits: unreadable frames of one domain, after which the rest is left out (a
 * damaged number of frames may be a million), and mappings of all domains.
 */
#define LOST_MAX	16
#define MAPS_MAX	(1U << 22)

struct mapping {
	struct value ref, flags, domid, vcpu;
};

#define F(m, path) FIELD(struct mapping, m, "grant_mapping." path)

static const struct field mapping_fields[] FIELD_TABLE = {
	F(ref, "ref"), F(flags, "flags"), F(domid, "domid"), F(vcpu, "vcpu"),
};

const struct record_type grant_mapping_record =
	RECORD_TYPE("grant_mapping", mapping_fields);

void grant_maps_release(struct grant_maps *m)
{
	for (size_t i = 0; i < m->nr_errors; i++)
		err_free(m->errors[i]);
	free(m->errors);
	free(m->at);
	memset(m, 0, sizeof(*m));
}

/* Stores an error that affects one domain; returns an error that ends the walk. */
static struct err *keep(struct grant_maps *m, struct err *e)
{
	if (!e || err_is_final(e))
		return e;
	if (!ARRAY_GROW(m->errors, m->nr_errors)) {
		err_free(e);
		return err_nomem();
	}
	m->errors[m->nr_errors++] = e;
	return NULL;
}

static struct err *add(struct grant_maps *m, const struct grant_map *map)
{
	if (m->nr == MAPS_MAX)
		return err_new(ERR_CORRUPT, "more than %u mappings", MAPS_MAX);
	if (!ARRAY_GROW(m->at, m->nr))
		return err_nomem();
	m->at[m->nr++] = *map;
	return NULL;
}

static struct err *read_entry(const struct grant_table *t, uint64_t va,
			      uint32_t handle, struct grant_maps *m)
{
	struct mapping map;

	memset(&map, 0, sizeof(map));
	ERR_TRY(record_read(t->x->records, t->x->space, &grant_mapping_record, va,
			    &map));
	return add(m, &(struct grant_map){
		.mapper = t->domid, .granter = value_of(&map.domid),
		.flags = value_of(&map.flags), .ref = value_of(&map.ref), .handle = handle,
		.vcpu = value_ok(&map.vcpu) ? value_of(&map.vcpu) : ~0U,
		.va = va,
	});
}

/* Reads a page of entries; those with flags are in use. */
static struct err *read_page(const struct grant_table *t, unsigned int nr,
			     uint64_t flags_at, struct grant_maps *m)
{
	uint8_t bytes[XPAGE_SIZE];
	uint16_t flags;
	uint64_t va;

	ERR_TRY(interrupt_check());
	ERR_TRY(space_read_u64(t->x->space, value_of(&t->maptrack) + 8ULL * nr, &va));
	ERR_TRY(xen_check_pointer(t->x, va, 8, "maptrack page"));
	ERR_TRY(space_read(t->x->space, va, bytes, sizeof(bytes)));
	for (unsigned int i = 0; i < t->maps_per_page; i++) {
		memcpy(&flags, bytes + i * t->map_size + flags_at,
		       sizeof(flags));
		if (flags)
			ERR_TRY(read_entry(t, va + i * t->map_size,
					   nr * t->maps_per_page + i, m));
	}
	return NULL;
}

static struct err *read_domain(struct xen *x, const struct domain *d,
			       struct grant_maps *m)
{
	unsigned int lost = 0;
	struct grant_table t;
	struct place flags;

	ERR_TRY(grant_table_read(x, d, &t));
	if (!t.va || !t.nr_maptrack_frames)
		return NULL;
	if (!value_ok(&t.maptrack))
		return err_new(ERR_NO_TYPE, "no grant_table.maptrack in this build");
	ERR_TRY(record_resolve(x->records, "grant_mapping.flags", &flags));
	for (unsigned int i = 0; i < t.nr_maptrack_frames; i++) {
		struct err *e = read_page(&t, i, flags.offset, m);

		if (e && ++lost > LOST_MAX)
			return err_prefix(e, "maptrack of domain %" PRIu64
					  " from frame %u on is left out",
					  t.domid, i);
		ERR_TRY(keep(m, err_prefix(e, "maptrack frame %u of domain %"
					   PRIu64, i, t.domid)));
	}
	return NULL;
}

static int order(const void *a, const void *b)
{
	const struct grant_map *m = a, *n = b;

	if (m->granter != n->granter)
		return m->granter < n->granter ? -1 : 1;
	if (m->ref != n->ref)
		return m->ref < n->ref ? -1 : 1;
	if (m->mapper != n->mapper)
		return m->mapper < n->mapper ? -1 : 1;
	return m->handle < n->handle ? -1 : m->handle > n->handle;
}

static struct err *read_all(struct xen *x, struct grant_maps *m)
{
	struct domains w;
	struct domain d;

	ERR_TRY(domains_start(&w, x, false));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = read_domain(x, &d, m);
		ERR_TRY(keep(m, e));
	}
}

struct err *grant_maps_read(struct xen *x, struct grant_maps *ret)
{
	struct grant_maps m;
	struct err *e;

	memset(&m, 0, sizeof(m));
	e = read_all(x, &m);
	if (e) {
		grant_maps_release(&m);
		return e;
	}
	array_sort(m.at, m.nr, sizeof(*m.at), order);
	*ret = m;
	return NULL;
}

struct grant_map *grant_maps_find(const struct grant_maps *m, uint16_t granter,
				  uint32_t ref, size_t *nr)
{
	struct grant_map key = { .granter = granter, .ref = ref };
	size_t low = 0, high = m->nr, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (order(&m->at[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < m->nr && m->at[end].granter == granter &&
	     m->at[end].ref == ref; end++)
		;
	*nr = end - low;
	return m->at + low;
}

struct grant_pins grant_maps_pins(const struct grant_map *m, size_t nr)
{
	struct grant_pins p = { 0 };

	for (size_t i = 0; i < nr; i++) {
		bool ro = m[i].flags & GRANT_MAP_READONLY;

		if (m[i].flags & GRANT_MAP_HOST)
			++*(ro ? &p.host_ro : &p.host_rw);
		if (m[i].flags & GRANT_MAP_DEVICE)
			++*(ro ? &p.device_ro : &p.device_rw);
	}
	return p;
}
