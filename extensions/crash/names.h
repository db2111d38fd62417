/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols of the hypervisor in crash's own rd, dis, sym, struct and union.
 *
 * crash resolves names in tables of its own, whose layout differs by release,
 * and binds its functions at link time, so that neither can be extended from
 * here. The functions in its command table are wrapped instead: an argument that
 * is no number and no symbol of dom0 but one of the hypervisor is replaced by its
 * address. A name that both have is dom0's.
 */
#ifndef EXT_CRASH_NAMES_H
#define EXT_CRASH_NAMES_H

struct session;

/* s must stay valid until names_remove(). */
void names_install(struct session *s);
void names_remove(void);

#endif
