/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dumpfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xen/base/file.h"

/* Notes of a host with 8192 pcpus are below 4 MiB. */
#define MAX_NOTES	(16UL << 20)
/*
 * Number of bytes that dumpfile_bytes() reads at once: a page, up to as much as
 * fits into a processor's cache. The buffer is aligned to pages: copying whole
 * pages to an unaligned address takes ten times as long on processors with fast
 * string instructions.
 */
#define WINDOW_MIN	4096
#define WINDOW_MAX	(256UL << 10)

void dumpfile_close(struct dumpfile *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	flat_close(f->flat);
	free(f->window.bytes);
	free(f->path);
	free(f);
}

/*
 * Of bytes below the size at opening. A dump is never mapped: access to a
 * mapping of a file that shrank ends the process (SIGBUS).
 */
static struct err *read_bytes(const void *file, uint64_t at, void *buf,
			      size_t len)
{
	const struct dumpfile *f = file;

	while (len) {
		ssize_t n = pread(f->fd, buf, len, at);

		if (n < 0 && errno == EINTR) {
			ERR_TRY(interrupt_check());
			continue;
		}
		if (n < 0)
			return err_io(errno, "%s: offset %" PRIu64, f->path, at);
		if (!n)
			return err_new(ERR_IO, "%s was shortened while it was in use",
				       f->path);
		buf = (char *)buf + n;
		at += n;
		len -= n;
	}
	return NULL;
}

static struct err *open_file(struct dumpfile *f, const char *path)
{
	struct stat st;

	f->fd = file_open_regular(path);
	if (f->fd < 0 && errno != EINVAL)
		return err_io(errno, "%s", path);
	if (f->fd < 0 || fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return err_new(ERR_UNSUPPORTED, "%s: not a dump file", path);
	f->size = st.st_size;
	return NULL;
}

static struct err *open_flat(struct dumpfile *f)
{
	struct flat_file file = { read_bytes, f, f->size };
	bool is_flat;

	ERR_TRY(flat_is(&file, &is_flat));
	return is_flat ? err_prefix(flat_open(&file, &f->flat), "%s", f->path) : NULL;
}

struct err *dumpfile_open(const char *path, struct dumpfile **ret)
{
	struct dumpfile *f = calloc(1, sizeof(*f));
	struct err *e;

	if (!f)
		return err_nomem();
	f->fd = -1;
	f->path = strdup(path);
	e = f->path ? open_file(f, path) : err_nomem();
	if (!e)
		e = open_flat(f);
	if (e) {
		dumpfile_close(f);
		return e;
	}
	*ret = f;
	return NULL;
}

struct err *dumpfile_read(const struct dumpfile *f, uint64_t at, void *buf,
			  size_t len)
{
	struct err *e;

	if (at + len < at)
		return err_new(ERR_CORRUPT, "%s: offset %" PRIu64 " wraps around",
			       f->path, at);
	if (f->flat) {
		e = flat_read(f->flat, at, buf, len);
		return e && err_reason(e) == ERR_NOT_IN_DUMP ?
		       err_prefix(e, "%s is %s", f->path,
				  flat_is_cut(f->flat) ? "truncated" : "damaged") : e;
	}
	if (at + len > f->size)
		return err_new(ERR_NOT_IN_DUMP,
			       "%s is truncated: %zu bytes at %" PRIu64 " are past its end (%" PRIu64 ")",
			       f->path, len, at, f->size);
	return read_bytes(f, at, buf, len);
}

uint64_t dumpfile_data(const struct dumpfile *f, uint64_t at, uint64_t end)
{
	off_t next = f->flat ? -1 : lseek(f->fd, at, SEEK_DATA);

	/* ENXIO: a hole up to the end of the file */
	if (next < 0)
		return !f->flat && errno == ENXIO ? end : at;
	return (uint64_t)next < end ? (uint64_t)next : end;
}

/*
 * Number of bytes to read for a window that begins at at: twice as many as
 * before if at least half of those were used, else half as many; one page after
 * a jump.
 */
static size_t window_next(const struct window *w, uint64_t at)
{
	size_t len = w->len ? w->len : WINDOW_MIN;

	if (at < w->at + w->len || at - w->at - w->len > w->len)
		return WINDOW_MIN;
	if (w->used < len / 2)
		return len > WINDOW_MIN ? len / 2 : len;
	return len < WINDOW_MAX ? 2 * len : len;
}

static bool window_holds(const struct window *w, uint64_t at, size_t len)
{
	return at >= w->at && at - w->at <= w->len && len <= w->len - (at - w->at);
}

const void *dumpfile_bytes(struct dumpfile *f, uint64_t at, size_t len)
{
	struct window *w = &f->window;

	if (f->flat || len > WINDOW_MIN)
		return NULL;
	if (!window_holds(w, at, len)) {
		size_t want = window_next(w, at);
		ssize_t n;

		if (!w->bytes && !(w->bytes = aligned_alloc(WINDOW_MIN, WINDOW_MAX)))
			return NULL;
		n = pread(f->fd, w->bytes, want, at);
		*w = (struct window){ .bytes = w->bytes, .at = at, .len = n > 0 ? n : 0 };
		if (w->len < len)
			return NULL;
	}
	w->used += len;
	return w->bytes + (at - w->at);
}

struct err *dumpfile_parse_notes(const struct dumpfile *f, uint64_t at,
				 uint64_t len, struct notes **ret)
{
	struct err *e;
	void *bytes;

	if (len > MAX_NOTES)
		return err_new(ERR_CORRUPT, "%s: invalid size of the notes: %" PRIu64 " bytes",
			       f->path, len);
	bytes = malloc(len ? len : 1);
	if (!bytes)
		return err_nomem();
	e = dumpfile_read(f, at, bytes, len);
	if (!e)
		e = notes_parse(bytes, len, ret);
	free(bytes);
	return e;
}
