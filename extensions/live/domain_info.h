/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIVE_DOMAIN_INFO_H
#define LIVE_DOMAIN_INFO_H

#include <string.h>

#include <xenctrl.h>

#include "failed.h"

/* Reads the first domain from an id on: 1, 0 after the last, or a negative errno. */
static inline int domain_from(xc_interface *xc, uint32_t first, xc_domaininfo_t *ret)
{
	int n;

	memset(ret, 0, sizeof(*ret));
	errno = 0;
	n = xc_domain_getinfolist(xc, first, 1, ret);
	return n < 0 ? failed() : n;
}

/* Reads the domain with that id: 0, -ENOENT or another negative errno. */
static inline int domain_find(xc_interface *xc, uint32_t domid, xc_domaininfo_t *ret)
{
	int n = domain_from(xc, domid, ret);

	if (n < 0)
		return n;
	return n == 1 && ret->domain == domid ? 0 : -ENOENT;
}

#endif
