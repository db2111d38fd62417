/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects of a type in the hypervisor's memory, as given by the user. */
#ifndef EXT_OBJECT_H
#define EXT_OBJECT_H

#include <stdio.h>

#include "xen/types/print.h"
#include "extensions/support/command.h"

/* Finds the dot between type and member in "sched/credit2.c#struct unit.member". */
char *object_member_dot(char *name);

/*
 * Finds the va of an object of this type by text: an address; "d1" for a struct
 * domain; "d1v0" or "1:0" for a struct vcpu; or a variable. If the variable is
 * a pointer to the type, the va is its value, as a note states.
 */
struct err *object_address(struct session *s, struct out *o,
			   const struct type *type, const char *text,
			   uint64_t *ret) ERR_MUST_CHECK;

/*
 * Prints members of the object at va, "domain_id,arch.hvm", each separately;
 * NULL prints the whole object. The reason is printed in place of a member that
 * cannot be read.
 */
struct err *object_print(struct session *s, const struct type *type, uint64_t va,
			 const char *members, struct print_options options,
			 FILE *fp) ERR_MUST_CHECK;

#endif
