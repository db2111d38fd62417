/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_SELF_H
#define EXT_SELF_H

#include <limits.h>

/*
 * The directory of the library (or program) this code is in, where what belongs
 * to it is looked for; "" when it cannot be told.
 */
void self_directory(char path[PATH_MAX]);

#endif
