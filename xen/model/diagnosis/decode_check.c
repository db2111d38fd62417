/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that a text is from the build that is used to decode it. */
#include "decode_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char debug_mark[] = "debug=";
static const char linux_mark[] = "Linux version ";

struct check {
	struct decoder *d;
	char build_id[2 * BUILD_ID_MAX + 1];	/* of the image; or "" */
	const char *version;			/* of the image; or NULL */
	unsigned int ids_same, ids_other;
	unsigned int versions_same, versions_other;
	unsigned int names_same, names_other, names_typo;
	unsigned int kernels_same, kernels_other;
	unsigned int mentions;			/* of addresses of Xen */
	/* the first mismatch of each kind */
	char id_why[256], version_why[160], name_why[300], kernel_why[320];
};

/* Shorter beginnings of a build-id are not evidence. */
#define ID_DIGITS_MIN	16
/* Maximum number of characters of a build-id that a serial line may have garbled. */
#define ID_TYPOS_MAX	2

static unsigned int hex_length(const char *text)
{
	return strspn(text, "0123456789abcdefABCDEF");
}

static unsigned int differences(const char *a, const char *b, unsigned int len)
{
	unsigned int i, n = 0;

	for (i = 0; i < len; i++)
		n += a[i] != b[i];
	return n;
}

/*
 * Build-ids of livepatches are printed alike: one match is enough. One that is
 * cut off or garbled is no other.
 */
static void check_build_id(struct check *c, const char *id)
{
	unsigned int have = strlen(c->build_id), len = hex_length(id), wrong;

	if (!have || !len)
		return;
	if (len > have)
		len = have;
	wrong = differences(id, c->build_id, len);
	if (!wrong && len >= ID_DIGITS_MIN) {
		c->ids_same++;
		return;
	}
	if (wrong <= ID_TYPOS_MAX)
		return;
	if (!c->ids_other++)
		snprintf(c->id_why, sizeof(c->id_why),
			 "the text has build-id %.40s, the image has %s", id,
			 c->build_id);
}

/* "4.20.4-pre  x86_64  debug=n": version and debug must match the image. */
static void check_version(struct check *c, const char *version)
{
	size_t len = strcspn(version, " ");
	const char *debug = strstr(version, debug_mark);
	enum image_tri is_debug = c->d->xen ? c->d->xen->identity.debug :
					      IMAGE_NOT_KNOWN;

	if (!c->version)
		return;
	if (strlen(c->version) != len || strncmp(version, c->version, len)) {
		if (!c->versions_other++)
			snprintf(c->version_why, sizeof(c->version_why),
				 "the text is from Xen %.*s, the image is %s",
				 (int)(len < 60 ? len : 60), version, c->version);
		return;
	}
	if (debug && is_debug != IMAGE_NOT_KNOWN &&
	    (debug[strlen(debug_mark)] == 'y') != (is_debug == IMAGE_YES)) {
		if (!c->versions_other++)
			snprintf(c->version_why, sizeof(c->version_why),
				 "the text is from a build with debug=%c, the image has debug=%c",
				 debug[strlen(debug_mark)], is_debug == IMAGE_YES ? 'y' : 'n');
		return;
	}
	c->versions_same++;
}

/* Xen ends a function at the next name, even at a label inside it. */
static bool size_fits(const struct symbols *s, const struct symbol *sym,
		      uint64_t printed)
{
	const struct symbol *next;

	if (!sym->size || sym->size <= printed)
		return true;
	next = symbols_by_addr(s, sym->addr + printed, NULL);
	return next && next->addr == sym->addr + printed;
}

/* Symbols of xen.efi have files of at most that length: "arch/x86/domai" */
#define COFF_FILE_MAX	14

/*
 * True if a symbol has the name and file of the text. 4.4 to 4.6 print no file,
 * 4.7 to 4.12 no directory: only the parts in the text are compared.
 */
static bool is_named(const struct symbol *sym, const char *name)
{
	const char *file = strchr(name, '#'), *have_file;
	char full[200];
	size_t have, want = strlen(name);

	if (!file)
		return true;
	symbol_full_name(sym, full, sizeof(full));
	have = strlen(full);
	/* an image may have names without files */
	have_file = strchr(full, '#');
	if (!have_file)
		return true;
	if (have_file - full == COFF_FILE_MAX && !strcmp(have_file, file))
		return !strncmp(full, name, COFF_FILE_MAX);
	return have >= want && !strcmp(full + have - want, name) &&
	       (have == want || full[have - want - 1] == '/');
}

static const char *plain_name(const struct mention *m)
{
	const char *plain = strchr(m->name, '#');

	return plain ? plain + 1 : m->name;
}

/* True if two numbers differ in one hexadecimal digit. */
static bool is_one_digit(uint64_t a, uint64_t b)
{
	uint64_t x = a ^ b;

	while (x && !(x & 0xf))
		x >>= 4;
	return x && x <= 0xf;
}

/* "0x18/0x2" for 0x18/0x240: the end of the line is missing */
static bool is_cut(uint64_t size, const struct mention *m)
{
	if (!m->ends_line)
		return false;
	if (m->offset >= m->size)
		return true;
	while (size > m->size)
		size >>= 4;
	return size == m->size;
}

/* NAME_GARBLED: address, offset and size are right, one character is wrong. */
enum name_fit { NAME_OTHER, NAME_TYPO, NAME_GARBLED, NAME_SAME };

/* Compares the address and size in the text with those of the symbol it names. */
static enum name_fit place_fit(const struct symbols *s, const struct symbol *sym,
			       const struct mention *m)
{
	bool same_size = size_fits(s, sym, m->size) || is_cut(sym->size, m);
	uint64_t va = sym->addr + m->offset;

	if (va == m->va)
		return same_size ? NAME_SAME :
		       is_one_digit(sym->size, m->size) ? NAME_TYPO : NAME_OTHER;
	return same_size && is_one_digit(va, m->va) ? NAME_TYPO : NAME_OTHER;
}

/* True if one character of a name was replaced, lost or added. */
static bool is_one_character(const char *a, const char *b)
{
	size_t same = 0;

	while (a[same] && a[same] == b[same])
		same++;
	a += same;
	b += same;
	return (*a && *b && !strcmp(a + 1, b + 1)) || (*a && !strcmp(a + 1, b)) ||
	       (*b && !strcmp(a, b + 1));
}

/* True if names are equal without their underscores, which Markdown removes. */
static bool is_without_underscores(const char *name, const char *full)
{
	for (; *full; full++) {
		if (*name == *full)
			name++;
		else if (*full != '_')
			return false;
	}
	return !*name;
}

/* The same for the symbol at the address, if the image has none of that name */
static enum name_fit garbled_fit(const struct symbols *s, const struct mention *m)
{
	uint64_t offset;
	const struct symbol *at = symbols_by_addr(s, m->va, &offset);

	if (!at || offset != m->offset || place_fit(s, at, m) != NAME_SAME)
		return NAME_OTHER;
	return is_without_underscores(plain_name(m), at->name) ? NAME_SAME :
	       is_one_character(plain_name(m), at->name) ? NAME_GARBLED : NAME_OTHER;
}

static void check_name(struct check *c, const struct mention *m)
{
	const struct symbols *s = c->d->xen_symbols;
	enum name_fit fit = NAME_OTHER, one;
	const struct symbol *sym = NULL, *at;
	bool exists = false;
	char have[160];

	while (fit != NAME_SAME && (sym = symbols_next_match(s, plain_name(m), sym))) {
		exists = true;
		if (!m->has_offset && sym->addr == m->va)
			c->names_same++;
		one = place_fit(s, sym, m);
		if (one > fit)
			fit = one;
	}
	/* a name without file may be any label of the function */
	if (!m->has_offset)
		return;
	if (!exists)
		fit = garbled_fit(s, m);
	c->names_same += fit == NAME_SAME;
	c->names_typo += fit == NAME_TYPO;
	c->names_other += fit == NAME_OTHER;
	if (fit == NAME_SAME || *c->name_why)
		return;
	at = symbols_by_addr(s, m->va, NULL);
	snprintf(c->name_why, sizeof(c->name_why),
		 "at %016" PRIx64 " the text has %s+0x%" PRIx64 "/0x%" PRIx64
		 ", the image has %s", m->va, m->name, m->offset, m->size,
		 at ? symbols_describe(s, m->va, have, sizeof(have)) : "no symbol");
}

bool decode_find_place(const struct decoder *d, const struct mention *m,
		       uint64_t *va)
{
	const struct symbol *sym = NULL, *found = NULL;

	while ((sym = symbols_next_match(d->xen_symbols, plain_name(m), sym))) {
		if (!is_named(sym, m->name) || m->offset >= m->size ||
		    !size_fits(d->xen_symbols, sym, m->size))
			continue;
		if (found && found->addr != sym->addr)
			return false;
		found = sym;
	}
	if (found)
		*va = found->addr + m->offset;
	return found;
}

bool decode_is_xen(const struct decoder *d, uint64_t va)
{
	uint64_t start = d->xen ? d->xen->virt_start : 0;

	if (start)
		return va >= start && va - start < XEN_VIRT_SIZE;
	return va >= XEN_VIRT_START_NEW && va - XEN_VIRT_START_NEW < 2 * XEN_VIRT_SIZE;
}

/* True if va is in the image, where names are Xen's own. */
static bool is_of_image(const struct decoder *d, uint64_t va)
{
	if (!decode_is_xen(d, va))
		return false;
	/* livepatches and stubs follow the image */
	return !d->xen || !d->xen->size || va - d->xen->va < d->xen->size;
}

/* Linux's banner. The crash kernel prints one too: one match is enough. */
static void check_kernel(struct check *c, const char *text)
{
	const char *at = strstr(text, linux_mark), *have = c->d->kernel_banner;
	size_t len;

	if (!at || !*have || text[0] != '[')
		return;
	len = strcspn(at, "\r\n");
	if (!strncmp(at, have, len) && (!have[len] || have[len] == '\n')) {
		c->kernels_same++;
		return;
	}
	len = strcspn(have, "\n");
	if (!c->kernels_other++)
		snprintf(c->kernel_why, sizeof(c->kernel_why),
			 "the text has \"%.120s\", the file has \"%.*s\"", at,
			 (int)(len < 120 ? len : 120), have);
}

/* A place without an address matches if it can be found. */
static void check_place(struct check *c, const struct mention *m)
{
	uint64_t va;

	if (decode_find_place(c->d, m, &va)) {
		c->mentions++;
		c->names_same++;
	}
}

static void check_message(struct check *c, const char *text)
{
	const char *at = text, *id = console_message_build_id(text), *version;
	struct mention m;
	bool is_banner;

	version = console_message_version(text, &is_banner);
	check_kernel(c, text);
	if (id)
		check_build_id(c, id);
	else if (version)
		check_version(c, version);
	while (mention_next(&at, &m)) {
		bool other_region = !decode_is_xen(c->d, m.va) && m.cs == XEN_CS &&
				    m.is_named;

		if (m.is_livepatch)
			continue;
		if (!m.has_va) {
			check_place(c, &m);
		} else if (is_of_image(c->d, m.va) || other_region) {
			c->mentions++;
			if (m.is_named)
				check_name(c, &m);
		}
	}
}

/* Reason why the text is from another build; NULL: it is from this build, or unknown. */
static const char *why_not(const struct check *c)
{
	unsigned int other = c->names_other;

	if (c->ids_other && !c->ids_same)
		return c->id_why;
	/*
	 * A serial line may garble a name or two; more indicate another build,
	 * even with the same id: xen.gz and xen.efi share one. What may be a typo
	 * is one if it is the only one, beside names that match.
	 */
	if (c->names_typo > 1 || c->names_same < 2)
		other += c->names_typo;
	if (other && 4 * other >= c->names_same)
		return c->name_why;
	/* names have precedence over the version, which a livepatch changes */
	if (c->names_same)
		return NULL;
	return c->versions_other && !c->versions_same ? c->version_why : NULL;
}

static void conclude(const struct check *c, struct decode_part *ret)
{
	const char *why = why_not(c);

	if (why) {
		ret->fit = DECODE_OTHER;
		snprintf(ret->why, sizeof(ret->why), "%s", why);
	} else if (c->names_same || c->ids_same) {
		ret->fit = DECODE_FITS;
		snprintf(ret->why, sizeof(ret->why), "%s%u name%s the image%s%s",
			 c->ids_same ? "same build-id as the image; " : "", c->names_same,
			 c->names_same == 1 ? " matches" : "s match",
			 c->versions_other && !c->versions_same ? "; " : "",
			 c->versions_other && !c->versions_same ? c->version_why : "");
	} else {
		ret->fit = DECODE_UNPROVED;
		snprintf(ret->why, sizeof(ret->why),
			 "no evidence in the text that it is from this build");
	}
	if (!c->mentions && !why)
		ret->fit = DECODE_NOTHING;
	if (c->kernels_other && !c->kernels_same)
		snprintf(ret->kernel_why, sizeof(ret->kernel_why), "%s", c->kernel_why);
}

void decode_check(struct decoder *d, const struct decode_span *span,
		  struct decode_part *ret)
{
	struct check *c;
	size_t i;

	if (!d->xen_symbols) {
		ret->fit = DECODE_NOTHING;
		return;
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		ret->fit = DECODE_UNPROVED;
		return;
	}
	c->d = d;
	if (d->xen) {
		build_id_text(d->xen->build_id, d->xen->build_id_len, c->build_id,
			      sizeof(c->build_id));
		c->version = d->xen->identity.version;
	}
	for (i = span->from; i < span->to; i++)
		check_message(c, span->text->message[i].text);
	conclude(c, ret);
	free(c);
}
