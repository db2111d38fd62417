/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of a boot loader's menu that start Xen: GRUB legacy's menu.lst
 * and GRUB 2's grub.cfg.
 */
#ifndef XEN_IMAGE_BOOT_MENU_H
#define XEN_IMAGE_BOOT_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "xen/base/error.h"

struct boot_entry {
	char *title;
	char *xen;		/* path of the hypervisor, as seen by the loader */
	char *options;		/* Xen's command line; may be empty */
	char *menu;		/* the file that contains it */
	unsigned int line;	/* line of the title; the first is 1 */
};

struct boot_menu {
	struct boot_entry *entry;
	size_t nr;
};

/*
 * Adds a file's entries. The menu is all zero at first; the caller clears it,
 * also after an error.
 */
struct err *boot_menu_read(struct boot_menu *m, const char *path) ERR_MUST_CHECK;
/* Likewise for len bytes of text; path is only recorded. */
struct err *boot_menu_parse(struct boot_menu *m, const char *text, size_t len,
			    const char *path) ERR_MUST_CHECK;
void boot_menu_clear(struct boot_menu *m);

/*
 * True if Xen was started with an entry's options. Compares words, except values
 * of GRUB's variables and Debian's "placeholder".
 */
bool boot_entry_has_options(const struct boot_entry *e, const char *command_line);

#endif
