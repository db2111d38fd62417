/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_PROGRESS_H
#define EXT_PROGRESS_H

#include <stdint.h>
#include <time.h>

/* Progress line on a terminal of a command that takes more than two seconds. */
struct progress {
	const char *what;	/* "frame table" */
	struct timespec start, shown;
	int tty;		/* standard error is a terminal */
	int visible;
};

void progress_start(struct progress *p, const char *what);
/* arg is a struct progress; fits page_progress_fn. */
void progress_step(void *arg, uint64_t done, uint64_t total);
/* The same for fetch_progress_fn; total 0, not known: seconds since the start. */
void progress_download(void *arg, uint64_t done, uint64_t total);
/* Takes the line away again. */
void progress_end(struct progress *p);

#endif
