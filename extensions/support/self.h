/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_SELF_H
#define EXT_SELF_H

#include <limits.h>

/*
 * The directory of the library or program that this code is in, for the files
 * installed beside it; "" if it is not known.
 */
void self_directory(char path[PATH_MAX]);

#endif
