/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "windows.h"

#include <errno.h>
#include <stdbool.h>

#include "failed.h"

#define PAGE_SHIFT	12

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
	if (rc) {
		w->window[n].stuck = 1;
		return rc;
	}
	w->window[n].chunk = chunk;
	/* set before mapping, for the process that cleans up after this one */
	w->window[n].used = ++w->clock;
	rc = map_window(w, xc, facts, n, DPCI_ADD_MAPPING);
	if (rc) {
		/* fails for memory that was not mapped: the window remains usable */
		map_window(w, xc, facts, n, DPCI_REMOVE_MAPPING);
		w->window[n].used = 0;
	}
	return rc;
}

int windows_close(struct windows *w, xc_interface *xc,
		  const struct live_memory_facts *facts)
{
	unsigned int n;
	int rc = 0;

	for (n = 0; n < WINDOWS; n++) {
		int failed_now = 0;

		if (w->window[n].used)
			failed_now = map_window(w, xc, facts, n, DPCI_REMOVE_MAPPING);
		if (failed_now) {
			w->window[n].stuck = 1;
			rc = failed_now;
			continue;
		}
		w->window[n].used = w->window[n].stuck = 0;
	}
	return rc;
}

/* Finds the window of a chunk, or the least recently used one; WINDOWS: all are stuck. */
static unsigned int choose_window(const struct windows *w, uint64_t chunk,
				  bool *is_open)
{
	unsigned int n, oldest = WINDOWS;

	*is_open = false;
	for (n = 0; n < WINDOWS; n++) {
		if (w->window[n].stuck)
			continue;
		if (w->window[n].used && w->window[n].chunk == chunk) {
			*is_open = true;
			return n;
		}
		if (oldest == WINDOWS || w->window[n].used < w->window[oldest].used)
			oldest = n;
	}
	return oldest;
}

bool windows_has(const struct windows *w, uint64_t maddr)
{
	bool is_open;

	choose_window(w, maddr >> WINDOW_SHIFT, &is_open);
	return is_open;
}

/* A window that cannot be unmapped is not used again; another one is taken. */
static int open_any(struct windows *w, xc_interface *xc,
		    const struct live_memory_facts *facts, uint64_t chunk,
		    unsigned int *n)
{
	bool is_open;
	int rc;

	do {
		*n = choose_window(w, chunk, &is_open);
		if (*n == WINDOWS)
			return -EBUSY;
		if (is_open)
			return 0;
		rc = open_window(w, xc, facts, *n, chunk);
	} while (rc && w->window[*n].stuck);
	return rc;
}

int windows_see(struct windows *w, xc_interface *xc,
		const struct live_memory_facts *facts, uint64_t maddr,
		uint64_t *gpa)
{
	unsigned int n;
	int rc = open_any(w, xc, facts, maddr >> WINDOW_SHIFT, &n);

	if (rc == -ENOMEM) {
		/* page tables of 4 KiB mappings exceed the domain's pool */
		windows_close(w, xc, facts);
		rc = open_any(w, xc, facts, maddr >> WINDOW_SHIFT, &n);
	}
	if (rc)
		return rc;
	w->window[n].used = ++w->clock;
	*gpa = w->base + n * WINDOW_SIZE + (maddr & (WINDOW_SIZE - 1));
	return 0;
}
