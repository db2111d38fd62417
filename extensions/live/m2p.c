/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine-to-physical table, which Xen permits the control domain to map
 * (XENMEM_machphys_mfn_list of public/memory.h, pages of DOMID_XEN): pieces of
 * 2 MiB, 8 bytes per frame. The mapping is the table itself, not a copy.
 */
#include "internal.h"

#include <stdlib.h>
#include <sys/mman.h>

#define PIECE_PAGES	512
#define PIECE_FRAMES	(PIECE_PAGES * LIVE_PAGE / sizeof(uint64_t))

static int find_pieces(struct live *l)
{
	unsigned long last;
	int rc;

	if (l->m2p)
		return 0;
	if (xc_maximum_ram_page(l->xc, &last))
		return failed();
	l->nr_m2p = last / PIECE_FRAMES + 1;
	l->m2p_at = calloc(l->nr_m2p, sizeof(*l->m2p_at));
	l->m2p = calloc(l->nr_m2p, sizeof(*l->m2p));
	if (l->m2p && l->m2p_at &&
	    !xc_machphys_mfn_list(l->xc, l->nr_m2p, l->m2p_at))
		return 0;
	rc = l->m2p && l->m2p_at ? failed() : -ENOMEM;
	m2p_close(l);
	return rc;
}

static int map_piece(struct live *l, unsigned long n)
{
	xen_pfn_t frames[PIECE_PAGES];
	unsigned int i;

	for (i = 0; i < PIECE_PAGES; i++)
		frames[i] = l->m2p_at[n] + i;
	l->m2p[n] = xenforeignmemory_map(l->fmem, DOMID_XEN, PROT_READ,
					 PIECE_PAGES, frames, NULL);
	return l->m2p[n] ? 0 : failed();
}

int m2p_entry(void *priv, uint64_t mfn, uint64_t *entry)
{
	struct live *l = priv;
	unsigned long n = mfn / PIECE_FRAMES;
	int rc;

	errno = 0;
	rc = find_pieces(l);
	if (rc)
		return rc;
	if (n >= l->nr_m2p)
		return -ENOENT;
	if (!l->m2p[n]) {
		rc = map_piece(l, n);
		if (rc)
			return rc;
	}
	*entry = *(volatile uint64_t *)&l->m2p[n][mfn % PIECE_FRAMES];
	return 0;
}

void m2p_close(struct live *l)
{
	unsigned long n;

	for (n = 0; l->m2p && n < l->nr_m2p; n++)
		if (l->m2p[n])
			xenforeignmemory_unmap(l->fmem, l->m2p[n], PIECE_PAGES);
	free(l->m2p);
	free(l->m2p_at);
	l->m2p = NULL;
	l->m2p_at = NULL;
}
