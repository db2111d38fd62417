/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The .config of a build, as profiles write it: "PV=y NR_CPUS=256 ...". */
#ifndef XEN_PROFILE_CONFIG_H
#define XEN_PROFILE_CONFIG_H

#include "xen/image/image.h"
#include "xen/image/match.h"

/*
 * Returns the .config in memory, else that of the image; "" if neither has one.
 * Either may be NULL. The caller frees it.
 */
struct err *profile_config(struct space *space, const struct image *img,
			   char **ret) ERR_MUST_CHECK;

/* 'y' or 'n', from the identity of an image or else from its .config; 0: unknown */
char config_debug(enum image_tri debug, const char *config);

/* On lack of memory: more than a .config has, and the sum of two is no overflow. */
#define CONFIG_NO_MEMORY	(1U << 30)

/* Returns the number of options of one .config that another lacks. */
unsigned int config_missing(const char *config, const char *other);

#endif
