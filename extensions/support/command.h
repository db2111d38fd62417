/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands behind `xen NAME`. They know the core and what the session
 * lends them, not crash: the same table runs in crash and in extensions/xenview.
 */
#ifndef EXT_COMMAND_H
#define EXT_COMMAND_H

#include <stdio.h>

#include "xen/model/xen.h"
#include "xen/output/output.h"

struct session;

/* What the program around us lends; a NULL operation is not to be had there. */
struct host {
	const char *name;
	/* Runs one command of gdb, output to fp. */
	struct err *(*gdb)(const char *command, FILE *fp);
	/* An image was attached, or another one went: gdb's tables follow. */
	struct err *(*image_attached)(struct session *s);
	void (*image_detached)(struct session *s);
	/* Completes the start of a session begun with --minimal. */
	struct err *(*start)(struct session *s);
	/* What dom0's memory is read from in a running host; to change that. */
	const char *(*source)(struct session *s);
	struct err *(*source_use)(struct session *s, const char *name);
	/* One line on the state of the dom0 side, or NULL. */
	const char *(*dom0_state)(struct session *s);
	/* The function of dom0's kernel at va, and how far into it; or NULL. */
	const char *(*dom0_symbol)(uint64_t va, uint64_t *offset);
	/*
	 * The irq of dom0's kernel behind one of its event channels, and the
	 * names of who handles it ("" for nobody). ERR_NOT_FOUND when the port
	 * has none; other errors are the same for every port.
	 */
	struct err *(*dom0_irq)(unsigned int port, unsigned int *irq,
				char *action, size_t size);
};

struct session {
	const struct host *host;
	struct xen *xen;		/* NULL while no hypervisor was found */
	char *why_no_xen;		/* then the reason, for every command */
	char *dump_path;		/* NULL when live */
	void *live_library;		/* xen-live.so, from dlopen(); or NULL */
	char *vmlinux_path;		/* NULL when unknown */
	char *image_proof;		/* why the attached image is the right one */
	char *image_warning;		/* stays visible after `load -f` */
	char *types_from;		/* where it has none: the profile, or why not */
	char *image_search;		/* what was looked at, when none was found */
	bool no_search;			/* take no image by yourself */
	bool brief;			/* the banner is shown: what takes no time only */
	FILE *fp;			/* output of the running command */
};

enum command_needs {
	NEEDS_NOTHING,
	NEEDS_XEN,		/* a hypervisor in memory */
	NEEDS_SYMBOLS,
	NEEDS_RECORDS,		/* structures: DWARF or a layout profile */
	NEEDS_TYPES,		/* DWARF */
};

struct command {
	const char *name;
	enum command_needs needs;
	bool live;		/* in a running host hypercalls will do */
	/* There with -v: what they do not tell ("-"), and what they do. */
	const char *live_unknown;
	/* argv[0] is the command's name; getopt() is reset. */
	struct err *(*run)(struct session *s, struct out *o, int argc,
			   char **argv);
	const char *summary;	/* one line for `help` */
	const char *synopsis;	/* arguments only: "[-v] [DOMID...]" */
	const char *const *help;	/* description and a real example; NULL ends */
};

/* The table (commands.c), in the order help shows; ends with NULL. */
extern const struct command *const commands[];

/* `xen` alone. */
extern const struct command command_overview;

/* Other names of commands, as crash's hypervisor mode has them. */
struct command_alias {
	const char *alias, *name;	/* NULL alias ends the table */
};
extern const struct command_alias command_aliases[];

const struct command *command_find(const char *name);

/*
 * Runs argv[0] of the table ("xen" itself shows the overview) and prints its
 * output and errors to fp. -j anywhere before "--" asks for JSON. Returns
 * false when the command failed.
 */
bool command_run(struct session *s, int argc, char **argv, FILE *fp);

/* Prints the help page of a command in plain lines. */
void command_help(const struct command *c, FILE *fp);

/* For run(): wrong arguments; the synopsis is shown below the text. */
struct err *command_usage(const char *fmt, ...) ERR_PRINTF(1, 2) ERR_MUST_CHECK;

/* Parses a number in decimal, or hexadecimal with 0x. */
struct err *parse_decimal(const char *text, uint64_t *ret) ERR_MUST_CHECK;
/* The number of a pcpu, checked against how many there are. */
struct err *parse_pcpu(const struct session *s, const char *text,
		       uint64_t *ret) ERR_MUST_CHECK;
/* The arguments of a list that takes "-c PCPU" and no more; UINT64_MAX: all. */
struct err *parse_only_pcpu(const struct session *s, int argc, char **argv,
			    uint64_t *only) ERR_MUST_CHECK;
/* Parses hexadecimal with or without 0x, as crash takes addresses. */
struct err *parse_hex(const char *text, uint64_t *ret) ERR_MUST_CHECK;
/* An address: hexadecimal, or a symbol with an optional +offset. */
struct err *parse_address(struct session *s, const char *text,
			  uint64_t *ret) ERR_MUST_CHECK;

/*
 * Calls show() for the pcpu that only says, or for all. An error of one stands
 * in the place of its row, but not that a pcpu is absent, unless it was asked
 * for. What is returned is an interrupt.
 */
typedef struct err *(*pcpu_show)(struct session *s, struct out *o,
				 unsigned int cpu, void *arg);
struct err *show_each_pcpu(struct session *s, struct out *o, uint64_t only,
			   pcpu_show show, void *arg) ERR_MUST_CHECK;

/* session.c: from a memory and its notes to a hypervisor with its image. */
struct err *session_open(struct session *s, struct memory *memory,
			 struct notes *notes) ERR_MUST_CHECK;
/*
 * Searches images: the named paths, or everywhere when there are none;
 * first_only: up to the first that is proved and brings symbols and types.
 */
struct find_result;
struct err *session_find(struct session *s, const char *const *paths,
			 unsigned int nr_paths, bool first_only,
			 struct find_result **ret) ERR_MUST_CHECK;
/* Attaches an image by path, or the best one found when path is NULL. */
struct err *session_load(struct session *s, const char *path,
			 bool force) ERR_MUST_CHECK;
struct err *session_unload(struct session *s) ERR_MUST_CHECK;
/*
 * live.c: the hypervisor of the running host, by xen-live.so, which stands
 * beside this library or is named by XEN_LIVE_SO. Fails with the one thing
 * that is missing. session_close() takes it back.
 */
struct err *session_open_live(struct session *s) ERR_MUST_CHECK;
void session_close_live(struct session *s);
/* Attaches the image that is proved, or says in s->image_search what was seen. */
void session_find_image(struct session *s);
void session_close(struct session *s);
/* The few lines printed when the extension is loaded. */
void session_banner(struct session *s, FILE *fp);

#endif
