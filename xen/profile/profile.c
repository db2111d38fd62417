/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "xen/image/match.h"

/* What weighs how much; a few options of .config differ between any two builds. */
#define FAR_RELEASE	100000	/* for each minor version between */
#define FAR_DEBUG	10000
#define FAR_POINT	10	/* another point release */
#define FAR_MAX		1000	/* all options together */

struct err *profile_attach(struct xen *x, struct layout *l,
			   unsigned int *checks)
{
	struct records *checked, *records, *old = x->records;
	struct layout *old_layout = x->layout;
	char id[2 * BUILD_ID_MAX + 1];
	struct err *e;

	ERR_TRY(records_create(NULL, l, &checked));
	x->records = checked;
	x->layout = l;
	e = profile_check(x, l, checks);
	/* others, because now it is known what is proved */
	if (!e)
		e = records_create(NULL, l, &records);
	records_destroy(checked);
	if (e) {
		x->records = old;
		x->layout = old_layout;
		return err_prefix(e, "%s", layout_name(l));
	}
	x->records = records;
	xen_forget(x);
	build_id_text(x->id.build_id, x->id.build_id_len, id, sizeof(id));
	if (*id && !strcmp(id, layout_origin(l)->build_id))
		layout_prove_all(l);
	records_destroy(old);
	layout_destroy(old_layout);
	return NULL;
}

/*
 * "CONFIG_PV=y\nCONFIG_NR_CPUS=256\n..." in one line, "PV=y NR_CPUS=256 ...",
 * without strings, which no structure depends on, and what describes the
 * compiler. In place.
 */
static void squeeze_config(char *text)
{
	char *to = text, *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		size_t len;

		if (strncmp(line, "CONFIG_", 7) || strchr(line, '"') ||
		    strchr(line, ' ') || !strncmp(line + 7, "CC_", 3) ||
		    !strncmp(line + 7, "GCC_", 4))
			continue;
		if (to != text)
			*to++ = ' ';
		len = strlen(line + 7);
		memmove(to, line + 7, len);
		to += len;
	}
	*to = '\0';
}

/* The .config in memory, or else that in the image; "" where there is none. */
static struct err *read_config(struct space *space, const struct image *img,
			       char **ret)
{
	char *text = NULL;
	struct err *e = space ? image_memory_config(space, &text) : NULL;

	if (e && err_reason(e) == ERR_INTERRUPTED)
		return e;
	err_free(e);
	if (!text && img)
		err_free(image_config(img, &text));
	if (!text)
		text = strdup("");
	if (!text)
		return err_nomem();
	squeeze_config(text);
	*ret = text;
	return NULL;
}

/* Whether the line has the word, which is len long. */
static bool has_word(const char *line, const char *word, size_t len)
{
	const char *p = line;

	while ((p = memmem(p, strlen(p), word, len))) {
		if ((p == line || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0'))
			return true;
		p += len;
	}
	return false;
}

static char debug_letter(enum image_tri debug, const char *config)
{
	if (debug != IMAGE_NOT_KNOWN)
		return debug == IMAGE_YES ? 'y' : 'n';
	if (!*config)
		return 0;
	return has_word(config, "DEBUG=y", 7) ? 'y' : 'n';
}

struct err *profile_target(struct xen *x, struct profile_target *ret)
{
	struct profile_target t = {
		.major = x->id.major, .minor = x->id.minor,
	};

	ERR_TRY(read_config(x->space, x->image, &t.config));
	t.debug = debug_letter(x->image ? x->image->identity.debug :
			       IMAGE_NOT_KNOWN, t.config);
	snprintf(t.version, sizeof(t.version), "%u.%u%s", x->id.major,
		 x->id.minor, x->id.extra);
	build_id_text(x->id.build_id, x->id.build_id_len, t.build_id,
		      sizeof(t.build_id));
	*ret = t;
	return NULL;
}

void profile_target_clear(struct profile_target *t)
{
	free(t->config);
	t->config = NULL;
}

/* How many words of a line another lacks. */
static unsigned int lacks(const char *line, const char *other)
{
	unsigned int n = 0;
	size_t len;

	for (; *line; line += len + strspn(line + len, " ")) {
		len = strcspn(line, " ");
		n += !has_word(other, line, len);
	}
	return n;
}

unsigned int profile_distance(const struct profile_target *t,
			      const struct layout_origin *o)
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
		options = lacks(t->config, o->config) +
			  lacks(o->config, t->config);
		d += options < FAR_MAX ? options : FAR_MAX;
	}
	return d;
}

struct err *profile_write(struct image *img, FILE *fp)
{
	struct layout_origin o = { .debug = 0 };
	struct types *types = NULL;
	char *config;
	struct err *e;

	if (!img->elf || !img->has_dwarf)
		return err_new(ERR_NO_TYPE, "%s has no DWARF to write a profile from",
			       img->path);
	ERR_TRY(read_config(NULL, img, &config));
	snprintf(o.version, sizeof(o.version), "%s", img->identity.version ?
		 img->identity.version : "");
	o.debug = debug_letter(img->identity.debug, config);
	build_id_text(img->build_id, img->build_id_len, o.build_id,
		      sizeof(o.build_id));
	o.config = config;
	e = types_from_elf(img->elf, &types);
	if (!e)
		e = layout_write(types, &o, fp);
	types_destroy(types);
	free(config);
	return err_prefix(e, "%s", img->path);
}
