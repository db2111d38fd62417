/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Problems of a host, found in the output of its debug keys: the statements
 * that verdict_troubles() makes of a dump, as far as the text permits.
 */
#ifndef XEN_MODEL_KEY_JUDGE_H
#define XEN_MODEL_KEY_JUDGE_H

#include "key_text.h"

struct key_judgement {
	char text[240];
	char evidence[200];	/* keys, lines and values */
	bool sure;		/* false: based on one moment, or on values of two moments */
};

#define KEY_JUDGEMENTS	24

struct key_judgements {
	struct key_judgement at[KEY_JUDGEMENTS];
	unsigned int nr;
	unsigned int left_out;	/* number of statements beyond KEY_JUDGEMENTS */
	char keys[32];		/* keys that were examined: "q, e, m"; or "" */
};

/*
 * Examines the tables of a text for dying domains and the mappings that keep
 * them, paused guests with events pending, vcpus that are blocked with an event
 * pending, channels that are pending and masked, vcpus that wait for a pcpu
 * although another one is idle, parked vcpus, and exhausted memory. If a key
 * was pressed several times, the last press counts; a vcpu counts as blocked
 * only if it was blocked at each press. Fails only with ERR_NO_MEMORY and
 * ERR_INTERRUPTED.
 */
struct err *key_judge(const struct key_text *t,
		      struct key_judgements *ret) ERR_MUST_CHECK;

#endif
