/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types that have 12^6 members: the size of a search that corrupt DWARF can cause. */
/* empty, so that the sum has no bytes */
struct level0 { };
#define LEVEL(n, below) \
	struct level##n { struct level##below a, b, c, d, e, f, g, h, i, j, k, l; }
LEVEL(1, 0);
LEVEL(2, 1);
LEVEL(3, 2);
LEVEL(4, 3);
LEVEL(5, 4);
LEVEL(6, 5);
struct level6 nested;
unsigned long behind;
