/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_CONSOLE_H
#define XEN_MODEL_CONSOLE_H

#include "xen/model/xen.h"

/*
 * The text of the console ring, oldest first, NUL-terminated and to be freed;
 * *len excludes the NUL. Pages that cannot be read become a line that says so.
 * (drivers/char/console.c: conring, conring_size, conringp; 4.4 to master)
 */
struct err *console_read(struct xen *x, char **text,
			 size_t *len) ERR_MUST_CHECK;

#endif
