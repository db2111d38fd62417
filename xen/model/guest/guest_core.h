/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core of one domain for tools without support of Xen: crash, drgn,
 * makedumpfile, gdb. Addresses are the guest's physical ones. It has registers
 * of the vcpus (NT_PRSTATUS), VMCOREINFO, a note "QEMU", without which crash
 * does not use those registers for all tasks, and the kernel's text as a segment
 * of its own, which drgn requires.
 *
 * Page tables of a PV guest are rewritten (guest_pages.h), and xen_start_info is
 * set to 0, except in the format of "xl dump-core".
 */
#ifndef XEN_MODEL_GUEST_CORE_H
#define XEN_MODEL_GUEST_CORE_H

#include "guest.h"
#include "guest_pages.h"
#include "xen/memory/notes.h"

struct guest_core {
	uint64_t pages;			/* pages of the domain's memory in the core */
	uint64_t lost;			/* number of these that are not readable, and written as zeros */
	uint64_t zeros;			/* number of those that are readable and have only zeros */
	uint64_t holes;			/* frames between two segments written as zeros */
	uint64_t tables;		/* number of page tables rewritten */
	uint64_t cleared;		/* number of their entries that do not map memory of the domain */
	uint64_t twice, no_gfn;		/* see struct guest_map */
	/* pages from pfn end on, above the memory of the kernel, that a compressed core leaves out */
	uint64_t above, end;
	unsigned int vcpus, lost_vcpus;	/* vcpus with and without registers */
	bool has_vmcoreinfo;
	bool hidden;			/* xen_start_info is 0 */
	bool empty;			/* without the memory */
	bool xc;			/* in the format of "xl dump-core" */
};

enum guest_core_form {
	GUEST_CORE_ELF,
	GUEST_CORE_EMPTY,	/* headers and notes, and a hole in place of the memory, as a note states */
	GUEST_CORE_XC,		/* of a PV domain, with the sections of "xl dump-core": memory unaltered */
	GUEST_CORE_COMPRESSED,	/* kdump format, without the pages that cannot be read */
};

/*
 * Writes the core of a domain to path, which must not exist. ERR_UNSUPPORTED
 * for PV domains of 32 bits, and for GUEST_CORE_XC of other types. A guest of a
 * running host changes during the copy unless it is paused (domain_pause()).
 */
struct err *guest_core_write(struct xen *x, const struct domain *d,
			     const char *path, enum guest_core_form form,
			     const struct page_progress *progress,
			     struct guest_core *ret) ERR_MUST_CHECK;

/*
 * Builds the notes of such a core, for guest_core_write(); g may be NULL. The
 * caller frees *notes.
 */
struct err *guest_core_notes(struct xen *x, const struct domain *d,
			     const struct guest *g, unsigned char **notes,
			     size_t *len, struct guest_core *ret) ERR_MUST_CHECK;

/* struct elf_prstatus of x86_64 in such a note: its size, and the registers in it. */
#define PRSTATUS_SIZE	336
#define PRSTATUS_REGS	112

/*
 * Reads the registers for these notes, one entry for each vcpu in the order of
 * the notes; an entry is all 0 if they cannot be read. At most max entries; *nr
 * is their number.
 */
struct err *guest_core_registers(struct xen *x, const struct domain *d,
				 struct note_regs *regs, unsigned int max,
				 unsigned int *nr) ERR_MUST_CHECK;

#endif
