/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Source lines of the addresses of one text: each address is looked up once,
 * and their number is limited, since a lookup reads the DWARF of a whole source
 * file.
 */
#ifndef XEN_MODEL_DECODE_LINES_H
#define XEN_MODEL_DECODE_LINES_H

#include "decode.h"
#include "xen/base/hash.h"

/*
 * Limit of different addresses: some two seconds of processor time. The log of
 * a host that prints its stacks for a day has some hundreds.
 */
#define DECODE_LINES_MAX	5000

struct decode_place {
	uint64_t va;
	struct source_line *line;	/* nr_lines of them */
	unsigned int nr_lines;
	bool is_kernel;
};

struct decode_lines {
	struct decode_place *place;
	size_t nr_places;		/* look-ups made */
	struct hash by_va;		/* of places */
	uint64_t left_out;		/* mentions beyond the limit */
};

/*
 * Fills line and nr_lines of a from the lines of its image, for va, the address
 * of a or the byte before it. 0 lines: DWARF has none, or the limit is reached.
 */
void decode_lines_at(struct decode_lines *d, struct lines *lines, uint64_t va,
		     struct decoded *a);
void decode_lines_clear(struct decode_lines *d);

#endif
