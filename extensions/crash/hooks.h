/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The functions of crash that xen.so wraps: is an address the kernel's, where is
 * it, read it; and where the trace of a task begins. A part of xen.so registers
 * its own versions here. They are called in the order in which they were
 * registered, and crash's own function after all of them.
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

/* Returned for an address or a task of another part; no function of crash returns this. */
#define HOOK_PASS	INT_MIN

/* Each may be NULL. Arguments and all other results are those of crash's function. */
struct hook {
	int (*is_kvaddr)(ulong va);
	int (*kvtop)(struct task_context *tc, ulong va, physaddr_t *paddr, int verbose);
	int (*uvtop)(struct task_context *tc, ulong va, physaddr_t *paddr, int verbose);
	int (*readmem)(int fd, void *buf, int cnt, ulong va, physaddr_t paddr);
	int (*stack_frame)(struct bt_info *bt, ulong *pcp, ulong *spp);
	/* Called after crash's own. */
	void (*back_trace)(struct bt_info *bt);
	/* A register of the current task, by crash's number (enum x86_64_regnum). */
	int (*task_reg)(struct task_context *tc, int regno, int size, void *value);
};

/* The hook must stay valid; a second registration of the same one has no effect. */
void hooks_register(const struct hook *hook);

/* Wrap crash's functions, and put them back. */
void hooks_install(void);
void hooks_remove(void);
/* Wraps the uvtop that crash chose since hooks_install(). */
void hooks_renew(void);

/* Replaces crash's reader below the hooks by another one of crash's. */
typedef int hooks_reader(int fd, void *buf, int cnt, ulong va, physaddr_t paddr);
void hooks_set_reader(hooks_reader *reader);
/* Reads with crash's own reader, below the hooks. Returns what it returns. */
int hooks_read(int fd, void *buf, int cnt, ulong va, physaddr_t paddr);
/* The same for a machine address in a dump: without crash's translation of dom0's addresses. */
int hooks_read_machine(int fd, void *buf, int cnt, ulong va, physaddr_t maddr);
/*
 * True if crash's last read met a page that was excluded from the dump, with its
 * addresses; va is 0 for a physical read. crash 9.0 and later does not report it
 * (PAGE_EXCLUDED in readmem(), memory.c).
 */
bool hooks_excluded(ulong *va, physaddr_t *paddr);

#endif
