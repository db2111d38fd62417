/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* A profile has some four hundred places in 15 KiB; more is something else. */
#define PLACES_MAX	16384
#define TEXT_MAX	(1U << 20)
/* No structure of Xen's is as large. */
#define OFFSET_MAX	(1U << 30)

struct known {
	char *path;
	struct place place;
	bool proved;
};

struct layout {
	char *name, *config;
	struct layout_origin origin;
	struct known *known;	/* sorted by path */
	size_t nr;
};

/* The text being read; every line is cut off into a buffer of its own. */
struct reader {
	struct layout *l;
	char prefix[PATH_SIZE];	/* of "[...]" */
	unsigned int line;
	bool places;		/* behind the first "[...]" */
};

static struct err *broken(const struct reader *r, const char *what)
{
	return err_new(ERR_CORRUPT, "%s, line %u: %s", r->l->name, r->line, what);
}

/* A decimal number; false when there is none or it does not fit. */
static bool take_number(const char **p, uint64_t *ret)
{
	uint64_t n = 0;

	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p); (*p)++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, **p - '0', &n))
			return false;
	}
	*ret = n;
	return true;
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* ".BIT/BITS", which the size before must agree with */
static bool take_bits(const char **p, struct place *place)
{
	uint64_t first, bits;

	if (!take_char(p, '.'))
		return true;
	if (!take_number(p, &first) || !take_char(p, '/') ||
	    !take_number(p, &bits) || first > 7 || !bits || bits > 64)
		return false;
	place->bit_offset = first;
	place->bit_size = bits;
	return place->size == (first + bits + 7) / 8;
}

/* "HOP>HOP>OFFSET:SIZE.BIT/BITSsp " */
static bool take_place(const char **p, struct place *ret)
{
	struct place place = { .nr_hops = 0 };

	for (;;) {
		if (!take_number(p, &place.offset))
			return false;
		if (!take_char(p, '>'))
			break;
		if (place.nr_hops == PLACE_HOPS_MAX || place.offset > OFFSET_MAX)
			return false;
		place.hop[place.nr_hops++] = place.offset;
	}
	if (!take_char(p, ':') || !take_number(p, &place.size) ||
	    place.size > OFFSET_MAX || !take_bits(p, &place))
		return false;
	place.is_signed = take_char(p, 's');
	place.is_pointer = take_char(p, 'p');
	*ret = place;
	/* the type itself has nothing behind its "[...]" */
	return take_char(p, ' ') || !**p;
}

static struct err *add_place(struct reader *r, const char *line)
{
	struct layout *l = r->l;
	struct known k = { .path = NULL };
	const char *p = line;

	if (!take_place(&p, &k.place))
		return broken(r, "no place (\"OFFSET:SIZE PATH\")");
	if (*p != '=' && k.place.offset > OFFSET_MAX)
		return broken(r, "no structure is that large");
	if (strlen(r->prefix) + strlen(p) >= PATH_SIZE || !(*r->prefix || *p))
		return broken(r, "no path has this length");
	if (l->nr == PLACES_MAX)
		return broken(r, "more places than any profile has");
	if (!ARRAY_GROW(l->known, l->nr))
		return err_nomem();
	if (asprintf(&k.path, "%s%s", r->prefix, p) < 0)
		return err_nomem();
	l->known[l->nr++] = k;
	return NULL;
}

static bool copy(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from) < size;
}

/* "key value" above the first "[...]"; what is not known says more than we need. */
static struct err *add_header(struct reader *r, const char *line)
{
	struct layout_origin *o = &r->l->origin;
	size_t len = strcspn(line, " ");
	const char *value = line + len + strspn(line + len, " ");
	bool ok = true;

	if (!strncmp(line, "version ", 8)) {
		ok = copy(o->version, sizeof(o->version), value);
	} else if (!strncmp(line, "build-id ", 9)) {
		ok = copy(o->build_id, sizeof(o->build_id), value);
	} else if (!strncmp(line, "debug ", 6)) {
		o->debug = *value;
		ok = !strcmp(value, "y") || !strcmp(value, "n");
	} else if (!strncmp(line, "config ", 7)) {
		free(r->l->config);
		o->config = r->l->config = strdup(value);
		if (!o->config)
			return err_nomem();
	}
	return ok ? NULL : broken(r, "no value of this key");
}

static struct err *add_line(struct reader *r, char *line)
{
	size_t len = strlen(line);

	if (!len || *line == '#')
		return NULL;
	if (*line != '[')
		return r->places ? add_place(r, line) : add_header(r, line);
	if (line[len - 1] != ']')
		return broken(r, "no ']' at the end");
	line[len - 1] = '\0';
	r->places = true;
	return copy(r->prefix, sizeof(r->prefix), line + 1) ? NULL :
		broken(r, "no path has this length");
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->path,
		      ((const struct known *)b)->path);
}

static struct err *sort(struct layout *l)
{
	if (!l->nr)
		return err_new(ERR_CORRUPT, "%s: no places in it", l->name);
	qsort(l->known, l->nr, sizeof(*l->known), by_path);
	for (size_t i = 1; i < l->nr; i++)
		if (!strcmp(l->known[i].path, l->known[i - 1].path))
			return err_new(ERR_CORRUPT, "%s: '%s' is there twice",
				       l->name, l->known[i].path);
	return NULL;
}

/* The first line that is no comment tells the form. */
static struct err *check_form(const char *name, const char *text)
{
	while (*text == '#' || *text == '\n') {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (strncmp(text, "layout ", 7))
		return err_new(ERR_UNSUPPORTED, "%s is no layout profile", name);
	if (strncmp(text, "layout 1\n", 9))
		return err_new(ERR_UNSUPPORTED,
			       "%s is a layout profile of a later form than 1", name);
	return NULL;
}

static struct err *parse(struct layout *l, char *text)
{
	struct reader r = { .l = l };

	ERR_TRY(check_form(l->name, text));
	while (text) {
		r.line++;
		ERR_TRY(add_line(&r, strsep(&text, "\n")));
	}
	return sort(l);
}

struct err *layout_parse(const char *name, const char *text, size_t len,
			 struct layout **ret)
{
	struct layout *l;
	struct err *e;
	char *copy;

	if (len > TEXT_MAX || memchr(text, 0, len))
		return err_new(ERR_UNSUPPORTED, "%s is no layout profile", name);
	l = calloc(1, sizeof(*l));
	copy = strndup(text, len);
	if (l)
		l->name = strdup(name);
	if (!l || !copy || !l->name) {
		free(copy);
		layout_destroy(l);
		return err_nomem();
	}
	l->origin.config = "";
	e = parse(l, copy);
	free(copy);
	if (e) {
		layout_destroy(l);
		return e;
	}
	*ret = l;
	return NULL;
}

void layout_destroy(struct layout *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->nr; i++)
		free(l->known[i].path);
	free(l->known);
	free(l->config);
	free(l->name);
	free(l);
}

const char *layout_name(const struct layout *l)
{
	return l->name;
}

const struct layout_origin *layout_origin(const struct layout *l)
{
	return &l->origin;
}

static struct known *find(const struct layout *l, const char *path)
{
	struct known key = { .path = (char *)path };

	return bsearch(&key, l->known, l->nr, sizeof(key), by_path);
}

const struct place *layout_find(const struct layout *l, const char *path)
{
	const struct known *k = find(l, path);

	return k ? &k->place : NULL;
}

bool layout_is_proved(const struct layout *l, const char *path)
{
	const struct known *k = find(l, path);

	return k && k->proved;
}

void layout_prove(struct layout *l, const char *path)
{
	struct known *k = find(l, path);

	if (k)
		k->proved = true;
}

void layout_prove_all(struct layout *l)
{
	for (size_t i = 0; i < l->nr; i++)
		l->known[i].proved = true;
}

void layout_count(const struct layout *l, size_t *all, size_t *proved)
{
	*all = l->nr;
	*proved = 0;
	for (size_t i = 0; i < l->nr; i++)
		*proved += l->known[i].proved;
}
