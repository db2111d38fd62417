/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of a command line for another program. */
#ifndef EXT_WORDS_H
#define EXT_WORDS_H

/*
 * Quotes a path as one word of a command of gdb, which is not interpreted as an
 * option. gdb splits arguments like libiberty's buildargv(), 7.6 to 16.2. The
 * caller frees it; NULL on lack of memory.
 */
char *gdb_word(const char *path);

#endif
