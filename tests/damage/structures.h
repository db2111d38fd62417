/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Count of damaged structures that commands read. A structure is an object with
 * a separate address: one that record_read() reads as one record (a domain, a
 * vcpu, a timer, a grant in use, an event channel ...), or one entry of the
 * frame table. It is damaged if a word was changed among the bytes that were
 * read of it, which are its members in use and gaps between them. It counts
 * once per run, however often it is read, also if it was reached through a
 * damaged pointer. Not counted: pointers, strings and bitmaps that are read
 * individually, page tables, memory of guests and of dom0.
 */
#ifndef TESTS_DAMAGE_STRUCTURES_H
#define TESTS_DAMAGE_STRUCTURES_H

#include <stdint.h>

/* The word at machine address maddr was changed. */
void structures_changed(uint64_t maddr);

struct structures {
	uint64_t records;
	uint64_t entries;	/* of the frame table */
};

struct structures structures_counted(void);

#endif
