/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files by build-id from debuginfod servers. libdebuginfod is loaded when a
 * file is fetched, and only if the user has set servers (DEBUGINFOD_URLS),
 * since the build-id is sent to them. The library keeps files in its own cache.
 */
#ifndef XEN_IMAGE_FETCH_H
#define XEN_IMAGE_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "xen/base/error.h"

enum fetch_kind {
	/* A file of debug sections, or a whole file with them. */
	FETCH_DEBUGINFO,
	/* A file with code, with or without debug sections. */
	FETCH_EXECUTABLE,
};

/* done of total bytes; total is 0 until the server answers, or if it is unknown. */
typedef void (*fetch_progress_fn)(void *arg, uint64_t done, uint64_t total);

/* Returns the servers, as set by the user; NULL: none. */
const char *fetch_servers(void);

/*
 * Returns the path of the file in the library's cache; the caller frees it.
 * Waits DEBUGINFOD_TIMEOUT seconds (30) for a server that does not send.
 * ERR_NOT_FOUND if no server has the file, ERR_UNSUPPORTED without the library
 * or without servers, ERR_IO for servers that cannot be reached,
 * ERR_INTERRUPTED on ^C. progress may be NULL. The content is not verified.
 */
struct err *fetch_by_build_id(enum fetch_kind kind, const uint8_t *id,
			      unsigned int len, fetch_progress_fn progress,
			      void *arg, char **path) ERR_MUST_CHECK;

#endif
