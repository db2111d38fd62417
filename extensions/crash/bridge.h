/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bridge between crash and the commands: the only code that includes
 * crash's headers. Members of crash's structures are touched as little as
 * possible, and only after abi_check() found them to be the ones compiled in.
 */
#ifndef EXT_CRASH_BRIDGE_H
#define EXT_CRASH_BRIDGE_H

#include <defs.h>

#include "extensions/support/command.h"

/* The one session of this crash process. */
extern struct session session;

/* abi.c: NULL when the running crash has the structures compiled in. */
struct err *abi_check(void) ERR_MUST_CHECK;

/* memory.c: machine memory through crash's dump reader. */
struct err *dump_memory_create(struct memory **ret) ERR_MUST_CHECK;

/* hooks.c: makes crash's own commands accept hypervisor addresses. */
void hooks_install(void);
void hooks_renew(void);
void hooks_remove(void);
/* Puts another reader in the place of crash's own. */
typedef int hooks_reader(int fd, void *buf, int cnt, ulong va, physaddr_t paddr);
void hooks_set_readmem(hooks_reader *readmem);
/*
 * Whether crash's last read met a page that was excluded from the dump, and its
 * addresses; va is 0 for a physical read. crash 9.0 and later does not say it
 * (PAGE_EXCLUDED in readmem(), memory.c).
 */
bool hooks_excluded(ulong *va, physaddr_t *paddr);
/* The reader crash had before hooks_install(). */
int hooks_readmem(void *buf, int cnt, physaddr_t paddr);

/*
 * live.c: true for a kernel address that is mapped by page tables of a PV dom0.
 * crash cannot walk those: they hold machine addresses, and crash has no M2P
 * when live.
 */
bool live_is_mapped(ulong va);
/* Whether the memory source takes virtual addresses. */
bool live_reads_virtual(void);
/* The same for a process's address, by its page tables. */
bool live_user_address(struct task_context *tc, ulong va, physaddr_t *paddr);
/* Whether the memory of the running hypervisor is read; and reads it. */
bool live_reads_xen(void);
int live_read_machine(void *buf, int cnt, physaddr_t maddr);
/* Before an address is translated: forgets what is old. */
void live_refresh(void);
/* Where page tables and M2P say that a kernel address is. */
bool live_kernel_address(ulong va, physaddr_t *paddr);
/* The memory source crash uses, NULL for a dump; and another one. */
const char *live_source(struct session *s);
struct err *live_source_use(struct session *s, const char *name) ERR_MUST_CHECK;
/* Whether this is a running PV dom0: what is above is for that only. */
bool live_is_pv(void);

/*
 * m2p.c: walks page tables of a live PV dom0 from the one at va pgd. False
 * when the address is not mapped, or not to a frame of dom0's own.
 */
bool m2p_walk(ulong pgd, ulong va, physaddr_t *paddr);
/* Why machine frames cannot be translated by Xen's M2P; NULL: they can. */
struct err *m2p_try(void) ERR_MUST_CHECK;
void m2p_forget(void);

/* Whether the source that was chosen can serve this session; then the reason. */
struct err *live_check_source(const char *name) ERR_MUST_CHECK;

/*
 * machine.c: makes dom0's own addresses readable in a dump of a whole machine,
 * as far as crash does not do it itself: that is machine_translates().
 */
void machine_adopt(struct xen *x);
void machine_forget(void);
/* A step of the deferred start; may leave by crash's jumps. */
void machine_relearn(void);
bool machine_translates(void);
/* False when dom0 has no memory there. */
bool machine_address(physaddr_t paddr, physaddr_t *maddr);

/* Finds the running hypervisor; session.why_no_xen tells when there is none. */
void live_find(void);

/*
 * dom0.c: registers of dom0's vcpus out of the hypervisor. A task that was
 * active on a cpu when the host died has them nowhere else.
 */
struct regs;
bool dom0_registers(struct task_context *tc, struct regs *ret);
bool dom0_stack_frame(struct bt_info *bt, ulong *pcp, ulong *spp);
/* What follows a trace that began in user mode: its registers, as crash prints them. */
void dom0_show_user(struct bt_info *bt);
bool dom0_register(struct task_context *tc, int regno, int size, void *value);
/* The function of dom0's kernel at va, by crash's symbols; or NULL. */
const char *dom0_symbol(uint64_t va, uint64_t *offset);

/* gdb.c */
struct err *gdb_run(const char *command, FILE *out) ERR_MUST_CHECK;
struct err *gdb_add_image(struct session *s) ERR_MUST_CHECK;
void gdb_remove_image(struct session *s);
/* Releases what was kept for gdb without a word to gdb, which may be gone. */
void gdb_forget_image(void);

/* start.c: completes a session begun with --minimal. */
struct err *start_session(struct session *s) ERR_MUST_CHECK;
const char *start_state(struct session *s);

/* irq.c: what dom0's kernel makes of an event channel. */
struct err *dom0_irq(unsigned int port, unsigned int *irq, char *action,
		     size_t size) ERR_MUST_CHECK;

/*
 * signals.c: while a command of ours runs, ^C and a closed pipe set
 * interrupt_pending instead of jumping out of it.
 */
void signals_enter(void);
/* Returns whether signals were ours. */
bool signals_leave(void);

#endif
