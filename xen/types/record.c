/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Field tables, compiled against one build. A path becomes a list of offsets
 * at which pointers are followed, and where the value lies behind the last
 * one; reading needs neither names nor DWARF.
 */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "datum.h"
#include "internal.h"

#define HOPS_MAX	6
#define PATH_MAX_LEN	256
/* The bytes of an object that are read in one piece, at most. */
#define SPAN_MAX	4096
/* In one piece is cheaper while the gaps between fields stay below this. */
#define SPAN_PER_FIELD	256
#define NR_BUCKETS	64

struct path {
	uint64_t hop[HOPS_MAX];	/* offsets of the pointers on the way */
	uint8_t nr_hops;
	uint8_t alternative;
	bool present;
	bool is_signed;
	uint8_t size, bit_offset, bit_size;
	uint64_t offset;	/* of the value, from the last pointer */
};

struct compiled {
	struct compiled *next;
	const struct record_type *type;
	uint64_t span_start;	/* what is read at first, from the object */
	uint64_t span_len;	/* 0: each field by itself */
	struct path path[];
};

struct records {
	struct types *types;
	struct compiled *bucket[NR_BUCKETS];
};

struct err *records_create(struct types *types, struct records **ret)
{
	struct records *r = calloc(1, sizeof(*r));

	if (!r)
		return err_nomem();
	r->types = types;
	*ret = r;
	return NULL;
}

void records_destroy(struct records *r)
{
	if (!r)
		return;
	for (int i = 0; i < NR_BUCKETS; i++) {
		while (r->bucket[i]) {
			struct compiled *c = r->bucket[i];

			r->bucket[i] = c->next;
			free(c);
		}
	}
	free(r);
}

/* Follows the pointer m lies at: m starts anew from what it points to. */
static struct err *add_hop(struct member *m, struct path *path)
{
	struct type target;
	char name[TYPE_NAME_SIZE];

	if (type_kind(&m->type) != TYPE_POINTER || m->bit_size)
		return err_new(ERR_NO_TYPE, "'%s' is not a pointer",
			       type_name(&m->type, name, sizeof(name)));
	if (path->nr_hops == HOPS_MAX)
		return err_new(ERR_NO_TYPE, "more than %d pointers in one path",
			       HOPS_MAX);
	ERR_TRY(type_target(&m->type, &target));
	path->hop[path->nr_hops++] = m->offset;
	*m = (struct member){ .type = target };
	return NULL;
}

/* "[N]" of a pointer: the N-th of what it points to. */
static struct err *index_pointer(struct member *m, struct path *path,
				 const char **p)
{
	uint64_t n;

	ERR_TRY(path_index(p, &n));
	ERR_TRY(add_hop(m, path));
	ERR_TRY(type_size(&m->type, &m->size));
	if (__builtin_mul_overflow(n, m->size, &m->offset))
		return err_new(ERR_NO_TYPE, "[%llu] is beyond any memory",
			       (unsigned long long)n);
	return NULL;
}

/* One alternative, "TYPE.member[N]->member", a string of its own. */
static struct err *resolve(struct types *types, const char *text,
			   struct path *path, struct member *m)
{
	const char *file = strchr(text, '#');
	size_t skip = file ? file - text : 0;	/* "FILE.c#TYPE" */
	size_t len = skip + strcspn(text + skip, ".[");
	const char *p = text + len;
	char name[PATH_MAX_LEN];

	memcpy(name, text, len);
	name[len] = '\0';
	*m = (struct member){ 0 };
	ERR_TRY(types_find(types, name, &m->type));
	if (!*p) {
		ERR_TRY(type_size(&m->type, &m->size));
		return NULL;
	}
	while (*p) {
		if (!strncmp(p, "->", 2)) {
			ERR_TRY(add_hop(m, path));
			p += 2;
		} else if (*p == '[' && type_kind(&m->type) == TYPE_POINTER) {
			ERR_TRY(index_pointer(m, path, &p));
			continue;
		}
		ERR_TRY(type_member_step(m, &p));
	}
	return NULL;
}

/*
 * Cuts the next alternative off *paths, trimmed, into buf. False at the end or
 * when it is too long for any path that means something.
 */
static bool next_alternative(const char **paths, char *buf, size_t size)
{
	const char *p = *paths + strspn(*paths, " |");
	size_t len = strcspn(p, "|");

	*paths = p + len;
	while (len && p[len - 1] == ' ')
		len--;
	if (!len || len >= size)
		return false;
	memcpy(buf, p, len);
	buf[len] = '\0';
	return true;
}

static struct err *fits(const struct field *f, const struct member *m)
{
	if (f->kind == FIELD_ADDRESS)
		return m->bit_size ? err_new(ERR_NO_TYPE, "a bit field has no address")
				   : NULL;
	if (!m->size || (m->size > 8 && !m->bit_size))
		return err_new(ERR_NO_TYPE, "not a value: it has %llu bytes",
			       (unsigned long long)m->size);
	return NULL;
}

/* The first alternative this build has; absent ones are no error. */
static struct err *compile_field(struct types *types, const struct field *f,
				 struct path *ret)
{
	const char *paths = f->path;
	char text[PATH_MAX_LEN];

	for (uint8_t i = 0; next_alternative(&paths, text, sizeof(text)); i++) {
		struct path path = { .alternative = i };
		struct member m;
		struct err *e = resolve(types, text, &path, &m);

		if (!e)
			e = fits(f, &m);
		if (e && err_reason(e) != ERR_NO_TYPE)
			return err_prefix(e, "field '%s'", text);
		if (e) {
			err_free(e);
			continue;
		}
		path.present = true;
		path.offset = m.offset;
		path.size = m.size > 9 ? 0 : m.size;
		path.bit_offset = m.bit_offset;
		path.bit_size = m.bit_size;
		path.is_signed = type_is_signed(&m.type);
		*ret = path;
		return NULL;
	}
	return NULL;
}

/* What the field reads of the object itself; false: nothing. */
static bool first_read(const struct field *f, const struct path *p,
		       uint64_t *start, uint64_t *end)
{
	if (!p->present || (!p->nr_hops && f->kind == FIELD_ADDRESS))
		return false;
	*start = p->nr_hops ? p->hop[0] : p->offset;
	return !__builtin_add_overflow(*start, p->nr_hops ? 8 : p->size, end);
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
}

static struct err *compile(struct records *r, const struct record_type *type,
			   struct compiled **ret)
{
	size_t bucket = ((uintptr_t)type >> 4) % NR_BUCKETS;
	struct compiled *c;

	for (c = r->bucket[bucket]; c; c = c->next) {
		if (c->type == type) {
			*ret = c;
			return NULL;
		}
	}
	c = calloc(1, sizeof(*c) + type->nr_fields * sizeof(c->path[0]));
	if (!c)
		return err_nomem();
	c->type = type;
	for (unsigned int i = 0; r->types && i < type->nr_fields; i++) {
		struct err *e = compile_field(r->types, &type->fields[i],
					      &c->path[i]);

		if (e) {
			free(c);
			return err_prefix(e, "record '%s'", type->name);
		}
	}
	find_span(c);
	c->next = r->bucket[bucket];
	r->bucket[bucket] = c;
	*ret = c;
	return NULL;
}

/* One record being read. */
struct reading {
	struct space *space;
	const struct compiled *compiled;
	uint64_t va;
	const uint8_t *span;		/* NULL: could not be read in one piece */
	const struct path *hops_of;	/* whose pointers led to hops_va */
	uint64_t hops_va;
};

/* len bytes at offset of the object; what the span holds comes from there. */
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

static bool same_hops(const struct path *a, const struct path *b)
{
	return a->nr_hops == b->nr_hops &&
	       !memcmp(a->hop, b->hop, a->nr_hops * sizeof(a->hop[0]));
}

/* Where the last pointer of the path leads to. */
static struct err *follow(struct reading *rd, const struct path *p,
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

static struct err *read_field(struct reading *rd, const struct field *f,
			      const struct path *p, uint64_t *ret)
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
	*ret = scalar_extract(bytes, p->size, p->bit_offset, p->bit_size,
			      p->is_signed);
	return NULL;
}

struct err *record_read(struct records *r, struct space *s,
			const struct record_type *type, uint64_t va,
			void *record)
{
	struct reading rd = { .space = s, .va = va };
	uint8_t span[SPAN_MAX];
	struct err *first = NULL;
	struct compiled *c;
	bool any = false;

	ERR_TRY(compile(r, type, &c));
	rd.compiled = c;
	if (c->span_len) {
		struct err *e = space_read(s, va + c->span_start, span,
					   c->span_len);

		/* an unreadable page in the middle costs its fields only */
		if (!e)
			rd.span = span;
		err_free(e);
	}
	for (unsigned int i = 0; i < type->nr_fields; i++) {
		const struct path *p = &c->path[i];
		struct value v = { .state = VALUE_NO_FIELD };
		struct err *e = NULL;

		if (p->present) {
			e = read_field(&rd, &type->fields[i], p, &v.u);
			v.alternative = p->alternative;
			v.state = e ? VALUE_UNREADABLE : VALUE_OK;
			v.why = e ? err_reason(e) : 0;
			any |= !e;
		}
		memcpy((char *)record + type->fields[i].at, &v, sizeof(v));
		if (first)
			err_free(e);
		else
			first = e;
	}
	if (first && !any)
		return err_prefix(first, "%s at %llx", type->name,
				  (unsigned long long)va);
	err_free(first);
	return NULL;
}

const char *record_missing(struct records *r, const struct record_type *type,
			   size_t at)
{
	ERR_CLEANUP struct err *e = NULL;
	struct compiled *c;

	e = compile(r, type, &c);
	for (unsigned int i = 0; i < type->nr_fields; i++)
		if (type->fields[i].at == at && (e || !c->path[i].present))
			return type->fields[i].path;
	return NULL;
}

struct err *record_resolve(struct records *r, const char *path,
			   struct member *ret)
{
	const char *paths = path;
	char text[PATH_MAX_LEN];
	struct err *last = NULL;

	if (!r->types)
		return err_new(ERR_NO_TYPE, "no types, which '%s' needs", path);
	while (next_alternative(&paths, text, sizeof(text))) {
		struct path hops = { 0 };
		struct member m;
		struct err *e = resolve(r->types, text, &hops, &m);

		if (!e && hops.nr_hops)
			e = err_new(ERR_USAGE, "'%s' follows a pointer: it has no offset",
				    text);
		err_free(last);
		last = e;
		if (!e) {
			*ret = m;
			return NULL;
		}
		if (err_reason(e) != ERR_NO_TYPE)
			break;
	}
	if (!last)
		last = err_new(ERR_USAGE, "no path in '%s'", path);
	return last;
}
