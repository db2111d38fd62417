/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operating system in a domain's memory. A Linux kernel is found by its
 * VMCOREINFO note in a frame that the domain owns, and confirmed by the release
 * in the kernel's own uts name; other systems by what they registered with Xen
 * (Viridian) or by a text in memory. The results are kept in struct xen.
 */
#ifndef XEN_MODEL_GUEST_H
#define XEN_MODEL_GUEST_H

#include "guest_scan.h"
#include "guest_tables.h"
#include "vmcoreinfo.h"

enum guest_os {
	GUEST_UNKNOWN, GUEST_LINUX, GUEST_WINDOWS, GUEST_FREEBSD, GUEST_NETBSD,
	GUEST_MINIOS, GUEST_SOLO5, GUEST_FIRMWARE,
};

#define GUEST_NAME	65		/* __NEW_UTS_LEN + 1 */

struct guest {
	bool unproved;		/* found by means of something unproved; set by the search */
	struct domain domain;
	enum guest_os os;
	char release[96];		/* "6.12.1"; of other systems a version; or "" */
	char how[160];			/* evidence, or why the system is unknown */
	uint64_t evidence;		/* mfn of the note or text; 0: neither */

	/* of a Linux kernel with VMCOREINFO; else NULL */
	struct vmcoreinfo *info;
	bool confirmed;			/* the kernel's uts name agrees with VMCOREINFO */
	char hostname[GUEST_NAME], version[GUEST_NAME];	/* member of the uts name */
	char build_id[2 * BUILD_ID_MAX + 1];	/* hexadecimal; or "" */
	bool has_kaslr, has_phys_base;
	uint64_t kaslr;			/* offset of the actual from the linked address, bytes */
	int64_t phys_base;		/* bytes */
	unsigned int levels;		/* level of page tables; 0: unknown */
	struct guest_tables tables;		/* if confirmed */

	struct symbols *symbols;	/* kallsyms, once read (guest_symbols.h) */
};

/*
 * Finds the system that runs in a domain. ERR_NO_TYPE without types of the
 * hypervisor; ERR_UNSUPPORTED on a running host whose memory is not read. The
 * result is owned by x and valid until xen_forget() or xen_refresh(). An
 * unknown system is not an error.
 */
struct err *guest_find(struct xen *x, const struct domain *d,
		       const struct page_progress *progress,
		       struct guest **ret) ERR_MUST_CHECK;
/* Likewise for several domains, with one pass over the frame table. */
struct err *guest_find_all(struct xen *x, const struct guest_domains *domains,
			   const struct page_progress *progress) ERR_MUST_CHECK;
/* Returns the result of an earlier search; NULL if there was none. */
struct guest *guest_known(struct xen *x, const struct domain *d);

/* Like guest_find(), but ERR_NOT_FOUND unless the system is a confirmed Linux. */
struct err *guest_find_linux(struct xen *x, const struct domain *d,
			     const struct page_progress *progress,
			     struct guest **ret) ERR_MUST_CHECK;

const char *guest_os_name(enum guest_os os);	/* "Linux" ...; "?" if unknown */

#endif
