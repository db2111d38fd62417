/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tiny hypervisor made of nothing: text with the functions that tell the
 * version, strings, embedded symbol table, .config, build-id note, lists of
 * patched places, data full of pointers. It can be had in every format that
 * Xen's build makes, for the tests of images and symbols and for fuzz seeds.
 */
#ifndef TESTS_MADE_XEN_H
#define TESTS_MADE_XEN_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MADE_NEW	0xffff82d040000000UL
#define MADE_OLD	0xffff82d080000000UL
#define MADE_IMG_OFFSET	0x200000UL
#define MADE_SYMBOLS	48
#define MADE_ID_LEN	20

enum made_table { TABLE_NONE, TABLE_4_4, TABLE_4_7, TABLE_4_21, TABLE_4_22 };

struct made_options {
	uint64_t virt_start;	/* 0: MADE_NEW */
	size_t text_size;	/* 0: 0x400 */
	enum made_table table;	/* 0: none */
	unsigned int minor;	/* 0: 20 */
	const char *date;	/* NULL: a default */
	const char *build_info;	/* NULL: no such function (before 4.15) */
	bool no_build_id;
	bool alt12;		/* alternatives of 4.5 to 4.10 */
	bool config_debug;	/* CONFIG_DEBUG=y in the .config */
};

struct made_symbol {
	char name[40];
	char file[40];		/* "": global */
	char type;		/* nm's, lower case */
	size_t at;		/* in the payload */
	size_t size;
	bool absolute;
};

struct made {
	struct made_options o;
	uint64_t va;		/* of payload[0] */
	uint8_t payload[0x20000];
	size_t size;		/* of the payload in a file */
	size_t mem_size;	/* in memory */
	size_t etext, rodata, erodata, init, data;
	size_t note, table, table_end, alts, alts_end, calls, calls_end;
	size_t clobber, clobber_end, config;
	size_t patched[3];	/* sites: alternative, call, endbr64 */
	struct made_symbol symbol[MADE_SYMBOLS];
	size_t nr_symbols;
	uint8_t id[MADE_ID_LEN];
};

static inline void made_put16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline void made_put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline void made_put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

static inline size_t made_align(size_t v, size_t to)
{
	return (v + to - 1) / to * to;
}

static inline struct made_symbol *made_symbol(struct made *m, const char *name,
					      const char *file, char type,
					      size_t at, size_t size)
{
	struct made_symbol *s = &m->symbol[m->nr_symbols++];

	if (m->nr_symbols > MADE_SYMBOLS)
		abort();
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->file, sizeof(s->file), "%s", file ? file : "");
	s->type = type;
	s->at = at;
	s->size = size;
	s->absolute = false;
	return s;
}

/* A function that returns a string: lea disp32(%rip),%rax; ret. */
static inline void made_string(struct made *m, size_t *code, size_t *text,
			       const char *function, const char *string)
{
	uint8_t *p = m->payload + *code;

	memset(p, 0x90, 16);
	memcpy(p, "\xf3\x0f\x1e\xfa\x48\x8d\x05", 7);
	made_put32(p + 7, *text - (*code + 11));
	p[11] = 0xc3;
	strcpy((char *)m->payload + *text, string);
	made_symbol(m, function, NULL, 't', *code, 12);
	*code += 16;
	*text += strlen(string) + 1;
}

static inline void made_number(struct made *m, size_t *code,
			       const char *function, unsigned int number)
{
	uint8_t *p = m->payload + *code;

	memset(p, 0x90, 16);
	p[0] = 0xb8;
	made_put32(p + 1, number);
	p[5] = 0xc3;
	made_symbol(m, function, NULL, 't', *code, 6);
	*code += 16;
}

/* Everything that reads like "version" of common/version.c. */
static inline size_t made_version(struct made *m)
{
	size_t code = 0x80, text = m->rodata;

	made_number(m, &code, "xen_major_version", 4);
	made_number(m, &code, "xen_minor_version", m->o.minor);
	made_string(m, &code, &text, "xen_extra_version", ".3-made");
	made_string(m, &code, &text, "xen_changeset", "Mon Jan 1 git:abc-dirty");
	made_string(m, &code, &text, "xen_compiler", "gcc (Made) 1.2.3");
	made_string(m, &code, &text, "xen_compile_by", "root");
	made_string(m, &code, &text, "xen_compile_domain", "made.example");
	made_string(m, &code, &text, "xen_compile_date",
		    m->o.date ? m->o.date : "Thu Jan  1 00:00:00 UTC 1970");
	if (m->o.build_info)
		made_string(m, &code, &text, "xen_build_info", m->o.build_info);
	return text;
}

/* The places that Xen patches at boot, and the lists of them. */
static inline void made_lists(struct made *m)
{
	static const size_t alt_site = 0x200, call_site = 0x240;
	static const size_t endbr_site = 0x280;
	size_t size = m->o.alt12 ? 12 : 14;

	memcpy(m->payload + endbr_site, "\xf3\x0f\x1e\xfa", 4);
	m->patched[0] = alt_site;
	m->patched[1] = call_site;
	m->patched[2] = endbr_site;
	m->alts = m->init;
	for (unsigned int i = 0; i < 5; i++) {
		uint8_t *p = m->payload + m->alts + i * size;

		/* the last one patches what is freed after boot */
		made_put32(p, (i == 4 ? m->init : alt_site + 8 * i) -
			      (m->alts + i * size));
		made_put32(p + 4, m->init + 0x300 - (m->alts + i * size + 4));
		made_put16(p + 8, i);
		p[10] = 3;
		p[11] = 5;
		if (!m->o.alt12)
			p[12] = 2;
	}
	m->alts_end = m->alts + 5 * size;
	m->calls = made_align(m->alts_end, 4);
	made_put32(m->payload + m->calls, call_site - m->calls);
	m->calls_end = m->calls + 4;
	m->clobber = made_align(m->calls_end, 8);
	made_put64(m->payload + m->clobber, m->va + endbr_site);
	made_put64(m->payload + m->clobber + 8, m->va + 0x290);
	made_put64(m->payload + m->clobber + 16, 1234);
	m->clobber_end = m->clobber + 24;
	made_symbol(m, "__alt_instructions", NULL, 'd', m->alts, 0);
	made_symbol(m, "__alt_instructions_end", NULL, 'd', m->alts_end, 0);
	made_symbol(m, "__alt_call_sites_start", NULL, 'd', m->calls, 0);
	made_symbol(m, "__alt_call_sites_end", NULL, 'd', m->calls_end, 0);
	made_symbol(m, "__initdata_cf_clobber_start", NULL, 'd', m->clobber, 0);
	made_symbol(m, "__initdata_cf_clobber_end", NULL, 'd', m->clobber_end, 0);
}

static inline size_t made_note(struct made *m, size_t at)
{
	m->note = made_align(at, 4);
	if (m->o.no_build_id)
		return m->note;
	for (unsigned int i = 0; i < MADE_ID_LEN; i++)
		m->id[i] = 0x10 + i * 7 + m->o.minor;
	made_put32(m->payload + m->note, 4);
	made_put32(m->payload + m->note + 4, MADE_ID_LEN);
	made_put32(m->payload + m->note + 8, NT_GNU_BUILD_ID);
	memcpy(m->payload + m->note + 12, "GNU", 4);
	memcpy(m->payload + m->note + 16, m->id, MADE_ID_LEN);
	return m->note + 16 + MADE_ID_LEN;
}

static inline size_t made_config(struct made *m, size_t at)
{
	char text[256];
	z_stream z = { 0 };

	snprintf(text, sizeof(text),
		 "#\n# Automatically generated\n#\nCONFIG_X86=y\nCONFIG_NR_CPUS=256\n%s\n",
		 m->o.config_debug ? "CONFIG_DEBUG=y" :
				     "# CONFIG_DEBUG is not set");
	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, 0) != Z_OK)
		abort();
	m->config = at;
	z.next_in = (uint8_t *)text;
	z.avail_in = strlen(text);
	z.next_out = m->payload + at;
	z.avail_out = 512;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return at + z.total_out;
}

static inline int made_compare(const void *a, const void *b)
{
	const struct made_symbol *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* A name in tokens: its letter, file.c#name, with two words as one token. */
static inline unsigned int made_name(const struct made *m, size_t i,
				     uint8_t *out)
{
	static const char *const words[] = { "xen_", "symbol" };
	const struct made_symbol *s = &m->symbol[i];
	unsigned int len = 0;
	char full[96];

	snprintf(full, sizeof(full), "%c%s%s%s",
		 *s->file ? s->type : s->type - 32,
		 m->o.table == TABLE_4_4 ? "" : s->file,
		 *s->file && m->o.table != TABLE_4_4 ? "#" : "", s->name);
	for (const char *p = full; *p; len++) {
		unsigned int w;

		for (w = 0; w < 2; w++)
			if (!strncmp(p, words[w], strlen(words[w])))
				break;
		out[len] = w < 2 ? 128 + w : (uint8_t)*p;
		p += w < 2 ? strlen(words[w]) : 1;
	}
	return len;
}

static inline size_t made_tokens(struct made *m, size_t at, size_t align,
				 uint8_t pad)
{
	size_t index[256], start = at;

	for (unsigned int t = 0; t < 256; t++) {
		index[t] = at - start;
		if (t == 128)
			at += sprintf((char *)m->payload + at, "xen_");
		else if (t == 129)
			at += sprintf((char *)m->payload + at, "symbol");
		else if (t > 32 && t < 127)
			m->payload[at++] = t;
		m->payload[at++] = 0;
	}
	while (at % align)
		m->payload[at++] = pad;
	for (unsigned int t = 0; t < 256; t++, at += 2)
		made_put16(m->payload + at, index[t]);
	return at;
}

/* As tools/symbols.c writes it; text symbols only in the oldest. */
static inline size_t made_embedded(struct made *m, size_t at)
{
	bool own = m->o.table == TABLE_4_22, ends = m->o.table >= TABLE_4_21;
	size_t align = own ? 1 : 8, n = 0, number, names, off;
	uint32_t offset[2 * MADE_SYMBOLS];
	uint8_t name[2 * MADE_SYMBOLS][100], len[2 * MADE_SYMBOLS];
	uint8_t pad = own ? 0xff : 0;

	for (size_t i = 0; i < m->nr_symbols; i++) {
		const struct made_symbol *s = &m->symbol[i];
		size_t next = i + 1 < m->nr_symbols ? m->symbol[i + 1].at : ~0UL;

		if (m->o.table == TABLE_4_4 && s->type != 't')
			continue;
		offset[n] = m->va - m->o.virt_start + s->at;
		len[n] = made_name(m, i, name[n]);
		n++;
		if (!ends || s->type != 't' || !s->size || s->at + s->size >= next)
			continue;
		offset[n] = m->va - m->o.virt_start + s->at + s->size;
		len[n++] = 0;
	}
	at = m->table = made_align(at, 8);
	for (size_t i = 0; i < n; i++, at += 4)
		made_put32(m->payload + at, offset[i]);
	number = at = made_align(at, own ? 4 : 8);
	made_put32(m->payload + number, n);
	names = at = own ? number + 4 : made_align(number + 4, align);
	for (size_t i = 0; i < n; i++) {
		m->payload[at++] = len[i];
		memcpy(m->payload + at, name[i], len[i]);
		at += len[i];
	}
	while (at % (own ? 4 : 8))
		m->payload[at++] = pad;
	off = at;
	made_put32(m->payload + off, 0);	/* one marker: n <= 256 */
	at = off + 4;
	while (at % align)
		m->payload[at++] = pad;
	(void)names;
	m->table_end = made_tokens(m, at, own ? 2 : 8, pad);
	return m->table_end;
}

static inline void made_init(struct made *m, const struct made_options *o)
{
	size_t at;

	memset(m, 0, sizeof(*m));
	m->o = *o;
	if (!m->o.virt_start)
		m->o.virt_start = MADE_NEW;
	if (!m->o.text_size)
		m->o.text_size = 0x400;
	if (!m->o.minor)
		m->o.minor = 20;
	m->va = m->o.virt_start + MADE_IMG_OFFSET;
	m->etext = m->o.text_size;
	for (size_t i = 0; i < m->etext; i++)
		m->payload[i] = (i * 2654435761u) >> 13 | 1;
	made_put32(m->payload + 8, 0x1badb002);
	m->rodata = made_align(m->etext + 1, 0x100);
	at = made_version(m);
	made_symbol(m, "_stext", NULL, 't', 0, 0);
	made_symbol(m, "_spin_lock", NULL, 't', 0x300, 0x20);
	made_symbol(m, "conring_puts", "drivers/char/console.c", 't', 0x340, 0x20);
	made_symbol(m, "helper", "common/a.c", 't', 0x360, 0x10);
	made_symbol(m, "helper", "common/b.c", 't', 0x380, 0x10);
	made_symbol(m, "_etext", NULL, 't', m->etext, 0);
	made_symbol(m, "_srodata", NULL, 'd', m->rodata, 0);
	at = made_config(m, made_align(at, 8));
	/* room for the table, whose symbols must all be known before */
	at = made_align(at, 8);
	m->init = made_align(at + 0x1200, 0x100);
	m->erodata = m->init - 0x80;
	made_symbol(m, "_erodata", NULL, 'd', m->erodata, 0);
	made_lists(m);
	m->data = m->init + 0x400;
	made_symbol(m, "conring", "drivers/char/console.c", 'd', m->data, 8);
	made_symbol(m, "symbol_of_data", NULL, 'd', m->data + 8, 8);
	for (unsigned int i = 0; i < 16; i++)
		made_put64(m->payload + m->data + 8 * i, m->va + 0x10 * i);
	m->size = m->data + 0x100;
	m->mem_size = m->size + 0x200;
	made_symbol(m, "bss_thing", NULL, 'b', m->size + 0x10, 0x20);
	made_symbol(m, "_end", NULL, 'b', m->mem_size, 0);
	qsort(m->symbol, m->nr_symbols, sizeof(m->symbol[0]), made_compare);
	if (m->o.table != TABLE_NONE)
		at = made_embedded(m, at);
	if (made_note(m, at) > m->erodata)
		abort();
}

/* boot/mkelf32.c: the payload behind 128 bytes. */
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

/* An ELF file while it is made. */
struct made_elf {
	const struct made *m;
	uint8_t *bytes;
	size_t at;		/* where the next thing goes */
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

/* xen.efi: the payload as .text, and a .buildid behind it. */
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
