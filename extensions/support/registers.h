/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of registers, for the commands regs, bt and pcpu. */
#ifndef EXT_REGISTERS_H
#define EXT_REGISTERS_H

#include "xen/model/domain/context.h"
#include "xen/model/regs.h"
#include "xen/stack/entry.h"
#include "command.h"

/* Columns of the cards below, for help pages */
extern const struct column register_columns[31];

/* Shows a set as a separate section; where: its source. */
void regs_show(struct session *s, struct out *o, const char *key,
	       const char *where, const struct regs *regs);

/* Likewise for a guest's set; at: the symbol of its RIP, or "". */
void regs_show_guest(struct out *o, const char *key, const char *where,
		     const struct regs *regs,
		     const struct control_regs *control, const char *at);

/* "page fault, error 0002", "interrupt 0xf1"; returns buf. */
const char *entry_text(unsigned int vector, unsigned int error_code, char *buf,
		       size_t size);

/* True if the front end has symbols of this domain's kernel. */
bool session_has_kernel(const struct session *s, const struct domain *d);

/*
 * Formats an address of a guest's kernel as "name+0x12", or "" if unknown: for
 * dom0 by the symbols of the front end, for others by their own table if the
 * guest was searched (guests.h). Returns buf.
 */
const char *guest_address_text(struct session *s, const struct domain *d,
			       uint64_t va, char *buf, size_t size);

#endif
