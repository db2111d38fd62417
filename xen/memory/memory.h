/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine memory of the host: a small table of operations per source, and a
 * page cache that all sources share. Addresses are machine addresses (maddr),
 * in bytes.
 */
#ifndef XEN_MEMORY_H
#define XEN_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "xen/base/error.h"

#define XPAGE_SHIFT	12
#define XPAGE_SIZE	(1UL << XPAGE_SHIFT)
#define XPAGE_MASK	(~(XPAGE_SIZE - 1))

struct memory;

struct memory_ops {
	const char *name;
	/*
	 * Fills one whole page; maddr is page aligned. Fails with
	 * ERR_NOT_IN_DUMP, ERR_EXCLUDED or ERR_IO.
	 */
	struct err *(*read_page)(void *priv, uint64_t maddr, void *page);
	/*
	 * Fills up to nr pages from maddr on by one read and returns how many;
	 * 0: they have to be read singly. Optional: may be NULL.
	 */
	size_t (*read_pages)(void *priv, uint64_t maddr, void *pages, size_t nr);
	/*
	 * Returns a whole page in the source's own memory, aligned to words and
	 * valid until the next call; NULL if it has to be copied. Optional: may
	 * be NULL.
	 */
	const void *(*borrow_page)(void *priv, uint64_t maddr);
	/* Optional: drops data read ahead, when the source has changed. */
	void (*flush)(void *priv);
	/* Optional: releases priv. */
	void (*destroy)(void *priv);
};

/*
 * Creates a memory with a page cache for a source. On success the memory owns
 * priv and releases it with ops->destroy.
 */
struct err *memory_create(const struct memory_ops *ops, void *priv,
			  struct memory **ret) ERR_MUST_CHECK;
void memory_destroy(struct memory *m);

/* Reads len bytes at maddr; a range that crosses pages is allowed. */
struct err *memory_read(struct memory *m, uint64_t maddr, void *buf,
			size_t len) ERR_MUST_CHECK;

/*
 * Returns the 4096 bytes of the cached page that contains maddr, valid until
 * the next call on the same memory.
 */
struct err *memory_page(struct memory *m, uint64_t maddr,
			const void **ret) ERR_MUST_CHECK;

/*
 * Likewise for pages that are read once, in a pass over a large part of the
 * memory: neither copied nor cached if the source has them in its own memory.
 */
struct err *memory_borrow_page(struct memory *m, uint64_t maddr,
			       const void **ret) ERR_MUST_CHECK;

/* Drops all cached pages, before reading a running host again. */
void memory_flush(struct memory *m);
/* Number of flushes. */
uint64_t memory_generation(const struct memory *m);

const char *memory_name(const struct memory *m);
/* Returns the priv of memory_create(), for the source. */
void *memory_priv(const struct memory *m);

#endif
