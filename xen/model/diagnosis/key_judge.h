/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Problems of a host out of the output of its debug keys: as far as a text goes,
 * the statements that verdict_troubles() makes of a dump.
 */
#ifndef XEN_MODEL_KEY_JUDGE_H
#define XEN_MODEL_KEY_JUDGE_H

#include "key_text.h"

struct key_judgement {
	char text[240];
	char evidence[200];	/* keys, lines and values */
	bool sure;		/* false: one moment, or values of two moments */
};

#define KEY_JUDGEMENTS	24

struct key_judgements {
	struct key_judgement at[KEY_JUDGEMENTS];
	unsigned int nr;
	unsigned int left_out;	/* beyond KEY_JUDGEMENTS */
	char keys[32];		/* those that were examined: "q, e, m"; or "" */
};

/*
 * Judges the tables of a text: dying domains and the mappings that keep them,
 * paused guests with events pending, vcpus that are blocked with an event pending,
 * channels that are pending and masked, vcpus that wait for a pcpu although
 * another one is idle, parked vcpus, exhausted memory. Of a key that was pressed
 * several times the last press counts; a vcpu has to be blocked in each. Fails
 * only with ERR_NO_MEMORY and ERR_INTERRUPTED.
 */
struct err *key_judge(const struct key_text *t,
		      struct key_judgements *ret) ERR_MUST_CHECK;

#endif
