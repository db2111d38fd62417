/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that read memory are wrapped here by "ld --wrap". */
#include "interrupt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "xen/memory/memory.h"

/* The symbols of the linker's --wrap. */
struct err *__real_memory_read(struct memory *m, uint64_t maddr, void *buf, size_t len);
struct err *__wrap_memory_read(struct memory *m, uint64_t maddr, void *buf, size_t len);
struct err *__real_memory_page(struct memory *m, uint64_t maddr, const void **ret);
struct err *__wrap_memory_page(struct memory *m, uint64_t maddr, const void **ret);
struct err *__real_memory_borrow_page(struct memory *m, uint64_t maddr, const void **ret);
struct err *__wrap_memory_borrow_page(struct memory *m, uint64_t maddr, const void **ret);

static uint64_t at, reads;	/* at: 0 for never */

static void count(void)
{
	if (++reads == at)
		interrupt_pending = 1;
}

struct err *__wrap_memory_read(struct memory *m, uint64_t maddr, void *buf, size_t len)
{
	count();
	return __real_memory_read(m, maddr, buf, len);
}

struct err *__wrap_memory_page(struct memory *m, uint64_t maddr, const void **ret)
{
	count();
	return __real_memory_page(m, maddr, ret);
}

struct err *__wrap_memory_borrow_page(struct memory *m, uint64_t maddr, const void **ret)
{
	count();
	return __real_memory_borrow_page(m, maddr, ret);
}

void interrupt_begin(void)
{
	const char *text = getenv("XENVIEW_INTERRUPT");

	at = text ? strtoull(text, NULL, 10) : 0;
	reads = 0;
}

void interrupt_end(void)
{
	if (at && reads >= at)
		fprintf(stderr, "interrupted: %" PRIu64 "\n", reads - at);
	at = 0;
	interrupt_pending = 0;
}
