/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Classes of files, recognised by their first bytes. */
#ifndef XEN_IMAGE_HEAD_H
#define XEN_IMAGE_HEAD_H

#include "image.h"

/* Number of bytes required to find the class. */
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
	unsigned int nr_segments;	/* true if within the bytes */
};

/* Supports little endian only; false if the bytes are not an ELF header. */
bool elf_head_parse(const uint8_t *p, size_t len, struct elf_head *ret);

/* Returns the first PT_LOAD; NULL if there is none. */
const struct elf_segment *elf_head_load(const struct elf_head *h);

bool is_xen_va(uint64_t va);

/* Returns the class of a file that starts with these bytes. */
enum image_class head_class(const uint8_t *p, size_t len);

#endif
