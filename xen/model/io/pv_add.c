/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists of devices, rings and domains, and their names. */
#include "pv_internal.h"

#include <stdio.h>
#include <string.h>

#include "xen/base/array.h"

struct pv_domain *pv_domain_find(struct pv_job *j, uint64_t domid)
{
	unsigned int low = 0, high = j->nr_domains;

	while (low < high) {
		unsigned int mid = low + (high - low) / 2;

		if (value_of(&j->domain[mid].d.domain_id) < domid)
			low = mid + 1;
		else
			high = mid;
	}
	return low < j->nr_domains &&
	       value_of(&j->domain[low].d.domain_id) == domid ?
	       &j->domain[low] : NULL;
}

struct pv_device *pv_device_add(struct pv_job *j, const struct pv_domain *d,
				const char *class, const char *id)
{
	struct pv_devices *all = j->ret;
	struct pv_device *ret;

	if (!ARRAY_GROW(all->at, all->nr))
		return NULL;
	ret = &all->at[all->nr++];
	memset(ret, 0, sizeof(*ret));
	ret->domid = value_of(&d->d.domain_id);
	ret->front_state = ret->back_state = PV_STATE_UNKNOWN;
	ret->judgement = PV_UNKNOWN;
	snprintf(ret->class, sizeof(ret->class), "%s", class);
	snprintf(ret->id, sizeof(ret->id), "%s", id);
	return ret;
}

struct pv_ring *pv_ring_add(struct pv_device *d, enum ring_kind kind)
{
	struct pv_ring *r;

	if (!ARRAY_GROW(d->ring, d->nr))
		return NULL;
	r = &d->ring[d->nr++];
	memset(r, 0, sizeof(*r));
	r->kind = kind;
	return r;
}

const char *pv_judgement_name(enum pv_judgement judgement)
{
	static const char *const names[PV_NR_JUDGEMENTS] = {
		[PV_IDLE] = "idle", [PV_BUSY] = "busy",
		[PV_UNKNOWN] = "not known", [PV_UNCONNECTED] = "not connected",
		[PV_PAUSED] = "guest paused",
		[PV_NO_BUFFERS] = "guest posts no buffers",
		[PV_WAITS_DISK] = "waits for the disk",
		[PV_WAITS_BACKEND] = "waits for the backend",
		[PV_NOT_TAKEN] = "guest does not take its answers",
		[PV_EVENT_LOST] = "event lost", [PV_CORRUPT] = "ring corrupt",
		[PV_BACKEND_GONE] = "backend gone",
	};

	return judgement < PV_NR_JUDGEMENTS ? names[judgement] : "?";
}

const char *xenbus_state_name(int state)
{
	static const char *const names[] = {
		"unknown", "initialising", "init wait", "initialised", "connected",
		"closing", "closed", "reconfiguring", "reconfigured",
	};

	return state >= 0 && state < (int)ARRAY_SIZE(names) ? names[state] : "";
}

const char *pv_device_text(const struct pv_device *d, char buf[PV_DEVICE_TEXT])
{
	if (!strcmp(d->class, "console") || !strcmp(d->class, "xenstore"))
		snprintf(buf, PV_DEVICE_TEXT, "%s%s%s", d->class,
			 strcmp(d->id, "0") ? " " : "",
			 strcmp(d->id, "0") ? d->id : "");
	else
		snprintf(buf, PV_DEVICE_TEXT, "%s %s%s%s%s", d->class, d->id,
			 *d->name ? " (" : "", d->name, *d->name ? ")" : "");
	return buf;
}
