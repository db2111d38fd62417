/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Grant tables (common/grant_table.c, 4.4 to master): the frames that a domain
 * offers to others, and its maptrack table, which lists the frames of others
 * that it has mapped.
 */
#ifndef XEN_MODEL_GRANT_H
#define XEN_MODEL_GRANT_H

#include "xen/model/domain/domain.h"
#include "xen/model/xen.h"

/* GNTMAP_* (public/grant_table.h) as maptrack entries have them */
#define GRANT_MAP_DEVICE	(1U << 0)
#define GRANT_MAP_HOST		(1U << 1)
#define GRANT_MAP_READONLY	(1U << 2)

struct grant_table {
	struct xen *x;
	uint64_t va;			/* 0: the domain has none */
	uint64_t domid;
	struct value version;		/* 1 or 2; 0 until the guest sets it */
	struct value frames, status_frames;
	struct value max_frames, max_maptrack_frames;
	struct value shared, status, active, maptrack;	/* va of arrays */
	struct value maptrack_limit;	/* number of handles */
	unsigned int nr_entries;	/* number of refs */
	unsigned int nr_maptrack_frames;
	uint64_t entry_size, map_size;	/* bytes */
	unsigned int per_page, maps_per_page;
};

extern const struct record_type grant_table_record;

/* ret->va is 0 for a domain without a grant table (Xen's own, or a new one). */
struct err *grant_table_read(struct xen *x, const struct domain *d,
			     struct grant_table *ret) ERR_MUST_CHECK;

/* An active entry: a grant in use. */
struct grant {
	uint64_t va;
	unsigned int ref;
	struct value pin;		/* four counts of 8 bits, see grant_pins() */
	struct value domid;		/* the grantee */
	struct value mfn;
	struct value gfn;		/* debug builds only */
	struct value is_sub_page, start, length;
	struct value src_domid;		/* of a transitive grant; 4.18+ */
	struct err *shared_error;	/* owned; if set, the members above are unknown */
	/* the guest's entry */
	uint16_t flags;			/* GTF_* */
	uint16_t shared_domid;
	uint64_t shared_frame;
};

struct grant_pins {
	unsigned int host_rw, host_ro, device_rw, device_ro;
};

extern const struct record_type grant_record;
/* grant_mapping, an entry of a maptrack table */
extern const struct record_type grant_mapping_record;

struct grants {
	const struct grant_table *t;
	unsigned int next;
	unsigned int loaded;		/* index of the page in page[]; ~0: none */
	uint64_t pin_offset, page_va;
	uint8_t page[XPAGE_SIZE];
};

struct err *grants_start(struct grants *w,
			 const struct grant_table *t) ERR_MUST_CHECK;
/*
 * Returns the next grant in use; ret->va is 0 past the last. After an error,
 * which affects one page of grants, the walk continues unless it is
 * ERR_INTERRUPTED. Release each grant with grant_release().
 */
struct err *grants_next(struct grants *w, struct grant *ret) ERR_MUST_CHECK;
/*
 * Reads one grant by its reference; ret->va is 0 if it is not in use.
 * ERR_NOT_FOUND beyond the table.
 */
struct err *grants_find(struct grants *w, uint64_t ref,
			struct grant *ret) ERR_MUST_CHECK;
void grant_release(struct grant *g);

struct grant_pins grant_pins(uint64_t pin);
/* "rw", "ro" ... of the entry's GTF_* flags; returns buf. */
const char *grant_flags_text(uint16_t flags, char *buf, size_t size);

/* A maptrack entry: the mapper has mapped a grant of the granter. */
struct grant_map {
	uint16_t mapper, granter;	/* domids */
	uint16_t flags;			/* GRANT_MAP_* */
	uint32_t ref, handle;
	uint32_t vcpu;			/* of the mapper; ~0: unknown, up to 4.5 */
	uint64_t va;
	bool seen;			/* free for the caller's use */
};

/* All mappings of a host, sorted by granter, ref and mapper. */
struct grant_maps {
	struct grant_map *at;
	size_t nr;
	struct err **errors;		/* one per unreadable part */
	size_t nr_errors;
};

/* Fails only with ERR_NO_MEMORY and ERR_INTERRUPTED. */
struct err *grant_maps_read(struct xen *x,
			    struct grant_maps *ret) ERR_MUST_CHECK;
void grant_maps_release(struct grant_maps *m);
/* The mappings of one grant: an array of *nr. */
struct grant_map *grant_maps_find(const struct grant_maps *m, uint16_t granter,
				  uint32_t ref, size_t *nr);
/* Returns the pins that the mappings account for. */
struct grant_pins grant_maps_pins(const struct grant_map *m, size_t nr);

#endif
