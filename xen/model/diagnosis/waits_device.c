/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of guests that wait for the disk, the backend or the guest. */
#include "waits_internal.h"

#include <string.h>

/* PV_EVENT_LOST is reported as a wait of the vcpu. */
static const struct {
	enum pv_judgement judgement;
	enum wait_kind kind;
	const char *what;
} kinds[] = {
	{ PV_WAITS_DISK, WAIT_DISK, "the disk" },
	{ PV_WAITS_BACKEND, WAIT_BACKEND, "the backend" },
	{ PV_BACKEND_GONE, WAIT_BACKEND, "the backend, which is gone" },
	{ PV_CORRUPT, WAIT_GUEST, "the guest, whose ring is corrupt" },
	{ PV_NOT_TAKEN, WAIT_GUEST, "the guest to take its answers" },
	{ PV_PAUSED, WAIT_GUEST, "the guest, which does not run" },
	{ PV_NO_BUFFERS, WAIT_GUEST, "the guest to post buffers" },
};

/*
 * The thread that serves the ring on which the statement about the device is
 * based; or "".
 */
static const char *thread_of(const struct pv_device *d)
{
	for (unsigned int i = 0; i < d->nr; i++)
		if (d->ring[i].judgement == d->judgement)
			return d->ring[i].thread;
	return "";
}

static struct err *add_device(struct waits_job *j, const struct pv_device *d,
			      unsigned int kind)
{
	struct wait *w = waits_add(j->w, kinds[kind].kind);
	char text[PV_DEVICE_TEXT];
	const char *thread;

	if (!w)
		return err_nomem();
	provenance_use_if(d->unproved);
	w->domid = d->domid;
	w->sure = d->sure;
	w->lasting = d->lasting;
	WAIT_TEXT(w->who, "d%u %.50s", d->domid, pv_device_text(d, text));
	WAIT_TEXT(w->what, "%s", kinds[kind].what);
	thread = thread_of(d);
	if (kinds[kind].kind == WAIT_GUEST)
		WAIT_TEXT(w->holder, "d%u", d->domid);
	else if (*thread && strcmp(thread, d->served_by))
		WAIT_TEXT(w->holder, "%s %s", d->served_by, thread);
	else if (*d->served_by)
		WAIT_TEXT(w->holder, "%s", d->served_by);
	else if (d->has_backend)
		WAIT_TEXT(w->holder, "d%u", d->backend_domid);
	WAIT_TEXT(w->because, "%s", d->because);
	return NULL;
}

/*
 * Reason for an unknown state of a device: the first of its rings whose page is
 * not readable; or NULL.
 */
static const char *why_unread(const struct pv_device *d)
{
	for (unsigned int i = 0; d->judgement == PV_UNKNOWN && i < d->nr; i++)
		if (!d->ring[i].has_ring && *d->ring[i].problem)
			return d->ring[i].problem;
	return NULL;
}

/* Reports devices whose rings are not readable, such as those of a filtered dump. */
static struct err *miss_unread(struct waits_job *j, const struct pv_devices *all)
{
	const char *first = NULL;
	unsigned int unread = 0;

	for (unsigned int i = 0; i < all->nr; i++) {
		const char *why = why_unread(&all->at[i]);

		unread += !!why;
		first = first ? first : why;
	}
	if (all->lost)
		ERR_TRY(waits_miss(j->w, WAITS_DEVICES,
				   err_new(ERR_NOT_IN_DUMP, "%u domains are not readable",
					   all->lost)));
	if (unread)
		ERR_TRY(waits_miss(j->w, WAITS_DEVICES, err_new(ERR_NOT_IN_DUMP, "%u of %u: %s", unread,
								 all->nr, first)));
	if (!all->hidden)
		return NULL;
	return waits_miss(j->w, WAITS_DEVICES,
			  err_new(ERR_NOT_IN_DUMP, "%u mapped grants lead to pages that cannot be read: rings may be among them",
				  all->hidden));
}

struct err *waits_of_devices(struct waits_job *j)
{
	struct pv_devices all;
	struct err *e = NULL;

	ERR_TRY(pv_devices_read(j->x, j->task, &all));
	pv_devices_use(&all);
	for (unsigned int i = 0; !e && i < all.nr; i++) {
		const struct pv_device *d = &all.at[i];

		/* a paused guest counts as a wait only if answers are pending */
		for (unsigned int k = 0; !e && k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (kinds[k].judgement == d->judgement &&
			    (d->judgement != PV_PAUSED || d->lasting))
				e = add_device(j, d, k);
	}
	if (!e)
		e = miss_unread(j, &all);
	pv_devices_release(&all);
	return e;
}
