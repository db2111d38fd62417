/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hypervisor addresses in crash's own commands (rd, struct, list, gdb ...). */
#ifndef EXT_CRASH_HYPERVISOR_H
#define EXT_CRASH_HYPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

struct session;

/* s must remain valid while the hooks are installed. */
void hypervisor_register(struct session *s);
/* True for an address of the hypervisor that can be read in this session. */
bool hypervisor_owns(uint64_t va);

#endif
