/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Methods to read the memory of the running hypervisor, for which Xen has no
 * interface. Each of the four is safe on some versions and builds and fatal to
 * the host on others; a table of rules is checked before any call.
 */
#ifndef XEN_HYPERCALL_LIVE_MEMORY_H
#define XEN_HYPERCALL_LIVE_MEMORY_H

#include "live_memory_ops.h"
#include "xen/model/xen.h"

/* "A" ... "D"; "gdbsx on DOMID_IDLE". */
const char *live_method_letter(enum live_method m);
const char *live_method_name(enum live_method m);
/* Finds a method by its letter, in either case; ERR_NOT_FOUND. */
struct err *live_method_find(const char *letter,
			     enum live_method *ret) ERR_MUST_CHECK;

/*
 * Returns NULL if the method is safe on the hypervisor with these facts and the
 * symbols of x, else ERR_REFUSED with the reason. Does not call the hypervisor.
 */
struct err *live_method_check(struct xen *x,
			      const struct live_memory_facts *facts,
			      enum live_method m) ERR_MUST_CHECK;
/*
 * Upper bound of the number of flushes of all caches of the host, if all RAM is
 * mapped and unmapped once; 0 if the method causes none.
 */
uint64_t live_method_flushes(const struct live_memory_facts *facts,
			     enum live_method m);
/* Returns a line on the effect on the host, with that number. */
void live_method_effect(const struct live_memory_facts *facts,
			enum live_method m, char *buf, size_t size);
/*
 * Returns the least intrusive method that is safe, in the order of enum
 * live_method. Methods that flush caches are left out.
 */
struct err *live_method_choose(struct xen *x,
			       const struct live_memory_facts *facts,
			       enum live_method *ret) ERR_MUST_CHECK;

/*
 * Reads x like a dump from now on: xen_reads_memory() is true. Debug keys, new
 * text of the console and guests' memory continue to use hypercalls. Refuses
 * like live_method_check(); ERR_MISMATCH if the memory is not that of the
 * hypervisor that answers the hypercalls. A failure changes nothing.
 */
struct err *live_memory_open(struct xen *x, const struct live_memory_ops *ops,
			     const struct live_memory_facts *facts,
			     enum live_method m) ERR_MUST_CHECK;
/* Returns to hypercalls and undoes all changes of live_memory_open(). */
struct err *live_memory_close(struct xen *x) ERR_MUST_CHECK;

#endif
