/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pcpus and vcpus that are arguments of bt and regs. */
#ifndef EXT_TARGETS_H
#define EXT_TARGETS_H

#include "xen/model/pcpu/pcpu.h"
#include "domains.h"

/* Entries of the commands' option tables; the options exclude each other (group 1). */
#define TARGET_OPTIONS							\
	{ "a", OPTION_FLAG, .group = 1, .help = "all pcpus" },		\
	{ "c", OPTION_PCPUS, .group = 1, .value = "PCPU", .many = true,	\
	  .help = "this pcpu, or a range of them (0-3); by default the pcpu that crashed" }, \
	{ "v", OPTION_TEXT, .group = 1, .value = "VCPU", .many = true,	\
	  .help = "this vcpu: d1v0, 1:0, or the address of its struct vcpu" }, \
	{ "d", OPTION_DOMAINS, .group = 1, .value = "DOMID", .many = true, \
	  .help = "all vcpus of this domain (3 or d3)" }

/* Called for each target; an error affects only one of several. */
struct target_ops {
	struct err *(*pcpu)(struct session *s, struct out *o,
			    const struct pcpu *p, void *arg);
	struct err *(*vcpu)(struct session *s, struct out *o,
			    const struct domain *d, const struct vcpu *v,
			    void *arg);
};

/* True if the options name vcpus, not pcpus. */
bool targets_are_vcpus(const struct args *a);

/* Calls ops for each target; without options for the pcpu that crashed. */
struct err *targets_each(struct session *s, struct out *o, const struct args *a,
			 const struct target_ops *ops, void *arg) ERR_MUST_CHECK;

#endif
