/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_REGS_H
#define EXT_REGS_H

#include "xen/model/domain/context.h"
#include "xen/model/regs.h"
#include "xen/stack/entry.h"
#include "extensions/support/command.h"

/* Shows a register set as a section of its own; where says whence it is. */
void regs_show(struct session *s, struct out *o, const char *key,
	       const char *where, const struct regs *regs);

/* Those of a guest: at is shown as its address. */
void regs_show_guest(struct session *s, struct out *o, const char *key,
		     const char *where, const struct regs *regs,
		     const struct control_regs *control, const char *at);

/* What an exception saved, as a register set. */
void regs_from_entry(const struct entry *e, struct regs *ret);

#endif
