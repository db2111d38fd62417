/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "(XEN) "

/* What follows a match of the table below. */
enum detail { NO_DETAIL, NEXT_LINE };

/*
 * Lines by which each way into kexec_crash() announces itself: common/kexec.c,
 * common/shutdown.c, drivers/char/console.c (panic) of 4.4 to master. Of those
 * in the ring the last one counts.
 */
static const struct cause {
	const char *line;
	const char *text;
	enum detail detail;
} causes[] = {
	{ "'C' pressed -> triggering crashdump",
	  "crash requested by debug key 'C'", NO_DETAIL },
	{ "Panic on CPU ", "Xen panic", NEXT_LINE },
	{ "Hardware Dom0 crashed: ", "dom0 crashed (see its log)", NO_DETAIL },
	{ "Domain 0 crashed: ", "dom0 crashed (see its log)", NO_DETAIL },
};

static const char kexec_line[] = "Executing kexec image on cpu";

/* The last place of a text, or NULL. */
static const char *find_last(const char *in, const char *what)
{
	const char *found = NULL, *at = in;

	while ((at = strstr(at, what))) {
		found = at;
		at += strlen(what);
	}
	return found;
}

static void copy_line(const char *at, char *buf, size_t size)
{
	size_t len;

	if (!strncmp(at, PREFIX, strlen(PREFIX)))
		at += strlen(PREFIX);
	len = strcspn(at, "\r\n");
	snprintf(buf, size, "%.*s", (int)(len < size ? len : size - 1), at);
}

static const char *line_start(const char *text, const char *at)
{
	while (at > text && at[-1] != '\n')
		at--;
	return at;
}

void verdict_from_console(const char *console, struct verdict *ret)
{
	const char *kexec = find_last(console, kexec_line), *best = NULL, *at;
	const struct cause *cause = NULL;
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->pcpu = kexec ? atoi(kexec + strlen(kexec_line)) : -1;
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		at = find_last(console, causes[i].line);
		if (at && at > best) {
			best = at;
			cause = &causes[i];
		}
	}
	if (!cause) {
		snprintf(ret->text, sizeof(ret->text),
			 "not told by the console (%s)",
			 kexec ? "but a crash kernel was executed" :
				 "no crash kernel was executed by Xen");
		return;
	}
	copy_line(line_start(console, best), ret->evidence, sizeof(ret->evidence));
	at = cause->detail == NEXT_LINE ? strchr(best, '\n') : NULL;
	if (at) {
		char detail[192];

		copy_line(at + 1, detail, sizeof(detail));
		snprintf(ret->text, sizeof(ret->text), "%s: %s", cause->text, detail);
	} else {
		snprintf(ret->text, sizeof(ret->text), "%s", cause->text);
	}
}
