/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "xen", usually as xen.gz: an ELF32 file whose only loaded segment contains
 * the bytes of xen-syms' segment, made by arch/x86/boot/mkelf32.c. Its entry
 * address is physical and is also the offset of the image from XEN_VIRT_START:
 * 1 MiB (4.4 to 4.8) or 2 MiB. The PT_NOTE (4.7+) has a valid file offset; its
 * addresses are offsets from the start of the image.
 */
#include <elf.h>
#include <string.h>

#include "internal.h"
#include "note.h"

#define IMAGE_MAX	(64UL << 20)

static const struct elf_segment *wrapper_note(const struct elf_head *h)
{
	for (unsigned int i = 0; i < h->nr_segments; i++)
		if (h->segment[i].type == PT_NOTE)
			return &h->segment[i];
	return NULL;
}

/* The head was recognised before: it can be parsed and has a PT_LOAD. */
static const struct elf_segment *wrapper_parse(const struct image *img,
					       struct elf_head *h)
{
	if (!elf_head_parse(file_data(img->file), file_size(img->file), h))
		return NULL;
	return elf_head_load(h);
}

struct err *wrapper_probe(struct image *img)
{
	const struct elf_segment *note;
	struct build_id_at id;
	struct elf_head h;

	if (!wrapper_parse(img, &h))
		return NULL;
	note = wrapper_note(&h);
	if (!note || note->offset > IMAGE_MAX || note->filesz > IMAGE_MAX)
		return NULL;
	if (!img->problem) {
		struct err *e = file_want(img->file, note->offset + note->filesz);

		if (e && err_reason(e) != ERR_CORRUPT)
			return e;
		err_free(e);
	}
	if (file_size(img->file) < note->offset + note->filesz)
		return NULL;
	if (note_find_build_id(file_data(img->file) + note->offset,
			       note->filesz, &id))
		image_set_build_id(img, note->offset + id.offset, id.len, 0);
	return NULL;
}

struct err *wrapper_complete(struct image *img)
{
	const struct elf_segment *load, *note;
	struct image_segment seg;
	struct build_id_at id;
	struct elf_head h;
	size_t have;

	load = wrapper_parse(img, &h);
	if (!load)
		return NULL;
	have = load->offset < file_size(img->file) ? file_size(img->file) - load->offset : 0;
	if (load->filesz > have)
		ERR_TRY(image_set_problem(img,
					  "is truncated: its image has %lu bytes, of which %zu are present",
					  (unsigned long)load->filesz, have));
	else
		have = load->filesz;
	img->virt_start = image_guess_virt_start(file_data(img->file) +
						 load->offset, have);
	img->has_bytes = true;
	if (!img->virt_start)
		return image_set_problem(img,
					 "unknown virtual address: too few pointers into the image");
	seg.va = img->virt_start + load->paddr;
	seg.mem_size = load->memsz;
	seg.file_size = load->filesz;
	seg.offset = load->offset;
	image_add_segment(img, &seg);
	note = wrapper_note(&h);
	if (!note || !img->build_id_len ||
	    !note_find_build_id(file_data(img->file) + note->offset,
				note->filesz, &id))
		return NULL;
	img->build_id_va = seg.va + (note->offset + id.offset - load->offset);
	return NULL;
}
