/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of domains, which the xenstore holds: /local/domain/DOMID/name. */
#ifndef XEN_MODEL_NAMES_H
#define XEN_MODEL_NAMES_H

#include "xen/model/domain/domain.h"

/*
 * The name of a domain: the well-known one, else that of the xenstore; NULL
 * without one. Valid until xen_forget(). The xenstore is read once, when the
 * first name is asked for that needs it.
 */
const char *name_of_domain(struct xen *x, const struct domain *d);
/* The same of an id, which need not be that of a domain. */
const char *name_of_domid(struct xen *x, uint64_t domid);

/*
 * Finds the id of the domain of a name, letter by letter; of several, the first
 * that still exists. False if there is none.
 */
bool name_find(struct xen *x, const char *name, uint64_t *domid);

/* The reason why the names of the xenstore are not available; NULL if they are. */
const char *names_missing(struct xen *x);

#endif
