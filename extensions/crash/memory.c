/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

#include <inttypes.h>

/*
 * crash's own reader, told by XEN_MACHINE_ADDR to leave out its p2m lookup
 * (netdump.c, diskdump.c): every dump format crash knows works here.
 */
static struct err *read_page(void *priv, uint64_t maddr, void *page)
{
	ulong flags = pc->curcmd_flags;
	int n;

	(void)priv;
	pc->curcmd_flags |= XEN_MACHINE_ADDR;
	n = hooks_readmem(page, XPAGE_SIZE, maddr);
	pc->curcmd_flags = flags;
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
			       "machine address %" PRIx64 " cannot be read: is the dump cut short?",
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
