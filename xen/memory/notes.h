/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The notes of a dump. Layouts: xen/include/xen/elfcore.h and public/elfnote.h,
 * the same from Xen 4.4 to master.
 */
#ifndef XEN_NOTES_H
#define XEN_NOTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

/* Notes of cores that "xen extract" wrote: a text on the contents of the core. */
#define OWN_NOTE_NAME		"crash-xen"
#define OWN_NOTE_DOMAIN		1	/* a core of a domain */
#define OWN_NOTE_XEN		2	/* of the hypervisor alone */
#define OWN_NOTE_EMPTY		3	/* of a domain without its memory */
/*
 * In a core of the hypervisor alone: the panic message of dom0's kernel, whose
 * memory the core lacks. Contains a 64-bit word, the page (pfn) of dom0 it was
 * read from; a second one, 1 if it was found by means of something unproved,
 * else 0; the text and a NUL. Little endian.
 */
#define OWN_NOTE_PANIC		4
#define OWN_NOTE_PANIC_TEXT	16	/* offset of the text */
#define OWN_NOTE_PANIC_SIZE	216	/* maximum length, with the NUL */

/* pr_reg of an x86_64 NT_PRSTATUS, in its order. */
struct note_regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx,
		 rsi, rdi, orig_rax, rip, cs, rflags, rsp, ss, fs_base, gs_base,
		 ds, es, fs, gs;
};

/* Registers of one pcpu, saved by itself at the crash or by QEMU. */
struct note_pcpu {
	bool has_regs, has_cr;
	struct note_regs regs;
	uint64_t cr0, cr2, cr3, cr4;
	uint64_t tss;		/* va, by its task register; 0: unknown */
};

/* XEN_ELFNOTE_CRASH_INFO; *_maddr are machine addresses of strings. */
struct note_crash_info {
	uint64_t major, minor;
	uint64_t extra_version_maddr, changeset_maddr, compiler_maddr;
	uint64_t compile_date_maddr, compile_time_maddr;
	uint64_t tainted;
	uint64_t xen_phys_start;	/* maddr */
	uint64_t dom0_p2m_mfn;		/* maddr of the frame list list; 0 or ~0: none */
};

struct notes {
	struct note_pcpu *pcpu;
	unsigned int nr_pcpus;
	bool has_crash_info;
	struct note_crash_info crash_info;
	char *vmcoreinfo_xen;	/* text, or NULL */
	char *vmcoreinfo;	/* Linux's own, or NULL */
	unsigned char *raw;	/* all bytes of the notes, as in the dump */
	size_t raw_len;
	/*
	 * "QEMU" notes, of dump-guest-memory: registers are the current ones of
	 * the pcpus, which may be those of a guest, in QEMU's order of
	 * processors.
	 */
	bool from_qemu;
	unsigned int nr_qemu;	/* number of them */
	uint32_t of_domain;	/* OWN_NOTE_DOMAIN, OWN_NOTE_EMPTY; 0: of a host */
	/* OWN_NOTE_PANIC; text is "" without it; unchecked, as in the file */
	struct {
		uint64_t pfn;
		bool unproved;
		char text[OWN_NOTE_PANIC_SIZE - OWN_NOTE_PANIC_TEXT];
	} panic;
};

/*
 * Parses the bytes of PT_NOTE segments. A truncated or malformed note fails
 * with ERR_CORRUPT; unknown notes are ignored. Release with notes_destroy().
 */
struct err *notes_parse(const void *bytes, size_t len,
			struct notes **ret) ERR_MUST_CHECK;
void notes_destroy(struct notes *n);

/* True when any of the notes is the hypervisor's. */
bool notes_are_xen(const struct notes *n);

/*
 * Reads a number of VMCOREINFO_XEN by its whole key, "SYMBOL(pgd_l4)"
 * (hexadecimal) or "SIZE(page_info)" (decimal). ERR_NOT_FOUND if the key is
 * missing.
 */
struct err *notes_vmcoreinfo_xen(const struct notes *n, const char *key,
				 uint64_t *ret) ERR_MUST_CHECK;

#endif
