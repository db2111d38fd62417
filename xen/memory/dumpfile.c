/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dumpfile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

static void unmap_file(struct dumpfile *f)
{
	if (f->map)
		munmap((void *)f->map, f->size);
	f->map = NULL;
}

void dumpfile_close(struct dumpfile *f)
{
	if (!f)
		return;
	unmap_file(f);
	if (f->fd >= 0)
		close(f->fd);
	flat_close(f->flat);
	free(f->window.bytes);
	free(f->path);
	free(f);
}

static struct err *map_file(struct dumpfile *f, const char *path)
{
	struct stat st;
	void *map;

	f->fd = file_open_regular(path);
	if (f->fd < 0 && errno != EINVAL)
		return err_io(errno, "%s", path);
	if (f->fd < 0 || fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size)
		return err_new(ERR_UNSUPPORTED, "%s: not a dump file", path);
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, f->fd, 0);
	if (map == MAP_FAILED)
		return err_io(errno, "%s: mmap", path);
	f->map = map;
	f->size = st.st_size;
	return NULL;
}

struct err *dumpfile_open(const char *path, struct dumpfile **ret)
{
	struct dumpfile *f = calloc(1, sizeof(*f));
	struct err *e;

	if (!f)
		return err_nomem();
	f->fd = -1;
	f->path = strdup(path);
	e = f->path ? map_file(f, path) : err_nomem();
	if (!e && flat_is(f->map, f->size))
		e = err_prefix(flat_open(f->map, f->size, &f->flat), "%s", path);
	if (e) {
		dumpfile_close(f);
		return e;
	}
	/* read by pread(): access to a mapping of a file that shrank ends the process */
	if (!f->flat)
		unmap_file(f);
	*ret = f;
	return NULL;
}

/* Access to a mapping beyond the end of a file that shrank ends the process (SIGBUS). */
static bool shrank(const struct dumpfile *f)
{
	struct stat st;

	return fstat(f->fd, &st) < 0 || (uint64_t)st.st_size < f->size;
}

static struct err *read_bytes(const struct dumpfile *f, uint64_t at, char *buf,
			      size_t len)
{
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
		buf += n;
		at += n;
		len -= n;
	}
	return NULL;
}

struct err *dumpfile_read(const struct dumpfile *f, uint64_t at, void *buf,
			  size_t len)
{
	if (at + len < at)
		return err_new(ERR_CORRUPT, "%s: offset %" PRIu64 " wraps around",
			       f->path, at);
	if (f->flat && shrank(f))
		return err_new(ERR_IO, "%s was shortened while it was in use", f->path);
	if (f->flat)
		return err_prefix(flat_read(f->flat, at, buf, len),
				  "%s is truncated", f->path);
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
