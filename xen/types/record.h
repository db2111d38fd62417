/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records: small structs, filled by name from Xen's structures. A table lists
 * each member once with its alternatives in the versions, newest first. A
 * member that a build lacks is VALUE_NO_FIELD and does not affect others.
 */
#ifndef XEN_RECORD_H
#define XEN_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "xen/address/space.h"
#include "xen/base/array.h"
#include "xen/base/error.h"
#include "xen/base/provenance.h"
#include "place.h"

enum value_state {
	VALUE_NO_FIELD,		/* this build has no such member */
	VALUE_UNREADABLE,	/* the memory of the member cannot be read */
	VALUE_OK,
};

/*
 * Read only by value_of() and value_ok(), which record the provenance for the
 * results. raw is for code that fills the struct.
 */
struct value {
	uint64_t raw;		/* sign extended where Xen's type is signed */
	uint8_t state;		/* enum value_state */
	uint8_t alternative;	/* index of the path taken */
	uint8_t why;		/* enum err_reason of VALUE_UNREADABLE */
	bool unproved;		/* the place is from a profile, and not verified */
};

/* Returns the number of a VALUE_OK. */
static inline uint64_t value_of(const struct value *v)
{
	provenance_use_if(v->unproved);
	return v->raw;
}

/* True for VALUE_OK. An unreadable value with an unproved place counts as unproved, too. */
static inline bool value_ok(const struct value *v)
{
	provenance_use_if(v->unproved && v->state != VALUE_OK);
	return v->state == VALUE_OK;
}

/* A value computed from others in a scope that provenance_leave() ended. */
static inline struct value value_from(uint64_t raw, bool unproved)
{
	return (struct value){ .raw = raw, .state = VALUE_OK, .unproved = unproved };
}

enum field_kind {
	FIELD_VALUE,		/* up to 8 bytes, bit fields included */
	FIELD_ADDRESS,		/* the va of the member, not its content */
};

/*
 * path: "TYPE.member.member[N]->member | ...", of which the first that this
 * build has is used. TYPE is an argument of types_find(), also "FILE#TYPE"; the
 * object at the va of record_read() must be of the type with which the path in
 * use begins. "->", and "[N]" of a pointer, follow a pointer when the record is
 * read; a null or bad one makes the value unreadable. TYPE alone is the object
 * itself.
 */
struct field {
	const char *path;
	uint16_t at;		/* offset of a struct value in the record */
	uint8_t kind;		/* enum field_kind */
};

#define FIELD(rec, memb, p) { (p), offsetof(rec, memb), FIELD_VALUE }
#define FIELD_AT(rec, memb, p) { (p), offsetof(rec, memb), FIELD_ADDRESS }
/* A single path, for record_place() */
#define FIELD_PLACE(p) { (p), 0, FIELD_ADDRESS }

/*
 * Attribute of every table of fields, which puts it into the section that
 * profile_write() reads: profiles contain only paths of such tables.
 */
#define FIELD_TABLE __attribute__((section("xen_fields"), used))

struct record_type {
	const char *name;
	const struct field *fields;
	unsigned int nr_fields;
};

#define RECORD_TYPE(nm, tab) \
	{ (nm), (tab), ARRAY_SIZE(tab) }

struct records;

/*
 * Resolves record types against one build and caches the result. Does not own
 * places, which must outlive the records; with NO_PLACES every field is
 * VALUE_NO_FIELD.
 */
struct err *records_create(struct places places,
			   struct records **ret) ERR_MUST_CHECK;
void records_destroy(struct records *r);
/* Nothing is proved: the image is not the build in memory. To be called before reading. */
void records_of_other_build(struct records *r);
/* True if there is a source of places. */
bool records_known(const struct records *r);

/*
 * Fills the struct values of *record for the Xen object at va. Fails only if no
 * value could be read; each value has its own state and provenance. The record
 * type must outlive r. is_proved (struct places_ops) is called once for each
 * path: places have to be verified before reading.
 */
struct err *record_read(struct records *r, struct space *s,
			const struct record_type *type, uint64_t va,
			void *record) ERR_MUST_CHECK;

/* Returns the paths of a field if this build has none of them, for a message; else NULL */
const char *record_missing(struct records *r, const struct record_type *type,
			   size_t at);

/*
 * Finds the place of a path without a record: offset, size and sign of a
 * member, size of a type, value of a constant (in its offset). A place that is
 * not verified counts as used (provenance_use()); code that keeps it for later
 * commands calls place_use() each time.
 */
struct err *record_place(struct records *r, const struct field *f,
			 struct place *ret) ERR_MUST_CHECK;

/* The same for a path given as a literal. */
#define record_resolve(r, paths, ret) ({				\
	static const struct field path_[] FIELD_TABLE = {		\
		FIELD_PLACE(paths),					\
	};								\
	record_place((r), path_, (ret)); })

/* For record_read() and profile_write(): ERR_NO_TYPE if the place cannot be read there. */
struct err *field_fits(const struct field *f,
		       const struct place *place) ERR_MUST_CHECK;

#endif
