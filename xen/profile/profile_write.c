/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a profile from the DWARF of a build. */
#include "profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/types/record.h"
#include "profile_choose.h"
#include "profile_config.h"

/* Bounds of the section of all FIELD_TABLEs, set by the linker. */
#define HIDDEN __attribute__((visibility("hidden")))
extern const struct field __start_xen_fields[] HIDDEN;
extern const struct field __stop_xen_fields[] HIDDEN;

struct line {
	char *path;
	size_t prefix;		/* length of the part of path that "[...]" replaces */
	struct place place;
};

struct lines {
	struct line *line;
	size_t nr;
};

/* Length of the type at the start of a path; 0 for a constant of any enum. */
static size_t prefix_of(const char *path)
{
	const char *file = strchr(path, '#');
	size_t skip = file ? file - path : 0;

	return skip + strcspn(path + skip, ".[=");
}

static struct err *add(struct lines *l, const char *path,
		       const struct place *place)
{
	struct line *line;

	if (!ARRAY_GROW(l->line, l->nr))
		return err_nomem();
	line = &l->line[l->nr++];
	*line = (struct line){ strdup(path), prefix_of(path), *place };
	return line->path ? NULL : err_nomem();
}

/* Finds the first alternative in the build, like record_read(). */
static struct err *add_field(struct lines *l, struct types *types,
			     const struct field *f)
{
	const char *paths = f->path;
	char path[PATH_SIZE];

	while (path_next(&paths, path)) {
		struct place place;
		struct err *e = place_resolve(types, path, &place);

		if (!e)
			e = field_fits(f, &place);
		if (!e)
			return add(l, path, &place);
		if (err_reason(e) != ERR_NO_TYPE)
			return e;
		err_free(e);
	}
	return NULL;
}

static int by_path(const void *a, const void *b)
{
	const struct line *one = a, *two = b;
	size_t len = one->prefix < two->prefix ? one->prefix : two->prefix;
	int order = memcmp(one->path, two->path, len);

	if (!order && one->prefix != two->prefix)
		order = one->prefix < two->prefix ? -1 : 1;
	return order ? order : strcmp(one->path, two->path);
}

static void write_place(const struct place *p, FILE *fp)
{
	for (unsigned int i = 0; i < p->nr_hops; i++)
		fprintf(fp, "%" PRIu64 ">", p->hop[i]);
	fprintf(fp, "%" PRIu64 ":%" PRIu64, p->offset, p->size);
	if (p->bit_size)
		fprintf(fp, ".%u/%u", p->bit_offset, p->bit_size);
	fprintf(fp, "%s%s", p->is_signed ? "s" : "", p->is_pointer ? "p" : "");
}

static void write_lines(const struct lines *l, FILE *fp)
{
	const struct line *last = NULL;

	for (size_t i = 0; i < l->nr; i++) {
		const struct line *n = &l->line[i];

		if (last && !strcmp(last->path, n->path))
			continue;
		if (!last || last->prefix != n->prefix ||
		    memcmp(last->path, n->path, n->prefix))
			fprintf(fp, "[%.*s]\n", (int)n->prefix, n->path);
		write_place(&n->place, fp);
		fprintf(fp, "%s%s\n", n->path[n->prefix] ? " " : "",
			n->path + n->prefix);
		last = n;
	}
}

static size_t places_of(const struct lines *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->nr; i++)
		n += !i || strcmp(l->line[i].path, l->line[i - 1].path);
	return n;
}

static void write_origin(const struct profile_origin *o, size_t places, FILE *fp)
{
	fputs("layout 1\n", fp);
	if (*o->version)
		fprintf(fp, "version %s\n", o->version);
	if (o->debug)
		fprintf(fp, "debug %c\n", o->debug);
	if (*o->build_id)
		fprintf(fp, "build-id %s\n", o->build_id);
	if (*o->config)
		fprintf(fp, "config %s\n", o->config);
	fprintf(fp, "places %zu\n", places);
}

struct err *profile_write(struct types *types, const struct profile_origin *o,
			  FILE *fp)
{
	const struct field *f;
	struct lines lines = { 0 };
	struct err *e = NULL;

	/* linkers may leave gaps of zeros between tables */
	for (f = __start_xen_fields; !e && f < __stop_xen_fields; f++)
		if (f->path)
			e = add_field(&lines, types, f);
	if (!e && !lines.nr)
		e = err_new(ERR_NO_TYPE, "it has none of the structures of a profile");
	if (!e) {
		array_sort(lines.line, lines.nr, sizeof(*lines.line), by_path);
		write_origin(o, places_of(&lines), fp);
		write_lines(&lines, fp);
	}
	for (size_t i = 0; i < lines.nr; i++)
		free(lines.line[i].path);
	free(lines.line);
	return e;
}

struct err *profile_write_image(struct image *img, FILE *fp)
{
	struct profile_origin o = { .debug = 0 };
	struct types *types = NULL;
	char *config;
	struct err *e;

	if (!img->elf || !img->has_dwarf)
		return err_new(ERR_NO_TYPE, "%s: no DWARF",
			       img->path);
	ERR_TRY(profile_config(NULL, img, &config));
	snprintf(o.version, sizeof(o.version), "%s", img->identity.version ?
		 img->identity.version : "");
	o.debug = config_debug(img->identity.debug, config);
	build_id_text(img->build_id, img->build_id_len, o.build_id,
		      sizeof(o.build_id));
	o.config = config;
	e = types_from_elf(img->elf, &types);
	if (!e)
		e = profile_write(types, &o, fp);
	types_destroy(types);
	free(config);
	return err_prefix(e, "%s", img->path);
}
