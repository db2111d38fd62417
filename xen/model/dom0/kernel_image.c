/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_image.h"

#include <stdlib.h>
#include <string.h>

#include "dom0.h"

#define BUFFER_SIZE	(KERNEL_IMAGE_OVERLAP + XPAGE_SIZE)

static void read_next(struct dom0 *dom0, uint64_t pfn, char *bytes)
{
	const void *page;
	uint64_t mfn;
	struct err *e = dom0_mfn(dom0, pfn, &mfn);

	memcpy(bytes, bytes + XPAGE_SIZE, KERNEL_IMAGE_OVERLAP);
	if (!e)
		e = memory_borrow_page(dom0->memory, mfn << XPAGE_SHIFT, &page);
	if (e)
		memset(bytes + KERNEL_IMAGE_OVERLAP, 0, XPAGE_SIZE);
	else
		memcpy(bytes + KERNEL_IMAGE_OVERLAP, page, XPAGE_SIZE);
	err_free(e);
}

struct err *kernel_image_scan(struct xen *x, uint64_t first,
			      kernel_image_look *look, void *arg)
{
	struct dom0 dom0;
	uint64_t mfn, i;
	char *bytes;

	ERR_TRY(err_prefix(dom0_open(x, &dom0), "dom0"));
	ERR_TRY(err_prefix(dom0_mfn(&dom0, KERNEL_IMAGE_PFN, &mfn), "dom0"));
	bytes = malloc(BUFFER_SIZE);
	if (!bytes)
		return err_nomem();
	/* the first page is passed again, with the page before it in front */
	for (i = 0; i <= KERNEL_IMAGE_PAGES && !interrupt_pending; i++) {
		uint64_t nr = (first + i) % KERNEL_IMAGE_PAGES;

		/* no page in front of the first one */
		if (!i || !nr)
			memset(bytes, 0, BUFFER_SIZE);
		read_next(&dom0, KERNEL_IMAGE_PFN + nr, bytes);
		if (look(arg, bytes, BUFFER_SIZE, KERNEL_IMAGE_PFN + nr))
			break;
	}
	free(bytes);
	return interrupt_check();
}
