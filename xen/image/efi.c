/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen.efi: a PE32+ file, linked at XEN_VIRT_START with sections aligned to
 * 2 MiB, hence with other addresses than xen-syms. Its build-id is the
 * signature in .buildid (4.9+), or the note of xen-syms in .rodata (4.7, 4.8).
 */
#include <string.h>

#include "xen/base/array.h"
#include "internal.h"
#include "note.h"
#include "pe.h"

/* Limit; linkers write about twenty sections, debug sections last. */
#define SECTIONS_MAX	64

/* Sections that may contain a build-id, in order of preference. */
static const struct {
	const char *section;
	bool (*search)(const uint8_t *bytes, size_t len, size_t from,
		       struct build_id_at *ret);
} id_places[] = {
	{ ".buildid", note_search_rsds },
	{ ".rodata", note_search_build_id },
};

static bool is_debug_section(const struct pe_section *s)
{
	return !strncmp(s->name, ".debug", 6) || !strncmp(s->name, ".zdebug", 7) ||
	       s->name[0] == '/';
}

static void section_build_id(struct image *img, const struct pe_head *h,
			     const struct pe_section *s)
{
	const uint8_t *data = file_data(img->file);
	size_t size = file_size(img->file), len;

	if (img->build_id_len || s->offset > size)
		return;
	len = size - s->offset < s->file_size ? size - s->offset : s->file_size;
	for (size_t i = 0; i < ARRAY_SIZE(id_places); i++) {
		struct build_id_at id;

		if (strcmp(s->name, id_places[i].section) ||
		    !id_places[i].search(data + s->offset, len, 0, &id))
			continue;
		image_set_build_id(img, s->offset + id.offset, id.len,
				   h->image_base + s->rva + id.offset);
		return;
	}
}

/*
 * Finds the build-id: .buildid has precedence over .rodata, although it follows
 * in the file.
 */
static void find_build_id(struct image *img, const struct pe_head *h)
{
	const uint8_t *data = file_data(img->file);
	size_t size = file_size(img->file);
	struct pe_section s;

	for (size_t i = 0; i < ARRAY_SIZE(id_places); i++)
		for (unsigned int n = 0; n < SECTIONS_MAX &&
		     pe_section_read(data, size, h, n, &s); n++)
			if (!strcmp(s.name, id_places[i].section))
				section_build_id(img, h, &s);
}

struct err *efi_probe(struct image *img)
{
	struct pe_head h;

	/* never compressed, as firmware loads it */
	if (file_format(img->file) == FILE_PLAIN &&
	    pe_head_parse(file_data(img->file), file_size(img->file), &h))
		find_build_id(img, &h);
	return NULL;
}

struct err *efi_complete(struct image *img)
{
	const uint8_t *data = file_data(img->file);
	size_t size = file_size(img->file);
	struct pe_section s;
	struct pe_head h;

	if (!pe_head_parse(data, size, &h))
		return NULL;
	img->virt_start = h.image_base & ~(XEN_VIRT_SIZE - 1);
	for (unsigned int n = 0; n < SECTIONS_MAX &&
	     pe_section_read(data, size, &h, n, &s); n++) {
		struct image_segment seg = {
			.va = h.image_base + s.rva,
			.mem_size = s.mem_size,
			.file_size = s.file_size,
			.offset = s.offset,
		};

		if (s.file_size && (s.offset > size || s.file_size > size - s.offset))
			ERR_TRY(image_set_problem(img,
						  "is truncated: section %s ends at %lu, the file has %zu bytes",
						  s.name, (unsigned long)s.offset +
						  s.file_size, size));
		img->has_dwarf |= !strcmp(s.name, ".debug_info");
		img->has_debug_frame |= !strcmp(s.name, ".debug_frame");
		if (!is_debug_section(&s))
			image_add_segment(img, &seg);
	}
	img->has_bytes = true;
	find_build_id(img, &h);
	return NULL;
}
