/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "corefile.h"

#include <string.h>

#include "xen/base/array.h"
#include "dumpfile.h"

#define MAGIC_MAX 8

static const struct dump_format *const formats[] = {
	&elfcore_format, &kdump_format,
	&raw_format,	/* has no mark; must be the last */
};

static struct err *find_format(const struct dumpfile *f,
			       const struct dump_format **ret)
{
	unsigned char magic[MAGIC_MAX];
	size_t i;

	ERR_TRY(dumpfile_read(f, 0, magic, sizeof(magic)));
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (!memcmp(magic, formats[i]->magic, formats[i]->magic_len)) {
			*ret = formats[i];
			return NULL;
		}
	}
	return err_new(ERR_UNSUPPORTED, "%s: not a dump", f->path);
}

static struct err *open_dump(const char *path, struct dumpfile **f,
			     const struct dump_format **format)
{
	struct err *e;

	ERR_TRY(dumpfile_open(path, f));
	e = find_format(*f, format);
	if (e)
		dumpfile_close(*f);
	return e;
}

struct err *corefile_notes(const char *path, struct notes **ret)
{
	const struct dump_format *format;
	struct dumpfile *f;
	struct err *e;

	ERR_TRY(open_dump(path, &f, &format));
	e = format->notes(f, ret);
	dumpfile_close(f);
	return e;
}

struct err *corefile_memory(const char *path, struct memory **ret)
{
	const struct dump_format *format;
	struct dumpfile *f;
	struct err *e;

	ERR_TRY(open_dump(path, &f, &format));
	e = format->memory(f, ret);
	if (e)
		dumpfile_close(f);
	return e;
}

struct err *corefile_open(const char *path, struct memory **memory,
			  struct notes **notes)
{
	const struct dump_format *format;
	struct dumpfile *f;
	struct err *e;

	ERR_TRY(open_dump(path, &f, &format));
	*notes = NULL;
	e = format->notes(f, notes);
	if (!e)
		e = format->memory(f, memory);
	if (e) {
		notes_destroy(*notes);
		*notes = NULL;
		dumpfile_close(f);
	}
	return e;
}

struct err *corefile_join(struct memory *m, const char *path)
{
	const struct dump_format *format;
	struct dumpfile *f;
	struct err *e;

	ERR_TRY(open_dump(path, &f, &format));
	if (!format->join || strcmp(format->name, memory_name(m)))
		e = err_new(ERR_MISMATCH, "%s is not a part of a split dump", path);
	else
		e = format->join(m, f);
	if (e)
		dumpfile_close(f);
	return e;
}
