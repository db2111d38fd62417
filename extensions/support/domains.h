/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Domains and vcpus as arguments, and walks over the domains of a filter. */
#ifndef EXT_DOMAINS_H
#define EXT_DOMAINS_H

#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"
#include "command.h"
#include "view.h"

/* Inputs of computed cells (view.h) */
/* Inputs of domain_type() */

/* ERR_NOT_FOUND if a domain of the filter does not exist. */
struct err *domains_check(struct session *s,
			  const struct domain_filter *f) ERR_MUST_CHECK;

/*
 * Calls show for each domain of the filter, or for all if it is empty; then
 * Xen's own domains are included only if system is set. A domain that cannot be
 * read becomes an error of o; ERR_NOT_FOUND if a domain of the filter does not
 * exist.
 */
struct err *domains_show(struct session *s, struct out *o,
			 const struct domain_filter *f, bool system,
			 struct err *(*show)(struct session *s, struct out *o,
					     const struct domain *d, void *arg),
			 void *arg) ERR_MUST_CHECK;

/* Finds a domain by its id ("3", "d3"), or by the address of its struct domain. */
struct err *domain_argument(struct session *s, const char *text,
			    struct domain *ret) ERR_MUST_CHECK;

/*
 * The name of a domain as a cell, or none. If the names of the xenstore are not
 * available, a note contains the reason.
 */
void cell_domain_name(struct session *s, struct out *o, const struct domain *d);
void cell_name_of_domid(struct session *s, struct out *o, uint64_t domid);

/* Help text of a column of names. */
#define DOMAIN_NAME_HELP "name of its domain, from the xenstore"

/* Finds a vcpu as "1:0" or "d1v0", or by the address of its struct vcpu. */
struct err *vcpu_argument(struct session *s, const char *text, struct vcpu *v,
			  struct domain *d) ERR_MUST_CHECK;

#endif
