/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Layout profiles (xen/profile/profile.h): where they are, which one is taken. */
#ifndef EXT_LAYOUTS_H
#define EXT_LAYOUTS_H

#include "command.h"

/* Where they are looked for before all other places. */
#define LAYOUTS_ENV	"XEN_LAYOUTS"

/*
 * Takes the places of structures from the nearest profile that passes the
 * checks, for an image or a hypervisor without DWARF; s->types_from tells
 * which. ERR_NOT_FOUND with what was wrong with the nearest.
 */
struct err *layouts_find(struct session *s) ERR_MUST_CHECK;

/* The same with the profile named. */
struct err *layouts_load(struct session *s, const char *path) ERR_MUST_CHECK;

#endif
