/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks of Xen 4.4 and 4.5, before tickets. It is compiled and read, never run. */
typedef struct { volatile short lock; } raw_spinlock_t;

typedef struct spinlock {
	raw_spinlock_t raw;
	unsigned short recurse_cpu:12;
	unsigned short recurse_cnt:4;
	struct lock_debug { int irq_safe; } debug;
} spinlock_t;

struct object {
	spinlock_t free, held, waited, recursive, never;
} object = {
	.free = { { 1 }, 0xfff, 0, { -1 } },
	.held = { { 0 }, 0xfff, 0, { -1 } },
	.waited = { { -1 }, 0xfff, 0, { 0 } },
	/* by pcpu 0 */
	.recursive = { { 0 }, 0, 2, { 0 } },
};

/* Like types of corrupt DWARF that are members of themselves: 8^6 members in six levels. */
struct level0 { char c; };
#define LEVEL(n, of) struct level##n { struct level##of a, b, c, d, e, f, g, h; };
LEVEL(1, 0)
LEVEL(2, 1)
LEVEL(3, 2)
LEVEL(4, 3)
LEVEL(5, 4)
LEVEL(6, 5)
struct level6 *nested;
