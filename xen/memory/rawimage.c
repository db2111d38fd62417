/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plain images of physical memory, from machine address 0 on with its holes:
 * QEMU's pmemsave, memory files of virtual machines, output of bus probes.
 */
#include "dumpfile.h"

#include <inttypes.h>

/* Minimum size, to exclude other files whose size is a multiple of a page. */
#define SIZE_MIN	(16UL << 20)

static struct err *raw_check(const struct dumpfile *f)
{
	if (f->size >= SIZE_MIN && f->size % XPAGE_SIZE == 0 && !f->flat)
		return NULL;
	return err_new(ERR_UNSUPPORTED,
		       "%s: neither an ELF core, nor a compressed kdump, nor an image of physical memory (whole pages, at least %lu MiB)",
		       f->path, SIZE_MIN >> 20);
}

static struct err *raw_notes(const struct dumpfile *f, struct notes **ret)
{
	ERR_TRY(raw_check(f));
	return notes_parse("", 0, ret);
}

static struct err *raw_read_page(void *priv, uint64_t maddr, void *page)
{
	const struct dumpfile *f = priv;

	if (maddr >= f->size)
		return err_new(ERR_NOT_IN_DUMP,
			       "machine address %" PRIx64 " is not in the dump", maddr);
	return dumpfile_read(f, maddr, page, XPAGE_SIZE);
}

static void raw_destroy(void *priv)
{
	dumpfile_close(priv);
}

static const struct memory_ops raw_ops = {
	.name = "memory image",
	.read_page = raw_read_page,
	.destroy = raw_destroy,
};

static struct err *raw_memory(struct dumpfile *f, struct memory **ret)
{
	ERR_TRY(raw_check(f));
	return memory_create(&raw_ops, f, ret);
}

const struct dump_format raw_format = {
	"memory image", "", 0, raw_notes, raw_memory, NULL
};
