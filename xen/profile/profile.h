/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout profiles (types/layout.h) for a hypervisor whose DWARF is not to be
 * had. One of another build serves as long as the structures are the same,
 * and whether they are, the memory at hand has to show.
 */
#ifndef XEN_MODEL_PROFILE_H
#define XEN_MODEL_PROFILE_H

#include "xen/image/image.h"
#include "xen/model/xen.h"

/*
 * Takes the places of structures from a profile, once it was checked on the
 * hypervisor's memory. Owns l on success. ERR_MISMATCH with the first check
 * that failed, or when too little of the memory could be read to tell; then
 * nothing changed. *checks is how many held.
 */
struct err *profile_attach(struct xen *x, struct layout *l,
			   unsigned int *checks) ERR_MUST_CHECK;

/*
 * How far the build in memory is from what a profile was written from, by
 * build-id, version, debug flag and .config: 0 is the same build, less is
 * nearer. Only an order to try them in.
 */
struct profile_target {
	char version[128];		/* "4.17.5-pre" */
	unsigned int major, minor;
	char debug;			/* 'y', 'n', or 0: not known */
	char build_id[2 * BUILD_ID_MAX + 1];
	char *config;			/* as in struct layout_origin; never NULL */
};
struct err *profile_target(struct xen *x,
			   struct profile_target *ret) ERR_MUST_CHECK;
void profile_target_clear(struct profile_target *t);
unsigned int profile_distance(const struct profile_target *t,
			      const struct layout_origin *o);

/* Writes the profile of an image with DWARF. ERR_NO_TYPE without. */
struct err *profile_write(struct image *img, FILE *fp) ERR_MUST_CHECK;

/* profile_check.c: the checks themselves; marks in l what they prove. */
struct err *profile_check(struct xen *x, struct layout *l,
			  unsigned int *checks) ERR_MUST_CHECK;

#endif
