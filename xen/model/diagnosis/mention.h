/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and names of functions in a message of Xen's console, 4.4 to master. */
#ifndef XEN_MODEL_MENTION_H
#define XEN_MODEL_MENTION_H

#include <stdbool.h>
#include <stdint.h>

/*
 * An address, a place ("vcpu_wake+0x18/0x240"), or an address followed by a
 * place, in any of the forms that print_symbol() and "%ps" of vsprintf.c have
 * had:
 *
 *	[<ffff82d040201418>] R vcpu_wake+0x18/0x240
 *	e008:ffff82d040201650 (vcpu_kick+0x10/0x9c0)
 *	ffff82d040201418 [vcpu_wake] -> ffff82d040201660
 *	called from common/a.c#twice+0x50/0x100
 */
struct mention {
	uint64_t va;		/* 0 if only a place is given */
	bool has_va;
	unsigned int cs;	/* selector before the address; 0: none */
	char mark;		/* capital letter in a trace ('R', 'S', 'F' ...); or 0 */
	bool is_named;		/* name is set */
	bool has_offset;	/* offset and size are set, too */
	bool is_livepatch;	/* the function belongs to a livepatch */
	bool ends_line;		/* nothing follows it but the mark of a wrapped line */
	char name[160];		/* "file.c#function" */
	uint64_t offset, size;	/* bytes */
};

/* Finds the next mention in text from *at on, and moves *at to its end; false: none. */
bool mention_next(const char **at, struct mention *ret);

#endif
