/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Methods to read the memory of the running hypervisor, for which Xen has no
 * interface. Each of the four is safe on some versions and builds and fatal to
 * the host on others; a table of rules is applied before any call.
 */
#ifndef XEN_HYPERCALL_LIVE_MEMORY_H
#define XEN_HYPERCALL_LIVE_MEMORY_H

#include "live_memory_ops.h"
#include "xen/model/xen.h"

/* "A" ... "D"; "gdbsx on DOMID_IDLE". */
const char *live_method_letter(enum live_method m);
const char *live_method_name(enum live_method m);
/* By letter, either case; ERR_NOT_FOUND. */
struct err *live_method_find(const char *letter,
			     enum live_method *ret) ERR_MUST_CHECK;

/*
 * NULL when the method is safe on the hypervisor with these facts and the
 * symbols of x, else ERR_REFUSED with the reason. Makes no call.
 */
struct err *live_method_check(struct xen *x,
			      const struct live_memory_facts *facts,
			      enum live_method m) ERR_MUST_CHECK;
/*
 * Upper bound of the flushes of all caches of the host until all RAM was mapped
 * once and unmapped again; 0 where the method causes none.
 */
uint64_t live_method_flushes(const struct live_memory_facts *facts,
			     enum live_method m);
/* A line on the effect on the host, with that number. */
void live_method_effect(const struct live_memory_facts *facts,
			enum live_method m, char *buf, size_t size);
/*
 * The least intrusive that is safe; enum live_method has this order. One that
 * flushes caches is left out.
 */
struct err *live_method_choose(struct xen *x,
			       const struct live_memory_facts *facts,
			       enum live_method *ret) ERR_MUST_CHECK;

/*
 * Reads x like a dump from now on: xen_reads_memory() is true. Debug keys, new
 * text of the console and guests' memory remain those by hypercalls. Refuses
 * as live_method_check() does; ERR_MISMATCH when the memory is not that of the
 * hypervisor behind the hypercalls. On failure nothing changed.
 */
struct err *live_memory_open(struct xen *x, const struct live_memory_ops *ops,
			     const struct live_memory_facts *facts,
			     enum live_method m) ERR_MUST_CHECK;
/* Returns to hypercalls and undoes all changes of live_memory_open(). */
struct err *live_memory_close(struct xen *x) ERR_MUST_CHECK;

#endif
