/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A profile: the places (types/place.h) of all paths in the field tables, in
 * one build, as text. It replaces the DWARF for that build, or for a similar
 * build if profile_check.h verifies it on memory.
 *
 *	layout 1			the form of the file
 *	version 4.17.5			the build it was written from: version,
 *	debug n				debug=y or n,
 *	build-id 3f09...		build-id in hexadecimal,
 *	config PV=y NR_CPUS=256 ...	what its .config sets, without CONFIG_
 *	[vcpu]
 *	24:8p .domain			vcpu.domain: 8 bytes at 24, a pointer
 *	96>16:8p .sched_unit->priv	at 16 behind the pointer at 96
 *	80:1.3/1 .is_urgent		1 bit, 3 above the lowest at 80
 *	[enum system_state]
 *	1:0 =SYS_STATE_boot		an enum's constant; below "[]" any enum's
 *
 * All numbers are decimal; after the size "s" means signed, "p" a pointer.
 * Users know these files as layout profiles: *.layout, scripts/xen-layout.
 */
#ifndef XEN_PROFILE_H
#define XEN_PROFILE_H

#include <stddef.h>
#include <stdio.h>

#include "xen/types/place.h"

struct profile;

/* The build from which a profile was written; "" or 0 if the text has no such line. */
struct profile_origin {
	char version[64];	/* "4.17.5-pre" */
	char debug;		/* 'y', 'n' or 0 */
	char build_id[132];	/* hexadecimal */
	const char *config;	/* "PV=y NR_CPUS=256 ..." in one line, or "" */
};

/*
 * Parses a profile's text, which is copied; name is for messages.
 * ERR_UNSUPPORTED for another format, ERR_CORRUPT with the number of the
 * invalid line.
 */
struct err *profile_parse(const char *name, const char *text, size_t len,
			  struct profile **ret) ERR_MUST_CHECK;
void profile_destroy(struct profile *p);

const char *profile_name(const struct profile *p);
const struct profile_origin *profile_origin(const struct profile *p);

/* Returns the place of one path, spelled as in the tables; or NULL. */
const struct place *profile_find(const struct profile *p, const char *path);

/*
 * Marks a path as proved, after its place was verified in memory; after parsing
 * no path is proved. Paths that the profile lacks are ignored; after
 * profile_prove_all() their absence in the build is proved.
 */
bool profile_is_proved(const struct profile *p, const char *path);
/*
 * True if another path of the profile overlaps this one and is not a part of
 * it: one of the two is wrong, unless Xen has a union there.
 */
bool profile_overlaps(const struct profile *p, const char *path);
void profile_prove(struct profile *p, const char *path);
void profile_prove_all(struct profile *p);
/* Return the number of places, and of proved places. */
void profile_count(const struct profile *p, size_t *all, size_t *proved);

/* For records_create(); its destroy is profile_destroy(). */
struct places profile_places(struct profile *p);
/* Returns the profile of such places; NULL for places of another kind, or none. */
struct profile *places_profile(struct places places);

/*
 * Writes the profile of a build: every path of the FIELD_TABLEs (record.h) in
 * this program that the build has.
 */
struct err *profile_write(struct types *types, const struct profile_origin *o,
			  FILE *fp) ERR_MUST_CHECK;

#endif
