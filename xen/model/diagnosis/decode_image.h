/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Search for the hypervisor that printed a console text. */
#ifndef XEN_MODEL_DECODE_IMAGE_H
#define XEN_MODEL_DECODE_IMAGE_H

#include "console_text.h"
#include "xen/image/image.h"

/* Version and build-id in a text, of its last boot; "" where absent. */
struct decode_origin {
	char version[64];		/* "4.17.3" */
	char build_id[2 * BUILD_ID_MAX + 1];	/* hexadecimal, as much as the text contains */
};

void decode_origin_read(const struct console_text *t, struct decode_origin *ret);

/*
 * Finds an image with that build-id, or with that version if the text has no
 * build-id, in the usual places or in the folder of path, the file with the
 * text (may be NULL); the caller closes it. NULL if there is none.
 */
struct err *decode_find_image(const struct decode_origin *origin,
			      const char *path, struct image **ret) ERR_MUST_CHECK;

#endif
