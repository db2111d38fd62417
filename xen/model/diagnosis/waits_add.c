/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of waits, and their texts. */
#include "waits_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* Ranges shorter than this, in ns, are printed as one figure. */
#define SAME_TIME 1000000

struct wait *waits_add(struct waits *w, enum wait_kind kind)
{
	struct wait *wait;

	if (!ARRAY_GROW(w->at, w->nr))
		return NULL;
	wait = &w->at[w->nr++];
	memset(wait, 0, sizeof(*wait));
	wait->kind = kind;
	wait->domid = WAIT_NO_DOMID;
	wait->vcpu = WAIT_NO_VCPU;
	wait->pcpu = WAIT_NO_PCPU;
	wait->sure = true;
	return wait;
}

struct err *waits_miss(struct waits *w, const char *what, struct err *e)
{
	unsigned int i = 0;

	if (!e || err_is_final(e))
		return e;
	while (i < w->nr_missing && strcmp(w->missing[i].what, what))
		i++;
	if (i < w->nr_missing)
		w->missing[i].others++;
	if (i < w->nr_missing || i == WAITS_MISSING_MAX)
		err_free(e);
	else
		w->missing[w->nr_missing++] = (struct waits_missing){ what, e, 0 };
	return NULL;
}

void waits_since(const struct waits *w, struct wait *wait, uint64_t from)
{
	if (!w->has_now)
		return;
	wait->timed = true;
	wait->least = w->now > from ? w->now - from : 0;
	wait->most = w->latest == WAIT_NO_LIMIT ? WAIT_NO_LIMIT :
		     w->latest > from ? w->latest - from : 0;
}

/* Longest first, then those of unknown length by their kind. */
static int compare(const void *a, const void *b)
{
	const struct wait *v = a, *w = b;

	if (v->timed != w->timed)
		return v->timed ? -1 : 1;
	if (v->timed && v->least != w->least)
		return v->least > w->least ? -1 : 1;
	if (v->kind != w->kind)
		return v->kind < w->kind ? -1 : 1;
	return strverscmp(v->who, w->who);	/* d2 before d10 */
}

void waits_sort(struct waits *w)
{
	array_sort(w->at, w->nr, sizeof(*w->at), compare);
}

void waits_release(struct waits *w)
{
	for (unsigned int i = 0; i < w->nr_circles; i++)
		free(w->circle[i]);
	for (unsigned int i = 0; i < w->nr_missing; i++)
		err_free(w->missing[i].e);
	free(w->circle);
	free(w->at);
	memset(w, 0, sizeof(*w));
}

const char *wait_kind_name(enum wait_kind kind)
{
	static const char *const names[WAIT_NR] = {
		[WAIT_PCPU] = "pcpu", [WAIT_CAP] = "cap",
		[WAIT_LOST_EVENT] = "lost event",
		[WAIT_DEVICE_MODEL] = "device model",
		[WAIT_VM_EVENT] = "vm_event", [WAIT_UNPAUSE] = "unpause",
		[WAIT_LOCK] = "lock", [WAIT_RCU] = "RCU",
		[WAIT_TASKLET] = "tasklet", [WAIT_REFERENCES] = "references",
		[WAIT_DISK] = "disk", [WAIT_BACKEND] = "backend",
		[WAIT_GUEST] = "guest",
	};

	return kind < WAIT_NR ? names[kind] : "?";
}

const char *wait_time_text(const struct wait *w, char buf[WAIT_TIME_TEXT])
{
	double least = w->least / 1e9, most = w->most / 1e9;

	buf[0] = '\0';
	if (!w->timed)
		return buf;
	if (w->most == WAIT_NO_LIMIT)
		snprintf(buf, WAIT_TIME_TEXT, "%.3f s or more", least);
	else if (w->most - w->least < SAME_TIME)
		snprintf(buf, WAIT_TIME_TEXT, "%.3f s", least);
	else
		snprintf(buf, WAIT_TIME_TEXT, "%.3f to %.3f s", least, most);
	return buf;
}
