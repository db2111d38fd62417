/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists and cards of domains, for the commands doms and dom. */
#ifndef EXT_DOMAIN_VIEW_H
#define EXT_DOMAIN_VIEW_H

#include "domains.h"

/* Source of a row or card; the domain is the first member, for its fields. */
struct domain_shown {
	struct domain d;
	struct domain_state state;
};

_Static_assert(offsetof(struct domain_shown, d) == 0, "domain first");

extern const struct view_column domain_list_columns[17];
extern const struct view_column domain_card_columns[35];

/* Vcpus that cannot be read become an error of o. */
struct err *domain_shown_read(struct session *s, struct out *o,
			      const struct domain *d,
			      struct domain_shown *ret) ERR_MUST_CHECK;

#endif
