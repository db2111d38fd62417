/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session on the Linux of a guest, out of the dump of its host or on the running
 * one. crash is begun with a core of the guest that has its notes but not its
 * memory ("xen extract -n"), and takes everything but memory from there as from
 * any core: KASLR, registers. Memory is read from the dump of the host, or by
 * hypercalls, by the hook of this file.
 */
#ifndef EXT_CRASH_GUEST_H
#define EXT_CRASH_GUEST_H

#include "extensions/support/session.h"

/* True if crash was begun with a core that lacks the memory. */
bool guest_is_expected(void);
/*
 * Opens the host's dump, or the running host, and the memory of the domain.
 * ERR_MISMATCH unless crash's core and vmlinux are those of that domain.
 */
struct err *guest_open(struct session *s, const struct start_request *r) ERR_MUST_CHECK;
bool guest_is_open(void);
void guest_close(void);

#endif
