/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dumpfile.h"

#include <endian.h>
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

/* makedumpfile -F: big-endian {offset, size} records after a 4 KiB header */
#define FLAT_SIGNATURE		"makedumpfile"
#define FLAT_FIRST_RECORD	4096

void dumpfile_close(struct dumpfile *f)
{
	if (!f)
		return;
	if (f->map)
		munmap((void *)f->map, f->size);
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
	if (e) {
		dumpfile_close(f);
		return e;
	}
	f->flat = f->size > FLAT_FIRST_RECORD &&
		  !memcmp(f->map, FLAT_SIGNATURE, sizeof(FLAT_SIGNATURE));
	*ret = f;
	return NULL;
}

static struct err *cut_short(const struct dumpfile *f, uint64_t at, size_t len)
{
	return err_new(ERR_NOT_IN_DUMP,
		       "%s is cut short: %zu bytes at %" PRIu64 " are past its end (%" PRIu64 ")",
		       f->path, len, at, f->size);
}

/*
 * Collects a range of the re-arranged file out of the records of the
 * flattened one. Only headers and notes are read this way, so that a pass over
 * the records each time is cheap enough.
 */
static struct err *read_flat(const struct dumpfile *f, uint64_t at, void *buf,
			     size_t len)
{
	uint64_t pos = FLAT_FIRST_RECORD, size;
	int64_t header[2], offset;
	size_t got = 0;

	while (got < len) {
		uint64_t from, to;

		ERR_TRY(interrupt_check());
		if (f->size - pos < sizeof(header))
			return cut_short(f, at, len);
		memcpy(header, f->map + pos, sizeof(header));
		pos += sizeof(header);
		offset = be64toh(header[0]);
		size = be64toh(header[1]);
		if (offset < 0)
			return cut_short(f, at, len);
		if (size > f->size - pos)
			return cut_short(f, pos, size);
		from = at > (uint64_t)offset ? at : (uint64_t)offset;
		to = at + len < offset + size ? at + len : offset + size;
		if (from < to) {
			memcpy((char *)buf + (from - at),
			       f->map + pos + (from - offset), to - from);
			got += to - from;
		}
		pos += size;
	}
	return NULL;
}

struct err *dumpfile_read(const struct dumpfile *f, uint64_t at, void *buf,
			  size_t len)
{
	if (at + len < at)
		return err_new(ERR_CORRUPT, "%s: offset %" PRIu64 " wraps around",
			       f->path, at);
	if (f->flat)
		return read_flat(f, at, buf, len);
	if (at + len > f->size)
		return cut_short(f, at, len);
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
