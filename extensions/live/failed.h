/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIVE_FAILED_H
#define LIVE_FAILED_H

#include <errno.h>

/* Returns a negative errno after a failed call, also if the library left errno 0. */
static inline int failed(void)
{
	return errno ? -errno : -EIO;
}

#endif
