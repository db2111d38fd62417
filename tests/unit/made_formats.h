/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A generated hypervisor in the formats of Xen's build. */
#ifndef TESTS_MADE_FORMATS_H
#define TESTS_MADE_FORMATS_H

#include "made_xen.h"

/* boot/mkelf32.c: the payload follows 128 bytes. */
static inline uint8_t *made_wrapper(const struct made *m, size_t *len)
{
	bool note = !m->o.no_build_id;
	Elf32_Ehdr eh = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC, .e_machine = EM_386, .e_version = 1,
		.e_entry = MADE_IMG_OFFSET, .e_phoff = 52, .e_ehsize = 52,
		.e_phentsize = 32, .e_phnum = note ? 2 : 1, .e_shentsize = 40,
	};
	Elf32_Phdr ph[2] = {
		{ .p_type = PT_LOAD, .p_offset = 128,
		  .p_vaddr = MADE_IMG_OFFSET, .p_paddr = MADE_IMG_OFFSET,
		  .p_filesz = m->size, .p_memsz = m->mem_size, .p_flags = 7,
		  .p_align = 64 },
		{ .p_type = PT_NOTE, .p_offset = 128 + m->note,
		  .p_vaddr = m->note, .p_paddr = m->note,
		  .p_filesz = 16 + MADE_ID_LEN, .p_memsz = 16 + MADE_ID_LEN },
	};
	uint8_t *p = calloc(1, 128 + m->size);

	memcpy(p, &eh, sizeof(eh));
	memcpy(p + 52, ph, note ? sizeof(ph) : sizeof(ph[0]));
	memcpy(p + 128, m->payload, m->size);
	*len = 128 + m->size;
	return p;
}

enum made_elf_flags {
	MADE_STRIPPED = 1,	/* no symbol table */
	MADE_DWARF = 2,		/* a .debug_info, of one byte */
	MADE_SPLIT = 4,		/* the debug file split off */
};

struct made_section {
	const char *name;
	unsigned int type, flags;
	size_t at, end;		/* in the payload */
};

static inline unsigned int made_section_of(const struct made_section *sec,
					   unsigned int nr, size_t at)
{
	unsigned int found = 1;

	for (unsigned int i = 1; i < nr; i++)
		if (sec[i].type && at >= sec[i].at)
			found = i;
	return found;
}

/* The symbol table, with an STT_FILE before each file's statics. */
static inline size_t made_symtab(const struct made *m,
				 const struct made_section *sec,
				 unsigned int nr, Elf64_Sym *sym, char *str,
				 size_t *str_len)
{
	const char *file = "";
	size_t n = 1, at = 1;

	memset(&sym[0], 0, sizeof(sym[0]));
	str[0] = 0;
	for (unsigned int global = 0; global < 2; global++)
		for (size_t i = 0; i < m->nr_symbols; i++) {
			const struct made_symbol *s = &m->symbol[i];

			if ((*s->file == 0) != global)
				continue;
			if (*s->file && strcmp(s->file, file)) {
				file = s->file;
				sym[n++] = (Elf64_Sym){
					.st_name = at, .st_shndx = SHN_ABS,
					.st_info = ELF64_ST_INFO(STB_LOCAL, STT_FILE),
				};
				at += sprintf(str + at, "%s", file) + 1;
			}
			sym[n++] = (Elf64_Sym){
				.st_name = at, .st_value = m->va + s->at,
				.st_size = s->size,
				.st_shndx = made_section_of(sec, nr, s->at),
				.st_info = ELF64_ST_INFO(global, !s->size ?
					STT_NOTYPE : s->type == 't' ?
					STT_FUNC : STT_OBJECT),
			};
			at += sprintf(str + at, "%s", s->name) + 1;
		}
	*str_len = at;
	return n;
}

#define MADE_SECTIONS 11
#define MADE_BASE 0x1000	/* of the payload in the file */

/* An ELF file under construction. */
struct made_elf {
	const struct made *m;
	uint8_t *bytes;
	size_t at;		/* offset of the next part */
	struct made_section sec[6];
	Elf64_Shdr sh[MADE_SECTIONS];
};

static inline void made_elf_loaded(struct made_elf *e, bool split)
{
	const struct made *m = e->m;

	if (!split)
		memcpy(e->bytes + MADE_BASE, m->payload, m->size);
	else if (!m->o.no_build_id)
		memcpy(e->bytes + MADE_BASE + m->note, m->payload + m->note,
		       16 + MADE_ID_LEN);
	for (unsigned int i = 1; i < 6; i++)
		e->sh[i] = (Elf64_Shdr){
			.sh_type = split ? SHT_NOBITS : e->sec[i].type,
			.sh_flags = e->sec[i].flags,
			.sh_addr = m->va + e->sec[i].at,
			.sh_offset = MADE_BASE + e->sec[i].at,
			.sh_size = e->sec[i].end - e->sec[i].at,
		};
	if (!m->o.no_build_id)
		e->sh[6] = (Elf64_Shdr){
			.sh_type = SHT_NOTE, .sh_flags = SHF_ALLOC,
			.sh_addr = m->va + m->note,
			.sh_offset = MADE_BASE + m->note,
			.sh_size = 16 + MADE_ID_LEN, .sh_addralign = 4,
		};
	e->at = made_align(MADE_BASE + m->size, 16);
}

static inline void made_elf_symtab(struct made_elf *e)
{
	Elf64_Sym *sym = calloc(3 * MADE_SYMBOLS, sizeof(*sym));
	char *str = calloc(1, 0x4000);
	size_t n, str_len;

	n = made_symtab(e->m, e->sec, 6, sym, str, &str_len);
	memcpy(e->bytes + e->at, sym, n * sizeof(*sym));
	e->sh[8] = (Elf64_Shdr){
		.sh_type = SHT_SYMTAB, .sh_offset = e->at, .sh_link = 9,
		.sh_size = n * sizeof(*sym), .sh_entsize = sizeof(*sym),
		.sh_addralign = 8,
	};
	e->at += n * sizeof(*sym);
	memcpy(e->bytes + e->at, str, str_len);
	e->sh[9] = (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_offset = e->at,
				 .sh_size = str_len };
	e->at += str_len;
	free(sym);
	free(str);
}

static inline void made_elf_sections(struct made_elf *e)
{
	static const char *const more[] = {
		".note.gnu.build-id", ".debug_info", ".symtab", ".strtab",
		".shstrtab"
	};
	size_t names = e->at++;

	for (unsigned int i = 1; i < MADE_SECTIONS; i++) {
		e->sh[i].sh_name = e->at - names;
		e->at += sprintf((char *)e->bytes + e->at, "%s", i < 6 ?
				 e->sec[i].name : more[i - 6]) + 1;
	}
	e->sh[10].sh_type = SHT_STRTAB;
	e->sh[10].sh_offset = names;
	e->sh[10].sh_size = e->at - names;
	e->at = made_align(e->at, 8);
	memcpy(e->bytes + e->at, e->sh, sizeof(e->sh));
}

static inline void made_elf_heads(struct made_elf *e, bool split)
{
	const struct made *m = e->m;
	Elf64_Ehdr eh = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
		.e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = 1,
		.e_entry = MADE_IMG_OFFSET, .e_phoff = 64, .e_ehsize = 64,
		.e_phentsize = 56, .e_phnum = 2, .e_shentsize = 64,
		.e_shnum = MADE_SECTIONS, .e_shstrndx = MADE_SECTIONS - 1,
		.e_shoff = e->at,
	};
	Elf64_Phdr ph[2] = {
		{ .p_type = PT_LOAD, .p_flags = 7, .p_offset = MADE_BASE,
		  .p_vaddr = m->va, .p_paddr = MADE_IMG_OFFSET,
		  .p_filesz = m->size, .p_memsz = m->mem_size },
	};

	if (!m->o.no_build_id && !split)
		ph[1] = (Elf64_Phdr){
			.p_type = PT_NOTE, .p_offset = MADE_BASE + m->note,
			.p_vaddr = m->va + m->note,
			.p_filesz = 16 + MADE_ID_LEN, .p_memsz = 16 + MADE_ID_LEN,
		};
	memcpy(e->bytes, &eh, sizeof(eh));
	memcpy(e->bytes + 64, ph, sizeof(ph));
}

/* xen-syms */
static inline uint8_t *made_elf64(const struct made *m, unsigned int flags,
				  size_t *len)
{
	const unsigned int w = SHF_ALLOC | SHF_WRITE;
	struct made_elf e = {
		.m = m,
		.bytes = calloc(1, MADE_BASE + sizeof(m->payload) + 0x8000),
		.sec = {
			{ NULL, 0, 0, 0, 0 },
			{ ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0,
			  m->etext },
			{ ".rodata", SHT_PROGBITS, w, m->rodata, m->erodata },
			{ ".init.data", SHT_PROGBITS, w, m->init, m->data },
			{ ".data", SHT_PROGBITS, w, m->data, m->size },
			{ ".bss", SHT_NOBITS, w, m->size, m->mem_size },
		},
	};

	made_elf_loaded(&e, flags & MADE_SPLIT);
	if (flags & MADE_DWARF)
		e.sh[7] = (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
					.sh_offset = e.at, .sh_size = 1 };
	e.at += 16;
	if (!(flags & MADE_STRIPPED))
		made_elf_symtab(&e);
	made_elf_sections(&e);
	made_elf_heads(&e, flags & MADE_SPLIT);
	*len = e.at + sizeof(e.sh);
	return e.bytes;
}

/* xen.efi: the payload as .text, followed by .buildid. */
static inline uint8_t *made_pe(const struct made *m, size_t *len)
{
	const size_t base = 0x400, id_at = made_align(base + m->size, 16);
	uint8_t *p = calloc(1, id_at + 0x40), *h = p + 0x84, *s;

	memcpy(p, "MZ", 2);
	made_put32(p + 0x3c, 0x80);
	memcpy(p + 0x80, "PE\0\0", 4);
	made_put16(h, 0x8664);
	made_put16(h + 2, 2);
	made_put16(h + 16, 0xf0);
	made_put16(h + 20, 0x20b);
	made_put64(h + 20 + 24, m->o.virt_start);
	s = h + 20 + 0xf0;
	memcpy(s, ".text", 5);
	made_put32(s + 8, m->mem_size);
	made_put32(s + 12, MADE_IMG_OFFSET);
	made_put32(s + 16, m->size);
	made_put32(s + 20, base);
	s += 40;
	memcpy(s, ".buildid", 8);
	made_put32(s + 8, 0x35);
	made_put32(s + 12, MADE_IMG_OFFSET + 0x100000);
	made_put32(s + 16, 0x35);
	made_put32(s + 20, id_at);
	memcpy(p + base, m->payload, m->size);
	memcpy(p + id_at + 28, "RSDS", 4);
	for (unsigned int i = 0; i < 16; i++)
		p[id_at + 32 + i] = 0xe0 + i;
	p[id_at + 48] = 1;
	*len = id_at + 0x35;
	return p;
}

/* gzip; freed by the caller */
static inline uint8_t *made_gzip(const uint8_t *in, size_t len, size_t *out_len)
{
	uint8_t *out = malloc(len + 1024);
	z_stream z = { 0 };

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, 0) != Z_OK)
		abort();
	z.next_in = (uint8_t *)in;
	z.avail_in = len;
	z.next_out = out;
	z.avail_out = len + 1024;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	*out_len = z.total_out;
	deflateEnd(&z);
	return out;
}

#endif
