/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second unit: definitions of types that one.c only declares, and names
 * that both define.
 */
struct opaque {
	int inside;
	struct opaque *self;
};
struct opaque opaque0 = { 99, &opaque0 };

static char same_name = 'c';
struct local { char two[4]; short other; };
struct local local_two = { "two", 22 };
char *same_name_of_two = &same_name;

asm(".data\n.globl assembler_table\nassembler_table: .long 5, 6, 7\n.previous");

static long only_here = 77;
long *only_here_user = &only_here;

struct in_both { long a, b; };	/* also a typedef of one.c */
struct in_both in_both_two = { 1, 2 };
