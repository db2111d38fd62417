/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_PROGRESS_H
#define EXT_PROGRESS_H

#include <stdint.h>
#include <time.h>

/* Progress line on a terminal, for commands that take more than two seconds. */
struct progress {
	const char *what;	/* "frame table" */
	struct timespec start, shown;
	int tty;		/* standard error is a terminal */
	int visible;
};

void progress_start(struct progress *p, const char *what);
/* A page_progress_fn; arg is a struct progress. */
void progress_step(void *arg, uint64_t done, uint64_t total);
/* A fetch_progress_fn; if total is 0 (unknown), prints the seconds since the start. */
void progress_download(void *arg, uint64_t done, uint64_t total);
/* Clears the line. */
void progress_end(struct progress *p);

#endif
