/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands on stacks and registers share. */
#ifndef EXT_BT_H
#define EXT_BT_H

#include "xen/model/diagnosis/backtrace.h"
#include "xen/model/domain/context.h"
#include "extensions/support/command.h"

/* Which pcpus and vcpus: -a, -c PCPU, -v D:V, -d DOMID. */
struct bt_what {
	bool all, has_cpu, has_vcpu, has_domain;
	uint64_t cpu;
	struct vcpu vcpu;
	struct domain domain;	/* of the vcpu, or -d */
};

/*
 * Takes one option of getopt(), whose string has BT_OPTIONS; false when it is
 * none of these.
 */
#define BT_OPTIONS "ac:v:d:"
bool bt_option(struct session *s, struct bt_what *w, int c, const char *arg,
	       struct err **e);

/* What to do for each of them; errors cost one. */
struct bt_ops {
	struct err *(*pcpu)(struct session *s, struct out *o,
			    const struct pcpu *p, void *arg);
	struct err *(*vcpu)(struct session *s, struct out *o,
			    const struct domain *d, const struct vcpu *v,
			    void *arg);
};

/* Without any option it is the pcpu that crashed. */
struct err *bt_each(struct session *s, struct out *o, const struct bt_what *w,
		    const struct bt_ops *ops, void *arg) ERR_MUST_CHECK;

/* "page fault, error 0002"; "interrupt 0xf1"; returns buf */
const char *entry_text(unsigned int vector, unsigned int error_code, char *buf,
		       size_t size);

/* Where a guest is: "xen_hypercall_sched_op+0xa" for dom0, else "". */
const char *guest_address_text(struct session *s, const struct domain *d,
			       uint64_t va, char *buf, size_t size);

#endif
