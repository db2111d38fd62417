/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dumpfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Notes of a host with 8192 pcpus are below 4 MiB. */
#define MAX_NOTES	(16UL << 20)

void dumpfile_close(struct dumpfile *f)
{
	if (!f)
		return;
	if (f->map)
		munmap((void *)f->map, f->size);
	flat_close(f->flat);
	free(f->path);
	free(f);
}

static struct err *map_file(struct dumpfile *f, const char *path)
{
	struct stat st;
	void *map;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_io(errno, "%s", path);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return err_new(ERR_UNSUPPORTED, "%s: not a dump file", path);
	}
	map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
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
	f->path = strdup(path);
	e = f->path ? map_file(f, path) : err_nomem();
	if (!e && flat_is(f->map, f->size))
		e = err_prefix(flat_open(f->map, f->size, &f->flat), "%s", path);
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
	if (at + len < at)
		return err_new(ERR_CORRUPT, "%s: offset %" PRIu64 " wraps around",
			       f->path, at);
	if (f->flat)
		return err_prefix(flat_read(f->flat, at, buf, len),
				  "%s is cut short", f->path);
	if (at + len > f->size)
		return err_new(ERR_NOT_IN_DUMP,
			       "%s is cut short: %zu bytes at %" PRIu64 " are past its end (%" PRIu64 ")",
			       f->path, len, at, f->size);
	memcpy(buf, f->map + at, len);
	return NULL;
}

const void *dumpfile_bytes(const struct dumpfile *f, uint64_t at, size_t len)
{
	if (f->flat || at > f->size || len > f->size - at)
		return NULL;
	return f->map + at;
}

struct err *dumpfile_parse_notes(const struct dumpfile *f, uint64_t at,
				 uint64_t len, struct notes **ret)
{
	struct err *e;
	void *bytes;

	if (len > MAX_NOTES)
		return err_new(ERR_CORRUPT, "%s: %" PRIu64 " bytes of notes",
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
