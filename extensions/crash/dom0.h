/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of dom0's vcpus from the hypervisor. In a dump they are the only
 * source for a task that was active on a cpu.
 */
#ifndef EXT_CRASH_DOM0_H
#define EXT_CRASH_DOM0_H

#include <stddef.h>
#include <stdint.h>

struct session;

/* s must remain valid while the hooks are installed. */
void dom0_register(struct session *s);
/*
 * Makes the task that was active at the crash the current context. If it was
 * active on the pcpu that crashed, "set -p" finds it, too. Used in a complete
 * session on a dump in which crash found no panic task.
 */
void dom0_select_task(struct session *s);
/* Undoes the setting of the panic task by dom0_select_task(). */
void dom0_forget(void);
/* Returns the function of dom0's kernel at va, from crash's symbols; or NULL. */
const char *kernel_symbol(uint64_t va, uint64_t *offset);
/*
 * Formats the task that is current on a cpu of dom0 in a dump as "PID (name)";
 * returns buf, "" if it is unknown.
 */
const char *dom0_task(unsigned int cpu, char *buf, size_t size);

#endif
