/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profiles.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/file.h"
#include "xen/profile/profile_choose.h"
#include "self.h"

#define PATTERN "*.layout"

/* Places relative to the directory of the library, and to that of the program. */
static const char *const places[] = {
	"xen-layouts", "../lib/crash/extensions/xen-layouts",
	"../lib64/crash/extensions/xen-layouts",
};

struct candidates {
	struct profile **at;
	size_t nr;
	struct err *skipped;	/* why the first unreadable file is not used */
};

static struct err *open_profile(const char *path, struct profile **ret)
{
	struct file *f;
	struct err *e;

	ERR_TRY(file_open(path, &f));
	e = file_want(f, SIZE_MAX);
	if (!e)
		e = profile_parse(path, (const char *)file_data(f),
				  file_size(f), ret);
	file_close(f);
	return e;
}

/* Skips files that cannot be read, since another file may be suitable. */
static struct err *add(struct candidates *c, const char *path)
{
	struct profile *p;
	struct err *e = open_profile(path, &p);

	if (err_is_final(e))
		return e;
	if (e) {
		if (c->skipped)
			err_free(e);
		else
			c->skipped = e;
		return NULL;
	}
	if (!ARRAY_GROW(c->at, c->nr)) {
		profile_destroy(p);
		return err_nomem();
	}
	c->at[c->nr++] = p;
	return NULL;
}

/* Reads all files of one directory; *any: it contains some. */
static struct err *add_all(struct candidates *c, const char *dir, bool *any)
{
	char pattern[PATH_MAX];
	struct err *e = NULL;
	glob_t g;

	*any = false;
	snprintf(pattern, sizeof(pattern), "%s/" PATTERN, dir);
	if (glob(pattern, 0, NULL, &g))
		return NULL;
	for (size_t i = 0; !e && i < g.gl_pathc; i++)
		e = add(c, g.gl_pathv[i]);
	globfree(&g);
	*any = true;
	return e;
}

/* Reads the first of the places that contains files. */
static struct err *collect(struct candidates *c)
{
	const char *named = getenv(PROFILES_ENV);
	char own[PATH_MAX], dir[2 * PATH_MAX];
	bool any = false;

	if (named)
		return add_all(c, named, &any);
	self_directory(own);
	for (size_t i = 0; !any && i < ARRAY_SIZE(places); i++) {
		snprintf(dir, sizeof(dir), "%s/%s", own, places[i]);
		ERR_TRY(add_all(c, dir, &any));
	}
	return NULL;
}

static struct err *describe(struct session *s, unsigned int checks)
{
	const struct profile *p = profile_of(s->xen);
	const struct profile_origin *o = profile_origin(p);
	const char *path = profile_name(p), *name = strrchr(path, '/');
	size_t all, proved;
	char *text;

	profile_count(p, &all, &proved);
	if (asprintf(&text, "types from the layout profile %s (Xen %s, debug=%c), %u checks passed on this %s, %zu of its %zu places are proved",
		     name ? name + 1 : path, o->version, o->debug ? o->debug : '?',
		     checks, xen_is_running(s->xen) ? "host" : "dump", proved, all) < 0)
		return err_nomem();
	free(s->types_from);
	s->types_from = text;
	return NULL;
}

struct err *profiles_find(struct session *s)
{
	struct candidates c = { .nr = 0 };
	struct err *e = collect(&c);
	unsigned int checks;

	if (!e && !c.nr && c.skipped) {
		e = err_prefix(c.skipped, "no layout profile can be read");
		c.skipped = NULL;
	}
	if (!e && !c.nr)
		e = err_new(ERR_NOT_FOUND, "no layout profiles (" PATTERN ") found; set " PROFILES_ENV " to their directory");
	if (!e)
		e = profile_choose(s->xen, c.at, c.nr, &checks);
	if (!e)
		e = describe(s, checks);
	for (size_t i = 0; i < c.nr; i++)
		profile_destroy(c.at[i]);
	free(c.at);
	err_free(c.skipped);
	return e;
}

struct err *profiles_load(struct session *s, const char *path)
{
	struct profile *p;
	unsigned int checks;
	struct err *e;

	if (s->xen->types)
		return err_new(ERR_REFUSED, "the image has DWARF, so a layout profile is not used");
	if (!xen_reads_memory(s->xen) || !s->xen->symbols)
		return err_new(ERR_NO_SYMBOL, "a layout profile requires the symbols and memory of the hypervisor");
	ERR_TRY(open_profile(path, &p));
	e = profile_attach(s->xen, p, &checks);
	if (e) {
		profile_destroy(p);
		return e;
	}
	return describe(s, checks);
}
