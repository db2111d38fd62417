/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_MODEL_SYS_H
#define XEN_MODEL_SYS_H

#include "xen/model/xen.h"

/* State of the whole host; VALUE_NO_FIELD for variables that the build lacks. */
struct sys {
	char command_line[1024];	/* saved_cmdline; empty if unreadable */
	char capabilities[1024];	/* xen_cap_info */
	struct value scheduler_va;	/* sizes of the next member; in memory only */
	char scheduler[64];		/* name of the default scheduler */
	struct value uptime;		/* now_read() */
	struct value wall_clock;	/* seconds since 1970, at the time of the dump */
	struct value total_pages;	/* pages of RAM */
	struct value free_pages;
	struct value max_page;		/* mfn after the last frame */
	struct value cpu_khz;
	struct value tainted;		/* bits of TAINT_* */
	/* cpu_online_map is empty after a crash; 0: unknown */
	unsigned int cpus_present;
};

/* Fails only when nothing can be read: ERR_NO_SYMBOL in a dump without symbols. */
struct err *sys_read(struct xen *x, struct sys *ret) ERR_MUST_CHECK;

/*
 * Reads the .config of the hypervisor's build, to be freed. In memory since Xen
 * 4.14; by hypercalls with CONFIG_HYPFS_CONFIG.
 */
struct err *config_read(struct xen *x, char **text) ERR_MUST_CHECK;

#endif
