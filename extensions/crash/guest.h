/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session on the Linux of a guest, with the dump of its host or on the
 * running host. crash is started with a core of the guest that has its notes
 * but not its memory ("xen extract -n"), and reads everything except memory
 * from it like from any core: KASLR, registers. Memory is read by the hook of
 * this file, from the dump of the host or by hypercalls.
 */
#ifndef EXT_CRASH_GUEST_H
#define EXT_CRASH_GUEST_H

#include "extensions/support/session.h"

/* True if crash was started with a core that lacks the memory. */
bool guest_is_expected(void);
/*
 * Opens the host's dump, or the running host, and the memory of the domain.
 * ERR_MISMATCH unless crash's core and vmlinux are those of that domain.
 */
struct err *guest_open(struct session *s, const struct start_request *r) ERR_MUST_CHECK;
bool guest_is_open(void);
/* True if the guest is neither paused nor shut down: it changes what crash is reading. */
bool guest_runs(void);
void guest_close(void);

#endif
