/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_REGS_H
#define EXT_REGS_H

#include "../xen/model/regs.h"
#include "command.h"

/* Shows a register set as a section of its own; where says whence it is. */
void regs_show(struct session *s, struct out *o, const char *key,
	       const char *where, const struct regs *regs);

#endif
