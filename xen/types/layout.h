/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layout profiles: the places (place.h) of all paths that the field tables
 * name, in one build, as text. They stand in for a build that has no DWARF,
 * and are only as good as what was checked on its memory: model/profile.h.
 *
 *	layout 1			the form of the file
 *	version 4.17.5			what the rest was written from: version,
 *	debug n				debug=y or n,
 *	build-id 3f09...		build-id in hexadecimal,
 *	config PV=y NR_CPUS=256 ...	what its .config sets, without CONFIG_
 *	[vcpu]
 *	24:8p .domain			vcpu.domain: 8 bytes at 24, a pointer
 *	96>16:8p .sched_unit->priv	at 16 of what the pointer at 96 leads to
 *	80:1.3/1 .is_urgent		1 bit, 3 above the lowest at 80
 *	[enum system_state]
 *	1:0 =SYS_STATE_boot		an enum's constant; below "[]" any enum's
 *
 * All numbers are decimal; "s" behind the size says signed, "p" a pointer.
 */
#ifndef XEN_TYPES_LAYOUT_H
#define XEN_TYPES_LAYOUT_H

#include <stddef.h>
#include <stdio.h>

#include "place.h"

struct layout;

/* What a profile was written from; "" or 0 where it does not say. */
struct layout_origin {
	char version[64];	/* "4.17.5-pre" */
	char debug;		/* 'y', 'n' or 0 */
	char build_id[132];	/* hexadecimal */
	const char *config;	/* "PV=y NR_CPUS=256 ..." in one line, or "" */
};

/*
 * Reads a profile's text; name is for messages. ERR_UNSUPPORTED when it is of
 * another form, ERR_CORRUPT with the line that cannot be.
 */
struct err *layout_parse(const char *name, const char *text, size_t len,
			 struct layout **ret) ERR_MUST_CHECK;
void layout_destroy(struct layout *l);

const char *layout_name(const struct layout *l);
const struct layout_origin *layout_origin(const struct layout *l);

/* The place of one path, spelled as in the tables; or NULL. */
const struct place *layout_find(const struct layout *l, const char *path);

/*
 * Whether a path's place was seen to be right in the memory at hand. Nothing
 * is at first; paths the profile does not have are left alone.
 */
bool layout_is_proved(const struct layout *l, const char *path);
void layout_prove(struct layout *l, const char *path);
void layout_prove_all(struct layout *l);
/* How many places there are, and how many are proved. */
void layout_count(const struct layout *l, size_t *all, size_t *proved);

/*
 * Writes the profile of a build: all paths of all FIELD_TABLEs (record.h) in
 * this program that it has.
 */
struct err *layout_write(struct types *types, const struct layout_origin *o,
			 FILE *fp) ERR_MUST_CHECK;

#endif
