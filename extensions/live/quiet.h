/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIVE_QUIET_H
#define LIVE_QUIET_H

#include <xentoollog.h>

/* The libraries print their errors; ours are told by the caller. */
xentoollog_logger *quiet_logger(void);

#endif
