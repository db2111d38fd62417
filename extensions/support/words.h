/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of a command line for another program. */
#ifndef EXT_WORDS_H
#define EXT_WORDS_H

/*
 * A path as one word of a command of gdb: quoted, and never an option. gdb splits
 * arguments as libiberty's buildargv() does, 7.6 to 16.2. To be freed; NULL without
 * memory.
 */
char *gdb_word(const char *path);

#endif
