/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places and names of files of Xen. */
#ifndef XEN_IMAGE_PLACES_H
#define XEN_IMAGE_PLACES_H

#include "find.h"

struct place_file {
	char *path;
	bool named;		/* given by the user, as a file */
	uint64_t dev, ino;
};

/* Files to examine, each once even if it has several names. */
struct place_list {
	struct place_file *file;
	size_t nr;
	struct find_place *place;
	size_t nr_places;
	unsigned int dirs;	/* number of files opened so far */
};

/* Lists candidates without opening files. */
struct err *places_collect(const struct find_request *request,
			   struct place_list *list) ERR_MUST_CHECK;
/* Appends a place; path and what are copied. */
struct err *places_add(struct place_list *list, const char *path,
		       const char *what) ERR_MUST_CHECK;
void places_clear(struct place_list *list);

#endif
