/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is an image the build that is in memory? And what can be learnt from the
 * memory alone, without any file.
 */
#ifndef XEN_IMAGE_MATCH_H
#define XEN_IMAGE_MATCH_H

#include "xen/address/space.h"
#include "image.h"

enum match_kind {
	MATCH_PROVED,
	MATCH_OTHER,		/* another build, or another layout of it */
	MATCH_UNKNOWN,		/* could not be checked */
};

enum match_proof {
	PROOF_NONE,
	PROOF_BUILD_ID,
	PROOF_STRINGS,		/* version, compiler, date at equal addresses */
	PROOF_SYMBOLS,		/* of a map, and of the table in memory */
	PROOF_TEXT,		/* the code itself, patched sites aside */
};

struct image_verdict {
	enum match_kind kind;
	enum match_proof proof;	/* what decided, also when it is MATCH_OTHER */
	char text[512];		/* the proof, the first difference, or why not */
};

/*
 * Compares a hypervisor image, completed if needed, with the hypervisor in a
 * space. What a dump lacks makes a verdict unknown, never wrong. Fails only
 * when img is no hypervisor, on ^C and without memory.
 */
struct err *image_match(struct image *img, struct space *space,
			struct image_verdict *ret) ERR_MUST_CHECK;

/* The same through read; virt_start is XEN_VIRT_START in memory, 0 if unknown. */
struct err *image_match_by(struct image *img, image_read_fn read, void *ctx,
			   uint64_t virt_start,
			   struct image_verdict *ret) ERR_MUST_CHECK;

/* "build-id", "version strings" ... */
const char *match_proof_name(enum match_proof proof);

/* A place that somebody patched at run time, as livepatches do (5 bytes). */
struct text_site {
	uint64_t va;
	uint32_t len;		/* bytes */
};

/* All counts in bytes but for sites. */
struct text_compare {
	uint64_t compared;
	uint64_t unreadable;
	uint64_t differing;
	uint64_t explained;	/* of these, in places that Xen patches */
	uint64_t unexplained;
	uint64_t first;		/* va of the first unexplained; 0: none */
	unsigned int sites;	/* patched places the image tells of */
	bool knows_sites;	/* false: the image does not tell (4.4, text-only
				 * symbol tables), all differences unexplained */
};

/*
 * Compares _stext to _etext. Explained are alternatives (4.5+), direct calls
 * made of indirect ones (4.21+), endbr64 that was sealed (4.17+), and the
 * sites given. ERR_NO_SYMBOL when the image does not say
 * where its text is, ERR_UNSUPPORTED when it has none.
 */
struct err *image_compare_text(const struct image *img, image_read_fn read,
			       void *ctx, const struct text_site *sites,
			       size_t nr_sites,
			       struct text_compare *ret) ERR_MUST_CHECK;

/*
 * Finds the build-id of the hypervisor in memory without any file: the GNU
 * note, or the signature of a xen.efi (16 bytes). *len is in bytes, at most
 * size. ERR_NOT_FOUND; ERR_NOT_IN_DUMP when pages it could be on are missing.
 */
struct err *image_memory_build_id(struct space *space, uint8_t *id,
				  size_t size, unsigned int *len) ERR_MUST_CHECK;
struct err *image_memory_build_id_by(image_read_fn read, void *ctx,
				     uint64_t virt_start, uint8_t *id,
				     size_t size, unsigned int *len,
				     uint64_t *va) ERR_MUST_CHECK;

/* The symbol table that the hypervisor in memory carries; to be destroyed. */
struct err *image_memory_symbols(struct space *space,
				 struct symbols **ret) ERR_MUST_CHECK;
struct err *image_memory_symbols_by(image_read_fn read, void *ctx,
				    uint64_t virt_start,
				    struct symbols **ret) ERR_MUST_CHECK;

/* The text of the .config it carries (4.14+); to be freed. */
struct err *image_memory_config(struct space *space,
				char **text) ERR_MUST_CHECK;

/* An image_read_fn over a struct space. */
struct err *image_read_space(void *space, uint64_t va, void *buf, size_t len);

#endif
