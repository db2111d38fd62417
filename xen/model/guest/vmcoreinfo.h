/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCOREINFO of a Linux kernel: lines "KEY=VALUE" in an ELF note, which the
 * kernel writes into one page of its memory at boot (Linux,
 * kernel/vmcore_info.c and include/linux/vmcore_info.h; kernel/crash_core.c and
 * kernel/kexec.c before). All of it is written by the guest.
 */
#ifndef XEN_MODEL_VMCOREINFO_H
#define XEN_MODEL_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

/* Header of the note: its three words and "VMCOREINFO", padded. */
#define VMCOREINFO_HEADER	24
/* The text is limited to one page (VMCOREINFO_BYTES). */
#define VMCOREINFO_MAX		4096

struct vmcoreinfo {
	unsigned int len;
	char text[VMCOREINFO_MAX + 1];	/* terminated by NUL */
};

/*
 * True if VMCOREINFO_HEADER bytes are the header of such a note; *len is then
 * the length of its text, from 1 to VMCOREINFO_MAX.
 */
bool vmcoreinfo_header(const void *bytes, unsigned int *len);

/*
 * Parses a text of len bytes, up to the first byte that such a text cannot
 * contain. ERR_CORRUPT if it does not begin with OSRELEASE.
 */
struct err *vmcoreinfo_take(const void *text, size_t len,
			    struct vmcoreinfo *ret) ERR_MUST_CHECK;

/* Returns the value of a key, truncated to the buffer; false if the key is missing. */
bool vmcoreinfo_text(const struct vmcoreinfo *v, const char *key, char *buf,
		     size_t size);
/*
 * Reads the number of a key: "OFFSET(list_head.prev)" in decimal, with a sign,
 * or hexadecimal with 0x; with vmcoreinfo_hex() hexadecimal without 0x, as of
 * SYMBOL() and KERNELOFFSET. False if the key is missing, or its value is not a
 * number.
 */
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *key,
		       uint64_t *ret);
bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *ret);
/* Like vmcoreinfo_hex() of "SYMBOL(name)". */
bool vmcoreinfo_symbol(const struct vmcoreinfo *v, const char *name,
		       uint64_t *va);

#endif
