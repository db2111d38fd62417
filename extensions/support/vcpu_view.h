/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists and cards of vcpus, for the commands vcpus, vcpu and dom. */
#ifndef EXT_VCPU_VIEW_H
#define EXT_VCPU_VIEW_H

#include "domains.h"

/* Source of a row or card; the vcpu is the first member, for its fields. */
struct vcpu_shown {
	struct vcpu v;
	const struct domain *d;
	struct value now;		/* result of now_read() */
};

_Static_assert(offsetof(struct vcpu_shown, v) == 0, "vcpu first");

extern const struct view_column vcpu_list_columns[17];
extern const struct view_column vcpu_card_columns[41];

struct vcpu_list {
	struct view view;
	const struct ranges *pcpus;	/* show only vcpus with these */
	struct value now;
};

/* Starts the section. Fails only with ERR_INTERRUPTED. */
struct err *vcpu_list_start(struct vcpu_list *l, struct session *s,
			    struct out *o,
			    const struct ranges *pcpus) ERR_MUST_CHECK;
/* Adds the vcpus of a domain, for domains_show(); arg is the list. */
struct err *vcpu_list_domain(struct session *s, struct out *o,
			     const struct domain *d, void *arg) ERR_MUST_CHECK;

#endif
