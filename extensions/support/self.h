/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_SELF_H
#define EXT_SELF_H

#include <limits.h>

/*
 * Returns the directory of the library or program that contains this code, to
 * find files installed beside it; "" if unknown.
 */
void self_directory(char path[PATH_MAX]);

#endif
