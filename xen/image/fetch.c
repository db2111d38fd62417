/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Time limits for a server that sends nothing, in seconds */
#define WAIT_DEFAULT	30
#define WAIT_MAX	3600
/*
 * Before a server answers, the library passes a count of its rounds: smaller
 * numbers are not bytes.
 */
#define BYTES_MIN	4096

typedef struct debuginfod_client client_t;

/* elfutils 0.179, debuginfod.h: the functions return a descriptor or -errno. */
static struct library {
	client_t *(*begin)(void);
	void (*end)(client_t *c);
	void (*set_progress)(client_t *c, int (*fn)(client_t *c, long a, long b));
	int (*find[2])(client_t *c, const unsigned char *id, int len, char **path);
} library;

/* The current download: libdebuginfod's own argument for it exists since 0.180. */
static struct download {
	fetch_progress_fn progress;
	void *arg;
	uint64_t done;			/* number of bytes at the time last */
	struct timespec last;
	unsigned int wait;		/* seconds */
	bool expired;
} download;

const char *fetch_servers(void)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	return urls && urls[strspn(urls, " ")] ? urls : NULL;
}

static struct err *library_load(void)
{
	void *handle;

	if (library.begin)
		return NULL;
	handle = dlopen("libdebuginfod.so.1", RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return err_new(ERR_UNSUPPORTED,
			       "requires libdebuginfod.so.1, which is not installed");
	library.end = dlsym(handle, "debuginfod_end");
	library.set_progress = dlsym(handle, "debuginfod_set_progressfn");
	library.find[FETCH_DEBUGINFO] = dlsym(handle, "debuginfod_find_debuginfo");
	library.find[FETCH_EXECUTABLE] = dlsym(handle, "debuginfod_find_executable");
	library.begin = dlsym(handle, "debuginfod_begin");
	if (library.begin && library.end && library.set_progress &&
	    library.find[FETCH_DEBUGINFO] && library.find[FETCH_EXECUTABLE])
		return NULL;
	memset(&library, 0, sizeof(library));
	dlclose(handle);
	return err_new(ERR_UNSUPPORTED,
		       "libdebuginfod.so.1 is older than elfutils 0.179");
}

static unsigned int wait_limit(void)
{
	const char *text = getenv("DEBUGINFOD_TIMEOUT");
	long seconds = text ? strtol(text, NULL, 10) : 0;

	if (seconds <= 0)
		return WAIT_DEFAULT;
	return seconds > WAIT_MAX ? WAIT_MAX : seconds;
}

/* Called at least once a second; any value but 0 ends the download. */
static int progress_step(client_t *c, long a, long b)
{
	uint64_t done = a > 0 ? a : 0, total = b > 0 ? b : 0;
	struct timespec now;

	(void)c;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (total ? done != download.done : done >= download.done + BYTES_MIN) {
		download.done = done;
		download.last = now;
	}
	if (now.tv_sec - download.last.tv_sec >= download.wait)
		download.expired = true;
	if (download.progress)
		download.progress(download.arg, done, total);
	return interrupt_pending || download.expired;
}

/* Returns the text of the library for -error */
static struct err *failed(int error)
{
	if (download.expired || error == ETIME)
		return err_new(ERR_IO, "no answer for %u s (DEBUGINFOD_TIMEOUT)",
			       download.wait);
	if (error == ENOENT)
		return err_new(ERR_NOT_FOUND, "not found");
	if (error == ENOSYS)
		return err_new(ERR_UNSUPPORTED, "no server in DEBUGINFOD_URLS");
	return err_io(error, "download failed");
}

struct err *fetch_by_build_id(enum fetch_kind kind, const uint8_t *id,
			      unsigned int len, fetch_progress_fn progress,
			      void *arg, char **path)
{
	char *file = NULL;
	struct err *e;
	client_t *c;
	int fd;

	if (!fetch_servers())
		return failed(ENOSYS);
	ERR_TRY(library_load());
	c = library.begin();
	if (!c)
		return err_nomem();
	download = (struct download){
		.progress = progress, .arg = arg, .wait = wait_limit(),
	};
	clock_gettime(CLOCK_MONOTONIC, &download.last);
	library.set_progress(c, progress_step);
	fd = library.find[kind](c, id, len, &file);
	library.end(c);
	e = interrupt_check();
	if (fd >= 0)
		close(fd);
	if (!e && fd < 0)
		e = failed(-fd);
	if (!e && !file)
		e = err_nomem();
	if (e)
		free(file);
	else
		*path = file;
	return e;
}
