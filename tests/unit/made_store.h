/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A generated process: page tables and pages in a machine's memory, with a
 * xenstore of either kind. Adjacent pages are in distant frames, so that
 * objects cross frames that are not contiguous.
 */
#ifndef MADE_STORE_H
#define MADE_STORE_H

#include <stdlib.h>

#include "xen/memory/memory.h"

#define RAM	(160UL << XPAGE_SHIFT)
#include "made_ram.h"

/* Frames: page tables, then those of the heap at HEAP and the stack. */
#define MADE_ROOT	0x1000UL
#define HEAP		0x555500000000UL
#define HEAP_PAGES	64
#define STACK		0x7ffd00000000UL

static uint64_t heap_end;	/* va of the next object */

static void made_put(uint64_t maddr, const void *bytes, size_t len)
{
	memcpy(ram + maddr, bytes, len);
}

static void made_entry(uint64_t table, unsigned int i, uint64_t v)
{
	v |= 7;
	made_put(table + 8 * i, &v, 8);
}

/* The frame of a page of the heap: odd pages are allocated from the other end. */
static uint64_t heap_frame(unsigned int page)
{
	return (page & 1 ? 150 - page : 10 + page) * XPAGE_SIZE;
}

static void heap_write(uint64_t va, const void *bytes, size_t len)
{
	const char *from = bytes;

	for (; len; len--, va++)
		ram[heap_frame((va - HEAP) >> XPAGE_SHIFT) + (va & ~XPAGE_MASK)] = *from++;
}

static void heap_u32(uint64_t va, uint32_t v)
{
	heap_write(va, &v, 4);
}

static void heap_u64(uint64_t va, uint64_t v)
{
	heap_write(va, &v, 8);
}

/* A process with an empty heap whose program has the given name. */
static void made_process(const char *program)
{
	uint64_t stack = 9 * XPAGE_SIZE;
	unsigned int i;

	memset(ram, 0, sizeof(ram));
	absent = 0;
	heap_end = HEAP + 0x50;
	made_entry(MADE_ROOT, HEAP >> 39, 0x2000);
	made_entry(0x2000, HEAP >> 30 & 511, 0x3000);
	made_entry(0x3000, HEAP >> 21 & 511, 0x4000);
	for (i = 0; i < HEAP_PAGES; i++)
		made_entry(0x4000, i, heap_frame(i));
	made_entry(MADE_ROOT, STACK >> 39, 0x5000);
	made_entry(0x5000, STACK >> 30 & 511, 0x6000);
	made_entry(0x6000, STACK >> 21 & 511, 0x7000);
	made_entry(0x7000, STACK >> 12 & 511, stack);
	made_put(stack + XPAGE_SIZE - 8 - strlen(program) - 1, program,
		 strlen(program) + 1);
}

static uint64_t heap_take(size_t size)
{
	uint64_t va = heap_end;

	heap_end = (va + size + 15) & ~15UL;
	if (heap_end > HEAP + HEAP_PAGES * XPAGE_SIZE)
		abort();
	return va;
}

/* An object of talloc; returns the va after its header. */
static uint64_t made_talloc(const void *bytes, size_t size, uint64_t name)
{
	uint64_t va = heap_take(80 + size);

	heap_u64(va + 56, name);
	heap_u64(va + 64, size);
	heap_u32(va + 72, 0xe814ec70);
	heap_write(va + 80, bytes, size);
	return va + 80;
}

struct made_node {
	const char *path, *value, *children;
	uint32_t children_len;
	uint32_t owner, bits, other, other_bits;	/* other 0: none */
	uint64_t generation;
};

enum made_form { FORM_HASH, FORM_GENERATION, FORM_OLD };

/* The record of a node; returns its size. */
static size_t made_record(enum made_form form, const struct made_node *n,
			  unsigned char *to)
{
	uint32_t perm[4] = { n->owner, n->bits, n->other, n->other_bits };
	uint32_t perms = n->other ? 2 : 1, len = strlen(n->value);
	uint16_t small[2] = { perms, len };
	uint32_t sizes[3] = { perms, len, n->children_len };
	unsigned char *start = to;

	if (form != FORM_OLD) {
		memcpy(to, &n->generation, 8);
		to += 8;
	}
	if (form == FORM_HASH) {
		memcpy(to, small, 4);
		memcpy(to + 4, &n->children_len, 4);
		to += 8;
	} else {
		memcpy(to, sizes, 12);
		to += 12;
	}
	memcpy(to, perm, 8 * perms);
	to += 8 * perms;
	memcpy(to, n->value, len);
	to += len;
	if (n->children_len)
		memcpy(to, n->children, n->children_len);
	to += n->children_len;
	/* the padding of the header */
	return to - start + (form == FORM_GENERATION ? 4 : 0);
}

static uint64_t made_table(unsigned int buckets, uint64_t *heads)
{
	uint64_t name = heap_take(8), table, array;
	unsigned char zero[8 * 16] = { 0 };

	heap_write(name, "nodes", 6);
	table = made_talloc(zero, 48, name);
	array = made_talloc(zero, 8 * buckets, 0);
	heap_u32(table, buckets);
	heap_u64(table + 8, array);
	*heads = array;
	return table;
}

/* An entry; returns its va. */
static uint64_t made_hash_entry(uint64_t next, const struct made_node *n)
{
	unsigned char record[8192], zero[32] = { 0 };
	size_t size = made_record(FORM_HASH, n, record);
	uint64_t value = made_talloc(record, size, 0);
	uint64_t key = made_talloc(n->path, strlen(n->path) + 1, 0);
	uint64_t entry = made_talloc(zero, 32, 0);

	heap_u64(entry, key);
	heap_u64(entry + 8, value);
	heap_u64(entry + 24, next);
	return entry;
}

#define MADE_CHAINS	7

/* A database; returns its va. Records are added after it, within its block. */
static uint64_t made_database(uint32_t version)
{
	uint64_t va = heap_take(172 + 4 * MADE_CHAINS);

	heap_u32(va + 32, version);
	heap_u32(va + 36, MADE_CHAINS);
	return va;
}

/* A record at the start of a chain, followed by next (an offset); returns its offset. */
static uint32_t made_tdb_record(uint64_t database, enum made_form form,
				uint32_t chain, uint32_t next,
				const struct made_node *n)
{
	unsigned char record[8192];
	size_t size = made_record(form, n, record), key = strlen(n->path);
	uint64_t va = heap_take(24 + key + size);

	heap_u32(va, next);
	heap_u32(va + 4, key + size);
	heap_u32(va + 8, key);
	heap_u32(va + 12, size);
	heap_u32(va + 16, MADE_CHAINS * 100 + chain);
	heap_u32(va + 20, 0x26011999);
	heap_write(va + 24, n->path, key);
	heap_write(va + 24 + key, record, size);
	heap_u32(database + 172 + 4 * chain, va - database);
	return va - database;
}

#endif
