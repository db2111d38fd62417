/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operating systems of domains, for commands with -d; progress is printed. */
#ifndef EXT_GUESTS_H
#define EXT_GUESTS_H

#include "xen/model/guest/guest.h"
#include "session.h"

struct err *guests_find(struct session *s, const struct domain *d,
			unsigned int nr) ERR_MUST_CHECK;
/*
 * Finds the kernel of a domain in a dump, if the front end has no symbols of
 * it, so that guest_address_text() finds symbols. Fails only with
 * ERR_INTERRUPTED.
 */
struct err *guests_prepare(struct session *s,
			   const struct domain *d) ERR_MUST_CHECK;
/* Finds the Linux kernel of DOMID ("3", "d3"); errors contain the domain. */
struct err *guest_argument(struct session *s, const char *domid,
			   struct guest **ret) ERR_MUST_CHECK;
/*
 * Parses an address of a domain: hexadecimal, or SYMBOL[+OFFSET] of its Linux
 * kernel, for which its memory is searched.
 */
struct err *guest_address_argument(struct session *s, const struct domain *d,
				   const char *text, uint64_t *ret) ERR_MUST_CHECK;

#endif
