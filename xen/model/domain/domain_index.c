/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "domain_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"
#include "xen/base/array.h"
#include "xen/base/provenance.h"

struct reader {
	struct xen *x;
	struct domain_entry *entry;
	unsigned int nr;
	unsigned int nr_list;		/* entries from domain_list; a loop repeats some */
	char hash_error[192];
};

/* Adds all objects of a chain. */
static struct err *add_chain(struct reader *r, struct chain *c, unsigned int bucket)
{
	uint64_t va;

	for (;;) {
		ERR_TRY(chain_next(c, &va));
		if (!va)
			return NULL;
		if (!ARRAY_GROW(r->entry, r->nr))
			return err_nomem();
		r->entry[r->nr++] = (struct domain_entry){
			va, bucket == DOMAIN_IN_NO_BUCKET, bucket,
		};
	}
}

/* Fails where there is no domain_list. A list that is cut counts up to there. */
static struct err *add_list(struct reader *r)
{
	struct domains w;
	struct err *e;

	ERR_TRY(domains_start(&w, r->x, false));
	e = add_chain(r, &w.chain, DOMAIN_IN_NO_BUCKET);
	r->nr_list = r->nr;
	return err_drop(e);
}

static struct err *add_bucket(struct reader *r, unsigned int bucket, uint64_t first,
			      uint64_t next)
{
	struct chain c;
	struct err *e;

	chain_start(&c, r->x, first, next, DOMAINS_MAX, "domain_hash");
	e = add_chain(r, &c, bucket);
	if (e && !*r->hash_error)
		snprintf(r->hash_error, sizeof(r->hash_error), "domain_hash[%u]: %s",
			 bucket, err_text(e));
	return err_drop(e);
}

/* Fails where there is no domain_hash, or it is not in the dump. */
static struct err *add_hash(struct reader *r)
{
	uint64_t first[DOMAIN_BUCKETS], va;
	struct place next;

	ERR_TRY(xen_symbol(r->x, "domain_hash", &va));
	ERR_TRY(record_resolve(r->x->records, "domain.next_in_hashbucket", &next));
	ERR_TRY(space_read(r->x->space, va, first, sizeof(first)));
	for (unsigned int i = 0; i < DOMAIN_BUCKETS; i++)
		if (first[i])
			ERR_TRY(add_bucket(r, i, first[i], next.offset));
	return NULL;
}

static int by_va(const void *a, const void *b)
{
	const struct domain_entry *x = a, *y = b;

	return x->va < y->va ? -1 : x->va > y->va;
}

/* Joins the entries of one object. */
static void join(struct reader *r)
{
	unsigned int left = 0;

	array_sort(r->entry, r->nr, sizeof(*r->entry), by_va);
	for (unsigned int i = 0; i < r->nr; i++) {
		const struct domain_entry *e = &r->entry[i];

		if (!left || r->entry[left - 1].va != e->va) {
			r->entry[left++] = *e;
			continue;
		}
		r->entry[left - 1].listed |= e->listed;
		if (e->bucket != DOMAIN_IN_NO_BUCKET)
			r->entry[left - 1].bucket = e->bucket;
	}
	r->nr = left;
}

static struct domain_index *make_index(struct reader *r, bool has_hash)
{
	struct domain_index *ret;
	unsigned int listed = 0;

	join(r);
	for (unsigned int i = 0; i < r->nr; i++)
		listed += r->entry[i].listed;
	if (!has_hash)
		r->nr = 0;
	ret = calloc(1, sizeof(*ret) + r->nr * sizeof(*ret->entry));
	if (!ret)
		return NULL;
	memcpy(ret->hash_error, r->hash_error, sizeof(ret->hash_error));
	ret->loops_after = listed < r->nr_list ? listed : 0;
	ret->nr = r->nr;
	if (r->nr)
		memcpy(ret->entry, r->entry, r->nr * sizeof(*ret->entry));
	return ret;
}

const struct domain_index *domain_index_get(struct xen *x)
{
	struct reader r = { .x = x };
	struct provenance before;
	struct err *e;
	bool unproved;

	if (x->domain_index || xen_is_running(x) || interrupt_pending)
		return x->domain_index;
	before = provenance_enter();
	e = add_list(&r);
	if (!e)
		e = add_hash(&r);
	unproved = provenance_leave(before);
	if (!err_is_final(e))
		x->domain_index = make_index(&r, !e);
	if (x->domain_index)
		x->domain_index->unproved = unproved;
	err_free(e);
	free(r.entry);
	return x->domain_index;
}

/* A domain has the id of its bucket, unless the bucket is not one of domains. */
static bool can_be_domain(struct xen *x, const struct domain_entry *e)
{
	struct domain d;
	struct err *err = domain_read(x, e->va, &d);
	bool can = !err && value_ok(&d.domain_id) &&
		   domain_entry_fits(e, value_of(&d.domain_id));

	err_free(err);
	return can;
}

uint64_t domain_index_next_hidden(struct xen *x, unsigned int *n)
{
	const struct domain_index *index = domain_index_get(x);

	while (index && *n < index->nr) {
		const struct domain_entry *e = &index->entry[(*n)++];

		if (e->listed || !can_be_domain(x, e))
			continue;
		provenance_use_if(index->unproved);
		return e->va;
	}
	return 0;
}

bool domain_index_repeats(struct xen *x, unsigned int n)
{
	const struct domain_index *index = domain_index_get(x);

	return index && index->loops_after && n > index->loops_after;
}
