/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A report: the output of many commands in one file. Its parts are in a table
 * (parts.c); the forms print the collected sheets and read nothing themselves.
 */
#ifndef EXT_REPORT_H
#define EXT_REPORT_H

#include "extensions/support/command.h"
#include "xen/model/diagnosis/signature.h"
#include "xen/output/sheet.h"

/* Version of the JSON form: raised if a member goes or changes its meaning. */
#define REPORT_VERSION 1

/* A section of a command in the text form: only these columns and rows. */
struct report_view {
	const char *section;	/* its key; NULL ends */
	/* Keys of columns, of those without a key titles; "KEY=TITLE" for another title */
	const char *columns;
	unsigned int rows;	/* most rows; 0: all */
};

#define REPORT_VIEWS 4
#define REPORT_WORDS 5

/*
 * PART_SHUT: folded at first in HTML. PART_PRIVATE: left out with --share.
 * PART_SCAN: reads each entry of the frame table, PART_GUESTS: the memory of
 * domains, a GiB in about a second; left out on hosts with more memory than this.
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
	 * "timeline", "missing" (what was not read, and why), "left_out" (--share)
	 * and "next" (commands).
	 */
	struct sheet head;
	struct sheet part[REPORT_PARTS_MAX];	/* of report_parts[] */
	/* --share: parts, and lines of the console */
	bool left_out[REPORT_PARTS_MAX];
	size_t lines_dropped;
	struct redactor *redactor;		/* --share; or NULL */
};

/*
 * Runs the commands. share: replaces names, addresses and secrets. Fails only
 * with ERR_INTERRUPTED and ERR_NO_MEMORY. Release with report_destroy().
 */
struct err *report_create(struct session *s, bool share,
			  struct report **ret) ERR_MUST_CHECK;
void report_destroy(struct report *r);

/* The sheet of a part; NULL: no such part. */
const struct sheet *report_sheet(const struct report *r, const char *id);

/* True for a statement of a verdict that every crash has; others stand out. */
bool report_is_usual(const char *about, const char *text);

/* timeline.c: adds the section "timeline" of dom0's log, console and trace to o. */
void report_timeline(struct report *r, struct out *o);
/*
 * share.c: replaces what must not leave the house, in the parts and then in the
 * head, which is made of them; adds the section "left_out" to o.
 */
struct err *report_redact(struct report *r) ERR_MUST_CHECK;
struct err *report_redact_head(struct report *r) ERR_MUST_CHECK;
void report_left_out(const struct report *r, struct out *o);

/*
 * fold.c: prints text, which is escaped already, with lines of at most width
 * columns where they have blanks; what is behind is below the column it belongs to.
 */
void report_fold(const char *text, unsigned int width, FILE *fp);

/* The forms. An error of fp is left to the caller (ferror()). */
struct err *report_text(const struct report *r, FILE *fp) ERR_MUST_CHECK;
struct err *report_json(const struct report *r, FILE *fp) ERR_MUST_CHECK;
struct err *report_html(const struct report *r, FILE *fp) ERR_MUST_CHECK;

/* picture.c: the pictures of the HTML form. */
struct html;
void report_pictures(const struct report *r, struct html *h);

#endif
