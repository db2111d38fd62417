/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "profile.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/checked.h"

/* Limits against hostile files; a profile has about 400 places in 15 KiB. */
#define PLACES_MAX	16384
#define TEXT_MAX	(1U << 20)
/* Limit, far above the largest structure in Xen. */
#define OFFSET_MAX	(1U << 30)

struct known {
	char *path;
	struct place place;
	bool proved;
};

struct profile {
	char *name, *config;
	struct profile_origin origin;
	struct known *known;	/* sorted by path */
	size_t nr;
	bool whole;		/* the absence of members is proved, too */
};

/* The text, which is cut into lines in place. */
struct reader {
	struct profile *profile;
	char prefix[PATH_SIZE];	/* of "[...]" */
	unsigned int line;
	bool places;		/* after the first "[...]" */
	uint64_t stated;	/* number of places by the head; 0: not stated */
};

static struct err *broken(const struct reader *r, const char *what)
{
	return err_new(ERR_CORRUPT, "%s, line %u: %s", r->profile->name, r->line, what);
}

/* Reads a decimal number; false if there is none or it does not fit. */
static bool take_number(const char **p, uint64_t *ret)
{
	uint64_t n = 0;

	if (!isdigit((unsigned char)**p))
		return false;
	for (; isdigit((unsigned char)**p); (*p)++) {
		if (mul_overflows(n, 10, &n) ||
		    add_overflows(n, **p - '0', &n))
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

/* ".BIT/BITS"; false if it contradicts the size */
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
	/* the type itself has no path after its "[...]" */
	return take_char(p, ' ') || !**p;
}

static struct err *add_place(struct reader *r, const char *line)
{
	struct profile *p = r->profile;
	struct known k = { .path = NULL };
	const char *path = line;

	if (!take_place(&path, &k.place))
		return broken(r, "no place (\"OFFSET:SIZE PATH\")");
	if (*path != '=' && k.place.offset > OFFSET_MAX)
		return broken(r, "offset too large");
	if (strlen(r->prefix) + strlen(path) >= PATH_SIZE ||
	    !(*r->prefix || *path))
		return broken(r, "path empty or too long");
	if (p->nr == PLACES_MAX)
		return broken(r, "too many places");
	if (!ARRAY_GROW(p->known, p->nr))
		return err_nomem();
	if (asprintf(&k.path, "%s%s", r->prefix, path) < 0)
		return err_nomem();
	p->known[p->nr++] = k;
	return NULL;
}

static bool copy(char *to, size_t size, const char *from)
{
	return (size_t)snprintf(to, size, "%s", from) < size;
}

/* Reads "key value" before the first "[...]"; unknown keys are ignored. */
static struct err *add_header(struct reader *r, const char *line)
{
	struct profile_origin *o = &r->profile->origin;
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
	} else if (!strncmp(line, "places ", 7)) {
		ok = take_number(&value, &r->stated) && !*value && r->stated;
	} else if (!strncmp(line, "config ", 7)) {
		free(r->profile->config);
		o->config = r->profile->config = strdup(value);
		if (!o->config)
			return err_nomem();
	}
	return ok ? NULL : broken(r, "bad value");
}

static struct err *add_line(struct reader *r, char *line)
{
	size_t len = strlen(line);

	if (!len || *line == '#')
		return NULL;
	if (*line != '[')
		return r->places ? add_place(r, line) : add_header(r, line);
	if (line[len - 1] != ']')
		return broken(r, "missing \"]\"");
	line[len - 1] = '\0';
	r->places = true;
	return copy(r->prefix, sizeof(r->prefix), line + 1) ? NULL :
		broken(r, "path empty or too long");
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->path,
		      ((const struct known *)b)->path);
}

/* A path has a pointer for each "->", and one for a "[N]" of a pointer. */
static unsigned int pointers_of(const char *path)
{
	unsigned int n = 0;

	for (; *path; path++)
		n += *path == '[' || (*path == '-' && path[1] == '>');
	return n;
}

/* The first pointer on the way is the one that the path names. */
static bool hops_fit(const struct profile *p, const struct known *k)
{
	const char *arrow = strstr(k->path, "->");
	char path[PATH_SIZE] = "";
	const struct place *pointer;

	if (k->place.nr_hops > pointers_of(k->path))
		return false;
	if (!arrow)
		return true;
	strncpy(path, k->path, arrow - k->path);
	pointer = profile_find(p, path);
	return !pointer || pointer->nr_hops ||
	       (k->place.nr_hops && k->place.hop[0] == pointer->offset);
}

static struct err *check_hops(const struct profile *p)
{
	for (size_t i = 0; i < p->nr; i++)
		if (!hops_fit(p, &p->known[i]))
			return err_new(ERR_CORRUPT, "%s: the place of \"%s\" follows other pointers than the path",
				       p->name, p->known[i].path);
	return NULL;
}

static struct err *sort(struct profile *p)
{
	if (!p->nr)
		return err_new(ERR_CORRUPT, "%s: no places", p->name);
	array_sort(p->known, p->nr, sizeof(*p->known), by_path);
	for (size_t i = 1; i < p->nr; i++)
		if (!strcmp(p->known[i].path, p->known[i - 1].path))
			return err_new(ERR_CORRUPT, "%s: duplicate path \"%s\"",
				       p->name, p->known[i].path);
	return NULL;
}

/* The first line that is not a comment contains the number of the format. */
static struct err *check_form(const char *name, const char *text)
{
	while (*text == '#' || *text == '\n') {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (strncmp(text, "layout ", 7))
		return err_new(ERR_UNSUPPORTED, "%s: not a layout profile", name);
	if (strncmp(text, "layout 1\n", 9))
		return err_new(ERR_UNSUPPORTED,
			       "%s: the format of the layout profile is later than 1", name);
	return NULL;
}

/* Missing places would be taken for members that this build does not have. */
static struct err *check_whole(const struct reader *r)
{
	const struct profile *p = r->profile;

	if (r->stated && r->stated != p->nr)
		return err_new(ERR_CORRUPT, "%s: not complete: %zu of %" PRIu64 " places",
			       p->name, p->nr, r->stated);
	return NULL;
}

/* Mail and editors may have added a byte order mark and CRs. */
static char *plain_lines(char *text)
{
	char *from = text, *to = text;

	if (!strncmp(text, "\xef\xbb\xbf", 3))
		from += 3;
	for (; *from; from++)
		if (*from != '\r' || from[1] != '\n')
			*to++ = *from;
	*to = '\0';
	return text;
}

static struct err *parse(struct profile *p, char *text)
{
	struct reader r = { .profile = p };

	ERR_TRY(check_form(p->name, plain_lines(text)));
	if (text[strlen(text) - 1] != '\n')
		return err_new(ERR_CORRUPT, "%s: not complete: the last line has no end",
			       p->name);
	while (text) {
		r.line++;
		ERR_TRY(add_line(&r, strsep(&text, "\n")));
	}
	ERR_TRY(check_whole(&r));
	ERR_TRY(sort(p));
	return check_hops(p);
}

struct err *profile_parse(const char *name, const char *text, size_t len,
			  struct profile **ret)
{
	struct profile *p;
	struct err *e;
	char *copy;

	if (len > TEXT_MAX || memchr(text, 0, len))
		return err_new(ERR_UNSUPPORTED, "%s: not a layout profile", name);
	p = calloc(1, sizeof(*p));
	copy = strndup(text, len);
	if (p)
		p->name = strdup(name);
	if (!p || !copy || !p->name) {
		free(copy);
		profile_destroy(p);
		return err_nomem();
	}
	p->origin.config = "";
	e = parse(p, copy);
	free(copy);
	if (e) {
		profile_destroy(p);
		return e;
	}
	*ret = p;
	return NULL;
}

void profile_destroy(struct profile *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->nr; i++)
		free(p->known[i].path);
	free(p->known);
	free(p->config);
	free(p->name);
	free(p);
}

const char *profile_name(const struct profile *p)
{
	return p->name;
}

const struct profile_origin *profile_origin(const struct profile *p)
{
	return &p->origin;
}

static struct known *find(const struct profile *p, const char *path)
{
	struct known key = { .path = (char *)path };

	return bsearch(&key, p->known, p->nr, sizeof(key), by_path);
}

const struct place *profile_find(const struct profile *p, const char *path)
{
	const struct known *k = find(p, path);

	return k ? &k->place : NULL;
}

bool profile_is_proved(const struct profile *p, const char *path)
{
	const struct known *k = find(p, path);

	return k ? k->proved : p->whole;
}

/* Members that are reached through the same pointers from the same type. */
static bool same_object(const struct known *a, const struct known *b)
{
	size_t type = strcspn(a->path, ".");

	return !strncmp(a->path, b->path, type) && b->path[type] == '.' &&
	       a->path[type] == '.' && a->place.nr_hops == b->place.nr_hops &&
	       !memcmp(a->place.hop, b->place.hop,
		       a->place.nr_hops * sizeof(a->place.hop[0]));
}

static bool is_part(const char *part, const char *whole)
{
	size_t len = strlen(whole);

	return !strncmp(part, whole, len) && (!part[len] || strchr(".[", part[len]));
}

bool profile_overlaps(const struct profile *p, const char *path)
{
	const struct known *k = find(p, path);

	for (size_t i = 0; k && i < p->nr; i++) {
		const struct known *other = &p->known[i];

		if (same_object(k, other) && !is_part(path, other->path) &&
		    !is_part(other->path, path) &&
		    k->place.offset < other->place.offset + other->place.size &&
		    other->place.offset < k->place.offset + k->place.size)
			return true;
	}
	return false;
}

void profile_prove(struct profile *p, const char *path)
{
	struct known *k = find(p, path);

	if (k)
		k->proved = true;
}

void profile_prove_all(struct profile *p)
{
	p->whole = true;
	for (size_t i = 0; i < p->nr; i++)
		p->known[i].proved = true;
}

void profile_count(const struct profile *p, size_t *all, size_t *proved)
{
	*all = p->nr;
	*proved = 0;
	for (size_t i = 0; i < p->nr; i++)
		*proved += p->known[i].proved;
}

/* ---- as a source of places ---- */

static struct err *resolve(void *priv, const char *path, struct place *ret)
{
	const struct place *place = profile_find(priv, path);

	if (!place)
		return err_new(ERR_NO_TYPE, "\"%s\" is not in the layout profile",
			       path);
	*ret = *place;
	return NULL;
}

static bool is_proved(const void *priv, const char *path)
{
	return profile_is_proved(priv, path);
}

static void destroy(void *priv)
{
	profile_destroy(priv);
}

static const struct places_ops ops = {
	.resolve = resolve,
	.is_proved = is_proved,
	.destroy = destroy,
};

struct places profile_places(struct profile *p)
{
	return (struct places){ &ops, p };
}

struct profile *places_profile(struct places places)
{
	return places.ops == &ops ? places.priv : NULL;
}
