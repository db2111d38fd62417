/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of crash that xen.so wraps: those that classify, translate and
 * read addresses, and the one that finds the start of a task's trace. Parts of
 * xen.so register their own versions here. They are called in the order of
 * registration, and crash's own function after all of them.
 */
#ifndef EXT_CRASH_HOOKS_H
#define EXT_CRASH_HOOKS_H

#include <limits.h>

#include "crash.h"

/*
 * A "physical" address with one of these bits passes from a kvtop or uvtop of
 * xen.so through crash to a readmem of xen.so: it is a machine address, or the
 * low 47 bits of a kernel address of dom0 that is read by that address.
 */
#define MACHINE_TAG	(1ULL << 62)
#define KERNEL_TAG	(2ULL << 62)
#define TAG_BITS	(3ULL << 62)

/*
 * Returned for an address or a task that this part does not handle; no function
 * of crash returns this value.
 */
#define HOOK_PASS	INT_MIN

/* Each may be NULL. Arguments and all other results are those of crash's function. */
struct hook {
	int (*is_kvaddr)(ulong va);
	int (*kvtop)(struct task_context *tc, ulong va, physaddr_t *paddr, int verbose);
	int (*uvtop)(struct task_context *tc, ulong va, physaddr_t *paddr, int verbose);
	int (*readmem)(int fd, void *buf, int cnt, ulong va, physaddr_t paddr);
	int (*stack_frame)(struct bt_info *bt, ulong *pcp, ulong *spp);
	/* Called after crash's own function. */
	void (*back_trace)(struct bt_info *bt);
	/* A register of the current task, by crash's number (enum x86_64_regnum). */
	int (*task_reg)(struct task_context *tc, int regno, int size, void *value);
};

/* The hook must remain valid; a second registration of the same hook has no effect. */
void hooks_register(const struct hook *hook);

/* Wrap crash's functions, and restore them. */
void hooks_install(void);
void hooks_remove(void);
/* Wraps the uvtop that crash has set since hooks_install(). */
void hooks_renew(void);

/* Replaces crash's reader below the hooks by another function of crash. */
typedef int hooks_reader(int fd, void *buf, int cnt, ulong va, physaddr_t paddr);
void hooks_set_reader(hooks_reader *reader);
/* Reads by crash's own reader, below the hooks. Returns the result of that. */
int hooks_read(int fd, void *buf, int cnt, ulong va, physaddr_t paddr);
/*
 * Likewise for a machine address in a dump, without crash's translation of
 * dom0's addresses.
 */
int hooks_read_machine(int fd, void *buf, int cnt, ulong va, physaddr_t maddr);
/*
 * True if crash's last read reached a page that was excluded from the dump;
 * returns its addresses; va is 0 for a physical read. crash 9.0 and later does
 * not report it (PAGE_EXCLUDED in readmem(), memory.c).
 */
bool hooks_excluded(ulong *va, physaddr_t *paddr);

#endif
