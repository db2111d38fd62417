/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/symbols/embedded.h"
#include "xen/symbols/map.h"

/* Plain; unpacked ones have the limit of all unpacked files. */
#define VMLINUX_SIZE_MAX	(4UL << 30)

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

/* Searches the segments for the embedded symbol table. */
static struct err *embedded_symbols(struct image *img)
{
	struct err *e = NULL;

	for (unsigned int i = 0; i < img->nr_segments; i++) {
		const struct image_segment *s = &img->segment[i];

		err_free(e);
		e = symbols_from_embedded(file_data(img->file) + s->offset,
					  s->file_size, img->virt_start,
					  &img->symbols);
		if (!e || err_is_final(e))
			return e;
	}
	/* 4.4 can be built without it */
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
		if (!e || err_is_final(e))
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
	/* 4.14 has a .config, but no string with the flag */
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

		/* a damaged stream still contains a part of the image */
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

/* A file with holes has any size without the bytes. */
static struct err *check_size(const struct image *img)
{
	uint64_t max = img->class == IMAGE_VMLINUX ? VMLINUX_SIZE_MAX : FILE_UNPACKED_MAX;

	if ((img->class != IMAGE_VMLINUX && !image_is_xen(img)) ||
	    file_size(img->file) <= max)
		return NULL;
	return err_new(ERR_UNSUPPORTED, "%s: %s larger than %lu MiB", img->path,
		       image_class_name(img->class), (unsigned long)(max >> 20));
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
	/* the start of a damaged stream may suffice for the class */
	if (e && err_reason(e) == ERR_CORRUPT && file_size(file) >= 512) {
		struct err *e2 = image_set_problem(img, "%s", err_text(e));

		err_free(e);
		e = e2;
	}
	if (!e) {
		img->compression = file_format(file);
		img->class = head_class(file_data(file), file_size(file));
		e = check_size(img);
		if (!e && formats[img->class].probe)
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
