/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Build-ids in plain bytes: in ELF notes, and in the debug record of a PE file. */
#ifndef XEN_IMAGE_NOTE_H
#define XEN_IMAGE_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A build-id, given by its offset in the searched bytes. */
struct build_id_at {
	size_t offset;
	unsigned int len;
};

/* Walks ELF notes (4-byte aligned) to the first NT_GNU_BUILD_ID. */
bool note_find_build_id(const uint8_t *notes, size_t len,
			struct build_id_at *ret);

/* Searches for such a note at 4-byte steps, starting at from. */
bool note_search_build_id(const uint8_t *bytes, size_t len, size_t from,
			  struct build_id_at *ret);

/*
 * Searches for the CodeView record that ld writes into .buildid of a PE: "RSDS",
 * a signature of 16 bytes (reported by Xen as its build-id), age 1, no name.
 */
bool note_search_rsds(const uint8_t *bytes, size_t len, size_t from,
		      struct build_id_at *ret);

#endif
