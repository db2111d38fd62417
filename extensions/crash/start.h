/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completes a session that was started with crash --minimal. */
#ifndef EXT_CRASH_START_H
#define EXT_CRASH_START_H

#include "xen/base/error.h"

struct session;

struct err *start_session(struct session *s, const struct start_request *r) ERR_MUST_CHECK;
/* Returns one line on dom0's side of the session; valid until the next call. */
const char *start_state(struct session *s);

#endif
