/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xenstore_record.h"

#include <string.h>

#include "xen/base/bytes.h"

struct sizes {
	uint64_t header, perms, value, children;	/* bytes; perms: number of permissions */
};

static bool read_sizes(enum store_form form, const char *p, size_t len,
		       struct sizes *z)
{
	z->header = form == STORE_FORM_HASH ? 16 : form == STORE_FORM_OLD ? 12 : 20;
	if (len < z->header)
		return false;
	if (form == STORE_FORM_HASH) {
		z->perms = get_le16(p + 8);
		z->value = get_le16(p + 10);
		z->children = get_le32(p + 12);
		return true;
	}
	p += z->header - 12;
	z->perms = get_le32(p);
	z->value = get_le32(p + 4);
	z->children = get_le32(p + 8);
	return true;
}

static bool children_are_valid(const char *names, size_t len)
{
	size_t i;

	if (len && names[len - 1])
		return false;
	for (i = 0; i < len; i++)
		if (names[i] == '/' || (!names[i] && (!i || !names[i - 1])))
			return false;
	return true;
}

bool store_record_parse(enum store_form form, const void *bytes, size_t len,
			struct store_node *ret)
{
	struct sizes z;
	const char *p = bytes;
	uint64_t sum;

	if (!read_sizes(form, p, len, &z) || !z.perms)
		return false;
	sum = z.header + z.perms * sizeof(struct store_perm) + z.value + z.children;
	/* the size of the header includes padding, which follows the children */
	if (sum != len && (form != STORE_FORM_GENERATION || sum + 4 != len))
		return false;
	ret->has_generation = form != STORE_FORM_OLD;
	ret->generation = ret->has_generation ? get_le64(p) : 0;
	p += z.header;
	/* unaligned: bytes of the file or dump, copied by store_add() */
	ret->perm = (const void *)p;
	ret->nr_perms = z.perms;
	p += z.perms * sizeof(struct store_perm);
	ret->value = p;
	ret->len = z.value;
	p += z.value;
	ret->children = p;
	ret->children_len = z.children;
	return children_are_valid(p, z.children);
}

bool store_path_is_valid(const char *path, size_t len)
{
	size_t i;

	if (!len || len >= STORE_PATH_MAX || path[0] != '/' ||
	    (len > 1 && path[len - 1] == '/'))
		return false;
	for (i = 0; i < len; i++)
		if (!path[i] || (i && path[i] == '/' && path[i - 1] == '/'))
			return false;
	return true;
}
