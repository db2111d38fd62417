/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile_choose.h"

#include <stdlib.h>
#include <string.h>

#include "profile_check.h"
#include "profile_config.h"
#include "xen/base/array.h"

/* Weights; between any two builds a few options of .config differ. */
#define FAR_RELEASE	100000	/* for each minor version of difference */
#define FAR_DEBUG	10000
#define FAR_POINT	10	/* another point release */
#define FAR_MAX		1000	/* maximum for all options */

struct err *profile_attach(struct xen *x, struct profile *p,
			   unsigned int *checks)
{
	struct places places = profile_places(p), old_places = x->profile;
	struct records *checked, *records, *old = x->records;
	struct provenance before;
	char id[2 * BUILD_ID_MAX + 1];
	struct err *e;

	ERR_TRY(records_create(places, &checked));
	x->records = checked;
	x->profile = places;
	before = provenance_enter();
	e = profile_check(x, p, checks);
	provenance_drop(before);
	/* new ones: records cache whether a place is proved */
	if (!e)
		e = records_create(places, &records);
	records_destroy(checked);
	if (e) {
		x->records = old;
		x->profile = old_places;
		return err_prefix(e, "%s", profile_name(p));
	}
	/* the symbols are of another build */
	if (x->forced)
		records_of_other_build(records);
	x->records = records;
	xen_forget(x);
	build_id_text(x->id.build_id, x->id.build_id_len, id, sizeof(id));
	if (*id && !strcmp(id, profile_origin(p)->build_id))
		profile_prove_all(p);
	records_destroy(old);
	places_destroy(old_places);
	return NULL;
}

struct profile *profile_of(const struct xen *x)
{
	return places_profile(x->profile);
}

/* ---- distance ---- */

static struct err *find_target(struct xen *x, struct profile_target *ret)
{
	struct profile_target t = {
		.major = x->id.major, .minor = x->id.minor,
	};

	ERR_TRY(profile_config(x->space, x->image, &t.config));
	t.debug = config_debug(x->image ? x->image->identity.debug :
			       IMAGE_NOT_KNOWN, t.config);
	snprintf(t.version, sizeof(t.version), "%u.%u%s", x->id.major,
		 x->id.minor, x->id.extra);
	build_id_text(x->id.build_id, x->id.build_id_len, t.build_id,
		      sizeof(t.build_id));
	*ret = t;
	return NULL;
}

unsigned int profile_distance(const struct profile_target *t,
			      const struct profile_origin *o)
{
	unsigned int major = 0, minor = 0, d = 1, options;

	if (*o->build_id && !strcmp(o->build_id, t->build_id))
		return 0;
	sscanf(o->version, "%u.%u", &major, &minor);
	if (major != t->major)
		d += 100 * FAR_RELEASE;
	minor = minor > t->minor ? minor - t->minor : t->minor - minor;
	d += FAR_RELEASE * (minor < 100 ? minor : 100);
	if (t->debug && o->debug && t->debug != o->debug)
		d += FAR_DEBUG;
	if (strcmp(t->version, o->version))
		d += FAR_POINT;
	if (*t->config && *o->config) {
		options = config_missing(t->config, o->config) +
			  config_missing(o->config, t->config);
		d += options < FAR_MAX ? options : FAR_MAX;
	}
	return d;
}

/* ---- choosing ---- */

struct candidate {
	struct profile *profile;
	unsigned int distance;
};

static int nearest_first(const void *a, const void *b)
{
	const struct candidate *one = a, *two = b;

	if (one->distance != two->distance)
		return one->distance < two->distance ? -1 : 1;
	return strcmp(profile_name(one->profile), profile_name(two->profile));
}

static struct err *sort_by_distance(struct xen *x, struct profile **profiles,
				    size_t nr)
{
	struct candidate *c = calloc(nr, sizeof(*c));
	struct profile_target t;
	struct err *e;

	if (!c)
		return err_nomem();
	e = find_target(x, &t);
	if (e) {
		free(c);
		return e;
	}
	for (size_t i = 0; i < nr; i++)
		c[i] = (struct candidate){
			profiles[i],
			profile_distance(&t, profile_origin(profiles[i])),
		};
	array_sort(c, nr, sizeof(*c), nearest_first);
	for (size_t i = 0; i < nr; i++)
		profiles[i] = c[i].profile;
	free(t.config);
	free(c);
	return NULL;
}

struct err *profile_choose(struct xen *x, struct profile **profiles, size_t nr,
			   unsigned int *checks)
{
	struct err *first = NULL;

	ERR_TRY(sort_by_distance(x, profiles, nr));
	for (size_t i = 0; i < nr; i++) {
		struct err *e = profile_attach(x, profiles[i], checks);

		if (!e)
			profiles[i] = NULL;
		if (!e || err_is_final(e)) {
			err_free(first);
			return e;
		}
		if (first)
			err_free(e);
		else
			first = e;
	}
	return err_prefix(first, "none of %zu layout profiles fits this hypervisor; the nearest does not",
			  nr);
}
