/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layouts.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/file.h"
#include "xen/profile/profile.h"
#include "self.h"

#define PATTERN "*.layout"

/* From the directory of the library, and from that of the program. */
static const char *const places[] = {
	"xen-layouts", "../lib/crash/extensions/xen-layouts",
	"../lib64/crash/extensions/xen-layouts",
};

struct candidate {
	char *path;
	struct layout *layout;
	unsigned int distance;
};

struct candidates {
	struct candidate *at;
	unsigned int nr;
};

static struct err *open_layout(const char *path, struct layout **ret)
{
	struct file *f;
	struct err *e;

	ERR_TRY(file_open(path, &f));
	e = file_want(f, SIZE_MAX);
	if (!e)
		e = layout_parse(path, (const char *)file_data(f), file_size(f),
				 ret);
	file_close(f);
	return e;
}

/* A profile that cannot be read is none: the next may do. */
static struct err *add(struct candidates *c, const struct profile_target *t,
		       const char *path)
{
	struct candidate *more;
	struct layout *l;
	struct err *e = open_layout(path, &l);

	if (e) {
		err_free(e);
		return NULL;
	}
	more = reallocarray(c->at, c->nr + 1, sizeof(*more));
	if (!more) {
		layout_destroy(l);
		return err_nomem();
	}
	c->at = more;
	more[c->nr++] = (struct candidate){
		strdup(path), l, profile_distance(t, layout_origin(l)),
	};
	return NULL;
}

/* All of one directory; returns whether there were any. */
static struct err *add_all(struct candidates *c, const struct profile_target *t,
			   const char *dir, bool *any)
{
	char pattern[PATH_MAX];
	struct err *e = NULL;
	glob_t g;

	*any = false;
	snprintf(pattern, sizeof(pattern), "%s/" PATTERN, dir);
	if (glob(pattern, 0, NULL, &g))
		return NULL;
	for (size_t i = 0; !e && i < g.gl_pathc; i++)
		e = add(c, t, g.gl_pathv[i]);
	globfree(&g);
	*any = true;
	return e;
}

/* The first of the places that has any. */
static struct err *collect(struct candidates *c, const struct profile_target *t)
{
	const char *named = getenv(LAYOUTS_ENV);
	char own[PATH_MAX], dir[2 * PATH_MAX];
	bool any = false;

	if (named)
		return add_all(c, t, named, &any);
	self_directory(own);
	for (size_t i = 0; !any && i < sizeof(places) / sizeof(*places); i++) {
		snprintf(dir, sizeof(dir), "%s/%s", own, places[i]);
		ERR_TRY(add_all(c, t, dir, &any));
	}
	return NULL;
}

static int nearest_first(const void *a, const void *b)
{
	const struct candidate *one = a, *two = b;

	if (one->distance != two->distance)
		return one->distance < two->distance ? -1 : 1;
	return strcmp(one->path, two->path);
}

static struct err *describe(struct session *s, unsigned int checks)
{
	const struct layout_origin *o = layout_origin(s->xen->layout);
	const char *path = layout_name(s->xen->layout), *name = strrchr(path, '/');
	size_t all, proved;
	char *text;

	layout_count(s->xen->layout, &all, &proved);
	if (asprintf(&text, "types from the layout profile %s (Xen %s, debug=%c), %u checks hold on this dump, %zu of its %zu places are proved",
		     name ? name + 1 : path, o->version, o->debug ? o->debug : '?',
		     checks, proved, all) < 0)
		return err_nomem();
	free(s->types_from);
	s->types_from = text;
	return NULL;
}

/* Owns l on success. */
static struct err *attach(struct session *s, struct layout *l)
{
	unsigned int checks;

	ERR_TRY(profile_attach(s->xen, l, &checks));
	return describe(s, checks);
}

/* The nearest that passes; the error tells why the very nearest did not. */
static struct err *take_nearest(struct session *s, struct candidates *c)
{
	struct err *first = NULL;

	for (unsigned int i = 0; i < c->nr; i++) {
		struct err *e = attach(s, c->at[i].layout);

		if (!e || s->xen->layout == c->at[i].layout) {
			c->at[i].layout = NULL;
			err_free(first);
			return e;
		}
		if (err_reason(e) == ERR_INTERRUPTED) {
			err_free(first);
			return e;
		}
		if (first)
			err_free(e);
		else
			first = e;
	}
	if (!first)
		return err_new(ERR_NOT_FOUND, "no layout profiles (" PATTERN ") were found; " LAYOUTS_ENV " names their directory");
	return err_prefix(first, "none of %u layout profiles is right for this hypervisor; the nearest is not",
			  c->nr);
}

struct err *layouts_find(struct session *s)
{
	struct candidates c = { .nr = 0 };
	struct profile_target target;
	struct err *e;

	ERR_TRY(profile_target(s->xen, &target));
	e = collect(&c, &target);
	profile_target_clear(&target);
	if (!e) {
		if (c.nr)
			qsort(c.at, c.nr, sizeof(*c.at), nearest_first);
		e = take_nearest(s, &c);
	}
	for (unsigned int i = 0; i < c.nr; i++) {
		layout_destroy(c.at[i].layout);
		free(c.at[i].path);
	}
	free(c.at);
	return e;
}

struct err *layouts_load(struct session *s, const char *path)
{
	struct layout *l;
	struct err *e;

	if (s->xen->types)
		return err_new(ERR_REFUSED, "the image has the types itself (DWARF)");
	if (s->xen->live || !s->xen->symbols)
		return err_new(ERR_NO_SYMBOL, "a layout profile needs the hypervisor's symbols and memory");
	ERR_TRY(open_layout(path, &l));
	e = attach(s, l);
	if (e && s->xen->layout != l)
		layout_destroy(l);
	return e;
}
