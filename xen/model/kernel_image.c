/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_image.h"

#include <stdlib.h>
#include <string.h>

#include "../address/p2m.h"

#define BUFFER_SIZE	(KERNEL_IMAGE_OVERLAP + XPAGE_SIZE)

static void read_next(struct xen *x, uint64_t list, uint64_t pfn, char *bytes)
{
	uint64_t mfn;
	struct err *e = p2m_list_lookup(x->memory, list, pfn, &mfn);

	memcpy(bytes, bytes + XPAGE_SIZE, KERNEL_IMAGE_OVERLAP);
	if (!e)
		e = memory_read(x->memory, mfn << XPAGE_SHIFT,
				bytes + KERNEL_IMAGE_OVERLAP, XPAGE_SIZE);
	if (e)
		memset(bytes + KERNEL_IMAGE_OVERLAP, 0, XPAGE_SIZE);
	err_free(e);
}

struct err *kernel_image_scan(struct xen *x, uint64_t first,
			      kernel_image_look *look, void *arg)
{
	uint64_t list = x->notes ? x->notes->crash_info.dom0_p2m_mfn : 0, mfn, i;
	char *bytes;

	ERR_TRY(err_prefix(p2m_list_lookup(x->memory, list, KERNEL_IMAGE_PFN, &mfn),
			   "dom0"));
	bytes = malloc(BUFFER_SIZE);
	if (!bytes)
		return err_nomem();
	/* the first page once more: this time behind the one before it */
	for (i = 0; i <= KERNEL_IMAGE_PAGES && !interrupt_pending; i++) {
		uint64_t nr = (first + i) % KERNEL_IMAGE_PAGES;

		/* nothing stands before the first page */
		if (!i || !nr)
			memset(bytes, 0, BUFFER_SIZE);
		read_next(x, list, KERNEL_IMAGE_PFN + nr, bytes);
		if (look(arg, bytes, BUFFER_SIZE, KERNEL_IMAGE_PFN + nr))
			break;
	}
	free(bytes);
	return interrupt_check();
}
