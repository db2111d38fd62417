/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arbitrary bytes as an image: recognised, opened, read from, and compared with
 * a memory that consists of the same bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "xen/image/match.h"

struct memory_of {
	const uint8_t *bytes;
	size_t size;
};

/* Every third page is missing; the others repeat the input. */
static struct err *read_input(void *ctx, uint64_t va, void *buf, size_t len)
{
	const struct memory_of *m = ctx;

	if (!m->size || (va >> XPAGE_SHIFT) % 3 == 2)
		return err_new(ERR_EXCLUDED, "excluded");
	for (size_t i = 0; i < len; i++)
		((uint8_t *)buf)[i] = m->bytes[(va + i) % m->size];
	return NULL;
}

static struct err *read_image(void *ctx, uint64_t va, void *buf, size_t len)
{
	return image_read(ctx, va, buf, len);
}

static void look_at_bytes(struct image *img)
{
	char buf[64], *text = NULL, *copy;
	struct err *e;
	const void *p;

	for (unsigned int i = 0; i < img->nr_segments; i++) {
		const struct image_segment *s = &img->segment[i];

		if (!s->file_size)
			continue;
		e = image_bytes(img, s->va, s->file_size, &p);
		if (e) {
			err_free(e);
			continue;
		}
		/* reads every byte: the range must be inside the file */
		copy = malloc(s->file_size);
		if (copy)
			memcpy(copy, p, s->file_size);
		free(copy);
		err_free(image_read(img, s->va + s->mem_size - 8, buf, 8));
	}
	err_free(image_bytes(img, img->va + img->size - 1, 2, &p));
	err_free(image_config(img, &text));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory_of m = { data, size };
	struct image_verdict v;
	struct image *img;
	struct err *e = image_from_bytes("input", data, size, false, &img);

	if (e) {
		err_free(e);
		return 0;
	}
	err_free(image_complete(img));
	look_at_bytes(img);
	if (image_is_xen(img)) {
		err_free(image_match_by(img, read_input, &m, 0, &v));
		err_free(image_match_by(img, read_image, img, img->virt_start, &v));
	}
	image_close(img);
	return 0;
}
