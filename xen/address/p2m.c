/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "p2m.h"

#include <inttypes.h>

#define PER_PAGE	512
#define LEVELS		3

/* No machine has more; a list that says so is none. */
#define MFN_LIMIT	(1ULL << 40)

struct err *p2m_list_lookup(struct memory *m, uint64_t list_list_mfn,
			    uint64_t pfn, uint64_t *mfn)
{
	static const uint64_t span[LEVELS] = { PER_PAGE * PER_PAGE, PER_PAGE, 1 };
	uint64_t page = list_list_mfn;
	unsigned int level;

	if (!page || page >= MFN_LIMIT)
		return err_new(ERR_NOT_FOUND, "the guest publishes no P2M");
	if (pfn / span[0] >= PER_PAGE)
		return err_new(ERR_NOT_FOUND, "pfn %" PRIx64 " is beyond the P2M", pfn);
	for (level = 0; level < LEVELS; level++) {
		uint64_t at = (page << XPAGE_SHIFT) +
			      pfn / span[level] % PER_PAGE * sizeof(page);

		ERR_TRY(err_prefix(memory_read(m, at, &page, sizeof(page)),
				   "P2M level %u", LEVELS - level));
		if (!page || page >= MFN_LIMIT)
			return err_new(ERR_NOT_FOUND, "pfn %" PRIx64 " has no frame", pfn);
	}
	*mfn = page;
	return NULL;
}
