/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that owns a helper domain, stored in the domain's handle. */
#ifndef LIVE_OWNER_H
#define LIVE_OWNER_H

#include <stdint.h>

/* 16 bytes, in the form of a handle. */
struct owner {
	char mark[4];
	uint32_t ns;		/* inode of its namespace of process ids */
	uint32_t pid;
	uint32_t start;		/* when it started, in clock ticks */
};

enum owner_state {
	OWNER_RUNS,
	OWNER_ENDED,
	OWNER_UNKNOWN,		/* another namespace, or /proc cannot be read */
};

/* Identifies this process. Returns 0 or a negative errno. */
int owner_self(struct owner *ret);
/* Random handles begin with the mark only with a probability of 2^-32. */
int owner_has_mark(const struct owner *o);
enum owner_state owner_state(const struct owner *o);

#endif
