/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field tables, compiled against one build. A path is compiled to a list of
 * offsets of pointers to follow and the offset of the value from the last one;
 * reading requires neither names nor DWARF.
 */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/checked.h"
#include "xen/base/hash.h"
#include "datum.h"
#include "record_cache.h"

/* Maximum number of bytes of an object that are read in one piece. */
#define SPAN_MAX	4096
/* One read is faster if the average gap between fields is below this. */
#define SPAN_PER_FIELD	256

struct path {
	struct place place;
	bool present;
	bool unproved;		/* places_ops.is_proved is false */
	bool in_span;		/* the value is in the object, at span_at of the span */
	uint8_t alternative;
	uint16_t span_at;
};

struct compiled {
	const struct record_type *type;
	uint64_t span_start;	/* bytes of the object to read at once */
	uint64_t span_len;	/* 0: fields are read one by one */
	struct path path[];
};

struct known_place {
	char *path;
	struct place place;
};

struct records {
	struct places places;
	bool other_build;	/* records_of_other_build() */
	struct compiled **compiled;
	size_t nr;
	struct hash types;	/* index of compiled, by the address of type */
	struct known_place *known;	/* places that were resolved, of all paths */
	size_t nr_known;
	struct hash paths;	/* index of known, by path */
	struct record_cache *cache;
};

struct err *records_create(struct places places, struct records **ret)
{
	struct records *r = calloc(1, sizeof(*r));

	if (!r)
		return err_nomem();
	r->places = places;
	r->cache = record_cache_create();
	if (!r->cache) {
		free(r);
		return err_nomem();
	}
	*ret = r;
	return NULL;
}

void records_destroy(struct records *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->nr; i++)
		free(r->compiled[i]);
	free(r->compiled);
	hash_clear(&r->types);
	for (size_t i = 0; i < r->nr_known; i++)
		free(r->known[i].path);
	free(r->known);
	hash_clear(&r->paths);
	record_cache_destroy(r->cache);
	free(r);
}

void records_of_other_build(struct records *r)
{
	r->other_build = true;
}

bool records_known(const struct records *r)
{
	return r->places.ops;
}

static const struct place *find_known(const struct records *r,
				      const char *path, uint32_t value)
{
	const struct hash_slot *slot = hash_first(&r->paths, value);

	while (slot && strcmp(r->known[slot->number].path, path))
		slot = hash_next(&r->paths, slot);
	return slot ? &r->known[slot->number].place : NULL;
}

static struct err *keep_known(struct records *r, const char *path,
			      uint32_t value, const struct place *place)
{
	char *copy = strdup(path);

	if (!copy || !ARRAY_GROW(r->known, r->nr_known) ||
	    !hash_add(&r->paths, value, r->nr_known)) {
		free(copy);
		return err_nomem();
	}
	r->known[r->nr_known++] = (struct known_place){ copy, *place };
	return NULL;
}

/* The search in DWARF is slow, and some places are resolved again for each domain. */
static struct err *resolve(struct records *r, const char *path,
			   struct place *ret)
{
	uint32_t value = hash_text(path, 0);
	const struct place *known = find_known(r, path, value);

	if (known) {
		*ret = *known;
		return NULL;
	}
	if (!r->places.ops)
		return err_new(ERR_NO_TYPE, "\"%s\" not available: no types are loaded",
			       path);
	ERR_TRY(r->places.ops->resolve(r->places.priv, path, ret));
	return keep_known(r, path, value, ret);
}

static bool is_unproved(const struct records *r, const char *path)
{
	const struct places *p = &r->places;

	return r->other_build ||
	       (p->ops->is_proved && !p->ops->is_proved(p->priv, path));
}

struct err *field_fits(const struct field *f, const struct place *p)
{
	if (f->kind == FIELD_ADDRESS)
		return p->bit_size ? err_new(ERR_NO_TYPE, "a bit field has no address")
				   : NULL;
	if (!p->size || (p->size > 8 && !p->bit_size))
		return err_new(ERR_NO_TYPE, "not a value: it has %llu bytes",
			       (unsigned long long)p->size);
	return NULL;
}

/*
 * Finds the first alternative that this build has; missing alternatives are not
 * an error.
 */
static struct err *compile_field(struct records *r, const struct field *f,
				 struct path *ret)
{
	const char *paths = f->path;
	char text[PATH_SIZE];

	/* a build other than that of the profile may have the member */
	ret->unproved = is_unproved(r, paths);

	for (uint8_t i = 0; path_next(&paths, text); i++) {
		struct path path = { .alternative = i, .present = true };
		struct err *e = resolve(r, text, &path.place);

		if (!e)
			e = field_fits(f, &path.place);
		if (e && err_reason(e) != ERR_NO_TYPE)
			return err_prefix(e, "field \"%s\"", text);
		if (e) {
			err_free(e);
			continue;
		}
		path.unproved = is_unproved(r, text);
		*ret = path;
		return NULL;
	}
	return NULL;
}

/* Finds the bytes of the object itself that the field reads; false: none. */
static bool first_read(const struct field *f, const struct path *p,
		       uint64_t *start, uint64_t *end)
{
	const struct place *at = &p->place;

	if (!p->present || (!at->nr_hops && f->kind == FIELD_ADDRESS))
		return false;
	*start = at->nr_hops ? at->hop[0] : at->offset;
	return !add_overflows(*start, at->nr_hops ? 8 : at->size, end);
}

static void find_span(struct compiled *c)
{
	uint64_t low = UINT64_MAX, high = 0, start, end;
	unsigned int n = 0;

	for (unsigned int i = 0; i < c->type->nr_fields; i++) {
		if (!first_read(&c->type->fields[i], &c->path[i], &start, &end))
			continue;
		if (start < low)
			low = start;
		if (end > high)
			high = end;
		n++;
	}
	if (n < 2 || high - low > SPAN_MAX ||
	    high - low > (uint64_t)n * SPAN_PER_FIELD)
		return;
	c->span_start = low;
	c->span_len = high - low;
	for (unsigned int i = 0; i < c->type->nr_fields; i++) {
		struct path *p = &c->path[i];

		p->in_span = p->present && !p->place.nr_hops &&
			     c->type->fields[i].kind == FIELD_VALUE;
		if (p->in_span)
			p->span_at = p->place.offset - low;
	}
}

static uint32_t type_value(const struct record_type *type)
{
	return (uintptr_t)type >> 4;
}

static struct compiled *find_compiled(const struct records *r,
				      const struct record_type *type)
{
	const struct hash_slot *slot = hash_first(&r->types, type_value(type));

	while (slot && r->compiled[slot->number]->type != type)
		slot = hash_next(&r->types, slot);
	return slot ? r->compiled[slot->number] : NULL;
}

/* Owns c, also on failure. */
static struct err *keep_compiled(struct records *r, struct compiled *c)
{
	if (!ARRAY_GROW(r->compiled, r->nr) ||
	    !hash_add(&r->types, type_value(c->type), r->nr)) {
		free(c);
		return err_nomem();
	}
	r->compiled[r->nr++] = c;
	return NULL;
}

static struct err *compile(struct records *r, const struct record_type *type,
			   struct compiled **ret)
{
	struct compiled *c = find_compiled(r, type);

	if (c) {
		*ret = c;
		return NULL;
	}
	c = calloc(1, sizeof(*c) + type->nr_fields * sizeof(c->path[0]));
	if (!c)
		return err_nomem();
	c->type = type;
	for (unsigned int i = 0; records_known(r) && i < type->nr_fields; i++) {
		struct err *e = compile_field(r, &type->fields[i], &c->path[i]);

		if (e) {
			free(c);
			return err_prefix(e, "record \"%s\"", type->name);
		}
	}
	find_span(c);
	ERR_TRY(keep_compiled(r, c));
	*ret = c;
	return NULL;
}

/* One record being read. */
struct reading {
	struct space *space;
	const struct compiled *compiled;
	uint64_t va;
	const uint8_t *span;		/* NULL: the object could not be read in one piece */
	const struct place *hops_of;	/* field whose pointers led to hops_va */
	uint64_t hops_va;
};

/* Reads len bytes at offset of the object, from the span if it contains them. */
static struct err *read_object(const struct reading *rd, uint64_t offset,
			       void *buf, size_t len)
{
	const struct compiled *c = rd->compiled;

	if (!rd->span || offset < c->span_start ||
	    offset - c->span_start + len > c->span_len)
		return space_read(rd->space, rd->va + offset, buf, len);
	memcpy(buf, rd->span + (offset - c->span_start), len);
	return NULL;
}

static bool same_hops(const struct place *a, const struct place *b)
{
	return a->nr_hops == b->nr_hops &&
	       !memcmp(a->hop, b->hop, a->nr_hops * sizeof(a->hop[0]));
}

/* Returns the target of the last pointer of the path. */
static struct err *follow(struct reading *rd, const struct place *p,
			  uint64_t *ret)
{
	uint64_t pointer = 0;

	if (rd->hops_of && same_hops(rd->hops_of, p)) {
		*ret = rd->hops_va;
		return NULL;
	}
	ERR_TRY(read_object(rd, p->hop[0], &pointer, sizeof(pointer)));
	for (unsigned int i = 1; pointer && i < p->nr_hops; i++)
		ERR_TRY(space_read(rd->space, pointer + p->hop[i], &pointer,
				   sizeof(pointer)));
	if (!pointer)
		return err_new(ERR_BAD_POINTER, "null pointer");
	rd->hops_of = p;
	rd->hops_va = pointer;
	*ret = pointer;
	return NULL;
}

static uint64_t place_extract(const struct place *p, const void *bytes)
{
	return scalar_extract(bytes, p->size, p->bit_offset, p->bit_size,
			      p->is_signed);
}

static struct err *read_field(struct reading *rd, const struct field *f,
			      const struct place *p, uint64_t *ret)
{
	uint64_t base = rd->va;
	uint8_t bytes[SCALAR_MAX];

	if (p->nr_hops)
		ERR_TRY(follow(rd, p, &base));
	if (f->kind == FIELD_ADDRESS) {
		*ret = base + p->offset;
		return NULL;
	}
	if (p->nr_hops)
		ERR_TRY(space_read(rd->space, base + p->offset, bytes, p->size));
	else
		ERR_TRY(read_object(rd, p->offset, bytes, p->size));
	*ret = place_extract(p, bytes);
	return NULL;
}

/* Reads a field whose bytes are not in the span; *e: the reason if it cannot be read. */
static struct value read_value(struct reading *rd, const struct field *f, const struct path *p,
			       struct err **e)
{
	struct value v = { .state = VALUE_NO_FIELD, .unproved = p->unproved };

	*e = NULL;
	if (!p->present)
		return v;
	*e = read_field(rd, f, &p->place, &v.raw);
	v.alternative = p->alternative;
	v.state = *e ? VALUE_UNREADABLE : VALUE_OK;
	v.why = *e ? err_reason(*e) : 0;
	return v;
}

/* Reads the fields; *first: the error of the first that cannot be read. True: any can. */
static bool read_values(struct reading *rd, void *record, struct err **first)
{
	const struct record_type *type = rd->compiled->type;
	bool any = false;

	*first = NULL;
	for (unsigned int i = 0; i < type->nr_fields; i++) {
		const struct path *p = &rd->compiled->path[i];
		struct err *e = NULL;
		struct value v;

		if (p->in_span && rd->span)
			v = (struct value){
				.raw = place_extract(&p->place, rd->span + p->span_at),
				.state = VALUE_OK, .alternative = p->alternative,
				.unproved = p->unproved,
			};
		else
			v = read_value(rd, &type->fields[i], p, &e);
		any |= v.state == VALUE_OK;
		memcpy((char *)record + type->fields[i].at, &v, sizeof(v));
		if (*first)
			err_free(e);
		else
			*first = e;
	}
	return any;
}

static bool uses_unproved(const struct compiled *c)
{
	for (unsigned int i = 0; i < c->type->nr_fields; i++)
		if (c->path[i].present && c->path[i].unproved)
			return true;
	return false;
}

static struct err *read_record(struct records *r, struct space *s,
			       const struct record_type *type, uint64_t va,
			       void *record)
{
	struct reading rd = { .space = s, .va = va };
	uint8_t span[SPAN_MAX];
	struct err *first;
	struct compiled *c;

	ERR_TRY(compile(r, type, &c));
	rd.compiled = c;
	if (c->span_len) {
		struct err *e = space_read(s, va + c->span_start, span,
					   c->span_len);

		/* an unreadable page in the middle affects only its fields */
		if (!e)
			rd.span = span;
		err_free(e);
	}
	if (!read_values(&rd, record, &first) && first) {
		provenance_use_if(uses_unproved(c));
		return err_prefix(first, "%s at %llx", type->name,
				  (unsigned long long)va);
	}
	err_free(first);
	return NULL;
}

struct err *record_read(struct records *r, struct space *s,
			const struct record_type *type, uint64_t va,
			void *record)
{
	const struct value *kept = record_cache_find(r->cache, type, s, va);

	if (!kept) {
		ERR_TRY(read_record(r, s, type, va, record));
		record_cache_keep(r->cache, type, s, va, record);
		return NULL;
	}
	for (unsigned int i = 0; i < type->nr_fields; i++)
		memcpy((char *)record + type->fields[i].at, &kept[i], sizeof(kept[i]));
	return NULL;
}

/* Finds the field at that offset of the record; NULL if it could not be compiled. */
static const struct path *path_at(struct records *r,
				  const struct record_type *type, size_t at,
				  const struct field **field)
{
	struct compiled *c = NULL;

	err_free(compile(r, type, &c));
	for (unsigned int i = 0; i < type->nr_fields; i++) {
		if (type->fields[i].at != at)
			continue;
		*field = &type->fields[i];
		return c ? &c->path[i] : NULL;
	}
	*field = NULL;
	return NULL;
}

const char *record_missing(struct records *r, const struct record_type *type,
			   size_t at)
{
	const struct field *field;
	const struct path *path = path_at(r, type, at, &field);

	return field && (!path || !path->present) ? field->path : NULL;
}

struct err *record_place(struct records *r, const struct field *f,
			 struct place *ret)
{
	const char *paths = f->path;
	char text[PATH_SIZE];
	struct err *last = NULL;

	while (path_next(&paths, text)) {
		struct place place;
		struct err *e = resolve(r, text, &place);

		if (!e && place.nr_hops)
			e = err_new(ERR_USAGE, "\"%s\" follows a pointer: it has no offset",
				    text);
		err_free(last);
		last = e;
		if (!e) {
			place.unproved = is_unproved(r, text);
			place_use(&place);
			*ret = place;
			return NULL;
		}
		if (err_reason(e) != ERR_NO_TYPE)
			break;
	}
	if (!last)
		last = err_new(ERR_USAGE, "no path in \"%s\"", f->path);
	return last;
}
