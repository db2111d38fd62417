/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "console.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/model/memory_source.h"
#include "console_ring.h"

static struct err *ring_find(struct xen *x, struct ring *r)
{
	uint64_t producer;

	if (console_found_by_text(x))
		return ring_by_text(x, r);
	ERR_TRY(xen_variable(x, "conring", &r->va));
	ERR_TRY(xen_variable(x, "conring_size", &r->size));
	ERR_TRY(xen_variable(x, "conringp", &producer));
	ERR_TRY(xen_check_pointer(x, r->va, 1, "conring"));
	if (!r->size || r->size > RING_MAX || (r->size & (r->size - 1)))
		return err_new(ERR_CORRUPT, "invalid conring_size: %" PRIu64, r->size);
	r->end = producer;
	/* the producer index wraps at 32 bits */
	r->start = producer > r->size ? producer - r->size : 0;
	return NULL;
}

bool console_found_by_text(struct xen *x)
{
	uint64_t va;
	struct err *e;

	if (!x->variables_found)
		return false;
	e = xen_symbol(x, "conring", &va);
	err_free(e);
	return e != NULL;
}

struct err *console_read(struct xen *x, char **text, size_t *len)
{
	return x->source->console_read(x, text, len);
}

struct err *console_read_new(struct xen *x, uint32_t *index, char **text,
			     size_t *len)
{
	if (!x->source->console_read_new)
		return err_new(ERR_UNSUPPORTED,
			       "following the log requires a running host");
	return x->source->console_read_new(x, index, text, len);
}

struct err *console_press_key(struct xen *x, char key, char **text)
{
	if (!x->source->press_key)
		return err_new(ERR_UNSUPPORTED,
			       "debug keys require a running host");
	return x->source->press_key(x, key, text);
}

struct err *mem_console_read(struct xen *x, char **text, size_t *len)
{
	struct ring r;
	uint64_t at;
	size_t size = 0;
	FILE *out;

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
