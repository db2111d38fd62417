/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes a core of x86_64: an ELF core, in which pages of zeros are holes, one
 * with the sections of "xl dump-core", or a dump in makedumpfile's compressed
 * format. The file has no name until it is complete, so that an interrupted
 * write leaves no file.
 */
#ifndef XEN_COREWRITER_H
#define XEN_COREWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

/* Maximum number of PT_LOADs of a file, the limit of elfcore.c. */
#define CORE_LOADS_MAX	((1U << 20) - 1)

struct core_load {
	uint64_t paddr, vaddr, size;	/* bytes, whole pages */
	/* is within an earlier load, with which it shares bytes in the file */
	bool is_inside;
};

struct corewriter;

struct core_frame {
	uint64_t pfn, mfn;
};

/*
 * The format of "xl dump-core", which has sections instead of segments (Xen,
 * docs/misc/dump-core-format.txt, format version 0.1).
 */
struct core_xc {
	const void *contexts;		/* vcpu_guest_context of all vcpus */
	size_t contexts_len;		/* bytes */
	const struct core_frame *frame;	/* of each page, by ascending pfn */
	uint64_t nr_frames;
};

struct core_params {
	const void *notes;
	size_t notes_len;		/* bytes */
	const struct core_load *loads;
	unsigned int nr_loads;
	bool compressed;		/* kdump format, zlib; else ELF */
	/* that of a Linux kernel, for the compressed format; the texts may be NULL */
	uint64_t phys_base;
	const char *release, *version;
	uint64_t max_mapnr;		/* minimum of the field of that name in the compressed format */
	const struct core_xc *xc;	/* NULL: no sections; else the loads contain the frames and nothing else */
};

/*
 * Starts the core path, which must not exist. loads ascend by paddr and do not
 * overlap, except those that are inside another one; both arrays are copied. The
 * compressed format has no segments: pages that are not written are absent.
 */
struct err *core_create(const char *path, const struct core_params *p,
			struct corewriter **ret) ERR_MUST_CHECK;
/*
 * Writes the page at paddr of a load. The compressed format requires ascending
 * order; the others permit any order, and ascending is the fastest.
 */
struct err *core_write_page(struct corewriter *c, uint64_t paddr,
			    const void *page) ERR_MUST_CHECK;
/* Number of pages written up to now of which all bytes are zeros. */
uint64_t core_nr_zeros(const struct corewriter *c);
/* Gives the file its name; releases c in any case. */
struct err *core_finish(struct corewriter *c) ERR_MUST_CHECK;
/* Releases c without creating a file; NULL is allowed. */
void core_abandon(struct corewriter *c);

/* Appends a note to *buf, of which *len bytes are used; it may move. */
struct err *core_add_note(unsigned char **buf, size_t *len, const char *name,
			  uint32_t type, const void *desc,
			  size_t size) ERR_MUST_CHECK;

#endif
