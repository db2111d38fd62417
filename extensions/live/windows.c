/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "windows.h"

#include <errno.h>

#define PAGE_SHIFT	12

static int failed(void)
{
	return errno ? -errno : -EIO;
}

/* Maps or unmaps the RAM in a window. */
static int map_window(struct windows *w, xc_interface *xc,
		      const struct live_memory_facts *facts, unsigned int n,
		      uint32_t add)
{
	uint64_t first = w->window[n].chunk << (WINDOW_SHIFT - PAGE_SHIFT);
	uint64_t end = first + (WINDOW_SIZE >> PAGE_SHIFT);
	uint64_t gfn = (w->base + n * WINDOW_SIZE) >> PAGE_SHIFT;
	unsigned int i;
	int rc = 0;

	for (i = 0; i < facts->nr_ram; i++) {
		uint64_t a = facts->ram[i].first, b = facts->ram[i].end;

		if (a < first)
			a = first;
		if (b > end)
			b = end;
		if (a < b && xc_domain_memory_mapping(xc, w->domid,
						      gfn + a - first, a, b - a, add))
			rc = failed();
	}
	return rc;
}

static int open_window(struct windows *w, xc_interface *xc,
		       const struct live_memory_facts *facts, unsigned int n,
		       uint64_t chunk)
{
	int rc = 0;

	if (w->window[n].used)
		rc = map_window(w, xc, facts, n, DPCI_REMOVE_MAPPING);
	if (rc)
		return rc;
	w->window[n].chunk = chunk;
	/* set before mapping, for the process that cleans up after this one */
	w->window[n].used = ++w->clock;
	rc = map_window(w, xc, facts, n, DPCI_ADD_MAPPING);
	if (rc) {
		map_window(w, xc, facts, n, DPCI_REMOVE_MAPPING);
		w->window[n].used = 0;
	}
	return rc;
}

void windows_close(struct windows *w, xc_interface *xc,
		   const struct live_memory_facts *facts)
{
	unsigned int n;

	for (n = 0; n < WINDOWS; n++) {
		if (w->window[n].used)
			map_window(w, xc, facts, n, DPCI_REMOVE_MAPPING);
		w->window[n].used = 0;
	}
}

int windows_see(struct windows *w, xc_interface *xc,
		const struct live_memory_facts *facts, uint64_t maddr,
		uint64_t *gpa)
{
	uint64_t chunk = maddr >> WINDOW_SHIFT;
	unsigned int n, oldest = 0;
	int rc;

	for (n = 0; n < WINDOWS; n++) {
		if (w->window[n].used && w->window[n].chunk == chunk)
			break;
		if (w->window[n].used < w->window[oldest].used)
			oldest = n;
	}
	if (n == WINDOWS) {
		n = oldest;
		rc = open_window(w, xc, facts, n, chunk);
		if (rc == -ENOMEM) {
			/* page tables of 4 KiB mappings exceed the domain's pool */
			windows_close(w, xc, facts);
			rc = open_window(w, xc, facts, n, chunk);
		}
		if (rc)
			return rc;
	}
	w->window[n].used = ++w->clock;
	*gpa = w->base + n * WINDOW_SIZE + (maddr & (WINDOW_SIZE - 1));
	return 0;
}
