/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Build-ids in arbitrary bytes: a result has to be inside of the bytes. */
#include <stdlib.h>

#include "xen/image/image.h"
#include "xen/image/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool found, const struct build_id_at *at, size_t size)
{
	if (found && (at->len > BUILD_ID_MAX || at->offset > size ||
		      size - at->offset < at->len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct build_id_at at;

	check(note_find_build_id(data, size, &at), &at, size);
	for (size_t from = 0; from < 8; from++) {
		check(note_search_build_id(data, size, from, &at), &at, size);
		check(note_search_rsds(data, size, from, &at), &at, size);
	}
	return 0;
}
