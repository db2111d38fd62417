/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode_image.h"

#include <stdio.h>
#include <string.h>

#include "xen/image/find.h"

#define HEX "0123456789abcdef"

/* Shorter beginnings of a build-id are not unique. */
#define ID_DIGITS_MIN 16

static void take_message(struct decode_origin *o, const char *text)
{
	const char *id = console_message_build_id(text), *version;
	bool is_banner;

	version = console_message_version(text, &is_banner);

	if (version)
		snprintf(o->version, sizeof(o->version), "%.*s",
			 (int)strcspn(version, " "), version);
	/*
	 * the first one after a banner is that of the hypervisor, others are
	 * those of livepatches
	 */
	if (is_banner)
		o->build_id[0] = '\0';
	if (id && !*o->build_id)
		snprintf(o->build_id, sizeof(o->build_id), "%.*s",
			 (int)strspn(id, HEX), id);
}

void decode_origin_read(const struct console_text *t, struct decode_origin *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = 0; i < t->nr_messages; i++)
		take_message(ret, t->message[i].text);
}

/* True if an image matches the origin of a text */
static bool is_it(const struct decode_origin *o, const struct image *img)
{
	char id[2 * BUILD_ID_MAX + 1];

	if (!image_is_xen(img))
		return false;
	if (strlen(o->build_id) >= ID_DIGITS_MIN) {
		build_id_text(img->build_id, img->build_id_len, id, sizeof(id));
		return !strncmp(id, o->build_id, strlen(o->build_id));
	}
	return *o->version && img->identity.version &&
	       !strcmp(img->identity.version, o->version);
}

static const struct find_candidate *choose(const struct decode_origin *o,
					   const struct find_result *r)
{
	const struct find_candidate *best = NULL;
	unsigned int i;

	for (i = 0; i < r->nr_candidates; i++) {
		const struct find_candidate *c = &r->candidate[i];

		if (c->image && is_it(o, c->image) &&
		    (!best || (c->image->has_dwarf && !best->image->has_dwarf)))
			best = c;
	}
	return best;
}

struct err *decode_find_image(const struct decode_origin *origin,
			      const char *path, struct image **ret)
{
	struct find_request request = { .dump_path = path };
	const struct find_candidate *c;
	struct find_result *r;
	struct err *e = NULL;

	*ret = NULL;
	if (!*origin->version && !*origin->build_id)
		return NULL;
	ERR_TRY(image_find(&request, &r));
	c = choose(origin, r);
	if (c)
		e = image_open(c->path, ret);
	find_result_destroy(r);
	return e;
}
