/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of layout profiles (xen/profile): search, and choice for a session. */
#ifndef EXT_PROFILES_H
#define EXT_PROFILES_H

#include "session.h"

/* Environment variable with the directory of profiles, searched instead of all others. */
#define PROFILES_ENV	"XEN_LAYOUTS"

/*
 * Attaches the nearest profile that passes its checks, for a hypervisor without
 * DWARF, and describes it in s->types_from. ERR_NOT_FOUND without profiles,
 * ERR_MISMATCH with the reason against the nearest one.
 */
struct err *profiles_find(struct session *s) ERR_MUST_CHECK;

/* Likewise with one file; any failure to use it is returned. */
struct err *profiles_load(struct session *s, const char *path) ERR_MUST_CHECK;

#endif
