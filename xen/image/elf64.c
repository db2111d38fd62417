/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xen-syms, the ELF64 made of xen.efi, and vmlinux: complete, stripped, or the
 * split-off debug file (sections without bytes, except the build-id note).
 */
#include <elf.h>
#include <gelf.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/symbols/elf_names.h"
#include "internal.h"
#include "note.h"

#define NOTE_MAX	(1UL << 20)
/* Limit of unpacking: the notes of a vmlinux are too far from the start of the file. */
#define PROBE_MAX	(64UL << 20)

/* Properties of the image that follow from names of sections. */
static const struct {
	const char *name;
	size_t flag;		/* offset of a bool in struct image */
} named_sections[] = {
	{ ".debug_info", offsetof(struct image, has_dwarf) },
	{ ".zdebug_info", offsetof(struct image, has_dwarf) },
	{ ".debug_frame", offsetof(struct image, has_debug_frame) },
	{ ".zdebug_frame", offsetof(struct image, has_debug_frame) },
};

static void take_build_id(struct image *img, uint64_t offset, uint64_t size,
			  uint64_t va)
{
	struct build_id_at id;

	if (img->build_id_len || size > NOTE_MAX ||
	    offset > file_size(img->file) ||
	    size > file_size(img->file) - offset)
		return;
	if (note_find_build_id(file_data(img->file) + offset, size, &id))
		image_set_build_id(img, offset + id.offset, id.len,
				   va + id.offset);
}

static void take_pe_id(struct image *img, const GElf_Shdr *sh)
{
	size_t size = file_size(img->file);
	struct build_id_at id;

	if (img->build_id_len || sh->sh_offset > size ||
	    sh->sh_size > size - sh->sh_offset)
		return;
	if (note_search_rsds(file_data(img->file) + sh->sh_offset, sh->sh_size,
			     0, &id))
		image_set_build_id(img, sh->sh_offset + id.offset, id.len,
				   sh->sh_addr + id.offset);
}

struct err *elf64_probe(struct image *img)
{
	struct elf_head h;

	if (!elf_head_parse(file_data(img->file), file_size(img->file), &h))
		return NULL;
	for (unsigned int i = 0; i < h.nr_segments; i++) {
		const struct elf_segment *s = &h.segment[i];
		struct err *e;

		if (s->type != PT_NOTE || s->filesz > NOTE_MAX ||
		    s->offset > PROBE_MAX)
			continue;
		e = img->problem ? NULL :
		    file_want(img->file, s->offset + s->filesz);
		if (e && err_reason(e) != ERR_CORRUPT)
			return e;
		err_free(e);
		take_build_id(img, s->offset, s->filesz, s->vaddr);
	}
	/* a split-off debug file has the note only in a section */
	if (!img->build_id_len && file_format(img->file) == FILE_PLAIN)
		return elf64_complete(img);
	return NULL;
}

/* A walk over the sections. */
struct sections {
	struct image *img;
	bool text_lost;		/* .text has no bytes in this file */
	uint64_t left;		/* bytes that may be searched: sections may overlap */
};

/* Searches for a build-id. */
static void search_section(struct sections *s, const char *name, const GElf_Shdr *sh)
{
	/* made from xen.efi: the id is that of the PE */
	bool is_pe = !strcmp(name, ".buildid") && sh->sh_type == SHT_PROGBITS;

	if ((sh->sh_type != SHT_NOTE && !is_pe) || sh->sh_size > s->left)
		return;
	s->left -= sh->sh_size;
	if (is_pe)
		take_pe_id(s->img, sh);
	else
		take_build_id(s->img, sh->sh_offset, sh->sh_size, sh->sh_addr);
}

static void note_section(struct sections *s, const char *name, const GElf_Shdr *sh)
{
	struct image *img = s->img;

	if (sh->sh_type == SHT_SYMTAB)
		img->has_symtab = true;
	search_section(s, name, sh);
	if (!strcmp(name, ".text") && sh->sh_type == SHT_NOBITS)
		s->text_lost = true;
	if (sh->sh_type != SHT_PROGBITS || !sh->sh_size)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(named_sections); i++)
		if (!strcmp(name, named_sections[i].name))
			*(bool *)((char *)img + named_sections[i].flag) = true;
}

/* True if .text has no bytes in this file (split-off debug file). */
static bool read_sections(struct image *img)
{
	struct sections s = { .img = img, .left = file_size(img->file) };
	struct elf_names names;
	Elf_Scn *scn = NULL;
	size_t index;

	if (!img->elf || elf_getshdrstrndx(img->elf, &index))
		return false;
	names = elf_names_of(img->elf, index);
	while ((scn = elf_nextscn(img->elf, scn))) {
		const char *name;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh))
			continue;
		name = elf_name_at(&names, sh.sh_name);
		note_section(&s, name ? name : "", &sh);
	}
	return s.text_lost;
}

static struct err *check_length(struct image *img, const struct elf_head *h)
{
	uint64_t need = h->shoff + (uint64_t)h->shnum * h->shentsize;
	size_t size = file_size(img->file);

	if (h->shoff && (need < h->shoff || need > size))
		return image_set_problem(img,
					 "is truncated: its section headers end at %lu, the file has %zu bytes",
					 (unsigned long)need, size);
	return NULL;
}

struct err *elf64_complete(struct image *img)
{
	const uint8_t *data = file_data(img->file);
	size_t size = file_size(img->file);
	bool text_lost;
	struct elf_head h;

	if (img->elf || !elf_head_parse(data, size, &h))
		return NULL;
	ERR_TRY(check_length(img, &h));
	elf_version(EV_CURRENT);
	/* only read, although libelf does not take a const pointer */
	img->elf = elf_memory((char *)data, size);
	if (!img->elf)
		return err_new(ERR_CORRUPT, "not readable as ELF: %s",
			       elf_errmsg(-1));
	text_lost = read_sections(img);
	for (unsigned int i = 0; i < h.nr_segments; i++) {
		const struct elf_segment *s = &h.segment[i];
		struct image_segment seg = {
			.va = s->vaddr,
			.mem_size = s->memsz,
			.file_size = text_lost ? 0 : s->filesz,
			.offset = s->offset,
		};

		if (s->type != PT_LOAD)
			continue;
		if (img->class != IMAGE_VMLINUX && !img->virt_start)
			img->virt_start = s->vaddr & ~(XEN_VIRT_SIZE - 1);
		image_add_segment(img, &seg);
	}
	for (unsigned int i = 0; i < img->nr_segments; i++)
		img->has_bytes |= img->segment[i].file_size != 0;
	return NULL;
}
