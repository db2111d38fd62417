/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of domains, from the xenstore: /local/domain/DOMID/name. */
#ifndef XEN_MODEL_NAMES_H
#define XEN_MODEL_NAMES_H

#include "xen/model/domain/domain.h"

/*
 * Returns the name of a domain: the well-known one, else that of the xenstore;
 * NULL if it has none. Valid until xen_forget(). The xenstore is read once, for
 * the first name that requires it.
 */
const char *name_of_domain(struct xen *x, const struct domain *d);
/* Likewise for an id, which need not be that of an existing domain. */
const char *name_of_domid(struct xen *x, uint64_t domid);

/*
 * Finds the id of the domain with exactly this name; of several, the first that
 * still exists. False if there is none.
 */
bool name_find(struct xen *x, const char *name, uint64_t *domid);

/* Returns the reason why names of the xenstore are not available; NULL if they are. */
const char *names_missing(struct xen *x);

#endif
