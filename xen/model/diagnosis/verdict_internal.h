/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the verdict share. */
#ifndef XEN_MODEL_VERDICT_INTERNAL_H
#define XEN_MODEL_VERDICT_INTERNAL_H

#include "verdict.h"
#include "verdict_trace.h"

/* All that is known while judging. */
struct judge {
	struct xen *x;
	struct verdict *v;
	struct death_report report;	/* of the console */
	bool has_crash;			/* the story below is there */
	char no_console[160];		/* why it could not be read; or "" */
	struct pcpu_story crash;	/* of the pcpu that executed the crash kernel */
	const struct note_pcpu *note;	/* its crash note, or NULL */
	char where[256];		/* function and source line; or "" */
	char whom[160];			/* "d0v0 ...", "nobody"; or "" */
	char dom0[200];			/* Linux's last words; or "" */
};

/* A new statement, empty and sure; never NULL. about must live on. */
struct verdict_line *verdict_line_add(struct judge *j, const char *about);

/* Appends to a text, with between before it unless the text is empty. */
void verdict_append(char *buf, size_t size, const char *between, const char *fmt, ...)
	ERR_PRINTF(4, 5);

/* To a statement: words, words behind a comma, what it rests on. */
#define TEXT(l, ...) verdict_append((l)->text, sizeof((l)->text), "", __VA_ARGS__)
#define MORE(l, ...) verdict_append((l)->text, sizeof((l)->text), ", ", __VA_ARGS__)
#define EVIDENCE(l, ...) \
	verdict_append((l)->evidence, sizeof((l)->evidence), "; ", __VA_ARGS__)

/* verdict_host.c: the state of the host, whatever killed it. */
void judge_taint(struct judge *j);
struct err *judge_livepatches(struct judge *j) ERR_MUST_CHECK;
/* Finds the pcpu that executed the crash kernel. */
struct err *judge_find_crash(struct judge *j, struct backtrace *b) ERR_MUST_CHECK;
/* Tells of pcpus that did something else than run guests or idle. */
struct err *judge_pcpus(struct judge *j, struct backtrace *b) ERR_MUST_CHECK;

#endif
