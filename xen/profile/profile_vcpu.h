/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to the checks of a profile: profile_invariant.c goes through pcpus,
 * domains and their vcpus, profile_vcpu.c checks one vcpu.
 */
#ifndef XEN_PROFILE_VCPU_H
#define XEN_PROFILE_VCPU_H

#include "profile_check.h"
#include "xen/model/domain/vcpu.h"
#include "xen/model/pcpu/pcpu.h"

/*
 * A pcpu in a context switch: schedule() sets the runstates of the old and the
 * new vcpu before current changes (common/sched/core.c).
 */
struct switching {
	uint64_t current;	/* va of the old vcpu; 0: no context switch */
	unsigned int nr_next;	/* vcpus that may be the new one */
};

/* The pcpus and their vcpus, against which all vcpus are checked. */
struct running {
	struct checker *c;
	struct pcpu *pcpu;
	struct switching *switching;	/* for each of pcpu[] */
	unsigned int nr;
	bool times_differ;	/* times of a vcpu differ from their required sum */
};

/* The pcpu on which the vcpu at va is the current one; or NULL. */
const struct pcpu *runs_on(const struct running *r, uint64_t va);

/* Parts of a domain that point back to it. */
struct part {
	struct value domain;
};

/*
 * Pointer from a domain or vcpu (pointer_paths) to a part that points back to
 * the domain: both places are right if the back pointer is the address of the
 * domain.
 */
void check_part(struct checker *c, const struct record_type *type,
		const struct value *pointer, const char *pointer_paths,
		uint64_t domain);
/* A pointer that every domain, or every vcpu, has. */
void check_there(struct checker *c, const struct value *pointer, const char *paths);

/* Checks one vcpu of the domain, except for its links to other objects. */
void check_vcpu(struct running *r, const struct domain *d, const struct vcpu *v);
/* After all vcpus: each context switch has one new vcpu. */
void check_switching(struct running *r);
/* After all vcpus: the members of struct vcpu_runstate_info. */
void check_runstate(struct checker *c, bool times_differ);

#endif
