/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places: offsets of the paths of field tables in one build, from DWARF (this
 * file) or from a profile (xen/profile), which was written from DWARF.
 */
#ifndef XEN_TYPES_PLACE_H
#define XEN_TYPES_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "xen/base/error.h"
#include "xen/base/provenance.h"
#include "types.h"

#define PLACE_HOPS_MAX	6
/* Maximum length of a path, with the final NUL. */
#define PATH_SIZE	256

struct place {
	uint64_t hop[PLACE_HOPS_MAX];	/* offsets of the pointers on the way */
	uint8_t nr_hops;
	uint8_t bit_offset, bit_size;	/* like in struct member */
	bool is_signed;
	bool is_pointer;
	bool unproved;		/* of record_place(): is_proved is false */
	uint64_t offset;	/* offset from the last pointer; value of a constant */
	uint64_t size;		/* size in bytes, like in struct member; 0: a constant */
};

/* Records the use of a place that was resolved earlier. */
static inline void place_use(const struct place *p)
{
	provenance_use_if(p->unproved);
}

/*
 * Resolves one path in the DWARF of a build: "TYPE.member[N]->member"
 * (record.h), or "TYPE=NAME" and "=NAME", a constant of one enum or of any
 * enum. ERR_NO_TYPE if the build lacks it.
 */
struct err *place_resolve(struct types *types, const char *path,
			  struct place *ret) ERR_MUST_CHECK;

/*
 * A source of the places of one build; without ops it is empty. The owner
 * releases it with places_destroy().
 */
struct places {
	const struct places_ops *ops;
	void *priv;
};

struct places_ops {
	/* Like place_resolve(). */
	struct err *(*resolve)(void *priv, const char *path, struct place *ret);
	/* True if the place of a path was verified; NULL: all are verified. */
	bool (*is_proved)(const void *priv, const char *path);
	void (*destroy)(void *priv);
};

#define NO_PLACES ((struct places){ NULL, NULL })

/* Places found by place_resolve(); t may be NULL. */
struct places types_places(struct types *t);
void places_destroy(struct places p);

/*
 * Cuts the next alternative off *paths, "A | B | ...", trimmed, into buf.
 * False at the end, or if it is too long.
 */
bool path_next(const char **paths, char buf[PATH_SIZE]);

#endif
