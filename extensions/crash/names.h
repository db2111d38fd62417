/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols of the hypervisor in crash's own rd, dis, sym, struct and union.
 *
 * crash resolves names in tables of its own, whose layout differs by release,
 * and binds its functions at link time, so that neither can be extended from
 * here. The functions in its command table are wrapped instead: an argument
 * that is neither a number nor a symbol of dom0, but a symbol of the
 * hypervisor, is replaced by its address. A name that both have refers to
 * dom0's symbol.
 */
#ifndef EXT_CRASH_NAMES_H
#define EXT_CRASH_NAMES_H

struct session;

/* s must remain valid until names_remove(). */
void names_install(struct session *s);
void names_remove(void);

#endif
