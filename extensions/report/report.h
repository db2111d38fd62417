/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report: the output of many commands in one file. Its parts are in a table
 * (parts.c); the forms only print the collected sheets.
 */
#ifndef EXT_REPORT_H
#define EXT_REPORT_H

#include "extensions/support/command.h"
#include "xen/model/diagnosis/signature.h"
#include "xen/output/sheet.h"

/* Version of the JSON form: incremented if a member is removed or changes its meaning. */
#define REPORT_VERSION 1

/*
 * Added to the number of rows: of more rows, those with the largest numbers in
 * the last column are shown; otherwise the first ones.
 */
#define ROWS_LARGEST (1U << 31)

/* A section of a command in the text form: only these columns and rows. */
struct report_view {
	const char *section;	/* its key; NULL ends the array */
	/*
	 * Keys of columns, or titles of columns without a key; "KEY=TITLE" for
	 * another title
	 */
	const char *columns;
	unsigned int rows;	/* maximum number of rows; 0: all */
};

#define REPORT_VIEWS 4
#define REPORT_WORDS 5

/*
 * PART_SHUT: initially folded in HTML. PART_PRIVATE: left out with --share.
 * PART_SCAN: reads each entry of the frame table. PART_GUESTS: reads the memory
 * of domains, about 1 GiB per second. Both are left out on hosts with more
 * memory than the limit.
 */
#define PART_SHUT	(1U << 0)
#define PART_PRIVATE	(1U << 1)
#define PART_SCAN	(1U << 2)

#define PART_GUESTS	(1U << 3)

#define REPORT_SCAN_GIB	256U
#define REPORT_GUESTS_GIB 8U

struct report_part {
	const char *id;			/* JSON member, HTML anchor */
	const char *title;
	const char *command[REPORT_WORDS];
	unsigned int flags;
	/* Empty: the part is not in the text form. */
	struct report_view view[REPORT_VIEWS];
};

extern const struct report_part report_parts[];	/* ends with a NULL id */

#define REPORT_PARTS_MAX 48

struct redactor;

struct report {
	struct session *s;
	struct signature signature;
	/*
	 * Sections "report" (a card: verdict, signature ...), "stands_out",
	 * "timeline", "missing" (data that was not read, with the reason),
	 * "left_out" (--share) and "next" (commands).
	 */
	struct sheet head;
	struct sheet part[REPORT_PARTS_MAX];	/* index in report_parts[] */
	/* --share: number of parts, and of lines of the console */
	bool left_out[REPORT_PARTS_MAX];
	size_t lines_dropped;
	struct redactor *redactor;		/* with --share; else NULL */
};

/*
 * Runs the commands. share: replaces names, addresses and secrets. Fails only
 * with ERR_INTERRUPTED and ERR_NO_MEMORY. Release with report_destroy().
 */
struct err *report_create(struct session *s, bool share,
			  struct report **ret) ERR_MUST_CHECK;
void report_destroy(struct report *r);

/* Returns the sheet of a part; NULL: no such part. */
const struct sheet *report_sheet(const struct report *r, const char *id);

/* True for a statement of a verdict that every crash has; others "stand out". */
bool report_is_usual(const char *about, const char *text);

/* True if the verdict includes on whose behalf the pcpu ran: it is not printed again. */
bool report_verdict_has_behalf(const struct report *r);

/* timeline.c: adds the section "timeline" of dom0's log, console and trace to o. */
void report_timeline(struct report *r, struct out *o);
/*
 * share.c: replaces confidential texts, in the parts and then in the head,
 * which is computed from them; adds the section "left_out" to o.
 */
struct err *report_redact(struct report *r) ERR_MUST_CHECK;
struct err *report_redact_head(struct report *r) ERR_MUST_CHECK;
void report_left_out(const struct report *r, struct out *o);

/*
 * fold.c: prints text, which is escaped already, and breaks lines longer than
 * width columns at blanks; continuations begin below the column they belong to.
 */
void report_fold(const char *text, unsigned int width, FILE *fp);

/* The forms. The caller checks fp for errors (ferror()). */
struct err *report_text(const struct report *r, FILE *fp) ERR_MUST_CHECK;
struct err *report_json(const struct report *r, FILE *fp) ERR_MUST_CHECK;
struct err *report_html(const struct report *r, FILE *fp) ERR_MUST_CHECK;

/* picture.c: the pictures of the HTML form. */
struct html;
void report_pictures(const struct report *r, struct html *h);

#endif
