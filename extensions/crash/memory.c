/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooks.h"
#include "memory.h"

#include <inttypes.h>

static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	int n = hooks_read_machine(pc->dfd, page, XPAGE_SIZE, 0, maddr);

	(void)priv;
	switch (n) {
	case XPAGE_SIZE:
		return NULL;
	case PAGE_EXCLUDED:
		return err_new(ERR_EXCLUDED,
			       "page at machine address %" PRIx64 " was excluded from the dump",
			       maddr);
	case SEEK_ERROR:
		return err_new(ERR_NOT_IN_DUMP,
			       "machine address %" PRIx64 " is not in the dump", maddr);
	case READ_ERROR:
		return err_new(ERR_NOT_IN_DUMP,
			       "cannot read machine address %" PRIx64 "; the dump may be truncated",
			       maddr);
	default:
		return err_new(ERR_IO, "machine address %" PRIx64 ": read returned %d",
			       maddr, n);
	}
}

static const struct memory_ops ops = {
	.name = "crash's dump reader",
	.read_page = read_page,
};

struct err *dump_memory_create(struct memory **ret)
{
	return memory_create(&ops, NULL, ret);
}
