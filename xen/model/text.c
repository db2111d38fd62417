/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <inttypes.h>

static bool is_text(const char *s)
{
	for (; *s; s++) {
		if (*s < ' ' || *s > '~')
			return false;
	}
	return true;
}

struct err *text_read(struct xen *x, const struct value *at, char *buf,
		      size_t size)
{
	struct provenance before = provenance_enter();
	uint64_t va = value_ok(at) ? value_of(at) : 0;
	struct err *e = va ? space_read_string(x->space, va, buf, size) : NULL;

	provenance_leave(before);
	if (!va || e)
		buf[0] = '\0';
	if (*buf && !is_text(buf)) {
		buf[0] = '\0';
		e = err_new(ERR_CORRUPT, "no text at %" PRIx64, va);
	}
	provenance_use_if(e && at->unproved);
	return e;
}
