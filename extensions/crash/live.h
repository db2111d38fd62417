/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dom0's memory on a running host: crash's memory source, and the page tables of a PV dom0. */
#ifndef EXT_CRASH_LIVE_H
#define EXT_CRASH_LIVE_H

#include "xen/base/error.h"

struct session;

/* s must remain valid while the hooks are installed. */
void live_register(struct session *s);
/* Returns the memory source of crash, NULL in a dump. */
const char *live_source_name(struct session *s);
struct err *live_source_use(struct session *s, const char *name) ERR_MUST_CHECK;
/* Returns NULL if a memory source is usable in this session, else the reason. */
struct err *live_check_source(struct session *s, const char *name) ERR_MUST_CHECK;

#endif
