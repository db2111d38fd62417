/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user half of a process's address space in a domain: the pages found
 * through its page tables. Neither the kernel's task list nor a vmlinux is
 * required.
 */
#ifndef XEN_MODEL_USER_SPACE_H
#define XEN_MODEL_USER_SPACE_H

#include "xen/memory/memory.h"

/* Pages that are contiguous in both address spaces. */
struct user_run {
	uint64_t va, maddr, size;	/* size, bytes; a multiple of the page size */
};

struct user_space {
	struct memory *memory;
	uint64_t root;			/* maddr of the table of level 4 */
	struct user_run *run;		/* sorted by va */
	size_t nr;
	uint64_t size;			/* sum of bytes of all runs */
	uint64_t lost;			/* number of page tables that cannot be read */
};

/*
 * Reads the tables of the lower half from root, which contain machine addresses
 * (x86-64, PV guests). Unreadable tables are counted. ERR_CORRUPT for more
 * entries than USER_PAGES_MAX, ERR_NO_MEMORY, ERR_INTERRUPTED.
 */
#define USER_PAGES_MAX	(1U << 22)
struct err *user_space_open(struct memory *m, uint64_t root,
			    struct user_space *ret) ERR_MUST_CHECK;
void user_space_close(struct user_space *s);

/* ERR_BAD_POINTER for an address without a page. */
struct err *user_space_read(const struct user_space *s, uint64_t va, void *buf,
			    size_t len) ERR_MUST_CHECK;
/* Bytes mapped without a gap from va on. */
uint64_t user_space_mapped(const struct user_space *s, uint64_t va);

/*
 * Finds the name by which the process was started, without its folder, at the
 * top of its stack (Linux, fs/exec.c: the path ends 8 bytes below the end of
 * the stack). Reads only the highest pages. ERR_NOT_FOUND if there is none; the
 * error of the page if pages there cannot be read.
 */
struct err *user_program(struct memory *m, uint64_t root, char *buf,
			 size_t size) ERR_MUST_CHECK;

#endif
