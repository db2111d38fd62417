/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and names of functions in a message of Xen's console, 4.4 to master. */
#ifndef XEN_MODEL_MENTION_H
#define XEN_MODEL_MENTION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * An address, a place ("vcpu_wake+0x18/0x240"), or one behind the other, in
 * any of the forms that print_symbol() and "%ps" of vsprintf.c have had:
 *
 *	[<ffff82d040201418>] R vcpu_wake+0x18/0x240
 *	e008:ffff82d040201650 (vcpu_kick+0x10/0x9c0)
 *	ffff82d040201418 [vcpu_wake] -> ffff82d040201660
 *	called from common/a.c#twice+0x50/0x100
 */
struct mention {
	uint64_t va;		/* 0 where only a place is named */
	bool has_va;
	unsigned int cs;	/* selector before it; 0: none */
	char mark;		/* capital letter of a trace ('R', 'S', 'F' ...); or 0 */
	bool is_named;		/* name is set */
	bool has_offset;	/* offset and size are, too */
	bool is_livepatch;	/* the name is one of a livepatch */
	char name[160];		/* "file.c#function" */
	uint64_t offset, size;	/* bytes */
};

/* The next mention in text from *at on, which moves behind it; false: none. */
bool mention_next(const char **at, struct mention *ret);

#endif
