/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "place.h"

#include <string.h>

#include "xen/base/checked.h"
#include "internal.h"

/* Follows the pointer at m: m then describes its target. */
static struct err *add_hop(struct member *m, struct place *place)
{
	struct type target;
	char name[TYPE_NAME_SIZE];

	if (type_kind(&m->type) != TYPE_POINTER || m->bit_size)
		return err_new(ERR_NO_TYPE, "\"%s\" is not a pointer",
			       type_name(&m->type, name, sizeof(name)));
	if (place->nr_hops == PLACE_HOPS_MAX)
		return err_new(ERR_NO_TYPE, "more than %d pointers in one path",
			       PLACE_HOPS_MAX);
	ERR_TRY(type_target(&m->type, &target));
	place->hop[place->nr_hops++] = m->offset;
	*m = (struct member){ .type = target };
	return NULL;
}

/* "[N]" of a pointer: the N-th element that it points to. */
static struct err *index_pointer(struct member *m, struct place *place,
				 const char **p)
{
	uint64_t n;

	ERR_TRY(path_index(p, &n));
	ERR_TRY(add_hop(m, place));
	ERR_TRY(type_size(&m->type, &m->size));
	if (mul_overflows(n, m->size, &m->offset))
		return err_new(ERR_NO_TYPE, "[%llu] is out of range",
			       (unsigned long long)n);
	return NULL;
}

static struct err *resolve_member(struct types *types, const char *text,
				  struct place *place, struct member *m)
{
	const char *file = strchr(text, '#');
	size_t skip = file ? file - text : 0;	/* "FILE.c#TYPE" */
	size_t len = skip + strcspn(text + skip, ".[");
	const char *p = text + len;
	char name[PATH_SIZE];

	if (len >= sizeof(name))
		return err_new(ERR_NO_TYPE, "the name of a type has %zu characters: too long", len);
	memcpy(name, text, len);
	name[len] = '\0';
	*m = (struct member){ 0 };
	ERR_TRY(types_find(types, name, &m->type));
	if (!*p)
		return type_size(&m->type, &m->size);
	while (*p) {
		if (!strncmp(p, "->", 2)) {
			ERR_TRY(add_hop(m, place));
			p += 2;
		} else if (*p == '[' && type_kind(&m->type) == TYPE_POINTER) {
			ERR_TRY(index_pointer(m, place, &p));
			continue;
		}
		ERR_TRY(type_member_step(m, &p));
	}
	return NULL;
}

/* "TYPE=NAME"; without a type all enums of the build are searched. */
static struct err *resolve_constant(struct types *types, const char *path,
				    struct place *ret)
{
	size_t len = strcspn(path, "=");
	const char *name = path + len + 1;
	char tag[PATH_SIZE];
	struct type type;
	int64_t value;

	if (len >= sizeof(tag))
		return err_new(ERR_NO_TYPE, "the name of a type has %zu characters: too long", len);
	memcpy(tag, path, len);
	tag[len] = '\0';
	if (len) {
		ERR_TRY(types_find(types, tag, &type));
		ERR_TRY(type_enum_value(&type, name, &value));
	} else {
		ERR_TRY(types_enum_value(types, name, &value));
	}
	*ret = (struct place){ .offset = value };
	return NULL;
}

struct err *place_resolve(struct types *types, const char *path,
			  struct place *ret)
{
	struct place place = { .nr_hops = 0 };
	struct member m;

	if (strchr(path, '='))
		return resolve_constant(types, path, ret);
	ERR_TRY(resolve_member(types, path, &place, &m));
	place.offset = m.offset;
	place.size = m.size;
	place.bit_offset = m.bit_offset;
	place.bit_size = m.bit_size;
	place.is_signed = type_is_signed(&m.type);
	place.is_pointer = !m.bit_size && type_kind(&m.type) == TYPE_POINTER;
	*ret = place;
	return NULL;
}

static struct err *resolve(void *priv, const char *path, struct place *ret)
{
	return place_resolve(priv, path, ret);
}

static void destroy(void *priv)
{
	types_destroy(priv);
}

static const struct places_ops dwarf_places = {
	.resolve = resolve,
	.destroy = destroy,
};

struct places types_places(struct types *t)
{
	return t ? (struct places){ &dwarf_places, t } : NO_PLACES;
}

void places_destroy(struct places p)
{
	if (p.ops)
		p.ops->destroy(p.priv);
}

bool path_next(const char **paths, char buf[PATH_SIZE])
{
	const char *p = *paths + strspn(*paths, " |");
	size_t len = strcspn(p, "|");

	*paths = p + len;
	while (len && p[len - 1] == ' ')
		len--;
	if (!len || len >= PATH_SIZE)
		return false;
	memcpy(buf, p, len);
	buf[len] = '\0';
	return true;
}
