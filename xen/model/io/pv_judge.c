/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judgement of a device, based on one moment. Work in progress cannot be
 * distinguished from stuck work unless no part remains that could continue it;
 * only then is the judgement sure.
 */
#include "pv_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define XENBUS_CONNECTED	4
#define XENBUS_CLOSING		5
#define XENBUS_CLOSED		6

/* Time in ns after which a request without answer is considered stuck. */
#define STUCK 2000000000ULL

/* A device and the domains at its ends. */
struct ends {
	const struct pv_device *device;
	const struct pv_domain *front, *back;	/* NULL: no such domain */
};

static void judge(struct pv_ring *r, enum pv_judgement judgement, bool sure,
		  bool lasting, const char *fmt, ...) ERR_PRINTF(5, 6);

static void judge(struct pv_ring *r, enum pv_judgement judgement, bool sure,
		  bool lasting, const char *fmt, ...)
{
	va_list ap;

	r->judgement = judgement;
	r->sure = sure;
	r->lasting = lasting;
	va_start(ap, fmt);
	vsnprintf(r->because, sizeof(r->because), fmt, ap);
	va_end(ap);
}

/* "12 requests", "1 byte" */
static const char *amount(const struct pv_ring *r, uint32_t n, const char *what,
			  char buf[40])
{
	if (r->kind == RING_XENSTORE || r->kind == RING_CONSOLE ||
	    r->kind == RING_STREAM)
		what = "byte";
	snprintf(buf, 40, "%u %s%s", n, what, n == 1 ? "" : "s");
	return buf;
}

/* "port 8 of d1 pending and masked"; returns buf. */
static const char *end_text(const struct pv_end *end, char buf[64])
{
	if (!end->known || !end->bits)
		snprintf(buf, 64, "its event unknown");
	else
		snprintf(buf, 64, "port %u of d%u %spending%s", end->port, end->domid,
			 end->pending ? "" : "not ",
			 end->masked ? " and masked" : "");
	return buf;
}

/* ---- one ring ---- */

/* The backend has closed its end of the channel, or maps no ring. */
static bool judge_gone(struct pv_ring *r)
{
	bool closed = r->front.known && r->front.state != EVTCHN_INTERDOMAIN;

	if (!closed && !(r->unmapped && !r->has_mfn))
		return false;
	if (closed)
		judge(r, PV_BACKEND_GONE, r->unmapped, r->unmapped,
		      "port %u of d%u is %s, not connected%s", r->front.port,
		      r->front.domid, evtchn_state_name(r->front.state),
		      r->unmapped ? ", the ring is not mapped" : "");
	else
		judge(r, PV_BACKEND_GONE, false, false,
		      "the ring (grant %u) is not mapped by any domain", r->ref);
	return true;
}

/* Answers that the guest has not read. */
static bool judge_unread(const struct ends *ends, struct pv_ring *r)
{
	const struct pv_domain *d = ends->front;
	char what[40], end[64];

	if (!r->ring.unread || !d)
		return false;
	amount(r, r->ring.unread, "answer", what);
	end_text(&r->front, end);
	if (d->paused || d->shut)
		judge(r, PV_PAUSED, true, true, "%s not taken, the guest %s", what,
		      d->shut ? "has shut down" : "is paused");
	else if (r->front.lost)
		judge(r, PV_EVENT_LOST, r->front.lost_sure, true,
		      "%s not taken, %s, its vcpu blocked", what, end);
	else if (r->front.bits && r->front.pending && r->front.masked)
		judge(r, PV_NOT_TAKEN, d->idle, d->idle, "%s not taken, %s%s", what,
		      end, d->idle ? ", its vcpus blocked" : "");
	else if (d->idle && (!r->front.bits || !r->front.pending))
		judge(r, PV_NOT_TAKEN, false, false,
		      "%s not taken, %s, its vcpus blocked", what, end);
	else
		judge(r, PV_BUSY, false, false, "%s not taken yet, %s", what, end);
	return true;
}

/* Formats ", 163 (xenstored) is stopped"; "" for an unknown task; returns buf. */
static const char *task_text(const struct pv_ring *r, char buf[80])
{
	static const struct { char state; const char *text; } states[] = {
		{ 'R', "runs or is runnable" }, { 'S', "sleeps" },
		{ 'D', "waits uninterruptibly" }, { 'T', "is stopped" },
		{ 't', "is traced" },
		{ 'I', "is idle" }, { 'F', "is frozen" },
	};
	const char *text = "";

	buf[0] = '\0';
	for (unsigned int i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (states[i].state == r->task.state)
			text = states[i].text;
	if (r->task.pid && *text)
		snprintf(buf, 80, ", %u (%s) %s", r->task.pid, r->thread, text);
	return buf;
}

/* Stopped by a signal or a debugger, or frozen by a cgroup or a suspend. */
static bool is_held(const struct pv_task *t)
{
	return t->pid && t->state && strchr("TtF", t->state);
}

/* Prefers blkback's own index to the one in the page, which blkback updates seldom. */
static void take_counts(struct pv_ring *r)
{
	uint32_t left = r->ring.req_prod - r->task.fetched;

	if (!r->task.has_counts || r->kind != RING_REQUESTS ||
	    left > r->ring.outstanding)
		return;
	r->ring.unfetched = left;
	r->ring.fetch_known = true;
}

/* Requests that the backend has not fetched. */
static bool judge_unfetched(const struct ends *ends, struct pv_ring *r)
{
	const struct pv_domain *d = ends->back;
	char what[40], end[64], task[80];

	if (!r->ring.unfetched || r->kind == RING_BUFFERS)
		return false;
	task_text(r, task);
	amount(r, r->ring.unfetched, "request", what);
	end_text(&r->back, end);
	if (r->back.lost)
		judge(r, PV_EVENT_LOST, r->back.lost_sure, true,
		      "%s not fetched, %s, its vcpu blocked", what, end);
	else if (d && (d->paused || d->shut))
		judge(r, PV_WAITS_BACKEND, true, true,
		      "%s not fetched, its domain d%" PRIu64 " %s", what,
		      value_of(&d->d.domain_id),
		      d->shut ? "has shut down" : "is paused");
	else if (is_held(&r->task) || (d && d->idle))
		judge(r, PV_WAITS_BACKEND, true, true, "%s not fetched, %s%s%s", what,
		      end, d && d->idle ? ", its vcpus blocked" : "", task);
	else if (r->back.bits && r->back.pending && !r->back.masked)
		judge(r, PV_BUSY, false, false, "%s not fetched yet, %s", what, end);
	else
		judge(r, PV_WAITS_BACKEND, false, false, "%s not fetched, %s%s", what,
		      end, task);
	return true;
}

/* Requests that the backend has fetched, but not answered. */
static bool judge_outstanding(const struct ends *ends, struct pv_ring *r)
{
	const struct pv_device *d = ends->device;
	bool disk = !strcmp(d->class, "vbd") || !strcmp(d->class, "vscsi");
	uint64_t ns = ends->front ? ends->front->idle_ns : 0;
	char what[40], since[64] = "", disks[64] = "", task[80];

	if (!r->ring.outstanding || r->kind == RING_BUFFERS)
		return false;
	amount(r, r->ring.outstanding, "request", what);
	/* the guest sent them before it last ran, the thread fetched them then */
	if (r->task.has_ran && r->ring.fetch_known && !r->ring.unfetched &&
	    r->task.ran_ns > ns)
		ns = r->task.ran_ns;
	if (r->task.suspended)
		snprintf(disks, sizeof(disks), ", %.31s is suspended", r->task.disk);
	else if (r->task.has_counts)
		snprintf(disks, sizeof(disks), ", %u at the disk", r->task.inflight);
	if (ns >= STUCK)
		snprintf(since, sizeof(since), " for at least %.3f s", ns / 1e9);
	/* requests to a socket may take any time */
	if (!strcmp(d->class, "pvcalls"))
		judge(r, PV_BUSY, false, false, "%s not answered", what);
	else if (is_held(&r->task) && !r->task.has_counts)
		judge(r, PV_WAITS_BACKEND, true, true, "%s not answered%s", what,
		      task_text(r, task));
	else
		judge(r, disk ? PV_WAITS_DISK : PV_WAITS_BACKEND,
		      *since || r->task.suspended, *since || r->task.suspended,
		      "%s %snot answered%s%s", what,
		      r->ring.fetch_known ? "fetched by the backend, " : "", since,
		      disks);
	return true;
}

/*
 * A frontend posts buffers whenever it runs, and the first ones before its
 * state becomes "connected" (xennet_connect() of Linux' netfront).
 */
static void judge_no_buffers(const struct ends *ends, struct pv_ring *r)
{
	uint64_t ns = ends->front ? ends->front->idle_ns : 0;

	if (!r->ring.req_prod && ends->device->front_state == XENBUS_CONNECTED)
		judge(r, PV_NO_BUFFERS, true, true,
		      "no buffer was ever posted to receive into, although the frontend is connected");
	else if (ns >= STUCK)
		judge(r, PV_NO_BUFFERS, true, true,
		      "no buffer in the ring to receive into, for at least %.3f s",
		      ns / 1e9);
	else
		judge(r, PV_NO_BUFFERS, false, false,
		      "no buffer in the ring to receive into");
}

static void judge_ring(const struct ends *ends, struct pv_ring *r)
{
	if (judge_gone(r))
		return;
	if (!r->has_ring) {
		judge(r, PV_UNKNOWN, false, false, "%s",
		      *r->problem ? r->problem : "its ring is unknown");
		return;
	}
	if (r->ring.corrupt) {
		judge(r, PV_CORRUPT, true, true, "%s, ring of %u", r->ring.indexes,
		      r->ring.size);
		return;
	}
	take_counts(r);
	if (judge_unread(ends, r) || judge_unfetched(ends, r) ||
	    judge_outstanding(ends, r))
		return;
	if (r->ring.blank)
		judge(r, PV_IDLE, false, false,
		      "its page has only zeros: never used, or excluded from the dump");
	else if (ends->front && (ends->front->paused || ends->front->shut))
		judge(r, PV_PAUSED, true, false, "nothing is waiting");
	else if (r->kind == RING_BUFFERS && !r->ring.outstanding)
		judge_no_buffers(ends, r);
	else
		judge(r, PV_IDLE, true, false, "nothing is waiting");
}

/* ---- the device ---- */

static void judge_device(struct pv_device *d, enum pv_judgement judgement, bool sure,
			 const char *why)
{
	d->judgement = judgement;
	d->sure = sure;
	d->lasting = sure && judgement == PV_BACKEND_GONE;
	PV_TEXT(d->because, "%s", why);
}

/* Judgement by the nodes alone; false if both ends are connected according to them. */
static bool judge_states(const struct ends *ends, struct pv_device *d)
{
	const char *front = xenbus_state_name(d->front_state);
	const char *back = xenbus_state_name(d->back_state);
	char why[80];

	/* xenstored and xenconsoled connect by other means, and set no states */
	if (!d->from_store || !strcmp(d->class, "xenstore") ||
	    (!strcmp(d->class, "console") && d->front_state == PV_STATE_UNKNOWN))
		return false;
	if (d->has_backend && !ends->back) {
		snprintf(why, sizeof(why), "there is no domain d%u", d->backend_domid);
		judge_device(d, PV_BACKEND_GONE, true, why);
		return true;
	}
	snprintf(why, sizeof(why), "frontend %s, backend %s", *front ? front : "-",
		 *back ? back : "-");
	if (d->front_state == XENBUS_CONNECTED &&
	    (d->back_state == XENBUS_CLOSING || d->back_state == XENBUS_CLOSED ||
	     d->back_state == PV_STATE_UNKNOWN))
		judge_device(d, PV_BACKEND_GONE, d->back_state != PV_STATE_UNKNOWN,
			     why);
	else if (d->front_state != XENBUS_CONNECTED ||
		 d->back_state != XENBUS_CONNECTED)
		judge_device(d, PV_UNCONNECTED, true, why);
	else
		return false;
	return true;
}

/* Of the two rings of a paused guest only one may have work. */
static bool is_worse(const struct pv_ring *r, const struct pv_ring *worst)
{
	return !worst || r->judgement > worst->judgement ||
	       (r->judgement == worst->judgement && r->lasting && !worst->lasting);
}

void pv_device_judge(struct pv_job *j, struct pv_device *d)
{
	struct ends ends = {
		.device = d,
		.front = pv_domain_find(j, d->domid),
		.back = d->has_backend ? pv_domain_find(j, d->backend_domid) : NULL,
	};
	const struct pv_ring *worst = NULL;

	d->unproved = (ends.front && ends.front->unproved) ||
		      (ends.back && ends.back->unproved);
	for (unsigned int i = 0; i < d->nr; i++) {
		d->unproved |= d->ring[i].unproved;
		judge_ring(&ends, &d->ring[i]);
		if (is_worse(&d->ring[i], worst))
			worst = &d->ring[i];
	}
	if (judge_states(&ends, d))
		return;
	if (!worst) {
		judge_device(d, PV_UNKNOWN, false, "rings of this class are not read");
		return;
	}
	d->judgement = worst->judgement;
	/* nodes that contradict each other are not evidence */
	d->sure = worst->sure && !*d->because;
	d->lasting = worst->lasting && !*d->because;
	if (*worst->name && worst->judgement != PV_IDLE)
		PV_TEXT(d->because, "%s: %s", worst->name, worst->because);
	else
		PV_TEXT(d->because, "%s", worst->because);
}
