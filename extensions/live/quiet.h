/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIVE_QUIET_H
#define LIVE_QUIET_H

#include <xentoollog.h>

/* A logger that discards what Xen's libraries print; errors are returned instead. */
xentoollog_logger *quiet_logger(void);

#endif
