/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/io/pv_device.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"
#include "xen/model/channel/evtchn.h"

static const struct column columns[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain that uses the device" },
	{ .key = "domain_name", .title = "DOMAIN NAME", .help = DOMAIN_NAME_HELP },
	{ .key = NULL, .title = "DEVICE",
	  .help = "class and number as in the xenstore, and the name used by the backend; \"ring ref N\": a ring without nodes in the xenstore, found by grant N" },
	{ .key = "class", .title = NULL,
	  .help = "class of the device: vbd, vif, console, xenstore, 9pfs, vkbd ..." },
	{ .key = "id", .title = NULL, .help = "its number in that class" },
	{ .key = "device", .title = NULL, .help = "name of the device: xvda" },
	{ .key = "frontend", .title = "FRONTEND",
	  .help = "state of the frontend in the xenstore (XenbusState); -: none, as for a console served by xenconsoled" },
	{ .key = "backend", .title = "BACKEND", .help = "state of the backend, likewise" },
	{ .key = "backend_domid", .title = NULL, .help = "id of the backend's domain" },
	{ .key = "served_by", .title = "SERVED BY",
	  .help = "backend: blkback, netback, qemu, xenconsoled, xenstored ..." },
	{ .key = "outstanding", .title = "UNANSWERED",
	  .help = "requests without an answer, over all rings; bytes of a console and xenstore. Buffers of a network to receive into are not counted" },
	{ .key = "unfetched", .title = "UNFETCHED",
	  .help = "of these, requests that the backend has not fetched from the ring; -, like the others: not known, or the ring is corrupt" },
	{ .key = "unread", .title = "NOT TAKEN",
	  .help = "answers in the ring that the guest has not read" },
	{ .key = "judgement", .title = "JUDGEMENT",
	  .help = "idle, busy, waits for the disk, waits for the backend, guest does not take its answers, event lost, backend gone, ring corrupt, guest paused, guest posts no buffers, not connected, or not known" },
	{ .key = "sure", .title = NULL,
	  .help = "false: the evidence permits another judgement; work in progress looks like work that is stuck" },
	{ .key = "lasting", .title = NULL,
	  .help = "true: a permanent state" },
	{ .key = "because", .title = "EVIDENCE",
	  .help = "evidence for the judgement; starts with \"unsure\" if it permits another one" },
};

static const struct column ring_columns[] = {
	{ .key = "domid", .title = "DOMID", .help = "id of the domain that uses the device" },
	{ .key = NULL, .title = "DEVICE", .help = "the device, as above" },
	{ .key = "class", .title = NULL, .help = "class of the device" },
	{ .key = "id", .title = NULL, .help = "its number in that class" },
	{ .key = "ring", .title = "RING",
	  .help = "ring of the device: a queue, tx (sent) or rx (received); - for the only one" },
	{ .key = "ref", .title = "REF", .help = "reference of the grant of the ring's page" },
	{ .key = "mfn", .title = "MFN", .help = "machine frame of the page" },
	{ .key = "mapped", .title = "MAPPED",
	  .help = "yes: the backend's domain maps that grant; -: unknown, or qemu maps the frame without a grant" },
	{ .key = "size", .title = "SIZE",
	  .help = "number of entries, or bytes for one direction; -: unknown" },
	{ .key = "outstanding", .title = "UNANSWERED",
	  .help = "requests without an answer; of rx empty buffers" },
	{ .key = "unfetched", .title = "UNFETCHED",
	  .help = "of these, not fetched by the backend; -: the backend has not written this index recently" },
	{ .key = "unread", .title = "NOT TAKEN", .help = "answers that the guest has not read" },
	{ .key = "front", .title = "FRONT EVENT",
	  .help = "frontend's end of the event channel: domain, port and bits, or its state where it is not connected" },
	{ .key = "front_port", .title = NULL, .help = "number of the frontend's port" },
	{ .key = "front_pending", .title = NULL, .help = "the frontend's event is raised" },
	{ .key = "front_masked", .title = NULL, .help = "the event is masked by the guest" },
	{ .key = "back", .title = "BACK EVENT", .help = "the same for the backend's end" },
	{ .key = "back_port", .title = NULL, .help = "number of the backend's port" },
	{ .key = "back_pending", .title = NULL, .help = "the backend's event is raised" },
	{ .key = "back_masked", .title = NULL,
	  .help = "the event is masked by the backend's domain" },
	{ .key = "thread", .title = "THREAD",
	  .help = "name of the thread or program of dom0 that serves the ring" },
	{ .key = "task", .title = "TASK",
	  .help = "that thread: PID and state as in ps (F: frozen), if dom0's kernel is readable" },
	{ .key = "pid", .title = NULL, .help = "its PID" },
	{ .key = "ran_ns", .title = NULL,
	  .help = "minimum time since it last ran, in ns" },
	{ .key = "at_disk", .title = "AT DISK",
	  .help = "requests that blkback has passed to the disk and that are not completed, by its own counter" },
	{ .key = "disk", .title = "DISK",
	  .help = "disk of dom0 below blkback, by its name in dom0's kernel" },
	{ .key = "suspended", .title = NULL,
	  .help = "the device mapper suspends requests to that disk" },
	{ .key = "judgement", .title = "JUDGEMENT", .help = "as above, for this ring" },
	{ .key = "because", .title = NULL, .help = "evidence for it" },
	{ .key = "indexes", .title = "INDEXES",
	  .help = "indexes in the page, not reduced to the ring's size: producers, and the event indexes of each end" },
	{ .key = "problem", .title = "PROBLEM", .help = "why some of it is unknown" },
};

/* ---- devices ---- */

/*
 * Sums over the rings of a device. known: at least one ring could be read, and
 * none is corrupt; fetch_known: this is so for unfetched, too.
 */
struct sums {
	bool known, fetch_known;
	uint64_t outstanding, unfetched, unread;
};

static struct sums sum_rings(const struct pv_device *d)
{
	struct sums s = { .known = false, .fetch_known = true };
	bool corrupt = false;

	for (unsigned int i = 0; i < d->nr; i++) {
		const struct pv_ring *r = &d->ring[i];

		if (!r->has_ring)
			continue;
		s.known = true;
		corrupt |= r->ring.corrupt;
		s.unread += r->ring.unread;
		if (r->kind == RING_BUFFERS)
			continue;
		s.outstanding += r->ring.outstanding;
		s.unfetched += r->ring.unfetched;
		s.fetch_known &= r->ring.fetch_known || !r->ring.outstanding;
	}
	s.known &= !corrupt;
	s.fetch_known &= s.known;
	return s;
}

static void cell_number(struct out *o, bool known, uint64_t v)
{
	if (known)
		out_dec(o, v);
	else
		out_none(o);
}

static void show_device(struct out *o, const struct pv_device *d)
{
	struct sums s = sum_rings(d);
	struct provenance before;
	char text[PV_DEVICE_TEXT];

	out_dec(o, d->domid);
	cell_text(o, d->domain);
	out_str(o, pv_device_text(d, text));
	out_str(o, d->class);
	out_str(o, d->id);
	cell_text(o, d->name);
	cell_text(o, xenbus_state_name(d->front_state));
	cell_text(o, xenbus_state_name(d->back_state));
	cell_number(o, d->has_backend, d->backend_domid);
	cell_text(o, d->served_by);
	before = provenance_enter();
	provenance_use_if(d->unproved);
	cell_number(o, s.known, s.outstanding);
	cell_number(o, s.fetch_known, s.unfetched);
	cell_number(o, s.known, s.unread);
	out_str(o, pv_judgement_name(d->judgement));
	out_bool(o, d->sure);
	out_bool(o, d->lasting);
	if (d->sure)
		cell_text(o, d->because);
	else
		out_fmt(o, "unsure: %s", d->because);
	provenance_leave(before);
}

/* ---- rings ---- */

static void cell_end(struct out *o, bool has_port, const struct pv_end *end)
{
	if (!has_port || !end->known)
		out_none(o);
	else if (end->state != EVTCHN_INTERDOMAIN)
		out_fmt(o, "d%u:%u %s", end->domid, end->port,
			evtchn_state_name(end->state));
	else
		out_fmt(o, "d%u:%u%s%s", end->domid, end->port,
			end->bits && end->pending ? " pending" : "",
			end->bits && end->masked ? " masked" : "");
	cell_number(o, has_port && end->known, end->port);
	if (end->bits)
		out_bool(o, end->pending);
	else
		out_none(o);
	if (end->bits)
		out_bool(o, end->masked);
	else
		out_none(o);
}

static void cell_task(struct out *o, const struct pv_task *t)
{
	if (!t->pid)
		out_none(o);
	else if (t->has_ran)
		out_fmt(o, "%u %c, ran %.3f s before", t->pid, t->state,
			t->ran_ns / 1e9);
	else
		out_fmt(o, "%u %c", t->pid, t->state);
	cell_number(o, t->pid, t->pid);
	cell_number(o, t->has_ran, t->ran_ns);
	cell_number(o, t->has_counts, t->inflight);
	if (!*t->disk)
		out_none(o);
	else
		out_fmt(o, "%s%s", t->disk, t->suspended ? " suspended" : "");
	if (*t->disk)
		out_bool(o, t->suspended);
	else
		out_none(o);
}

static void show_ring(struct out *o, const struct pv_device *d,
		      const struct pv_ring *r)
{
	bool counts = r->has_ring && !r->ring.corrupt;
	struct provenance before;
	char text[PV_DEVICE_TEXT];

	out_dec(o, d->domid);
	out_str(o, pv_device_text(d, text));
	out_str(o, d->class);
	out_str(o, d->id);
	cell_text(o, r->name);
	cell_number(o, r->has_ref, r->ref);
	before = provenance_enter();
	provenance_use_if(d->unproved);
	if (r->has_mfn)
		out_hex(o, r->mfn);
	else
		out_none(o);
	if ((r->has_mfn && r->has_ref) || r->unmapped)
		out_bool(o, r->mapped);
	else
		out_none(o);
	cell_number(o, r->has_ring && r->ring.size, r->ring.size);
	cell_number(o, counts, r->ring.outstanding);
	cell_number(o, counts && r->ring.fetch_known, r->ring.unfetched);
	cell_number(o, counts, r->ring.unread);
	cell_end(o, r->has_port, &r->front);
	cell_end(o, r->has_port, &r->back);
	cell_text(o, r->thread);
	cell_task(o, &r->task);
	out_str(o, pv_judgement_name(r->judgement));
	cell_text(o, r->because);
	cell_text(o, r->ring.indexes);
	cell_text(o, r->problem);
	provenance_leave(before);
}

/* ---- all ---- */

static bool is_wanted(const struct args *a, const struct pv_device *d)
{
	return !a->domains.nr || domain_filter_has(&a->domains, d->domid);
}

static void show_notes(struct out *o, const struct pv_devices *all)
{
	if (*all->no_store)
		out_note(o, "no nodes of devices: the xenstore is not available: %s%s",
			 all->no_store,
			 *all->no_rings ? "" : "; rings are found by mapped grants");
	if (all->hidden)
		out_note(o, "%u mapped grants lead to pages that cannot be read: rings of disks and networks may be among them",
			 all->hidden);
	if (*all->no_rings)
		out_note(o, "no rings: %s", all->no_rings);
	if (all->lost)
		out_note(o, "%u domains cannot be read; \"xen doms\" lists them",
			 all->lost);
}

/*
 * What a session with dom0's kernel adds to these rings, and why it is missing:
 * no such session, no task of that name or pid, or no types of blkback.
 */
static void show_dom0_notes(struct session *s, struct out *o, const struct args *a,
			    const struct pv_devices *all)
{
	unsigned int served = 0, no_task = 0, no_counts = 0;

	for (unsigned int i = 0; i < all->nr; i++)
		for (unsigned int r = 0; is_wanted(a, &all->at[i]) &&
					 r < all->at[i].nr; r++) {
			const struct pv_ring *ring = &all->at[i].ring[r];

			if (!*ring->thread)
				continue;
			served++;
			no_task += !ring->task.pid;
			no_counts += ring->task.pid && !ring->task.has_counts &&
				     !strcmp(all->at[i].served_by, "blkback");
		}
	if (served && !s->front->dom0_thread)
		note_no_dom0_tasks(o);
	else if (no_task)
		out_note(o, "%u of %u backends' tasks are not found in dom0's kernel",
			 no_task, served);
	if (no_counts)
		out_note(o, "requests at the disk, and the disk, are unknown for %u rings of blkback: dom0's kernel has no readable types of xen_blkback (BTF of the module)",
			 no_counts);
}

static void show(struct session *s, struct out *o, const struct args *a,
		 const struct pv_devices *all)
{
	out_list(o, "devices", columns, ARRAY_SIZE(columns));
	for (unsigned int i = 0; i < all->nr; i++)
		if (is_wanted(a, &all->at[i]))
			show_device(o, &all->at[i]);
	out_end(o);
	show_notes(o, all);
	show_dom0_notes(s, o, a, all);
	if (!args_has(a, "v"))
		return;
	out_list(o, "rings", ring_columns, ARRAY_SIZE(ring_columns));
	for (unsigned int i = 0; i < all->nr; i++)
		for (unsigned int r = 0; is_wanted(a, &all->at[i]) &&
					 r < all->at[i].nr; r++)
			show_ring(o, &all->at[i], &all->at[i].ring[r]);
	out_end(o);
}

static struct err *run_io(struct session *s, struct out *o, const struct args *a)
{
	struct pv_devices all;

	ERR_TRY(domains_check(s, &a->domains));
	ERR_TRY(pv_devices_read(s->xen, s->front->dom0_thread, &all));
	show(s, o, a, pv_devices_use(&all));
	pv_devices_release(&all);
	return NULL;
}

static const struct option_spec options[] = {
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only devices of this domain (3, d3, name)" },
	{ "v", OPTION_FLAG,
	  .help = "also each ring: grant, machine frame, indexes, both ends of its event channel" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("devices", columns),
	COLUMNS("rings", ring_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the paravirtual devices of guests, from the frontend to the backend:",
	"  states in the xenstore, the ring in the guest's memory, the event channel,",
	"  and which end has to act. The xenstore is read from dom0's memory, the",
	"  ring's page is found by its grant. Without a xenstore the mapped grants that",
	"  lead to a ring are listed.",
	"",
	"  A judgement is based on one moment: a request answered in a millisecond",
	"  and one that is never answered look alike (\"unsure\"). It is sure if",
	"  no part remains that could continue the work: the guest is paused, or its",
	"  vcpus are blocked with the event masked, the vcpus of the backend's domain",
	"  are blocked, or the guest has not run for two seconds. \"xen waits\" lists",
	"  devices that wait; the verdict of \"xen\" names those that are stuck for sure.",
	"",
	"  In a session with dom0's kernel each ring also has the thread or program",
	"  that serves it, its state, the requests that blkback fetched and passed on,",
	"  and the disk: a stopped program or a suspended disk is a sure reason.",
	"",
	"  On a running host states and channels are shown; rings require the",
	"  hypervisor's memory (\"xen help source\").",
	NULL
};

static const char *const example[] = {
	"    crash> xen io -d pv2",
	"    DOM  DOMAIN NAME  DEVICE            FRONTEND   BACKEND    SERVED BY    UNANSWERED  UNFETCHED  NOT TAKEN  JUDGEMENT  EVIDENCE",
	"      2  pv2          console           -          -          xenconsoled           0          0          0  idle       nothing is waiting",
	"      2  pv2          vbd 51712 (xvda)  connected  connected  blkback               0          0          0  idle       nothing is waiting",
	"      2  pv2          vif 0             connected  connected  netback               0          0          0  idle       nothing is waiting",
	"      2  pv2          xenstore          -          -          xenstored             0          0          0  idle       nothing is waiting",
	NULL
};

const struct command command_io = {
	.live = true,
	.needs = NEEDS_RECORDS,
	.run = run_io,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
