/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/bytes.h"
#include "xen/symbols/embedded.h"
#include "xen/symbols/map.h"

static const struct image_format formats[NR_IMAGE_CLASSES] = {
	[IMAGE_UNKNOWN] = { "unknown", NULL, NULL },
	[IMAGE_XEN] = { "xen", wrapper_probe, wrapper_complete },
	[IMAGE_XEN_SYMS] = { "xen-syms", elf64_probe, elf64_complete },
	[IMAGE_XEN_EFI] = { "xen.efi", efi_probe, efi_complete },
	[IMAGE_XEN_EFI_ELF] = { "xen.efi.elf", elf64_probe, elf64_complete },
	[IMAGE_XEN_MAP] = { "xen map", NULL, NULL },
	[IMAGE_VMLINUX] = { "vmlinux", elf64_probe, elf64_complete },
	[IMAGE_VMLINUZ] = { "vmlinuz", NULL, NULL },
	[IMAGE_INITRD] = { "initrd", NULL, NULL },
	[IMAGE_SYSTEM_MAP] = { "System.map", NULL, NULL },
	[IMAGE_MODULE_SYMVERS] = { "Module.symvers", NULL, NULL },
	[IMAGE_DUMP] = { "memory dump", NULL, NULL },
	[IMAGE_ELF] = { "other ELF file", NULL, NULL },
	[IMAGE_PE] = { "other PE file", NULL, NULL },
};

const char *image_class_name(enum image_class class)
{
	return (unsigned int)class < NR_IMAGE_CLASSES ? formats[class].name : "?";
}

bool image_is_xen(const struct image *img)
{
	switch (img->class) {
	case IMAGE_XEN:
	case IMAGE_XEN_SYMS:
	case IMAGE_XEN_EFI:
	case IMAGE_XEN_EFI_ELF:
	case IMAGE_XEN_MAP:
		return true;
	default:
		return false;
	}
}

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
	/* votes for the two ranges that are needed to believe them */
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

static void set_extent(struct image *img)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < img->nr_segments; i++) {
		const struct image_segment *s = &img->segment[i];

		if (!i || s->va < img->va)
			img->va = s->va;
		if (s->va + s->mem_size > end)
			end = s->va + s->mem_size;
	}
	img->size = end - img->va;
}

/* Looks through the segments for what Xen carries in .rodata. */
static struct err *embedded_symbols(struct image *img)
{
	struct err *e = NULL;

	for (unsigned int i = 0; i < img->nr_segments; i++) {
		const struct image_segment *s = &img->segment[i];

		err_free(e);
		e = symbols_from_embedded(file_data(img->file) + s->offset,
					  s->file_size, img->virt_start,
					  &img->symbols);
		if (!e || err_reason(e) == ERR_INTERRUPTED ||
		    err_reason(e) == ERR_NO_MEMORY)
			return e;
	}
	/* 4.4 could be built without */
	err_free(e);
	return NULL;
}

static struct err *load_symbols(struct image *img)
{
	struct err *e = NULL;

	if (img->class == IMAGE_XEN_MAP)
		return err_prefix(symbols_from_map_text(
					  (const char *)file_data(img->file),
					  file_size(img->file), &img->symbols),
				  "%s", img->path);
	if (img->has_symtab) {
		e = symbols_from_elf(img->elf, &img->symbols);
		if (!e || err_reason(e) == ERR_INTERRUPTED ||
		    err_reason(e) == ERR_NO_MEMORY)
			return e;
		img->has_symtab = false;
		err_free(e);
	}
	return img->has_bytes && img->virt_start ? embedded_symbols(img) : NULL;
}

static struct err *read_image(void *ctx, uint64_t va, void *buf, size_t len)
{
	return image_read(ctx, va, buf, len);
}

static struct err *identify(struct image *img)
{
	char *config, buf[8];
	const char *debug;
	struct err *e;

	if (!img->symbols)
		return NULL;
	ERR_TRY(image_identity_read(img->symbols, read_image, img,
				    &img->identity));
	/* 4.14 has a .config, but no string with the flag yet */
	if (img->identity.build_info || !img->has_bytes)
		return NULL;
	e = image_config(img, &config);
	if (e) {
		err_free(e);
		return NULL;
	}
	debug = config_value(config, "DEBUG", buf, sizeof(buf));
	e = debug ? image_identity_set_debug(&img->identity, *debug == 'y' ?
					     IMAGE_YES : IMAGE_NO) : NULL;
	free(config);
	return e;
}

struct err *image_complete(struct image *img)
{
	const struct image_format *format = &formats[img->class];

	if (img->is_complete)
		return NULL;
	if (image_is_xen(img) || img->class == IMAGE_VMLINUX) {
		struct err *e = file_want(img->file, SIZE_MAX);

		/* a broken stream still shows a part of the image */
		if (e && err_reason(e) != ERR_CORRUPT)
			return e;
		if (e) {
			struct err *e2 = image_set_problem(img, "%s", err_text(e));

			err_free(e);
			ERR_TRY(e2);
		}
	}
	if (format->complete)
		ERR_TRY(err_prefix(format->complete(img), "%s", img->path));
	if (img->class != IMAGE_VMLINUX && image_is_xen(img)) {
		set_extent(img);
		ERR_TRY(load_symbols(img));
		ERR_TRY(identify(img));
	}
	img->is_complete = true;
	return NULL;
}

static struct err *probe(struct file *file, const char *path,
			 struct image **ret)
{
	struct image *img = calloc(1, sizeof(*img));
	struct err *e = NULL;

	if (!img) {
		file_close(file);
		return err_nomem();
	}
	img->file = file;
	img->identity.debug = IMAGE_NOT_KNOWN;
	img->path = strdup(path);
	if (!img->path)
		e = err_nomem();
	if (!e)
		e = file_want(file, HEAD_SIZE);
	/* a stream that breaks soon may still show what it was */
	if (e && err_reason(e) == ERR_CORRUPT && file_size(file) >= 512) {
		struct err *e2 = image_set_problem(img, "%s", err_text(e));

		err_free(e);
		e = e2;
	}
	if (!e) {
		img->compression = file_format(file);
		img->class = head_class(file_data(file), file_size(file));
		if (formats[img->class].probe)
			e = formats[img->class].probe(img);
	}
	if (e) {
		image_close(img);
		return e;
	}
	*ret = img;
	return NULL;
}

struct err *image_probe(const char *path, struct image **ret)
{
	struct file *file;

	ERR_TRY(file_open(path, &file));
	return probe(file, path, ret);
}

static struct err *complete_or_close(struct image *img, struct image **ret)
{
	struct err *e = image_complete(img);

	if (e) {
		image_close(img);
		return e;
	}
	*ret = img;
	return NULL;
}

struct err *image_open(const char *path, struct image **ret)
{
	struct image *img;

	ERR_TRY(image_probe(path, &img));
	return complete_or_close(img, ret);
}

struct err *image_from_bytes(const char *name, const void *bytes, size_t len,
			     bool complete, struct image **ret)
{
	struct file *file;
	struct image *img;

	ERR_TRY(file_from_bytes(name, bytes, len, &file));
	ERR_TRY(probe(file, name, &img));
	if (complete)
		return complete_or_close(img, ret);
	*ret = img;
	return NULL;
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
	struct err *e = err_new(ERR_NOT_FOUND, "%s has no bytes to look at",
				img->path);

	for (unsigned int i = 0; i < img->nr_segments; i++) {
		const struct image_segment *s = &img->segment[i];

		err_free(e);
		e = embedded_config(file_data(img->file) + s->offset,
				    s->file_size, text);
		if (!e || err_reason(e) == ERR_INTERRUPTED)
			break;
	}
	return err_prefix(e, "%s", img->path);
}
