/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_BASE_ARRAY_H
#define XEN_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

/* Number of elements of an array; not for a pointer. */
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * Allocates space for one more element after the first nr of a malloc()ed
 * array, or of NULL when nr is 0. The array may move. False on lack of memory;
 * the array is then unchanged.
 *
 *	if (!ARRAY_GROW(m->entry, m->nr))
 *		return err_nomem();
 *	m->entry[m->nr++] = entry;
 *
 * The capacity follows from nr (8, 16, 32 ...) and is not stored, so all
 * elements have to be added this way. nr may be decreased.
 */
#define ARRAY_GROW(array, nr)						\
	(__extension__ ({						\
		void *array_ = array_grow((array), (nr), sizeof(*(array))); \
									\
		if (array_)						\
			(array) = array_;				\
		array_ != NULL;						\
	}))

void *array_grow(void *array, size_t nr, size_t size);

/*
 * Sorts nr elements; base may be NULL without elements. What is in order
 * already, as most tables are, is not moved, nor is memory used for it.
 */
void array_sort(void *base, size_t nr, size_t size,
		int (*compare)(const void *, const void *));

#endif
