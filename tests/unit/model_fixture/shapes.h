/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One fixture for each version that a test names, kept for all of its tests. */
#ifndef MODEL_SHAPES_H
#define MODEL_SHAPES_H

#include "fixture.h"
#include "xen/model/domain/domain.h"

/* Arguments of fixture_create_from(). */
struct shape {
	unsigned int version, nr_cpus;
};

#define SHAPES_MAX 16

static struct fixture fix[SHAPES_MAX];
static size_t nr_fix;

#define for_each_shape(f) \
	for (struct fixture *f = fix; f < fix + nr_fix; f++)

/* The newest shape, for tests that do not depend on the version. */
#define newest (&fix[nr_fix - 1])

static inline void shapes_create(const char *source, const struct shape *shapes,
				 size_t nr)
{
	assert_true(nr <= SHAPES_MAX);
	for (nr_fix = 0; nr_fix < nr; nr_fix++)
		fixture_create_from(&fix[nr_fix], source, shapes[nr_fix].version,
				    shapes[nr_fix].nr_cpus);
}

/* The teardown of a group of tests. */
static inline int shapes_destroy(void **state)
{
	(void)state;
	for_each_shape(f)
		fixture_destroy(f);
	return 0;
}

static inline struct domain domain(struct fixture *f, unsigned int id)
{
	struct domain d;

	assert_ok(domain_find(&f->xen, id, &d));
	return d;
}

#endif
