/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of an image, independent of its file format. */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/bytes.h"
#include "xen/symbols/embedded.h"

const char *build_id_text(const uint8_t *id, unsigned int len, char *buf,
			  size_t size)
{
	if (size)
		buf[0] = '\0';
	for (unsigned int i = 0; i < len && 2 * (size_t)i + 2 < size; i++)
		sprintf(buf + 2 * i, "%02x", id[i]);
	return buf;
}

struct err *image_set_problem(struct image *img, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (img->problem)
		return NULL;
	va_start(ap, fmt);
	n = vasprintf(&img->problem, fmt, ap);
	va_end(ap);
	if (n < 0) {
		img->problem = NULL;
		return err_nomem();
	}
	return NULL;
}

void image_set_build_id(struct image *img, uint64_t offset, unsigned int len,
			uint64_t va)
{
	size_t size = file_size(img->file);

	if (len > BUILD_ID_MAX || offset > size || size - offset < len)
		return;
	memcpy(img->build_id, file_data(img->file) + offset, len);
	img->build_id_len = len;
	img->build_id_va = va;
}

void image_add_segment(struct image *img, const struct image_segment *seg)
{
	size_t size = file_size(img->file);
	struct image_segment s = *seg;

	if (img->nr_segments == IMAGE_SEGMENTS || !s.mem_size ||
	    s.va + s.mem_size < s.va)
		return;
	if (s.file_size > s.mem_size)
		s.file_size = s.mem_size;
	if (s.offset > size)
		s.offset = s.file_size = 0;
	else if (s.file_size > size - s.offset)
		s.file_size = size - s.offset;
	img->segment[img->nr_segments++] = s;
}

uint64_t image_guess_virt_start(const uint8_t *bytes, size_t len)
{
	/* votes required for one of the two ranges */
	const size_t enough = 8;
	size_t new = 0, old = 0;

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t v = get_le64(bytes + i);

		if (!is_xen_va(v))
			continue;
		if (v < XEN_VIRT_START_OLD)
			new++;
		else
			old++;
	}
	if (new < enough && old < enough)
		return 0;
	return new > old ? XEN_VIRT_START_NEW : XEN_VIRT_START_OLD;
}

void image_close(struct image *img)
{
	if (!img)
		return;
	symbols_destroy(img->symbols);
	image_identity_clear(&img->identity);
	if (img->elf)
		elf_end(img->elf);
	file_close(img->file);
	free(img->problem);
	free(img->path);
	free(img);
}

static const struct image_segment *segment_of(const struct image *img,
					      uint64_t va, size_t len)
{
	for (unsigned int i = 0; i < img->nr_segments; i++) {
		const struct image_segment *s = &img->segment[i];

		if (va >= s->va && va - s->va < s->mem_size &&
		    len <= s->mem_size - (va - s->va))
			return s;
	}
	return NULL;
}

struct err *image_bytes(const struct image *img, uint64_t va, size_t len,
			const void **ret)
{
	const struct image_segment *s = segment_of(img, va, len);

	if (!s || va - s->va > s->file_size ||
	    len > s->file_size - (va - s->va))
		return err_new(ERR_BAD_POINTER, "%s has no %zu bytes at %lx",
			       img->path, len, (unsigned long)va);
	*ret = file_data(img->file) + s->offset + (va - s->va);
	return NULL;
}

struct err *image_read(const struct image *img, uint64_t va, void *buf,
		       size_t len)
{
	const struct image_segment *s = segment_of(img, va, len);
	uint64_t at;
	size_t n;

	if (!s || !s->file_size)
		return err_new(ERR_BAD_POINTER, "%s has no %zu bytes at %lx",
			       img->path, len, (unsigned long)va);
	at = va - s->va;
	n = at < s->file_size ? s->file_size - at : 0;
	if (n > len)
		n = len;
	if (n)
		memcpy(buf, file_data(img->file) + s->offset + at, n);
	memset((char *)buf + n, 0, len - n);
	return NULL;
}

struct err *image_config(const struct image *img, char **text)
{
	struct err *e = err_new(ERR_NOT_FOUND, "%s has no content",
				img->path);

	for (unsigned int i = 0; i < img->nr_segments; i++) {
		const struct image_segment *s = &img->segment[i];

		err_free(e);
		e = embedded_config(file_data(img->file) + s->offset,
				    s->file_size, text);
		if (!e || err_is_final(e))
			break;
	}
	return err_prefix(e, "%s", img->path);
}
