/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A core with the sections of "xl dump-core" (Xen, docs/misc/dump-core-format.txt). */
#include "corewriter_internal.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

/* Pages are aligned to their size, the other sections to 8 bytes. */
#define SECTION_ALIGN	8

enum { SECTION_NULL, SECTION_NAMES, SECTION_NOTES, SECTION_CONTEXTS, SECTION_PAGES,
       SECTION_P2M, SECTIONS };

static const char names[] =
	"\0.shstrtab\0.note.Xen\0.xen_prstatus\0.xen_pages\0.xen_p2m";

static uint64_t align(uint64_t n, uint64_t to)
{
	return (n + to - 1) & ~(to - 1);
}

/*
 * The sections in the order of the file; the number of pages equals the number
 * of frames.
 */
static void make_sections(const struct core_params *p, Elf64_Shdr sh[SECTIONS])
{
	const struct core_xc *xc = p->xc;
	const struct {
		uint32_t name, type;
		uint64_t size, align, entry;
	} sections[SECTIONS] = {
		[SECTION_NAMES] = { 1, SHT_STRTAB, sizeof(names), 1, 0 },
		[SECTION_NOTES] = { 11, SHT_NOTE, p->notes_len, SECTION_ALIGN, 0 },
		[SECTION_CONTEXTS] = { 21, SHT_PROGBITS, xc->contexts_len, SECTION_ALIGN, 0 },
		[SECTION_PAGES] = { 35, SHT_PROGBITS, xc->nr_frames * XPAGE_SIZE, XPAGE_SIZE,
				    XPAGE_SIZE },
		[SECTION_P2M] = { 46, SHT_PROGBITS, xc->nr_frames * sizeof(*xc->frame),
				  SECTION_ALIGN, sizeof(*xc->frame) },
	};
	uint64_t at = sizeof(Elf64_Ehdr) + SECTIONS * sizeof(*sh);

	sh[SECTION_NULL] = (Elf64_Shdr){ .sh_name = 0 };
	for (unsigned int i = SECTION_NAMES; i < SECTIONS; i++) {
		at = align(at, sections[i].align);
		sh[i] = (Elf64_Shdr){
			.sh_name = sections[i].name, .sh_type = sections[i].type,
			.sh_offset = at, .sh_size = sections[i].size,
			.sh_addralign = sections[i].align, .sh_entsize = sections[i].entry,
		};
		at += sections[i].size;
	}
}

struct err *xcwriter_create(struct corewriter *c, const struct core_params *p)
{
	const Elf64_Ehdr h = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_ehsize = sizeof(h), .e_shoff = sizeof(h),
		.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = SECTIONS,
		.e_shstrndx = SECTION_NAMES,
	};
	Elf64_Shdr sh[SECTIONS];

	make_sections(p, sh);
	ERR_TRY(core_place_loads(c, sh[SECTION_PAGES].sh_offset));
	if (c->size != sh[SECTION_PAGES].sh_offset + sh[SECTION_PAGES].sh_size)
		return err_new(ERR_CORRUPT, "%s: segments and frames differ", c->path);
	c->size = sh[SECTION_P2M].sh_offset + sh[SECTION_P2M].sh_size;
	ERR_TRY(core_write_at(c, 0, &h, sizeof(h)));
	ERR_TRY(core_write_at(c, sizeof(h), sh, sizeof(sh)));
	ERR_TRY(core_write_at(c, sh[SECTION_NAMES].sh_offset, names, sizeof(names)));
	ERR_TRY(core_write_at(c, sh[SECTION_NOTES].sh_offset, p->notes, p->notes_len));
	ERR_TRY(core_write_at(c, sh[SECTION_CONTEXTS].sh_offset, p->xc->contexts,
			      p->xc->contexts_len));
	ERR_TRY(core_write_at(c, sh[SECTION_P2M].sh_offset, p->xc->frame,
			      sh[SECTION_P2M].sh_size));
	if (ftruncate(c->fd, c->size))
		return err_io(errno, "%s: setting the size to %" PRIu64 " bytes", c->path, c->size);
	return NULL;
}
