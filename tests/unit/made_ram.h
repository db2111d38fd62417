/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's memory of RAM bytes; the test defines RAM before it includes this file. */
#ifndef MADE_RAM_H
#define MADE_RAM_H

#include <stdint.h>
#include <string.h>

#include "xen/memory/memory.h"

static unsigned char ram[RAM];
static uint64_t absent;		/* maddr of a page missing in the dump; 0: none */

static struct err *ram_read(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	if (maddr >= RAM || (absent && maddr == absent))
		return err_new(ERR_NOT_IN_DUMP, "%lx is not in the dump",
			       (unsigned long)maddr);
	memcpy(page, ram + maddr, XPAGE_SIZE);
	return NULL;
}

static const struct memory_ops ram_ops = { .name = "ram", .read_page = ram_read };

#endif
