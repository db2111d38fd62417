/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of a type in the hypervisor's memory, as the user names them. */
#ifndef EXT_OBJECT_H
#define EXT_OBJECT_H

#include <stdio.h>

#include "xen/types/print.h"
#include "extensions/support/command.h"

/* The dot between type and member in "sched/credit2.c#struct unit.member". */
char *object_member_dot(char *name);

/*
 * The va of an object of this type out of text: an address; "d1" of a struct
 * domain; "d1v0" or "1:0" of a struct vcpu; or a variable. Of a pointer to the
 * type the va is its value, which a note reports.
 */
struct err *object_address(struct session *s, struct out *o,
			   const struct type *type, const char *text,
			   uint64_t *ret) ERR_MUST_CHECK;

/*
 * Prints members of the object at va, "domain_id,arch.hvm", each on its own;
 * NULL prints the whole object. The reason stands in place of a member that
 * cannot be read.
 */
struct err *object_print(struct session *s, const struct type *type, uint64_t va,
			 const char *members, struct print_options options,
			 FILE *fp) ERR_MUST_CHECK;

#endif
