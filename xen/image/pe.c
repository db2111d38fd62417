/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pe.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/bytes.h"
#include "head.h"

#define COFF_SIZE	20
#define SECTION_SIZE	40
#define SYMBOL_SIZE	18
#define PE32PLUS	0x20b
#define MACHINE_X86_64	0x8664

bool pe_head_parse(const uint8_t *p, size_t len, struct pe_head *ret)
{
	struct pe_head h = { 0 };
	uint64_t at, symbols;
	unsigned int optional;

	if (len < 0x40 || memcmp(p, "MZ", 2))
		return false;
	at = get_le32(p + 0x3c);
	if (at > len || len - at < 4 + COFF_SIZE + 32 ||
	    memcmp(p + at, "PE\0\0", 4))
		return false;
	at += 4;
	if (get_le16(p + at) != MACHINE_X86_64 ||
	    get_le16(p + at + COFF_SIZE) != PE32PLUS)
		return false;
	h.nr_sections = get_le16(p + at + 2);
	symbols = get_le32(p + at + 8);
	if (symbols)
		h.strings = symbols +
			    (uint64_t)get_le32(p + at + 12) * SYMBOL_SIZE;
	optional = get_le16(p + at + 16);
	h.image_base = get_le64(p + at + COFF_SIZE + 24);
	h.sections = at + COFF_SIZE + optional;
	*ret = h;
	return true;
}

/* "/123" refers to a long name at that offset of the strings. */
static void long_name(const uint8_t *p, size_t len, const struct pe_head *h,
		      struct pe_section *s)
{
	uint64_t at = h->strings + strtoul(s->name + 1, NULL, 10);
	size_t n;

	if (!h->strings || at >= len)
		return;
	n = strnlen((const char *)p + at, len - at);
	if (n >= sizeof(s->name))
		n = sizeof(s->name) - 1;
	memcpy(s->name, p + at, n);
	s->name[n] = '\0';
}

bool pe_section_read(const uint8_t *p, size_t len, const struct pe_head *h,
		     unsigned int n, struct pe_section *ret)
{
	uint64_t at = h->sections + (uint64_t)n * SECTION_SIZE;
	struct pe_section s = { .name = "" };

	if (n >= h->nr_sections || at > len || len - at < SECTION_SIZE)
		return false;
	memcpy(s.name, p + at, 8);
	s.mem_size = get_le32(p + at + 8);
	s.rva = get_le32(p + at + 12);
	s.file_size = get_le32(p + at + 16);
	s.offset = get_le32(p + at + 20);
	if (s.name[0] == '/')
		long_name(p, len, h, &s);
	*ret = s;
	return true;
}
