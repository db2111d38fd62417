/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xenstore.h"

#define FOLDER		"/local/domain/"

struct named {
	uint64_t domid;
	const char *name;
};

/* One block, with the texts after the array: xen_forget() frees it as a whole. */
struct domain_names {
	char why[256];		/* why the names are not available; or empty */
	bool unproved;		/* based on something unproved; each read of a name counts as a use of it */
	size_t nr;
	struct named named[];	/* one for each domain, ascending */
};

/* True for the path of a domain's name; sets the domain's id. */
static bool is_name(const struct store_node *n, uint64_t *domid)
{
	const char *at = n->path + strlen(FOLDER);
	char *end;

	if (n->stale || !n->len || strncmp(n->path, FOLDER, strlen(FOLDER)) ||
	    *at < '0' || *at > '9')
		return false;
	*domid = strtoull(at, &end, 10);
	return *domid < DOMAINS_MAX && !strcmp(end, "/name");
}

static int by_domid(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->domid != y->domid)
		return x->domid < y->domid ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Of several names of a domain ("7" and "07") the first is kept. */
static void sort_names(struct domain_names *n)
{
	size_t left = 0, i;

	array_sort(n->named, n->nr, sizeof(*n->named), by_domid);
	for (i = 0; i < n->nr; i++)
		if (!left || n->named[left - 1].domid != n->named[i].domid)
			n->named[left++] = n->named[i];
	n->nr = left;
}

static struct domain_names *take_names(const struct store *s)
{
	struct domain_names *ret;
	size_t nr = 0, bytes = 0, i;
	uint64_t domid;
	char *text;

	for (i = 0; i < s->nr; i++) {
		if (is_name(&s->node[i], &domid)) {
			nr++;
			bytes += s->node[i].len + 1;
		}
	}
	ret = calloc(1, sizeof(*ret) + nr * sizeof(*ret->named) + bytes);
	if (!ret)
		return NULL;
	text = (char *)&ret->named[nr];
	for (i = 0; i < s->nr; i++) {
		const struct store_node *n = &s->node[i];

		if (!is_name(n, &domid))
			continue;
		ret->named[ret->nr++] = (struct named){ domid, text };
		memcpy(text, n->value, n->len);
		text += n->len + 1;
	}
	sort_names(ret);
	return ret;
}

/* NULL on lack of memory, and on ^C. */
static struct domain_names *read_names(struct xen *x)
{
	struct domain_names *ret;
	struct store s;
	struct err *e = store_read(x, "/local/domain", STORE_NAMES, &s);

	if (e) {
		ret = err_is_final(e) ? NULL : calloc(1, sizeof(*ret));
		if (ret)
			snprintf(ret->why, sizeof(ret->why), "%s", err_text(e));
		err_free(e);
		return ret;
	}
	ret = take_names(&s);
	store_free(&s);
	return ret;
}

/* NULL on lack of memory, and after ^C: the next command tries again. */
static struct domain_names *names_get(struct xen *x)
{
	if (!x->names && !interrupt_pending) {
		struct provenance before = provenance_enter();
		bool unproved;

		x->names = read_names(x);
		unproved = provenance_leave(before);
		if (x->names)
			x->names->unproved = unproved;
	}
	provenance_use_if(x->names && x->names->unproved);
	return x->names;
}

const char *name_of_domid(struct xen *x, uint64_t domid)
{
	const char *known = domain_name_of_id(domid);
	struct domain_names *names = known ? NULL : names_get(x);
	size_t low = 0, high = names ? names->nr : 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (names->named[mid].domid == domid)
			return names->named[mid].name;
		if (names->named[mid].domid < domid)
			low = mid + 1;
		else
			high = mid;
	}
	return known;
}

const char *name_of_domain(struct xen *x, const struct domain *d)
{
	return value_ok(&d->domain_id) ? name_of_domid(x, value_of(&d->domain_id)) : NULL;
}

static bool exists(struct xen *x, uint64_t domid)
{
	struct domain d;
	struct err *e = domain_find(x, domid, &d);

	err_free(e);
	return !e;
}

bool name_find(struct xen *x, const char *name, uint64_t *domid)
{
	struct domain_names *names = names_get(x);
	size_t i;

	for (i = 0; names && i < names->nr; i++) {
		if (!strcmp(names->named[i].name, name) &&
		    exists(x, names->named[i].domid)) {
			*domid = names->named[i].domid;
			return true;
		}
	}
	return false;
}

const char *names_missing(struct xen *x)
{
	struct domain_names *names = names_get(x);

	if (!names)
		return "out of memory, or interrupted";
	return *names->why ? names->why : NULL;
}
