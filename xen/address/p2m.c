/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "p2m.h"

#include <inttypes.h>
#include <string.h>

#define LEVELS		3

/* Limit, above the memory of any machine. */
#define MFN_LIMIT	(1ULL << 40)

bool p2m_entry_mfn(uint64_t entry, unsigned int entry_size, uint64_t *mfn)
{
	uint64_t flags = entry_size == 4 ? 3ULL << 30
					 : P2M_ENTRY_FOREIGN | P2M_ENTRY_IDENTITY;

	if (entry == (entry_size == 4 ? UINT32_MAX : UINT64_MAX) ||
	    (entry & ~flags) >= MFN_LIMIT)
		return false;
	*mfn = entry & ~flags;
	return true;
}

struct err *p2m_list_walk(struct memory *m, uint64_t list_list_mfn,
			  unsigned int entry_size, uint64_t pfn,
			  struct table_walk *ret)
{
	static const char *const names[LEVELS] = { "list list", "list", "P2M" };
	uint64_t per_page = XPAGE_SIZE / entry_size, page = list_list_mfn;
	const uint64_t span[LEVELS] = { per_page * per_page, per_page, 1 };
	unsigned int level;

	memset(ret, 0, sizeof(*ret));
	if (!page || page >= MFN_LIMIT)
		return err_new(ERR_NOT_FOUND, "the guest publishes no P2M");
	if (pfn / span[0] >= per_page)
		return err_new(ERR_NOT_FOUND, "pfn %" PRIx64 " is beyond the P2M", pfn);
	for (level = 0; level < LEVELS; level++) {
		struct table_step *step = &ret->step[level];

		step->level = names[level];
		step->at = step->maddr = (page << XPAGE_SHIFT) +
			   pfn / span[level] % per_page * entry_size;
		ERR_TRY(err_prefix(memory_read(m, step->maddr, &step->entry,
					       entry_size),
				   "P2M level %u", LEVELS - level));
		ret->steps = level + 1;
		if (level < LEVELS - 1 &&
		    (!p2m_entry_mfn(step->entry, entry_size, &page) || !page))
			return err_new(ERR_NOT_FOUND, "pfn %" PRIx64 " has no frame", pfn);
	}
	ret->page_size = XPAGE_SIZE;
	return NULL;
}

struct err *p2m_list_lookup(struct memory *m, uint64_t list_list_mfn,
			    uint64_t pfn, uint64_t *mfn)
{
	struct table_walk walk;
	uint64_t entry;

	ERR_TRY(p2m_list_walk(m, list_list_mfn, sizeof(entry), pfn, &walk));
	entry = walk.step[walk.steps - 1].entry;
	/* marked frames are not memory of the guest */
	if (!entry || entry >= MFN_LIMIT)
		return err_new(ERR_NOT_FOUND, "pfn %" PRIx64 " has no frame", pfn);
	*mfn = entry;
	return NULL;
}
