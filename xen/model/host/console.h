/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_CONSOLE_H
#define XEN_MODEL_CONSOLE_H

#include "xen/model/xen.h"

/*
 * Reads the console ring, oldest text first, NUL-terminated and to be freed;
 * *len excludes the NUL. An unreadable page is replaced by a line with the
 * reason. (drivers/char/console.c: conring, conring_size, conringp; 4.4 to
 * master)
 */
struct err *console_read(struct xen *x, char **text,
			 size_t *len) ERR_MUST_CHECK;

/*
 * True if console_read() finds the ring by its text (console_ring.h): the symbol
 * table has functions only (variables.h).
 */
bool console_found_by_text(struct xen *x);

/*
 * Reads the text that a running host printed since *index, which starts at 0
 * and is advanced. The text is to be freed and may be empty. ERR_UNSUPPORTED in
 * a dump.
 */
struct err *console_read_new(struct xen *x, uint32_t *index, char **text,
			     size_t *len) ERR_MUST_CHECK;
/*
 * Presses a debug key of a running host and collects the output, to be freed,
 * until the console is quiet for a moment. ERR_UNSUPPORTED in a dump.
 */
struct err *console_press_key(struct xen *x, char key,
			      char **text) ERR_MUST_CHECK;

#endif
