/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PE32+ headers, as far as xen.efi requires them (Microsoft's PE format, ld's pei). */
#ifndef XEN_IMAGE_PE_H
#define XEN_IMAGE_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pe_head {
	uint64_t image_base;
	uint64_t sections;	/* file offset of the section table */
	unsigned int nr_sections;
	uint64_t strings;	/* file offset of the COFF strings; 0: none */
};

struct pe_section {
	char name[64];
	uint32_t rva, mem_size;
	uint32_t offset, file_size;
};

bool pe_head_parse(const uint8_t *p, size_t len, struct pe_head *ret);

/* Returns the n-th section of a whole file; false past the last. */
bool pe_section_read(const uint8_t *p, size_t len, const struct pe_head *h,
		     unsigned int n, struct pe_section *ret);

#endif
