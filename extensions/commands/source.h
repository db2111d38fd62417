/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_SOURCE_H
#define EXT_SOURCE_H

#include "extensions/support/command.h"

/* A line of `xen source`; why may be empty. */
void source_row(struct out *o, const char *name, const char *of,
		const char *state, const char *why);

/* source_xen.c: the ways to the memory of the running hypervisor, one a line. */
void source_xen_rows(struct session *s, struct out *o);
/* A method's letter, or "auto", "off", "cleanup". */
struct err *source_xen_use(struct session *s, struct out *o,
			   const char *what) ERR_MUST_CHECK;

#endif
