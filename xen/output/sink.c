/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lower end of an out: passes bytes to the stream and cells to the printer. */
#include <errno.h>

#include "printer.h"

/* The pager was quit, or the disk is full. Loops that produce output end as on ^C. */
static void failed(struct out *o)
{
	o->failed = true;
	o->error = errno;
	interrupt_pending = 1;
}

void out_write(struct out *o, const char *bytes, size_t len)
{
	if (o->failed || !len)
		return;
	if (fwrite(bytes, 1, len, o->fp) != len)
		failed(o);
}

void out_flush(struct out *o)
{
	if (o->fp && !o->failed && fflush(o->fp))
		failed(o);
}

void out_cell_print(struct out *o, const struct cell *cell)
{
	struct section *s = &o->section;

	o->printer->cell(o, cell);
	if (++s->next == s->nr_columns) {
		s->next = 0;
		o->printer->row_end(o);
	}
}
