/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The CPUID leaves of a domain: struct cpu_policy (lib/x86/cpu-policy.h), named
 * cpuid_policy in older versions; 4.9 to master. Up to 4.8 a domain has a list of
 * leaves that the toolstack set (domain.arch.cpuids, asm-x86/domain.h).
 */
#ifndef XEN_MODEL_POLICY_H
#define XEN_MODEL_POLICY_H

#include "domain.h"
#include "xen/model/xen.h"

#define POLICY_NO_SUBLEAF	0xffffffffU

struct policy {
	struct xen *x;
	uint64_t va;
	uint64_t size;			/* bytes */
	bool is_list;			/* 4.4 to 4.8 */
	uint8_t *bytes;			/* owned; release with policy_release() */
};

/* Reads a domain's policy. ERR_NOT_FOUND: Xen's own domains have none. */
struct err *policy_of_domain(struct xen *x, const struct domain *d,
			     struct policy *ret) ERR_MUST_CHECK;
/* Reads a policy of Xen by name: "raw", "host", "pv_max", "hvm_def" ... */
struct err *policy_named(struct xen *x, const char *name,
			 struct policy *ret) ERR_MUST_CHECK;
void policy_release(struct policy *p);

/* Calls fn for each leaf that is not all zero, as `xen-cpuid -p` lists. */
typedef void policy_leaf_fn(void *arg, uint32_t leaf, uint32_t subleaf,
			    const uint32_t words[4]);
struct err *policy_leaves(const struct policy *p, policy_leaf_fn *fn,
			  void *arg) ERR_MUST_CHECK;

/*
 * Calls fn for each word of features, with Xen's name of the word ("basic._1c")
 * and the names of its set bits, from the types of the build.
 */
typedef void policy_word_fn(void *arg, const char *word, uint32_t value,
			    const char *names);
struct err *policy_features(const struct policy *p, policy_word_fn *fn,
			    void *arg) ERR_MUST_CHECK;

#endif
