/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grant.h"

#include <inttypes.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/words.h"

/* Limit, far above opt_max_grant_frames and opt_max_maptrack_frames. */
#define FRAMES_MAX	(1U << 20)

/* Sizes of the guest's entries (public/grant_table.h) */
#define ENTRY_V1	8
#define ENTRY_V2	16

#define TABLE(m, path) FIELD(struct grant_table, m, path)

static const struct field table_fields[] FIELD_TABLE = {
	TABLE(version, "grant_table.gt_version"),
	TABLE(frames, "grant_table.nr_grant_frames"),
	TABLE(status_frames, "grant_table.nr_status_frames"),
	TABLE(max_frames, "grant_table.max_grant_frames"),
	TABLE(max_maptrack_frames, "grant_table.max_maptrack_frames"),
	TABLE(shared, "grant_table.shared_raw"),
	TABLE(status, "grant_table.status"),
	TABLE(active, "grant_table.active"),
	TABLE(maptrack, "grant_table.maptrack"),
	TABLE(maptrack_limit, "grant_table.maptrack_limit"),
};

#define F(m, path) FIELD(struct grant, m, "active_grant_entry." path)

static const struct field grant_fields[] FIELD_TABLE = {
	F(pin, "pin"),
	F(domid, "domid"),
	FIELD(struct grant, mfn, "active_grant_entry.mfn | "
				 "active_grant_entry.frame"),
	F(gfn, "gfn"),
	F(is_sub_page, "is_sub_page"),
	F(start, "start"),
	F(length, "length"),
	F(src_domid, "src_domid"),
};

const struct record_type grant_table_record =
	RECORD_TYPE("grant_table", table_fields);
const struct record_type grant_record =
	RECORD_TYPE("active_grant_entry", grant_fields);

static const struct field entry_types[] FIELD_TABLE = {
	FIELD_PLACE("active_grant_entry"),
	FIELD_PLACE("grant_mapping"),
};

static struct err *entry_size(struct xen *x, const struct field *type,
			      uint64_t *size, unsigned int *per_page)
{
	struct place m;

	ERR_TRY(record_place(x->records, type, &m));
	if (!m.size || m.size > XPAGE_SIZE)
		return err_new(ERR_NO_TYPE, "invalid size of %s: %" PRIu64 " bytes", type->path,
			       m.size);
	*size = m.size;
	*per_page = XPAGE_SIZE / m.size;
	return NULL;
}

/* Up to 4.9 the limits are the same for all domains. */
static void common_limit(struct xen *x, const char *name, struct value *v)
{
	struct err *e;

	if (v->state != VALUE_NO_FIELD)
		return;
	e = xen_variable(x, name, &v->raw);
	if (!e)
		v->state = VALUE_OK;
	err_free(e);
}

static struct err *read_table(struct grant_table *t)
{
	struct xen *x = t->x;

	ERR_TRY(xen_check_pointer(x, t->va, 8, "grant_table"));
	ERR_TRY(record_read(x->records, x->space, &grant_table_record, t->va, t));
	common_limit(x, "max_grant_frames", &t->max_frames);
	common_limit(x, "max_maptrack_frames", &t->max_maptrack_frames);
	ERR_TRY(entry_size(x, &entry_types[0], &t->entry_size,
			   &t->per_page));
	ERR_TRY(entry_size(x, &entry_types[1], &t->map_size,
			   &t->maps_per_page));
	if (!value_ok(&t->frames) || !value_ok(&t->active))
		return err_new(ERR_NO_TYPE, "no grant_table.nr_grant_frames or grant_table.active in this build");
	if (value_of(&t->frames) > FRAMES_MAX)
		return err_new(ERR_CORRUPT, "invalid nr_grant_frames: %" PRIu64, value_of(&t->frames));
	if (value_of(&t->maptrack_limit) / t->maps_per_page > FRAMES_MAX)
		return err_new(ERR_CORRUPT, "invalid maptrack_limit: %" PRIu64,
			       value_of(&t->maptrack_limit));
	t->nr_entries = value_of(&t->frames) * (XPAGE_SIZE / (value_of(&t->version) == 2 ?
						     ENTRY_V2 : ENTRY_V1));
	t->nr_maptrack_frames = value_of(&t->maptrack_limit) / t->maps_per_page;
	return NULL;
}

struct err *grant_table_read(struct xen *x, const struct domain *d,
			     struct grant_table *ret)
{
	struct grant_table t;

	memset(&t, 0, sizeof(t));
	t.x = x;
	t.domid = value_of(&d->domain_id);
	if (!value_ok(&d->grant_table))
		return err_new(ERR_NO_TYPE, "domain %" PRIu64 ": no domain.grant_table in this build",
			       t.domid);
	t.va = value_of(&d->grant_table);
	if (t.va)
		ERR_TRY(err_prefix(read_table(&t), "grant table of domain %"
				   PRIu64 " at %" PRIx64, t.domid, t.va));
	*ret = t;
	return NULL;
}

struct err *grants_start(struct grants *w, const struct grant_table *t)
{
	struct place pin;

	ERR_TRY(record_resolve(t->x->records, "active_grant_entry.pin", &pin));
	if (pin.size != 4)
		return err_new(ERR_NO_TYPE, "unsupported size of active_grant_entry.pin: %"
			       PRIu64 " bytes", pin.size);
	w->t = t;
	w->next = 0;
	w->loaded = ~0U;
	w->pin_offset = pin.offset;
	return NULL;
}

static struct err *load_page(struct grants *w, unsigned int nr)
{
	const struct grant_table *t = w->t;

	w->loaded = ~0U;
	ERR_TRY(space_read_u64(t->x->space, value_of(&t->active) + 8ULL * nr,
			       &w->page_va));
	ERR_TRY(xen_check_pointer(t->x, w->page_va, 8, "active page"));
	ERR_TRY(space_read(t->x->space, w->page_va, w->page, XPAGE_SIZE));
	w->loaded = nr;
	return NULL;
}

/* The guest's entry: flags, domid and a frame, in one of two layouts. */
static struct err *read_shared(const struct grant_table *t, struct grant *g)
{
	unsigned int size = value_of(&t->version) == 2 ? ENTRY_V2 : ENTRY_V1;
	unsigned int per_page = XPAGE_SIZE / size;
	uint8_t bytes[ENTRY_V2];
	uint64_t page;
	uint32_t frame;

	if (!value_ok(&t->shared))
		return err_new(ERR_NO_TYPE, "no grant_table.shared_raw in this build");
	ERR_TRY(space_read_u64(t->x->space, value_of(&t->shared) +
			       8ULL * (g->ref / per_page), &page));
	ERR_TRY(xen_check_pointer(t->x, page, 8, "shared page"));
	ERR_TRY(space_read(t->x->space, page + g->ref % per_page * size, bytes,
			   size));
	memcpy(&g->flags, bytes, 2);
	memcpy(&g->shared_domid, bytes + 2, 2);
	if (size == ENTRY_V2) {
		memcpy(&g->shared_frame, bytes + 8, 8);
	} else {
		memcpy(&frame, bytes + 4, 4);
		g->shared_frame = frame;
	}
	return NULL;
}

void grant_release(struct grant *g)
{
	err_free(g->shared_error);
	g->shared_error = NULL;
}

static struct err *read_grant(struct grants *w, unsigned int ref,
			      struct grant *ret)
{
	const struct grant_table *t = w->t;
	struct grant g;

	memset(&g, 0, sizeof(g));
	g.ref = ref;
	g.va = w->page_va + ref % t->per_page * t->entry_size;
	ERR_TRY(err_prefix(record_read(t->x->records, t->x->space,
				       &grant_record, g.va, &g),
			   "grant %u of domain %" PRIu64, ref, t->domid));
	g.shared_error = read_shared(t, &g);
	*ret = g;
	return NULL;
}

/* Reads the number of users of a grant from the loaded page. */
static uint32_t loaded_pin(const struct grants *w, unsigned int ref)
{
	uint32_t pin;

	memcpy(&pin, w->page + ref % w->t->per_page * w->t->entry_size +
	       w->pin_offset, sizeof(pin));
	return pin;
}

struct err *grants_find(struct grants *w, uint64_t ref, struct grant *ret)
{
	unsigned int page;

	if (ref >= w->t->nr_entries)
		return err_new(ERR_NOT_FOUND, "no grant %" PRIu64
			       ": domain %" PRIu64 " has %u", ref, w->t->domid,
			       w->t->nr_entries);
	page = ref / w->t->per_page;
	if (page != w->loaded)
		ERR_TRY(err_prefix(load_page(w, page), "grant %" PRIu64
				   " of domain %" PRIu64, ref, w->t->domid));
	if (loaded_pin(w, ref))
		return read_grant(w, ref, ret);
	memset(ret, 0, sizeof(*ret));
	return NULL;
}

struct err *grants_next(struct grants *w, struct grant *ret)
{
	const struct grant_table *t = w->t;

	while (w->next < t->nr_entries) {
		unsigned int ref = w->next++, page = ref / t->per_page;

		if (page != w->loaded) {
			struct err *e = interrupt_check();

			if (!e)
				e = load_page(w, page);
			if (e) {
				w->next = (page + 1) * t->per_page;
				return err_prefix(e, "grants of domain %" PRIu64
						  " from ref %u", t->domid, ref);
			}
		}
		if (loaded_pin(w, ref))
			return read_grant(w, ref, ret);
	}
	memset(ret, 0, sizeof(*ret));
	return NULL;
}

/* GNTPIN_*: 8 bits each, the same 4.4 to master */
struct grant_pins grant_pins(uint64_t pin)
{
	return (struct grant_pins){
		.host_rw = pin & 0xff, .host_ro = pin >> 8 & 0xff,
		.device_rw = pin >> 16 & 0xff, .device_ro = pin >> 24 & 0xff,
	};
}

/* GTF_* (public/grant_table.h): the type in two bits, then flags. */
const char *grant_flags_text(uint16_t flags, char *buf, size_t size)
{
	static const char *const types[] = {
		"invalid", "access", "transfer", "transitive",
	};
	static const char *const bits[] = {
		"readonly", "reading", "writing", "PWT", "PCD", "PAT",
		"sub-page",
	};

	buf[0] = '\0';
	words_add(buf, size, types[flags & 3]);
	words_add_bits(buf, size, flags >> 2, bits,
		       ARRAY_SIZE(bits));
	return buf;
}
