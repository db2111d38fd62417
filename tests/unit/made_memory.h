/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a generated hypervisor, with holes, as an image_read_fn. */
#ifndef TESTS_MADE_MEMORY_H
#define TESTS_MADE_MEMORY_H

#include "made_xen.h"
#include "xen/image/match.h"

struct made_memory {
	uint64_t va, size;
	uint8_t bytes[sizeof(((struct made *)0)->payload)];
	/* va; not in the dump */
	uint64_t missing, missing_end;
	bool interrupt;
};

/* The hypervisor after boot: the memory of the init part is reused. */
static inline void made_memory_init(struct made_memory *mem,
				    const struct made *m)
{
	memset(mem, 0, sizeof(*mem));
	mem->va = m->va;
	mem->size = made_align(m->mem_size, XPAGE_SIZE);
	memcpy(mem->bytes, m->payload, m->size);
	memset(mem->bytes + m->init, 0xcc, m->data - m->init);
}

static inline struct err *made_memory_read(void *ctx, uint64_t va, void *buf,
					   size_t len)
{
	const struct made_memory *mem = ctx;

	if (mem->interrupt)
		return err_new(ERR_INTERRUPTED, "interrupted");
	if (va < mem->va || va - mem->va > mem->size ||
	    len > mem->size - (va - mem->va))
		return err_new(ERR_BAD_POINTER, "%lx is not mapped",
			       (unsigned long)va);
	if (va < mem->missing_end && va + len > mem->missing)
		return err_new(ERR_EXCLUDED, "page at %lx is excluded",
			       (unsigned long)va);
	memcpy(buf, mem->bytes + (va - mem->va), len);
	return NULL;
}

#endif
