/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "domain_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain.h"
#include "domain_index.h"
#include "vcpu.h"
#include "xen/base/array.h"
#include "xen/base/provenance.h"

#define DEAD	2	/* is_dying */

struct known {
	uint64_t id, va;
};

struct checker {
	struct xen *x;
	const struct domain_index *index;	/* or NULL */
	domain_problem_fn *fn;
	void *arg;
	struct known *known;
	size_t nr;
};

static void problem(struct checker *c, bool sure, const char *fmt, ...) ERR_PRINTF(3, 4);

static void problem(struct checker *c, bool sure, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->fn(c->arg, text, sure);
}

/* Reports an error that shows damage, and frees it; returns a final one. */
static struct err *take_error(struct checker *c, struct err *e)
{
	enum err_reason why = e ? err_reason(e) : ERR_NOT_FOUND;

	if (why == ERR_CORRUPT || why == ERR_BAD_POINTER)
		problem(c, true, "%s", err_text(e));
	return err_drop(e);
}

static bool is(const struct value *v, uint64_t number)
{
	return value_ok(v) && value_of(v) == number;
}

/* False while the toolstack still creates the domain, and once it is destroyed. */
static bool is_complete(const struct domain *d)
{
	if (value_ok(&d->creation_finished) ? !value_of(&d->creation_finished) :
					      !is(&d->controller_pause_count, 0))
		return false;
	return is(&d->is_dying, 0);
}

static void check_indexes(struct checker *c, const struct domain *d,
			  const struct domain_entry *e)
{
	uint64_t id = value_of(&d->domain_id);

	if (!e->listed)
		problem(c, !is(&d->is_dying, DEAD), "d%" PRIu64 " at %" PRIx64
			" is in domain_hash, but not in domain_list%s", id, d->va,
			is(&d->is_dying, DEAD) ? ": it was being removed, or is lost" : "");
	else if (e->bucket == DOMAIN_IN_NO_BUCKET)
		problem(c, is_complete(d), "d%" PRIu64 " at %" PRIx64
			" is in domain_list, but not in domain_hash%s", id, d->va,
			is_complete(d) ? "" : ": it was being added, or is lost");
	else if (!domain_entry_fits(e, id))
		problem(c, true, "the domain at %" PRIx64 " has the id %" PRIu64
			", but is in domain_hash[%u], which is of others", d->va, id,
			e->bucket);
}

static int by_va(const void *key, const void *entry)
{
	uint64_t a = *(const uint64_t *)key, b = ((const struct domain_entry *)entry)->va;

	return a < b ? -1 : a > b;
}

static const struct domain_entry *entry_of(const struct checker *c, uint64_t va)
{
	const struct domain_index *i = c->index;

	return i && i->nr ? bsearch(&va, i->entry, i->nr, sizeof(*i->entry), by_va) : NULL;
}

static struct err *check_vcpus(struct checker *c, const struct domain *d)
{
	bool has_first = false;
	struct vcpus w;
	struct vcpu v;
	struct err *e = vcpus_start(&w, c->x, d);

	if (e)
		return take_error(c, e);
	for (;;) {
		unsigned int n = w.next;

		e = vcpus_next(&w, &v);
		if (!e && w.done)
			break;
		/* vcpus_next() passes over null pointers */
		has_first |= e || (!n && w.next == 1);
		ERR_TRY(take_error(c, e));
	}
	if (!has_first && is_complete(d) && value_ok(&d->max_vcpus) && value_of(&d->max_vcpus))
		problem(c, true, "d%" PRIu64 " has no vcpu 0, although max_vcpus is %" PRIu64,
			value_of(&d->domain_id), value_of(&d->max_vcpus));
	return NULL;
}

static struct err *check_domain(struct checker *c, const struct domain *d)
{
	const struct domain_entry *e = entry_of(c, d->va);

	if (!value_ok(&d->domain_id))
		return NULL;
	if (!ARRAY_GROW(c->known, c->nr))
		return err_nomem();
	c->known[c->nr++] = (struct known){ value_of(&d->domain_id), d->va };
	if (e)
		check_indexes(c, d, e);
	return check_vcpus(c, d);
}

static int by_id(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->va < y->va ? -1 : x->va > y->va;
}

/* Entries with the same address are one domain. */
static void check_ids(struct checker *c)
{
	array_sort(c->known, c->nr, sizeof(*c->known), by_id);
	for (size_t i = 1; i < c->nr; i++)
		if (c->known[i].id == c->known[i - 1].id &&
		    c->known[i].va != c->known[i - 1].va)
			problem(c, true, "two domains have the id %" PRIu64 ": at %" PRIx64
				" and at %" PRIx64, c->known[i].id, c->known[i - 1].va,
				c->known[i].va);
}

/* Objects that only domain_hash contains, and that are no domains of such an id. */
static struct err *check_hash(struct checker *c)
{
	if (!c->index)
		return NULL;
	provenance_use_if(c->index->unproved);
	if (*c->index->hash_error)
		problem(c, true, "%s", c->index->hash_error);
	for (unsigned int i = 0; i < c->index->nr; i++) {
		const struct domain_entry *entry = &c->index->entry[i];
		struct domain d;
		struct err *e;

		if (entry->listed)
			continue;
		e = domain_read(c->x, entry->va, &d);
		if (!e && value_ok(&d.domain_id) &&
		    !domain_entry_fits(entry, value_of(&d.domain_id)))
			problem(c, true, "domain_hash[%u] contains the domain at %" PRIx64
				", which has the id %" PRIu64, entry->bucket, d.va,
				value_of(&d.domain_id));
		ERR_TRY(take_error(c, err_prefix(e, "domain_hash[%u]", entry->bucket)));
	}
	return NULL;
}

static struct err *check_all(struct checker *c)
{
	struct domains w;
	struct domain d;

	ERR_TRY(domains_start(&w, c->x, false));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			break;
		if (!e)
			e = check_domain(c, &d);
		ERR_TRY(take_error(c, e));
	}
	check_ids(c);
	return check_hash(c);
}

struct err *domains_check_all(struct xen *x, domain_problem_fn *fn, void *arg)
{
	struct checker c = { .x = x, .fn = fn, .arg = arg };
	struct err *e;

	if (xen_is_running(x))
		return NULL;
	c.index = domain_index_get(x);
	e = check_all(&c);
	free(c.known);
	return e;
}
