/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arbitrary bytes as the page of a ring, of each kind and of hostile sizes. */
#include <stdlib.h>
#include <string.h>

#include "xen/model/io/ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(enum ring_kind kind, const uint8_t *page, uint32_t entries)
{
	struct ring r;

	ring_parse(kind, page, entries, &r);
	if (r.unfetched > r.outstanding || strlen(r.indexes) >= sizeof(r.indexes) ||
	    (!r.corrupt && r.size && r.outstanding > r.size) ||
	    (!r.fetch_known && r.unfetched))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t page[XPAGE_SIZE];
	enum ring_kind kind;

	memset(page, 0, sizeof(page));
	memcpy(page, data, size < sizeof(page) ? size : sizeof(page));
	for (unsigned int k = RING_REQUESTS; k <= RING_STREAM; k++) {
		check(k, page, 0);
		check(k, page, ring_size(1, 112));
		check(k, page, ~0U);
	}
	if (ring_is_plausible(page, &kind) && kind != RING_REQUESTS &&
	    kind != RING_BUFFERS)
		abort();
	return 0;
}
