/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Verification that an image is the build in memory, and the data on a build
 * that memory contains without any file.
 */
#ifndef XEN_IMAGE_MATCH_H
#define XEN_IMAGE_MATCH_H

#include "xen/address/space.h"
#include "image.h"

enum match_kind {
	MATCH_PROVED,
	MATCH_OTHER,		/* another build, or the same build in another layout */
	MATCH_UNKNOWN,		/* could not be checked */
};

enum match_proof {
	PROOF_NONE,
	PROOF_BUILD_ID,
	PROOF_STRINGS,		/* another version, compiler or date; not a proof of equality */
	PROOF_SYMBOLS,		/* of a map, and of the table in memory */
	PROOF_TEXT,		/* the code itself, except patched sites */
};

struct image_verdict {
	enum match_kind kind;
	enum match_proof proof;	/* the decisive check, also of MATCH_OTHER */
	char text[512];		/* proof, first difference, or reason of MATCH_UNKNOWN */
};

/*
 * Compares a hypervisor image, completed if needed, with the hypervisor that
 * read returns; virt_start is XEN_VIRT_START in memory, 0 if unknown. Missing
 * memory results in MATCH_UNKNOWN, never in MATCH_OTHER. Fails only if img is
 * not a hypervisor, on ^C and on lack of memory.
 */
struct err *image_match_by(struct image *img, image_read_fn read, void *ctx,
			   uint64_t virt_start,
			   struct image_verdict *ret) ERR_MUST_CHECK;

/* Code patched at run time, as by livepatches (5 bytes). */
struct text_site {
	uint64_t va;
	uint32_t len;		/* bytes */
};

/* All counts are in bytes, except those of sites. */
struct text_compare {
	uint64_t compared;
	uint64_t unreadable;
	uint64_t differing;
	uint64_t explained;	/* of these, in places that Xen patches */
	uint64_t unexplained;
	uint64_t first;		/* va of the first unexplained difference; 0: none */
	unsigned int sites;	/* patched places listed in the image */
	bool knows_sites;	/*
	bool knows_sites;	 * false: no list is among the symbols of a
	bool knows_sites;	 * text-only table (up to 4.9), or found by its
	bool knows_sites;	 * form; patched places are then unexplained
	bool knows_sites;	 */
};

/*
 * Compares _stext to _etext. Alternatives (4.5+), direct calls made from
 * indirect ones (4.21+), sealed endbr64 (4.17+) and the given sites count as
 * explained. ERR_NO_SYMBOL without these symbols, ERR_UNSUPPORTED for an image
 * without bytes.
 */
struct err *image_compare_text(const struct image *img, image_read_fn read,
			       void *ctx, const struct text_site *sites,
			       size_t nr_sites,
			       struct text_compare *ret) ERR_MUST_CHECK;

/*
 * Finds the build-id of the hypervisor in memory without any file: the GNU
 * note, or the signature of a xen.efi (16 bytes). *len is in bytes, at most
 * size. ERR_NOT_FOUND; ERR_NOT_IN_DUMP if pages that may hold it are missing.
 */
struct err *image_memory_build_id(struct space *space, uint8_t *id,
				  size_t size, unsigned int *len) ERR_MUST_CHECK;
struct err *image_memory_build_id_by(image_read_fn read, void *ctx,
				     uint64_t virt_start, uint8_t *id,
				     size_t size, unsigned int *len,
				     uint64_t *va) ERR_MUST_CHECK;

/* Reads the symbol table in the memory of the hypervisor; the caller destroys it. */
struct err *image_memory_symbols(struct space *space,
				 struct symbols **ret) ERR_MUST_CHECK;
struct err *image_memory_symbols_by(image_read_fn read, void *ctx,
				    uint64_t virt_start,
				    struct symbols **ret) ERR_MUST_CHECK;

/* Reads the text of the .config in its memory (4.14+); the caller frees it. */
struct err *image_memory_config(struct space *space,
				char **text) ERR_MUST_CHECK;

/* An image_read_fn over a struct space. */
struct err *image_read_space(void *space, uint64_t va, void *buf, size_t len);

#endif
