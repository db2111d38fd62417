/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that build a verdict. */
#ifndef XEN_MODEL_VERDICT_INTERNAL_H
#define XEN_MODEL_VERDICT_INTERNAL_H

#include "verdict.h"
#include "verdict_trace.h"
#include "xen/image/match.h"
#include "xen/model/sched/sched.h"

/* The evidence read so far, and the verdict under construction. */
struct verdict_job {
	struct xen *x;
	struct verdict *v;
	pv_task_fn *task;		/* argument of verdict_troubles(); or NULL */
	struct sched *sched;		/* the schedulers, once they were checked; or NULL */
	bool sched_unproved;		/* they are based on something unproved */
	struct death_report report;	/* of the console */
	bool has_crash;			/* crash is valid */
	char no_console[160];		/* why the console is not available; or "" */
	struct pcpu_activity crash;	/* of the pcpu that executed the crash kernel */
	const struct note_pcpu *note;	/* crash note of that pcpu, or NULL */
	char where[256];		/* function and source line; or "" */
	char whom[160];			/* "d0v0 ...", "no domain ..."; or "" */
	char dom0[200];			/* Linux's panic message; or "" */
	char missing[80];		/* "lost events, devices": subjects not examined; or "" */
	char missing_why[200];		/* the reasons */
	struct verdict_line *line;	/* the statement under construction, or NULL */
};

/* Starts a statement, empty and sure; never NULL. about must outlive the verdict. */
struct verdict_line *verdict_line_add(struct verdict_job *j, const char *about);

/*
 * Ends the statement under construction: it is unproved if something unproved
 * was used up to now in its scope. verdict_line_add() ends the previous one.
 */
void verdict_line_end(struct verdict_job *j);

/* Appends to a text; between: separator, used if the text is not empty. */
void verdict_append(char *buf, size_t size, const char *between, const char *fmt, ...)
	ERR_PRINTF(4, 5);

/* Append to a statement: text, text after a comma, evidence. */
#define TEXT(l, ...) verdict_append((l)->text, sizeof((l)->text), "", __VA_ARGS__)
#define MORE(l, ...) verdict_append((l)->text, sizeof((l)->text), ", ", __VA_ARGS__)
#define EVIDENCE(l, ...) \
	verdict_append((l)->evidence, sizeof((l)->evidence), "; ", __VA_ARGS__)

/* Another place in memory, or the console, contradicts the statement: it is not sure. */
#define CONFLICT(l, ...) \
	do { \
		(l)->sure = false; \
		MORE(l, "conflicting evidence: " __VA_ARGS__); \
	} while (0)

/* verdict_waits.c: starved vcpus, lost events and stuck devices. */
struct err *verdict_add_waits(struct verdict_job *j) ERR_MUST_CHECK;
/* verdict_waits.c: interrupts that Xen disabled because of their rate. */
struct err *verdict_add_storms(struct verdict_job *j) ERR_MUST_CHECK;

/*
 * verdict_code.c: compares the code with that of the image, except places that
 * Xen or a livepatch changes, and one more (or NULL). c->unexplained is 0 if
 * damage cannot be told from another link or from such places.
 */
struct err *verdict_compare_code(struct verdict_job *j, const struct text_site *except,
				 struct text_compare *c) ERR_MUST_CHECK;
/* verdict_code.c: adds to the statement on a place whether its code is altered. */
struct err *verdict_add_altered(struct verdict_job *j, struct verdict_line *l,
				uint64_t pc) ERR_MUST_CHECK;

/* verdict_host.c: the state of the host, independent of the cause. */
void verdict_add_taint(struct verdict_job *j);
struct err *verdict_add_livepatches(struct verdict_job *j) ERR_MUST_CHECK;
/* Finds the pcpu that executed the crash kernel. */
struct err *verdict_find_crash(struct verdict_job *j, struct backtrace *b) ERR_MUST_CHECK;
/* Adds statements on pcpus that neither ran a guest nor idled. */
struct err *verdict_add_pcpus(struct verdict_job *j, struct backtrace *b) ERR_MUST_CHECK;

#endif
