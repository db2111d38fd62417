/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Classes of files, by their first bytes. */
#ifndef XEN_IMAGE_HEAD_H
#define XEN_IMAGE_HEAD_H

#include "image.h"

/* Bytes from which the class is found. */
#define HEAD_SIZE	(64UL << 10)
#define ELF_HEAD_SEGMENTS 32

/* Program header of either ELF class. */
struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_head {
	bool is_64;
	uint16_t type, machine;
	uint64_t entry, shoff, phoff;
	uint16_t shentsize, shnum, phentsize, phnum;
	struct elf_segment segment[ELF_HEAD_SEGMENTS];
	unsigned int nr_segments;	/* within the bytes */
};

/* Little endian only; false when the bytes are no ELF header. */
bool elf_head_parse(const uint8_t *p, size_t len, struct elf_head *ret);

/* The first PT_LOAD; NULL without. */
const struct elf_segment *elf_head_load(const struct elf_head *h);

bool is_xen_va(uint64_t va);

/* The class of a file that starts with these bytes. */
enum image_class head_class(const uint8_t *p, size_t len);

#endif
