/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xenstore.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/source.h"

struct err *store_read(struct xen *x, const char *path, unsigned int flags,
		       struct store *ret)
{
	if (!x->source->store_read)
		return err_new(ERR_UNSUPPORTED, "the xenstore is not available on this host");
	return x->source->store_read(x, path, flags, ret);
}

void store_free(struct store *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		free(s->node[i].block);
	free(s->node);
	*s = (struct store){ .nr = 0 };
}

struct err *store_charge(struct store *s, uint64_t bytes)
{
	if (s->limit && bytes > s->limit - s->bytes)
		return err_new(ERR_REFUSED, "the records of the xenstore overlap");
	s->bytes += bytes;
	return NULL;
}

struct err *store_add(struct store *s, const struct store_node *n)
{
	size_t perms = n->nr_perms * sizeof(*n->perm), path = strlen(n->path) + 1;
	size_t size = perms + path + n->len + 1 + n->children_len + 1;
	struct store_node copy = *n;
	char *at;

	if (!ARRAY_GROW(s->node, s->nr))
		return err_nomem();
	at = calloc(1, size);
	if (!at)
		return err_nomem();
	copy.block = at;
	copy.perm = memcpy(at, n->nr_perms ? (const void *)n->perm : "", perms);
	at += perms;
	copy.path = memcpy(at, n->path, path);
	at += path;
	copy.value = memcpy(at, n->len ? n->value : "", n->len);
	at += n->len + 1;
	copy.children = memcpy(at, n->children_len ? n->children : "",
			       n->children_len);
	s->node[s->nr++] = copy;
	return NULL;
}

struct err *store_count_bad(struct store *s, struct err *e)
{
	if (!e || err_is_final(e) || err_reason(e) == ERR_REFUSED)
		return e;
	s->bad++;
	err_free(e);
	return NULL;
}

/* ---- order ---- */

/* Number of digits if a component of a path is a number; 0: it is not. */
static size_t number_length(const char *s)
{
	size_t n = 0;

	while (isdigit((unsigned char)s[n]))
		n++;
	return (!s[n] || s[n] == '/') && (n == 1 || *s != '0') ? n : 0;
}

/* Compares the components after a separator: numbers first, by value. 0: undecided. */
static int compare_components(const char *a, const char *b)
{
	size_t n = number_length(a), m = number_length(b);

	if (!*a || !*b || n == m)
		return 0;
	if (!n || !m)
		return n ? -1 : 1;
	return n < m ? -1 : 1;
}

/*
 * A separator sorts before all other characters. Of the components that begin in the
 * common part only the last one may differ.
 */
static int compare_paths(const char *a, const char *b)
{
	const char *start = NULL;
	size_t i = 0;
	int order;

	for (; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			start = &a[i + 1];
	order = start ? compare_components(start, &b[start - a]) : 0;
	if (order || a[i] == b[i])
		return order;
	if (!a[i] || !b[i])
		return a[i] ? 1 : -1;
	if (a[i] == '/' || b[i] == '/')
		return a[i] == '/' ? -1 : 1;
	return (unsigned char)a[i] < (unsigned char)b[i] ? -1 : 1;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct store_node *n = a, *m = b;
	int order = compare_paths(n->path, m->path);

	if (order)
		return order;
	if (n->stale != m->stale)
		return n->stale ? 1 : -1;
	if (n->generation != m->generation)
		return n->generation > m->generation ? -1 : 1;
	return n->va < m->va ? -1 : n->va > m->va;
}

void store_sort(struct store *s)
{
	array_sort(s->node, s->nr, sizeof(*s->node), compare_nodes);
}

static bool is_of_names(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && !strcmp(slash, "/name");
}

void store_keep_names(struct store *s)
{
	size_t left = 0, i;

	for (i = 0; i < s->nr; i++) {
		if (is_of_names(s->node[i].path))
			s->node[left++] = s->node[i];
		else
			free(s->node[i].block);
	}
	s->nr = left;
}

/* Index of the first node of a path; nr if there is none. */
static size_t find_path(const struct store *s, const char *path)
{
	size_t low = 0, high = s->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_paths(s->node[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->nr && !strcmp(s->node[low].path, path) ? low : s->nr;
}

const struct store_node *store_find(const struct store *s, const char *path)
{
	size_t i = find_path(s, path);

	return i < s->nr ? &s->node[i] : NULL;
}

bool store_is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (!strcmp(top, "/"))
		return *path == '/';
	return !strncmp(path, top, len) && (!path[len] || path[len] == '/');
}

const char *store_kind_name(enum store_kind kind)
{
	static const char *const names[] = {
		"hash table", "TDB", "scan", "socket",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : "?";
}

/* ---- records without a table ---- */

struct reach {
	struct store *s;
	size_t *todo;		/* indexes of nodes that were reached but not yet visited */
	size_t nr;
};

static struct err *reach_path(struct reach *r, const char *path)
{
	size_t i = find_path(r->s, path);

	if (i == r->s->nr || !r->s->node[i].stale)
		return NULL;
	if (!ARRAY_GROW(r->todo, r->nr))
		return err_nomem();
	r->s->node[i].stale = false;
	r->todo[r->nr++] = i;
	return NULL;
}

static struct err *reach_children(struct reach *r, const struct store_node *n)
{
	const char *at = n->children, *end = at + n->children_len;
	const char *parent = strcmp(n->path, "/") ? n->path : "";
	char path[2 * STORE_PATH_MAX];

	for (; at < end; at += strlen(at) + 1) {
		ERR_TRY(interrupt_check());
		if (strlen(parent) + strlen(at) + 2 > sizeof(path))
			continue;
		strcpy(path, parent);
		strcat(path, "/");
		strcat(path, at);
		ERR_TRY(reach_path(r, path));
	}
	return NULL;
}

struct err *store_mark_stale(struct store *s)
{
	struct reach r = { .s = s };
	struct err *e;
	size_t i;

	for (i = 0; i < s->nr; i++)
		s->node[i].stale = true;
	store_sort(s);
	e = reach_path(&r, "/");
	/* indexes remain valid: nodes are sorted at the end */
	while (!e && r.nr)
		e = reach_children(&r, &s->node[r.todo[--r.nr]]);
	free(r.todo);
	for (i = 0, s->stale = 0; i < s->nr; i++)
		s->stale += s->node[i].stale;
	store_sort(s);
	return e;
}
