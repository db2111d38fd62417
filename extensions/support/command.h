/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands behind `xen NAME`. They use the core and the callbacks of the
 * front end, not crash: the same table is used in crash and in xenview.
 */
#ifndef EXT_COMMAND_H
#define EXT_COMMAND_H

#include <stdio.h>

#include "args.h"
#include "session.h"

enum command_needs {
	NEEDS_NOTHING,
	NEEDS_XEN,		/* a hypervisor in memory */
	NEEDS_SYMBOLS,
	NEEDS_RECORDS,		/* structures: DWARF or a layout profile */
	NEEDS_TYPES,		/* DWARF */
};

struct view_column;

/* A list or card of a command, for its help page; a table ends with { .key = NULL }. */
struct column_table {
	const char *key;			/* JSON member */
	const struct column *columns;		/* one of these two members */
	const struct view_column *views;
	unsigned int nr;
};

#define COLUMNS(key, table)	{ (key), (table), NULL, ARRAY_SIZE(table) }
#define VIEWS(key, table)	{ (key), NULL, (table), ARRAY_SIZE(table) }

struct command {
	enum command_needs needs;
	bool live;		/* on a running host hypercalls are sufficient */
	/*
	 * Printed with -v on a running host: which cells are "-", and which are
	 * available.
	 */
	const char *live_unknown;
	struct args_spec args;
	const struct column_table *tables;	/* NULL: the command prints only lines */
	struct err *(*run)(struct session *s, struct out *o,
			   const struct args *a);
	/* Paragraphs of the help page, in lines; NULL ends the array. */
	const char *const *description;
	/* Actual output; NULL: none. */
	const char *const *example;
};

/* A line of the command table (table.c). */
struct command_entry {
	const char *name;
	const char *group;	/* heading in `help xen` */
	const char *summary;
	const struct command *command;
};

/* In the order of the help, sorted by group; ends with a NULL name. */
extern const struct command_entry command_table[];
/* The command `xen` without a name. */
extern const struct command_entry command_overview;

/* Other names of commands, as crash's hypervisor mode has them. */
struct command_alias {
	const char *alias, *name;	/* NULL alias ends the table */
};
extern const struct command_alias command_aliases[];

/* Finds a command by name or alias; NULL: there is none. */
const struct command_entry *command_find(const char *name);
/* The name that was probably meant by a mistyped one; NULL: unknown. */
const char *command_nearest(const char *name);

/*
 * Runs argv[0] of the table ("xen", an option or nothing: the overview) and
 * prints its output and errors to fp. -j anywhere before "--" selects JSON,
 * --sort COLUMN sorts its lists, -h shows its help page. Returns false if the
 * command failed.
 */
bool command_run(struct session *s, int argc, char **argv, FILE *fp);

/*
 * Likewise, with the output stored in *ret instead of printed; a failure is
 * among its errors. Release with sheet_free().
 */
struct sheet;
bool command_collect(struct session *s, int argc, char **argv,
		     struct sheet *ret);

/*
 * Returns the help page of a command in crash's format: name, summary,
 * synopsis, lines and NULL. Release with help_free(). NULL: out of memory.
 */
char **help_page(const struct command_entry *c, const char *name);
void help_free(char **page);
/* Prints the page under a name of the command, or the contents of the tables as JSON. */
void help_show(const struct command_entry *c, const char *name, struct out *o);
/* Prints all commands by group: `xen help -j`. */
void help_list(struct out *o);

/* Returns a column of a table, independent of its kind. */
struct column column_of(const struct column_table *t, unsigned int i);

#endif
