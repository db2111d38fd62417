/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIVE_FAILED_H
#define LIVE_FAILED_H

#include <errno.h>

/* A negative errno after a failed call, of a library that left errno 0, too. */
static inline int failed(void)
{
	return errno ? -errno : -EIO;
}

#endif
