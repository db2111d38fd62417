/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Xen's two indexes of its domains: domain_list, in the order of their ids, and
 * domain_hash, by id (common/domain.c, 4.4 to master). A domain is in both,
 * except while Xen adds it (first to the list) or removes it (first from the
 * list).
 */
#ifndef XEN_MODEL_DOMAIN_INDEX_H
#define XEN_MODEL_DOMAIN_INDEX_H

#include "xen/model/xen.h"

#define DOMAIN_BUCKETS		256
#define DOMAIN_IN_NO_BUCKET	(~0U)

struct domain_entry {
	uint64_t va;
	bool listed;		/* in domain_list */
	unsigned int bucket;	/* of domain_hash, or DOMAIN_IN_NO_BUCKET */
};

/* True for the id of a domain that belongs to the bucket of the entry. */
static inline bool domain_entry_fits(const struct domain_entry *e, uint64_t id)
{
	return id % DOMAIN_BUCKETS == e->bucket;
}

/* One block: xen_forget() frees it as a whole. */
struct domain_index {
	char hash_error[192];	/* a bucket is corrupt; or "" */
	bool unproved;		/* based on something unproved; each use of a hidden domain counts as a use of it */
	unsigned int loops_after;	/* number of domains before domain_list returns to one of them; 0: it ends */
	unsigned int nr;	/* 0: there is no domain_hash to compare with */
	struct domain_entry entry[];	/* ascending by va */
};

/*
 * Reads both, once. NULL on a running host, whose domains change in between,
 * and after ^C and on lack of memory.
 */
const struct domain_index *domain_index_get(struct xen *x);

/*
 * The next object that is in domain_hash only and can be a domain, from entry *n
 * on; 0: there are no more.
 */
uint64_t domain_index_next_hidden(struct xen *x, unsigned int *n);

/* True if the list's object number n, from 1 on, is one that it has contained before. */
bool domain_index_repeats(struct xen *x, unsigned int n);

#endif
