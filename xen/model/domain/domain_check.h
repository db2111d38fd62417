/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Contradictions in Xen's indexes of domains and vcpus: evidence for damaged memory. */
#ifndef XEN_MODEL_DOMAIN_CHECK_H
#define XEN_MODEL_DOMAIN_CHECK_H

#include "xen/model/xen.h"

/* sure: false if Xen may have been changing the object at that moment. */
typedef void domain_problem_fn(void *arg, const char *text, bool sure);

/*
 * Compares domain_list with domain_hash, and each domain's array with its
 * vcpus. Values that are not in the dump are no contradictions. Finds nothing
 * on a running host. Fails like domains_start(), or with a final error.
 */
struct err *domains_check_all(struct xen *x, domain_problem_fn *fn,
			      void *arg) ERR_MUST_CHECK;

#endif
