/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#include "xen/output/output.h"

#define AFTER_MS	2000	/* delay: short commands print no progress */
#define EVERY_MS	200

static int64_t ms_since(const struct timespec *from, const struct timespec *now)
{
	return (now->tv_sec - from->tv_sec) * 1000LL +
	       (now->tv_nsec - from->tv_nsec) / 1000000;
}

void progress_start(struct progress *p, const char *what)
{
	*p = (struct progress){ .what = what, .tty = isatty(STDERR_FILENO) };
	clock_gettime(CLOCK_MONOTONIC, &p->start);
	p->shown = p->start;
}

static void step(struct progress *p, uint64_t done, uint64_t total)
{
	struct timespec now;

	if (!p->tty)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (ms_since(&p->start, &now) < AFTER_MS ||
	    ms_since(&p->shown, &now) < EVERY_MS)
		return;
	p->shown = now;
	p->visible = 1;
	fprintf(stderr, "\r");
	if (total)
		print_safe(stderr, "%s: %u of 100 done ", p->what,
			   (unsigned int)(done * 100.0 / total));
	else
		print_safe(stderr, "%s: waiting, %u s ", p->what,
			   (unsigned int)(ms_since(&p->start, &now) / 1000));
	fflush(stderr);
}

void progress_step(void *arg, uint64_t done, uint64_t total)
{
	if (total)
		step(arg, done, total);
}

void progress_download(void *arg, uint64_t done, uint64_t total)
{
	step(arg, done, total);
}

void progress_end(struct progress *p)
{
	if (p->visible)
		fprintf(stderr, "\r\033[K");
	p->visible = 0;
}
