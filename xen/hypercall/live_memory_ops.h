/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Operations of xen-live.so (extensions/live) that read the memory of the running
 * hypervisor. The caller has checked that the method is safe (live_memory.h).
 * They use plain C types and return 0 or a negative errno.
 */
#ifndef XEN_HYPERCALL_LIVE_MEMORY_OPS_H
#define XEN_HYPERCALL_LIVE_MEMORY_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Incremented with any change below: both sides are built together. */
#define LIVE_MEMORY_OPS_VERSION	2
#define LIVE_MEMORY_OPS_SYMBOL	"xen_live_memory_ops"

enum live_method {
	LIVE_METHOD_IDLE,	/* A: gdbsx with DOMID_IDLE, by va */
	LIVE_METHOD_GDBSX,	/* C: gdbsx on a helper domain that never runs */
	LIVE_METHOD_DOM0,	/* B: frames mapped into a PVH dom0, read through /dev/mem */
	LIVE_METHOD_COPY,	/* D: copied by a program in a helper domain */
	LIVE_METHODS,
};

/* A range of RAM in the firmware's map, in frames; end exclusive. */
struct live_ram {
	uint64_t first, end;
};

#define LIVE_RAM_MAX	128

/*
 * The facts that decide whether a method is safe, from hypercalls that every
 * Xen supports.
 */
struct live_memory_facts {
	unsigned int major, minor;
	bool is_pv;		/* dom0 is a PV guest, else PVH */
	bool has_hvm;		/* VT-x or SVM, with nested paging */
	bool has_flask;
	unsigned int nr_ram;	/* 0: not available */
	struct live_ram ram[LIVE_RAM_MAX];
};

struct live_memory_ops {
	unsigned int version;	/* LIVE_MEMORY_OPS_VERSION */
	size_t size;		/* size of this structure */
	int (*facts)(struct live_memory_facts *ret);
	/* *what: the step that failed, for the error */
	int (*open)(enum live_method method,
		    const struct live_memory_facts *facts, void **priv,
		    const char **what);
	/*
	 * Reads whole pages within one range of RAM, at a machine address; at a
	 * va for LIVE_METHOD_IDLE. At most LIVE_READ_MAX bytes. After -ETIMEDOUT
	 * all further reads fail.
	 */
	int (*read)(void *priv, uint64_t address, void *buf, size_t len);
	/*
	 * Reduces *n to the frames of RAM before the first that Xen has marked
	 * broken after a memory error. *n is at most LIVE_READ_MAX / 4096.
	 */
	int (*sound)(void *priv, uint64_t frame, unsigned int *n);
	/*
	 * Undoes open(). A watchdog does so if the process ends without it, and
	 * tries again at the end of the process after an error.
	 */
	int (*close)(void *priv);
	/*
	 * Removes leftovers of terminated sessions; *removed counts them.
	 * Leftovers are kept if they cannot be attributed to a process that has
	 * ended.
	 */
	int (*cleanup)(unsigned int *removed);
};

#define LIVE_READ_MAX	(64UL << 10)

/* RAM is mapped in windows of this size, at multiples of it. */
#define LIVE_WINDOW_SHIFT	26

#endif
