/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small generated hypervisor: text with the functions that return the
 * version, strings, embedded symbol table, .config, build-id note, lists of
 * patched places, data with many pointers. It can be generated in every format
 * of Xen's build, for the tests of images and symbols and for fuzz seeds.
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
	bool no_lists;		/* patches nothing (4.4) */
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
	size_t etext, rodata, erodata, init, data, page_table;
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

/* All strings similar to the "version" of common/version.c. */
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

		/* the last one patches memory that is freed after boot */
		made_put32(p, (i == 4 ? m->init : alt_site + 8 * i) -
			      (m->alts + i * size));
		made_put32(p + 4, m->init + 0x300 - (m->alts + i * size + 4));
		made_put16(p + 8, i);
		p[10] = 3;
		p[11] = m->o.alt12 ? 3 : 5;
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
		 "#\n# Automatically generated\n#\nCONFIG_CC_IS_GCC=y\nCONFIG_GCC_VERSION=140200\n"
		 "CONFIG_DEFCONFIG_LIST=\"$ARCH_DEFCONFIG\"\nCONFIG_X86=y\nCONFIG_NR_CPUS=256\n%s\n",
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

/* As written by tools/symbols.c; only text symbols in the oldest version. */
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
	/* space for the table, whose symbols must all be known before */
	at = made_align(at, 8);
	m->init = made_align(at + 0x1200, 0x100);
	m->erodata = m->init - 0x80;
	made_symbol(m, "_erodata", NULL, 'd', m->erodata, 0);
	if (!m->o.no_lists)
		made_lists(m);
	m->data = m->init + 0x400;
	made_symbol(m, "conring", "drivers/char/console.c", 'd', m->data, 8);
	made_symbol(m, "symbol_of_data", NULL, 'd', m->data + 8, 8);
	for (unsigned int i = 0; i < 16; i++)
		made_put64(m->payload + m->data + 8 * i, m->va + 0x10 * i);
	m->size = m->data + 0x100;
	m->page_table = made_align(m->size + 0x200, 0x1000);
	m->mem_size = m->page_table + 0x1000;
	made_symbol(m, "bss_thing", NULL, 'b', m->size + 0x10, 0x20);
	made_symbol(m, "idle_pg_table", NULL, 'b', m->page_table, 0x1000);
	made_symbol(m, "_end", NULL, 'b', m->mem_size, 0);
	qsort(m->symbol, m->nr_symbols, sizeof(m->symbol[0]), made_compare);
	if (m->o.table != TABLE_NONE)
		at = made_embedded(m, at);
	if (made_note(m, at) > m->erodata)
		abort();
}

#endif
