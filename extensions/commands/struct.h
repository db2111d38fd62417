/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_STRUCT_H
#define EXT_STRUCT_H

#include <stdio.h>

#include "xen/types/print.h"
#include "extensions/support/command.h"

/* The dot between type and member in "sched/credit2.c#struct unit.member". */
char *struct_member_dot(char *name);

/*
 * Prints members of the object at va, "domain_id,arch.hvm", each on its own;
 * NULL prints the whole object. One that cannot be read shows why in its place.
 */
struct err *struct_show(struct session *s, const struct type *type, uint64_t va,
			const char *members, struct print_options options,
			FILE *fp) ERR_MUST_CHECK;

#endif
