/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "btf.h"

/* Limits of the work that a hostile kernel can cause. */
#define MODULES_MAX	4096
#define TYPES_MAX	(1U << 20)	/* size of one module's types, bytes */

/* struct btf_header */
#define HEADER_TYPE_OFF	8
#define HEADER_TYPE_LEN	12

enum { KIND_INT = 1, KIND_ARRAY = 3, KIND_STRUCT = 4, KIND_UNION = 5, KIND_ENUM = 6,
       KIND_FUNC_PROTO = 13, KIND_VAR = 14, KIND_DATASEC = 15,
       KIND_DECL_TAG = 17, KIND_ENUM64 = 19 };

/* struct btf_type, and the struct btf_member that follow it */
struct type {
	uint32_t name, info, size;
};

struct member {
	uint32_t name, type, offset;
};

/* The BTF of one module: its string offsets continue those of the kernel. */
struct btf {
	ulong strings, base_strings;
	uint32_t start;			/* first offset of the module's own */
	unsigned char *types;
	uint32_t len;
};

static bool read_word(ulong va, const char *type, const char *member, void *buf,
		      long size)
{
	/* crash expects names that are not const */
	long offset = MEMBER_OFFSET((char *)type, (char *)member);

	return offset >= 0 && readmem(va + offset, KVADDR, buf, size, "btf",
				      RETURN_ON_ERROR | QUIET);
}

/* Finds the struct btf of a module; 0: there is none. */
static ulong find_module(const char *name)
{
	ulong head, at, module, btf;
	long list = MEMBER_OFFSET("btf_module", "list");
	char text[64];

	if (!symbol_exists("btf_modules") || list < 0)
		return 0;
	head = symbol_value("btf_modules");
	if (!readmem(head, KVADDR, &at, sizeof(at), "btf_modules",
		     RETURN_ON_ERROR | QUIET))
		return 0;
	for (unsigned int i = 0; at != head && i < MODULES_MAX; i++) {
		long offset = MEMBER_OFFSET("module", "name");

		memset(text, 0, sizeof(text));
		if (!read_word(at - list, "btf_module", "module", &module,
			       sizeof(module)) ||
		    !read_word(at - list, "btf_module", "btf", &btf, sizeof(btf)) ||
		    offset < 0)
			return 0;
		if (read_string(module + offset, text, sizeof(text) - 1) &&
		    !strcmp(text, name))
			return btf;
		if (!readmem(at, KVADDR, &at, sizeof(at), "btf_modules",
			     RETURN_ON_ERROR | QUIET))
			return 0;
	}
	return 0;
}

static bool open_btf(ulong va, struct btf *b)
{
	ulong base, data;
	uint32_t off;
	long header = MEMBER_OFFSET("btf", "hdr");

	memset(b, 0, sizeof(*b));
	if (header < 0 ||
	    !read_word(va, "btf", "strings", &b->strings, sizeof(b->strings)) ||
	    !read_word(va, "btf", "start_str_off", &b->start, sizeof(b->start)) ||
	    !read_word(va, "btf", "nohdr_data", &data, sizeof(data)) ||
	    !read_word(va, "btf", "base_btf", &base, sizeof(base)) || !base ||
	    !read_word(base, "btf", "strings", &b->base_strings,
		       sizeof(b->base_strings)) ||
	    !readmem(va + header + HEADER_TYPE_OFF, KVADDR, &off, sizeof(off),
		     "btf", RETURN_ON_ERROR | QUIET) ||
	    !readmem(va + header + HEADER_TYPE_LEN, KVADDR, &b->len,
		     sizeof(b->len), "btf", RETURN_ON_ERROR | QUIET) ||
	    b->len > TYPES_MAX)
		return false;
	b->types = malloc(b->len ? b->len : 1);
	if (b->types && readmem(data + off, KVADDR, b->types, b->len, "btf types",
				RETURN_ON_ERROR | QUIET))
		return true;
	free(b->types);
	return false;
}

static bool is_named(const struct btf *b, uint32_t name, const char *wanted)
{
	ulong va = name >= b->start ? b->strings + (name - b->start) :
				      b->base_strings + name;
	char text[64];

	memset(text, 0, sizeof(text));
	return read_string(va, text, sizeof(text) - 1) && !strcmp(text, wanted);
}

/* Number of bytes after a struct btf_type. */
static uint32_t extra(const struct type *t)
{
	uint32_t nr = t->info & 0xffff;

	switch (t->info >> 24 & 0x1f) {
	case KIND_INT:
	case KIND_VAR:
	case KIND_DECL_TAG:
		return 4;
	case KIND_ARRAY:
		return 12;
	case KIND_ENUM:
	case KIND_FUNC_PROTO:
		return 8 * nr;
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_DATASEC:
	case KIND_ENUM64:
		return 12 * nr;
	default:
		return 0;
	}
}

/* Finds the members among those at an offset of the types; true: all were found. */
static bool take_members(const struct btf *b, uint32_t at, const struct type *t,
			 const char *const *member, unsigned int nr, long *offset)
{
	unsigned int found = 0;
	struct member m;

	for (unsigned int i = 0; i < (t->info & 0xffff); i++) {
		memcpy(&m, b->types + at + i * sizeof(m), sizeof(m));
		for (unsigned int k = 0; k < nr; k++) {
			if (!is_named(b, m.name, member[k]))
				continue;
			/*
			 * if the struct has bit fields, 8 bits are the size of
			 * the member
			 */
			offset[k] = (t->info >> 31 ? m.offset & 0xffffff : m.offset) / 8;
			found++;
		}
	}
	return found == nr;
}

static bool find_struct(const struct btf *b, const char *type,
			const char *const *member, unsigned int nr, long *offset)
{
	struct type t;

	for (uint32_t at = 0; at + sizeof(t) <= b->len;) {
		memcpy(&t, b->types + at, sizeof(t));
		at += sizeof(t);
		if (extra(&t) > b->len - at)
			return false;
		if ((t.info >> 24 & 0x1f) == KIND_STRUCT && is_named(b, t.name, type))
			return take_members(b, at, &t, member, nr, offset);
		at += extra(&t);
	}
	return false;
}

bool btf_members(const char *module, const char *type, const char *const *member,
		 unsigned int nr, long *offset)
{
	ulong va = find_module(module);
	struct btf b;
	bool found;

	if (!va || !open_btf(va, &b))
		return false;
	found = find_struct(&b, type, member, nr, offset);
	free(b.types);
	return found;
}
