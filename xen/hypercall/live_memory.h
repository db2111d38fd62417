/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the running hypervisor. Xen gives it to nobody; four ways lead
 * to it all the same, each safe on some versions and builds and fatal to the
 * host on others. The rules are a table here and are applied before any call.
 */
#ifndef XEN_MODEL_LIVE_MEMORY_H
#define XEN_MODEL_LIVE_MEMORY_H

#include "live_memory_ops.h"
#include "xen/model/xen.h"

/* "A" ... "D"; "gdbsx on DOMID_IDLE"; what it does to the host, in one line. */
const char *live_method_letter(enum live_method m);
const char *live_method_name(enum live_method m);
const char *live_method_warning(enum live_method m);
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
/* The least intrusive that is safe: methods are numbered in this order. */
struct err *live_method_choose(struct xen *x,
			       const struct live_memory_facts *facts,
			       enum live_method *ret) ERR_MUST_CHECK;

/*
 * From here on x is read like a dump: x->live is NULL. Refuses as
 * live_method_check() does; ERR_MISMATCH when what is read is not the
 * hypervisor the hypercalls speak of. On failure nothing changed.
 */
struct err *live_memory_open(struct xen *x, const struct live_memory_ops *ops,
			     const struct live_memory_facts *facts,
			     enum live_method m) ERR_MUST_CHECK;
/* Back to hypercalls; all that open made is gone when it returns. */
struct err *live_memory_close(struct xen *x) ERR_MUST_CHECK;

#endif
