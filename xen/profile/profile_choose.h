/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Choice of a profile for a hypervisor without DWARF. A profile of another
 * build can be used if the structures are equal, which is checked on memory.
 */
#ifndef XEN_PROFILE_CHOOSE_H
#define XEN_PROFILE_CHOOSE_H

#include "xen/image/image.h"
#include "xen/model/xen.h"
#include "profile.h"

/*
 * Attaches a profile, by which structures are then read, if it passes its
 * checks on the hypervisor's memory. Owns p on success. ERR_MISMATCH with the
 * first check that failed, or when too little of the memory could be read; then
 * nothing changed. *checks: number of checks passed.
 */
struct err *profile_attach(struct xen *x, struct profile *p,
			   unsigned int *checks) ERR_MUST_CHECK;

/*
 * Attaches the nearest profile that passes, and sets it to NULL in the array,
 * which is sorted by distance; the caller continues to own the others.
 * ERR_MISMATCH with the reason against the nearest one if none passes.
 */
struct err *profile_choose(struct xen *x, struct profile **profiles, size_t nr,
			   unsigned int *checks) ERR_MUST_CHECK;

/* Returns the profile in use, or NULL. */
struct profile *profile_of(const struct xen *x);

/* Identity of the build in memory, as far as it is known. */
struct profile_target {
	char version[128];		/* "4.17.5-pre" */
	unsigned int major, minor;
	char debug;			/* 'y', 'n', or 0: unknown */
	char build_id[2 * BUILD_ID_MAX + 1];
	char *config;			/* as in struct profile_origin; never NULL */
};

/*
 * Returns the distance of that build from the one of a profile, by build-id,
 * version, debug flag and .config: 0 is the same build, less is nearer. It only
 * determines the order in which profiles are tried.
 */
unsigned int profile_distance(const struct profile_target *t,
			      const struct profile_origin *o);

/* Writes the profile of an image with DWARF. ERR_NO_TYPE without DWARF. */
struct err *profile_write_image(struct image *img, FILE *fp) ERR_MUST_CHECK;

#endif
