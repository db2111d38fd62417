/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types of a module of dom0's kernel, from the BTF that the kernel has in
 * memory (CONFIG_DEBUG_INFO_BTF_MODULES, 5.11 and later;
 * include/uapi/linux/btf.h).
 */
#ifndef EXT_CRASH_BTF_H
#define EXT_CRASH_BTF_H

#include <stdbool.h>

/*
 * Finds the offsets in bytes of members of a struct that is defined in the
 * module; false if the kernel has no BTF of the module, or one of the members
 * is missing.
 */
bool btf_members(const char *module, const char *type, const char *const *member,
		 unsigned int nr, long *offset);

#endif
