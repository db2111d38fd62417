/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fetch.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Time limits for a server that sends nothing, in seconds */
#define WAIT_DEFAULT	30
#define WAIT_MAX	3600
/*
 * Smaller numbers are not bytes: before a server answers, elfutils 0.188 passes
 * a count of its retries (0.192 makes no call at all).
 */
#define BYTES_MIN	4096
/* In ms: how often ^C and the time limit are checked; grace period between SIGTERM and SIGKILL */
#define POLL_INTERVAL	200
#define END_LIMIT	2000

typedef struct debuginfod_client client_t;

/* elfutils 0.179, debuginfod.h: the functions return a descriptor or -errno. */
static struct library {
	client_t *(*begin)(void);
	void (*end)(client_t *c);
	void (*set_progress)(client_t *c, int (*fn)(client_t *c, long a, long b));
	int (*find[2])(client_t *c, const unsigned char *id, int len, char **path);
} library;

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

/*
 * A call of the library returns only when a server answers or the library's own
 * time limit is over, and cannot be cancelled. A child process makes it, which
 * can be killed.
 */
struct step {
	uint64_t done, total;		/* bytes; total 0: not known */
	int32_t error;			/* IN_PROGRESS, 0, or -errno */
	uint32_t len;			/* of the path that follows error 0 */
};

#define IN_PROGRESS 1

/* ---- the child ---- */

static int child_out;
static volatile sig_atomic_t child_must_end;

static void end_child(int signal)
{
	(void)signal;
	child_must_end = 1;
}

static bool put(const void *bytes, size_t len)
{
	return write(child_out, bytes, len) == (ssize_t)len;
}

/* A return value other than 0 cancels the download; the library removes the partial file. */
static int progress_step(client_t *c, long a, long b)
{
	struct step step = {
		.done = a > 0 ? a : 0, .total = b > 0 ? b : 0, .error = IN_PROGRESS,
	};

	(void)c;
	return !put(&step, sizeof(step)) || child_must_end;
}

static void child_run(enum fetch_kind kind, const uint8_t *id, unsigned int len)
{
	struct step step = { .error = -ENOMEM };
	client_t *c;
	char *path = NULL;
	int fd;

	signal(SIGINT, end_child);
	signal(SIGTERM, end_child);
	signal(SIGPIPE, SIG_IGN);
	c = library.begin();
	if (c) {
		library.set_progress(c, progress_step);
		fd = library.find[kind](c, id, len, &path);
		step.error = fd < 0 ? fd : 0;
	}
	if (!step.error && (!path || strlen(path) >= PATH_MAX))
		step.error = -ENAMETOOLONG;
	step.len = step.error ? 0 : strlen(path);
	if (put(&step, sizeof(step)) && step.len)
		put(path, step.len);
	_exit(0);
}

/* ---- the parent ---- */

struct download {
	pid_t child;
	int from;			/* the pipe */
	fetch_progress_fn progress;
	void *arg;
	uint64_t done, total;
	struct timespec last;		/* time at which bytes came */
	unsigned int wait;		/* seconds */
};

static struct err *start(struct download *d, enum fetch_kind kind,
			 const uint8_t *id, unsigned int len)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return err_io(errno, "creating a pipe for a download");
	d->child = fork();
	if (d->child < 0) {
		close(ends[0]);
		close(ends[1]);
		return err_io(errno, "starting a process for a download");
	}
	if (!d->child) {
		close(ends[0]);
		child_out = ends[1];
		child_run(kind, id, len);
	}
	close(ends[1]);
	d->from = ends[0];
	clock_gettime(CLOCK_MONOTONIC, &d->last);
	return NULL;
}

/* Ends the child: by SIGTERM first, so that it can remove a partial file. */
static void finish(struct download *d)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	unsigned int ms = 0;

	close(d->from);
	kill(d->child, SIGTERM);
	for (; ms < END_LIMIT && !waitpid(d->child, NULL, WNOHANG); ms += 20)
		nanosleep(&pause, NULL);
	if (ms >= END_LIMIT) {
		kill(d->child, SIGKILL);
		waitpid(d->child, NULL, 0);
	}
}

static void take_step(struct download *d, const struct step *step)
{
	if (step->total ? step->done != d->done : step->done >= d->done + BYTES_MIN) {
		d->done = step->done;
		clock_gettime(CLOCK_MONOTONIC, &d->last);
	}
	d->total = step->total;
}

/* Returns the text of the library for -error */
static struct err *failed(const struct download *d, int error)
{
	if (error == ETIME)
		return err_new(ERR_IO, "no answer for %u s (DEBUGINFOD_TIMEOUT)", d->wait);
	if (error == ENOENT)
		return err_new(ERR_NOT_FOUND, "not found");
	if (error == ENOSYS)
		return err_new(ERR_UNSUPPORTED, "no server in DEBUGINFOD_URLS");
	return err_io(error, "download failed");
}

static bool is_late(const struct download *d)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - d->last.tv_sec >= d->wait;
}

/* Waits for the last step; *step is that of error 0. */
static struct err *wait_for(struct download *d, struct step *step)
{
	struct pollfd from = { .fd = d->from, .events = POLLIN };

	step->error = IN_PROGRESS;
	while (step->error == IN_PROGRESS) {
		int ready = poll(&from, 1, POLL_INTERVAL);

		ERR_TRY(interrupt_check());
		if (ready > 0) {
			if (read(d->from, step, sizeof(*step)) != sizeof(*step))
				return failed(d, EIO);
			take_step(d, step);
		}
		if (d->progress)
			d->progress(d->arg, d->done, d->total);
		if (step->error == IN_PROGRESS && is_late(d))
			return failed(d, ETIME);
	}
	return step->error ? failed(d, -step->error) : NULL;
}

static struct err *take_path(struct download *d, const struct step *step, char **path)
{
	char *text = calloc(1, step->len + 1);

	if (!text)
		return err_nomem();
	if (read(d->from, text, step->len) != (ssize_t)step->len) {
		free(text);
		return failed(d, EIO);
	}
	*path = text;
	return NULL;
}

struct err *fetch_by_build_id(enum fetch_kind kind, const uint8_t *id,
			      unsigned int len, fetch_progress_fn progress,
			      void *arg, char **path)
{
	struct download d = {
		.progress = progress, .arg = arg, .wait = wait_limit(),
	};
	struct step step;
	struct err *e;

	if (!fetch_servers())
		return failed(&d, ENOSYS);
	ERR_TRY(library_load());
	ERR_TRY(start(&d, kind, id, len));
	e = wait_for(&d, &step);
	if (!e)
		e = take_path(&d, &step, path);
	finish(&d);
	return e;
}
