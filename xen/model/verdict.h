/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_VERDICT_H
#define XEN_MODEL_VERDICT_H

#include "xen.h"

/* Why the host died, as far as its own console says. */
struct verdict {
	char text[256];		/* "crash requested by debug key 'C'" */
	char evidence[256];	/* the console line it rests on */
	int pcpu;		/* that executed the crash kernel; -1: not known */
};

/*
 * Reads the end of a console text (console.h). When nothing in it tells, the
 * text says so and the evidence is empty.
 */
void verdict_from_console(const char *console, struct verdict *ret);

#endif
