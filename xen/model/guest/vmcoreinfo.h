/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMCOREINFO of a Linux kernel: lines "KEY=VALUE" that the kernel writes into
 * one page of its memory at boot, as an ELF note (Linux, kernel/vmcore_info.c
 * and include/linux/vmcore_info.h; kernel/crash_core.c and kernel/kexec.c
 * before). All of it is written by the guest.
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
 * Takes a text of len bytes, up to the first byte that no such text has.
 * ERR_CORRUPT if it does not begin with OSRELEASE.
 */
struct err *vmcoreinfo_take(const void *text, size_t len,
			    struct vmcoreinfo *ret) ERR_MUST_CHECK;

/* The value of a key, cut to fit; false without the key. */
bool vmcoreinfo_text(const struct vmcoreinfo *v, const char *key, char *buf,
		     size_t size);
/*
 * The number of a key: "OFFSET(list_head.prev)" in decimal, with a sign, or
 * hexadecimal with 0x; with vmcoreinfo_hex() hexadecimal without 0x, as of
 * SYMBOL() and KERNELOFFSET. False without the key, or if it is no number.
 */
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *key,
		       uint64_t *ret);
bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *ret);
/* vmcoreinfo_hex() of "SYMBOL(name)". */
bool vmcoreinfo_symbol(const struct vmcoreinfo *v, const char *name,
		       uint64_t *va);

#endif
