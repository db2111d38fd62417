/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core of one domain for tools without support of Xen: crash, drgn,
 * makedumpfile, gdb. Addresses are the guest's physical ones. It has registers
 * of the vcpus (NT_PRSTATUS), VMCOREINFO, a note "QEMU", without which crash
 * does not use those registers for all tasks, and the kernel's text as a segment
 * of its own, which drgn requires.
 *
 * Page tables of a PV guest are rewritten (guest_pages.h), and xen_start_info is
 * set to 0.
 */
#ifndef XEN_MODEL_GUEST_CORE_H
#define XEN_MODEL_GUEST_CORE_H

#include "guest.h"
#include "guest_pages.h"

struct guest_core {
	uint64_t pages;			/* of the domain's memory in the core */
	uint64_t lost;			/* of them not readable: zeros */
	uint64_t holes;			/* frames between two segments written as zeros */
	uint64_t tables;		/* page tables rewritten */
	uint64_t cleared;		/* entries of them that map no memory of the domain */
	uint64_t twice, no_gfn;		/* see struct guest_map */
	unsigned int vcpus, lost_vcpus;	/* vcpus with and without registers */
	bool has_vmcoreinfo;
	bool hidden;			/* xen_start_info is 0 */
	bool empty;			/* without the memory */
};

enum guest_core_form {
	GUEST_CORE_ELF,
	GUEST_CORE_EMPTY,	/* headers and notes, a hole for the memory; a note states that */
	GUEST_CORE_COMPRESSED,	/* kdump format, without the pages that cannot be read */
};

/*
 * Writes the core of a domain to path, which must not exist. ERR_UNSUPPORTED for
 * PV domains of 32 bits and on a running host.
 */
struct err *guest_core_write(struct xen *x, const struct domain *d,
			     const char *path, enum guest_core_form form,
			     const struct page_progress *progress,
			     struct guest_core *ret) ERR_MUST_CHECK;

/*
 * The notes of such a core, for guest_core_write(); g may be NULL. The caller
 * frees *notes.
 */
struct err *guest_core_notes(struct xen *x, const struct domain *d,
			     const struct guest *g, unsigned char **notes,
			     size_t *len, struct guest_core *ret) ERR_MUST_CHECK;

#endif
