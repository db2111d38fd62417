/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"

#include "xen/hypercall/live.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* conring_size= is rounded to a power of two; nobody asks for more. */
#define RING_MAX	(64U << 20)

struct ring {
	uint64_t va;
	uint64_t size;		/* bytes, a power of two */
	uint64_t start, end;	/* running indices of the text */
};

static struct err *ring_find(struct xen *x, struct ring *r)
{
	uint64_t producer;

	ERR_TRY(xen_variable(x, "conring", &r->va));
	ERR_TRY(xen_variable(x, "conring_size", &r->size));
	ERR_TRY(xen_variable(x, "conringp", &producer));
	ERR_TRY(xen_check_pointer(x, r->va, 1, "conring"));
	if (!r->size || r->size > RING_MAX || (r->size & (r->size - 1)))
		return err_new(ERR_CORRUPT, "conring_size is %" PRIu64, r->size);
	r->end = producer;
	/* The indices are 32 bits wide and run around. */
	r->start = producer > r->size ? producer - r->size : 0;
	return NULL;
}

struct err *console_read(struct xen *x, char **text, size_t *len)
{
	struct ring r;
	uint64_t at;
	size_t size = 0;
	FILE *out;

	if (x->live)
		return live_console(x->live, text, len);
	ERR_TRY(ring_find(x, &r));
	out = open_memstream(text, &size);
	if (!out)
		return err_nomem();
	for (at = r.start; at < r.end;) {
		char page[XPAGE_SIZE];
		uint64_t va = r.va + (at & (r.size - 1));
		size_t n = XPAGE_SIZE - (va & (XPAGE_SIZE - 1));
		struct err *e;

		if (n > r.end - at)
			n = r.end - at;
		if (n > r.size - (at & (r.size - 1)))
			n = r.size - (at & (r.size - 1));
		e = space_read(x->space, va, page, n);
		if (e)
			fprintf(out, "\n<%zu bytes lost: %s>\n", n, err_text(e));
		else
			fwrite(page, 1, n, out);
		err_free(e);
		at += n;
	}
	if (fclose(out))
		return err_nomem();
	*len = size;
	return NULL;
}
