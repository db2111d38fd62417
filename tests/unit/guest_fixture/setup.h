/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host of host_fixture with pages for a guest, for a group of tests. */
#ifndef GUEST_FIXTURE_SETUP_H
#define GUEST_FIXTURE_SETUP_H

#include "tests/unit/host_fixture/host.h"

static inline int guest_setup(void **state)
{
	(void)state;
	host_create_from(HOST_SOURCES "tests/unit/guest_fixture/guest.c");
	host_keep();
	return 0;
}

static inline int guest_teardown(void **state)
{
	xen_forget(&fix.xen);
	return host_destroy(state);
}

#endif
