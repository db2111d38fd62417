/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decode_lines.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* The addresses of one image are close to each other. */
static uint32_t hash_of(uint64_t va)
{
	return hash_number(va) >> 32;
}

static const struct decode_place *find(const struct decode_lines *d, uint64_t va,
				       bool is_kernel)
{
	const struct hash_slot *slot;

	for (slot = hash_first(&d->by_va, hash_of(va)); slot;
	     slot = hash_next(&d->by_va, slot)) {
		const struct decode_place *p = &d->place[slot->number];

		if (p->va == va && p->is_kernel == is_kernel)
			return p;
	}
	return NULL;
}

static const struct decode_place *look_up(struct decode_lines *d, struct lines *lines,
					  uint64_t va, bool is_kernel)
{
	struct decode_place p = { .va = va, .is_kernel = is_kernel };
	struct source_line line[SOURCE_LINES_MAX];
	struct err *e = lines_at(lines, va, line, &p.nr_lines);

	if (e)
		p.nr_lines = 0;
	err_free(e);
	p.line = malloc((p.nr_lines + 1) * sizeof(*line));
	if (!p.line || !ARRAY_GROW(d->place, d->nr_places) ||
	    !hash_add(&d->by_va, hash_of(va), d->nr_places)) {
		free(p.line);
		return NULL;
	}
	memcpy(p.line, line, p.nr_lines * sizeof(*line));
	d->place[d->nr_places] = p;
	return &d->place[d->nr_places++];
}

void decode_lines_at(struct decode_lines *d, struct lines *lines, uint64_t va,
		     struct decoded *a)
{
	const struct decode_place *p = find(d, va, a->is_kernel);

	a->nr_lines = 0;
	if (!p && d->nr_places < DECODE_LINES_MAX)
		p = look_up(d, lines, va, a->is_kernel);
	if (!p) {
		d->left_out++;
		return;
	}
	memcpy(a->line, p->line, p->nr_lines * sizeof(*p->line));
	a->nr_lines = p->nr_lines;
}

void decode_lines_clear(struct decode_lines *d)
{
	size_t i;

	for (i = 0; i < d->nr_places; i++)
		free(d->place[i].line);
	free(d->place);
	hash_clear(&d->by_va);
	memset(d, 0, sizeof(*d));
}
