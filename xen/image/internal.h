/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to xen/image. */
#ifndef XEN_IMAGE_INTERNAL_H
#define XEN_IMAGE_INTERNAL_H

#include "head.h"
#include "image.h"

/*
 * One format. probe finds the build-id and unpacks only as much as that
 * requires; complete unpacks the whole file and sets all other members. Either
 * may be NULL.
 */
struct image_format {
	const char *name;
	struct err *(*probe)(struct image *img);
	struct err *(*complete)(struct image *img);
};

/* wrapper.c */
struct err *wrapper_probe(struct image *img) ERR_MUST_CHECK;
struct err *wrapper_complete(struct image *img) ERR_MUST_CHECK;
/* elf64.c */
struct err *elf64_probe(struct image *img) ERR_MUST_CHECK;
struct err *elf64_complete(struct image *img) ERR_MUST_CHECK;
/* efi.c */
struct err *efi_probe(struct image *img) ERR_MUST_CHECK;
struct err *efi_complete(struct image *img) ERR_MUST_CHECK;

/* Records the first fault of the file. */
struct err *image_set_problem(struct image *img, const char *fmt, ...)
	ERR_PRINTF(2, 3) ERR_MUST_CHECK;

/* Stores the build-id at offset at of the unpacked file. */
void image_set_build_id(struct image *img, uint64_t offset, unsigned int len,
			uint64_t va);

/* identity.c: sets the flag from the .config if strings do not contain it */
struct err *image_identity_set_debug(struct image_identity *id,
				     enum image_tri debug) ERR_MUST_CHECK;

/*
 * Adds a segment, whose file bytes are limited by the end of the file. Excess
 * segments are ignored: a hypervisor has five.
 */
void image_add_segment(struct image *img, const struct image_segment *seg);

/*
 * XEN_VIRT_START of an image without symbols, by a count of the pointers in it:
 * nearly all of them point into one of the two ranges. 0: unknown.
 */
uint64_t image_guess_virt_start(const uint8_t *bytes, size_t len);

#endif
