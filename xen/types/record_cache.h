/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of records that were read: on a host of 1000 domains one command reads
 * each vcpu and each domain several times, for each of its questions.
 */
#ifndef XEN_RECORD_CACHE_H
#define XEN_RECORD_CACHE_H

#include "record.h"

struct record_cache;

/* Never NULL but on lack of memory. */
struct record_cache *record_cache_create(void);
void record_cache_destroy(struct record_cache *c);

/*
 * Returns the nr_fields values of the object at va, in the order of the fields,
 * until the next call; NULL if they were not kept, or if the memory or the
 * space has changed since.
 */
const struct value *record_cache_find(const struct record_cache *c,
				      const struct record_type *type,
				      const struct space *s, uint64_t va);

/* Keeps the values that record has, in place of those of another object. */
void record_cache_keep(struct record_cache *c, const struct record_type *type,
		       const struct space *s, uint64_t va, const void *record);

#endif
