/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "head.h"

#include <ctype.h>
#include <elf.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/bytes.h"
#include "xen/symbols/map.h"
#include "pe.h"

#define MULTIBOOT1_MAGIC	0x1badb002U	/* in the first 8 KiB */
#define MULTIBOOT2_MAGIC	0xe85250d6U	/* in the first 32 KiB */
/* boot/mkelf32.c: offset in xen of the bytes of xen-syms */
#define WRAPPER_OFFSET		128
#define LINUX_TEXT		0xffffffff80000000UL
#define MAP_LINES		64

/* Members that have the same names in both ELF classes. */
#define SET_HEAD(h, eh)					\
	do {						\
		(h)->type = (eh).e_type;		\
		(h)->machine = (eh).e_machine;		\
		(h)->entry = (eh).e_entry;		\
		(h)->shoff = (eh).e_shoff;		\
		(h)->shentsize = (eh).e_shentsize;	\
		(h)->shnum = (eh).e_shnum;		\
		(h)->phoff = (eh).e_phoff;		\
		(h)->phentsize = (eh).e_phentsize;	\
		(h)->phnum = (eh).e_phnum;		\
	} while (0)

#define SEGMENT(ph)							\
	(struct elf_segment){						\
		(ph).p_type, (ph).p_flags, (ph).p_offset, (ph).p_vaddr,	\
		(ph).p_paddr, (ph).p_filesz, (ph).p_memsz, (ph).p_align	\
	}

static bool read_head(const uint8_t *p, size_t len, struct elf_head *h)
{
	Elf64_Ehdr eh64;
	Elf32_Ehdr eh32;

	if (len < (h->is_64 ? sizeof(eh64) : sizeof(eh32)))
		return false;
	if (h->is_64) {
		memcpy(&eh64, p, sizeof(eh64));
		SET_HEAD(h, eh64);
	} else {
		memcpy(&eh32, p, sizeof(eh32));
		SET_HEAD(h, eh32);
	}
	return true;
}

static struct elf_segment read_segment(const uint8_t *p, bool is_64)
{
	Elf64_Phdr ph64;
	Elf32_Phdr ph32;

	if (is_64) {
		memcpy(&ph64, p, sizeof(ph64));
		return SEGMENT(ph64);
	}
	memcpy(&ph32, p, sizeof(ph32));
	return SEGMENT(ph32);
}

static void read_segments(const uint8_t *p, size_t len, struct elf_head *h)
{
	size_t size = h->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	uint64_t at = h->phoff;

	if (h->phentsize != size)
		return;
	for (unsigned int i = 0; i < h->phnum && i < ELF_HEAD_SEGMENTS &&
	     at <= len && len - at >= size; i++, at += size)
		h->segment[h->nr_segments++] = read_segment(p + at, h->is_64);
}

bool elf_head_parse(const uint8_t *p, size_t len, struct elf_head *ret)
{
	struct elf_head h = { 0 };

	if (len < EI_NIDENT || memcmp(p, ELFMAG, SELFMAG) ||
	    p[EI_DATA] != ELFDATA2LSB)
		return false;
	h.is_64 = p[EI_CLASS] == ELFCLASS64;
	if (!h.is_64 && p[EI_CLASS] != ELFCLASS32)
		return false;
	if (!read_head(p, len, &h))
		return false;
	read_segments(p, len, &h);
	*ret = h;
	return true;
}

const struct elf_segment *elf_head_load(const struct elf_head *h)
{
	for (unsigned int i = 0; i < h->nr_segments; i++)
		if (h->segment[i].type == PT_LOAD)
			return &h->segment[i];
	return NULL;
}

static unsigned int count_loads(const struct elf_head *h)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < h->nr_segments; i++)
		n += h->segment[i].type == PT_LOAD;
	return n;
}

bool is_xen_va(uint64_t va)
{
	return va >= XEN_VIRT_START_NEW &&
	       va < XEN_VIRT_START_OLD + XEN_VIRT_SIZE;
}

static bool has_magic(const uint8_t *p, size_t len, size_t limit,
		      uint32_t magic)
{
	if (len > limit)
		len = limit;
	for (size_t i = 0; i + 4 <= len; i += 4)
		if (get_le32(p + i) == magic)
			return true;
	return false;
}

static bool is_dump(const uint8_t *p, size_t len)
{
	struct elf_head h;

	if (len >= 8 && (!memcmp(p, "KDUMP   ", 8) || !memcmp(p, "DISKDUMP", 8)))
		return true;
	/* makedumpfile -F */
	if (len >= 13 && !memcmp(p, "makedumpfile", 13))
		return true;
	return elf_head_parse(p, len, &h) && h.type == ET_CORE;
}

/* Other multiboot kernels are ELF32, too, but without mkelf32's layout. */
static bool is_xen_wrapper(const uint8_t *p, size_t len)
{
	const struct elf_segment *load;
	struct elf_head h;

	if (!elf_head_parse(p, len, &h) || h.is_64 || h.machine != EM_386)
		return false;
	load = elf_head_load(&h);
	if (!load || load->offset != WRAPPER_OFFSET ||
	    load->vaddr != load->paddr || load->vaddr != h.entry)
		return false;
	return has_magic(p, len, 8192 + WRAPPER_OFFSET, MULTIBOOT1_MAGIC) ||
	       has_magic(p, len, 32768 + WRAPPER_OFFSET, MULTIBOOT2_MAGIC);
}

static bool is_xen_elf64(const uint8_t *p, size_t len, struct elf_head *h)
{
	const struct elf_segment *load;

	if (!elf_head_parse(p, len, h) || !h->is_64 || h->type != ET_EXEC ||
	    h->machine != EM_X86_64)
		return false;
	load = elf_head_load(h);
	return load && is_xen_va(load->vaddr);
}

/* xen-syms has one PT_LOAD and a physical entry address. */
static bool is_xen_efi_elf(const uint8_t *p, size_t len)
{
	struct elf_head h;

	return is_xen_elf64(p, len, &h) && count_loads(&h) > 1 &&
	       is_xen_va(h.entry);
}

static bool is_xen_syms(const uint8_t *p, size_t len)
{
	struct elf_head h;

	return is_xen_elf64(p, len, &h);
}

static bool is_vmlinux(const uint8_t *p, size_t len)
{
	const struct elf_segment *load;
	struct elf_head h;

	if (!elf_head_parse(p, len, &h) || !h.is_64 || h.type != ET_EXEC ||
	    h.machine != EM_X86_64)
		return false;
	load = elf_head_load(&h);
	return load && load->vaddr >= LINUX_TEXT;
}

static bool is_elf(const uint8_t *p, size_t len)
{
	return len >= SELFMAG && !memcmp(p, ELFMAG, SELFMAG);
}

/* Documentation/arch/x86/boot.rst of Linux */
static bool is_vmlinuz(const uint8_t *p, size_t len)
{
	return len >= 0x206 && get_le16(p + 0x1fe) == 0xaa55 &&
	       !memcmp(p + 0x202, "HdrS", 4);
}

static bool is_xen_efi(const uint8_t *p, size_t len)
{
	struct pe_head h;

	return pe_head_parse(p, len, &h) && is_xen_va(h.image_base);
}

static bool is_pe(const uint8_t *p, size_t len)
{
	struct pe_head h;

	return pe_head_parse(p, len, &h);
}

static bool is_cpio(const uint8_t *p, size_t len)
{
	return len >= 6 && (!memcmp(p, "070701", 6) ||
			    !memcmp(p, "070702", 6) ||
			    !memcmp(p, "070707", 6));
}

/*
 * Reads the first lines of a map. Returns the number of valid lines, 0 if a
 * line has another format. *xen: one has an address of the hypervisor.
 */
static unsigned int read_map_lines(const char *p, size_t len, bool *xen)
{
	unsigned int good = 0, undefined = 0;

	*xen = false;
	for (unsigned int i = 0; i < MAP_LINES && len; i++) {
		const char *end = memchr(p, '\n', len);
		size_t n = end ? (size_t)(end - p) : len;
		struct map_line m;

		/* the last line may be cut */
		if (!end && good)
			break;
		if (map_parse_line(p, n, &m)) {
			good++;
			*xen |= is_xen_va(m.addr);
		} else if (n > 4 && isspace((unsigned char)p[0])) {
			undefined++;
		} else {
			return 0;
		}
		n += end != NULL;
		p += n;
		len -= n;
	}
	return good > undefined ? good : 0;
}

static bool is_xen_map(const uint8_t *p, size_t len)
{
	bool xen;

	return read_map_lines((const char *)p, len, &xen) && xen;
}

static bool is_system_map(const uint8_t *p, size_t len)
{
	bool xen;

	return read_map_lines((const char *)p, len, &xen) > 0;
}

/* "0x12345678\tsymbol\tvmlinux\tEXPORT_SYMBOL_GPL" */
static bool is_module_symvers(const uint8_t *p, size_t len)
{
	size_t i;

	if (len < 12 || memcmp(p, "0x", 2))
		return false;
	for (i = 2; i < 10; i++)
		if (!isxdigit(p[i]))
			return false;
	if (p[10] != '\t')
		return false;
	for (i = 11; i < len && p[i] != '\n'; i++)
		if (len - i > 8 && !memcmp(p + i, "\tEXPORT_", 8))
			return true;
	return false;
}

/* Tried in this order: special classes before general ones. */
static const struct {
	enum image_class class;
	bool (*match)(const uint8_t *p, size_t len);
} matches[] = {
	{ IMAGE_DUMP, is_dump },
	{ IMAGE_XEN, is_xen_wrapper },
	{ IMAGE_XEN_EFI_ELF, is_xen_efi_elf },
	{ IMAGE_XEN_SYMS, is_xen_syms },
	{ IMAGE_VMLINUX, is_vmlinux },
	{ IMAGE_ELF, is_elf },
	{ IMAGE_VMLINUZ, is_vmlinuz },
	{ IMAGE_XEN_EFI, is_xen_efi },
	{ IMAGE_PE, is_pe },
	{ IMAGE_INITRD, is_cpio },
	{ IMAGE_MODULE_SYMVERS, is_module_symvers },
	{ IMAGE_XEN_MAP, is_xen_map },
	{ IMAGE_SYSTEM_MAP, is_system_map },
};

enum image_class head_class(const uint8_t *p, size_t len)
{
	/* a line may be as long as the file */
	if (len > HEAD_SIZE)
		len = HEAD_SIZE;
	for (size_t i = 0; i < ARRAY_SIZE(matches); i++)
		if (matches[i].match(p, len))
			return matches[i].class;
	return IMAGE_UNKNOWN;
}
