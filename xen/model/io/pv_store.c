/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices as listed in the xenstore. A guest may write the nodes of its
 * frontends: all of them are hostile, and are compared with those of the
 * backend.
 */
#include "pv_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define DOMAINS	"/local/domain/"

/* Longer paths of backends are not followed; libxl's have some 50 characters. */
#define PATH_MAX_TAKEN	200

/* Nodes that lead to the rings of a class of devices. */
struct ring_nodes {
	const char *class, *name;
	const char *ref, *port, *port2;	/* port2: used where port is absent */
	uint8_t kind;
	uint8_t entry;			/* size of an entry on x86-64, bytes; 0: unknown */
};

static const struct ring_nodes ring_nodes[] = {
	{ "vbd", "", "ring-ref", "event-channel", NULL, RING_REQUESTS, 112 },
	{ "vif", "tx", "tx-ring-ref", "event-channel-tx", "event-channel",
	  RING_REQUESTS, 12 },
	{ "vif", "rx", "rx-ring-ref", "event-channel-rx", "event-channel",
	  RING_BUFFERS, 8 },
	{ "vscsi", "", "ring-ref", "event-channel", NULL, RING_REQUESTS, 252 },
	{ "pvcalls", "", "ring-ref", "port", NULL, RING_REQUESTS, 0 },
	{ "9pfs", "", "ring-ref0", "event-channel-0", NULL, RING_STREAM, 0 },
	{ "vkbd", "", "page-gref", "event-channel", NULL, RING_INPUT, 0 },
	{ "vfb", "", "page-gref", "event-channel", NULL, RING_INPUT, 0 },
	{ "console", "", "ring-ref", "port", NULL, RING_CONSOLE, 0 },
	{ "xenstore", "", "ring-ref", "port", NULL, RING_XENSTORE, 0 },
};

/* Programs that implement the types of backends in BACKEND/backend/TYPE. */
static const struct { const char *type, *program; } backends[] = {
	{ "vbd", "blkback" }, { "qdisk", "qemu" }, { "vbd3", "tapdisk" },
	{ "tap", "tapdisk" }, { "vif", "netback" }, { "vscsi", "scsiback" },
	{ "pvcalls", "pvcalls-back" }, { "vkbd", "qemu" }, { "vfb", "qemu" },
	{ "qusb", "qemu" }, { "qnic", "qemu" }, { "pci", "pciback" },
};

/* ---- nodes ---- */

/* Returns the value of FOLDER/NAME; NULL if there is no such node. */
static const char *value_at(const struct store *s, const char *folder,
			    const char *name)
{
	char path[PATH_MAX_TAKEN + 128];
	const struct store_node *n;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return NULL;
	n = store_find(s, path);
	return n && !n->stale ? n->value : NULL;
}

/* False unless the text is a decimal number of at most 32 bits. */
static bool number_at(const struct store *s, const char *folder, const char *name,
		      uint64_t *ret)
{
	const char *text = value_at(s, folder, name);
	char *end;

	if (!text || *text < '0' || *text > '9' || strlen(text) > 10)
		return false;
	*ret = strtoull(text, &end, 10);
	return !*end && *ret <= UINT32_MAX;
}

static int state_at(const struct store *s, const char *folder)
{
	uint64_t state;

	return number_at(s, folder, "state", &state) && state < 9 ?
	       (int)state : PV_STATE_UNKNOWN;
}

/*
 * Splits "/local/domain/1/device/vbd/51712"; false for other paths. class and
 * id have the sizes of the members in struct pv_device.
 */
static bool split_path(const char *path, uint64_t *domid, char *class, char *id)
{
	int class_at = 0, class_end = 0, id_at = 0, id_end = 0;
	unsigned int number;

	if (sscanf(path, DOMAINS "%5u/device/%n%*[^/]%n/%n%*[^/]%n", &number,
		   &class_at, &class_end, &id_at, &id_end) != 1 || !id_end ||
	    path[id_end])
		return false;
	if (class_end - class_at >= (int)sizeof(((struct pv_device *)0)->class) ||
	    id_end - id_at >= (int)sizeof(((struct pv_device *)0)->id))
		return false;
	*domid = number;
	snprintf(class, class_end - class_at + 1, "%s", path + class_at);
	snprintf(id, id_end - id_at + 1, "%s", path + id_at);
	return true;
}

/* ---- rings ---- */

struct device_job {
	struct pv_job *j;
	struct pv_domain *d;
	struct pv_device *device;
	const char *folder;		/* of the frontend */
	char type[16];			/* of the backend: "vbd", "qdisk"; or "" */
};

/* Pages of the ring: "ring-page-order" of vbds; 1 for others. */
static unsigned int ring_pages(const struct device_job *job)
{
	uint64_t order;

	if (!number_at(&job->j->store, job->folder, "ring-page-order", &order) ||
	    order > 8)
		return 1;
	return 1U << order;
}

/* The pid of the domain's device model, started by libxl (libxl_dm.c); 0: unknown. */
static uint32_t qemu_pid(const struct device_job *job)
{
	char folder[64];
	uint64_t pid;

	snprintf(folder, sizeof(folder), DOMAINS "%u/image", job->device->domid);
	return number_at(&job->j->store, folder, "device-model-pid", &pid) ? pid : 0;
}

static void name_thread(const struct device_job *job, const struct ring_nodes *n,
			unsigned int queue, struct pv_ring *r)
{
	const struct pv_device *d = job->device;

	if (!strcmp(d->served_by, "blkback") && *d->name)
		snprintf(r->thread, sizeof(r->thread), "%u.%.12s-%u", d->domid,
			 d->name, queue);
	else if (!strcmp(d->served_by, "netback") && !strcmp(n->name, "rx"))
		snprintf(r->thread, sizeof(r->thread), "vif%u.%.5s-q%u-guest-rx",
			 d->domid, d->id, queue);
	else if (!strcmp(d->served_by, "xenconsoled") ||
		 !strcmp(d->served_by, "xenstored"))
		snprintf(r->thread, sizeof(r->thread), "%s", d->served_by);
	else if (!strcmp(d->served_by, "qemu"))
		r->pid = qemu_pid(job);
}

/* Reads the page and the channel of a ring, whose nodes are in folder. */
static void read_ring(struct device_job *job, const char *folder,
		      const struct ring_nodes *n, struct pv_ring *r)
{
	const struct store *s = &job->j->store;
	uint64_t ref, port, frame;

	r->has_ref = number_at(s, folder, n->ref, &ref);
	if (!r->has_ref && !strcmp(n->ref, "ring-ref"))
		r->has_ref = number_at(s, folder, "ring-ref0", &ref);
	if (number_at(s, folder, "page-ref", &frame)) {
		/* qemu (common_bind() of xenfb.c) maps the frame and not the grant "page-gref" */
		r->has_ref = false;
		pv_ring_read_frame(job->j, job->d, frame, r);
	} else if (r->has_ref && n->kind != RING_CONSOLE && n->kind != RING_XENSTORE) {
		r->ref = ref;
		pv_ring_read(job->j, job->d, job->device, r);
	} else if (r->has_ref) {
		/* of the first console and the xenstore: a frame, and reserved grants */
		r->ref = n->kind == RING_XENSTORE ? 1 : 0;
		if (strcmp(job->device->id, "0"))
			r->ref = ref;
		pv_ring_read(job->j, job->d, job->device, r);
		if (!r->has_mfn && !strcmp(job->device->id, "0"))
			pv_ring_read_frame(job->j, job->d, ref, r);
	}
	if (number_at(s, folder, n->port, &port) ||
	    (n->port2 && number_at(s, folder, n->port2, &port)))
		pv_channel_read(job->j, job->d, port, r);
}

static struct err *add_ring(struct device_job *job, const char *folder,
			    const struct ring_nodes *n, unsigned int queue,
			    const char *name)
{
	struct pv_ring *r = pv_ring_add(job->device, n->kind);
	struct provenance before;

	if (!r)
		return err_nomem();
	snprintf(r->name, sizeof(r->name), "%s%s%s", name,
		 *name && *n->name ? " " : "", n->name);
	r->size = ring_size(ring_pages(job), n->entry);
	name_thread(job, n, queue, r);
	before = provenance_enter();
	read_ring(job, folder, n, r);
	r->unproved = provenance_leave(before);
	return NULL;
}

/* Adds the rings of the device, or of each of its queues. */
static struct err *add_rings(struct device_job *job, const struct ring_nodes *n)
{
	const struct store *s = &job->j->store;
	char folder[PATH_MAX_TAKEN + 32], name[24];
	uint64_t queues = 0;

	number_at(s, job->folder, "multi-queue-num-queues", &queues);
	if (!queues || queues > PV_QUEUES_MAX)
		queues = 1;
	for (unsigned int i = 0; i < queues; i++) {
		ERR_TRY(interrupt_check());
		snprintf(name, sizeof(name), "queue-%u", i);
		snprintf(folder, sizeof(folder), "%s/%s", job->folder, name);
		if (store_find(s, folder))
			ERR_TRY(add_ring(job, folder, n, i, name));
		else if (!i)
			ERR_TRY(add_ring(job, job->folder, n, i, ""));
	}
	return NULL;
}

/* ---- devices ---- */

static void set_backend(struct device_job *job, const char *path)
{
	struct pv_device *d = job->device;
	const struct store *s = &job->j->store;
	const char *front, *text;
	unsigned int domid;
	uint64_t id;

	if (strlen(path) > PATH_MAX_TAKEN) {
		PV_TEXT(d->because, "the path of its backend is too long");
		return;
	}
	if (sscanf(path, DOMAINS "%5u/backend/%15[^/]", &domid, job->type) == 2 &&
	    domid < DOMID_FIRST_RESERVED) {
		d->backend_domid = domid;
		d->has_backend = true;
	}
	if (number_at(s, job->folder, "backend-id", &id) &&
	    (!d->has_backend || id != d->backend_domid)) {
		PV_TEXT(d->because, "backend-id %" PRIu64 " contradicts the path of its backend", id);
		d->has_backend = id < DOMID_FIRST_RESERVED;
		d->backend_domid = d->has_backend ? id : 0;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(backends); i++)
		if (!strcmp(backends[i].type, job->type))
			snprintf(d->served_by, sizeof(d->served_by), "%s",
				 backends[i].program);
	text = value_at(s, path, "dev");
	if (text)
		snprintf(d->name, sizeof(d->name), "%s",
			 strncmp(text, "/dev/", 5) ? text : text + 5);
	d->back_state = state_at(s, path);
	front = value_at(s, path, "frontend");
	if (!front)
		PV_TEXT(d->because, "its backend has no nodes");
	else if (strcmp(front, job->folder))
		PV_TEXT(d->because, "the nodes of its backend are of %.60s", front);
}

static void set_domain_name(struct device_job *job)
{
	char folder[32];
	const char *name;

	snprintf(folder, sizeof(folder), DOMAINS "%u", job->device->domid);
	name = value_at(&job->j->store, folder, "name");
	if (name)
		snprintf(job->device->domain, sizeof(job->device->domain), "%s", name);
}

static struct err *add_device(struct pv_job *j, struct pv_domain *d,
			      const char *folder, const char *class,
			      const char *id)
{
	struct device_job job = { .j = j, .d = d, .folder = folder };
	const char *backend = value_at(&j->store, folder, "backend");

	if (j->ret->nr >= PV_DEVICES_MAX)
		return NULL;
	job.device = pv_device_add(j, d, class, id);
	if (!job.device)
		return err_nomem();
	job.device->from_store = true;
	set_domain_name(&job);
	if (backend)
		set_backend(&job, backend);
	job.device->front_state = state_at(&j->store, folder);
	if (!strcmp(class, "xenstore")) {
		/* dom0, unless the grant identifies a stub domain */
		job.device->has_backend = true;
		snprintf(job.device->served_by, sizeof(job.device->served_by),
			 "xenstored");
	} else if (!strcmp(class, "console")) {
		const char *type = value_at(&j->store, folder, "type");

		snprintf(job.device->served_by, sizeof(job.device->served_by), "%s",
			 !type || !strcmp(type, "ioemu") ? "qemu" : type);
		/* xenconsoled does not follow the protocol of states */
		if (job.device->front_state == PV_STATE_UNKNOWN)
			job.device->back_state = PV_STATE_UNKNOWN;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(ring_nodes); i++)
		if (!strcmp(ring_nodes[i].class, class))
			ERR_TRY(add_rings(&job, &ring_nodes[i]));
	return NULL;
}

/* Adds the first console and the xenstore, which have folders of their own. */
static struct err *add_fixed(struct pv_job *j, struct pv_domain *d)
{
	char folder[64];

	snprintf(folder, sizeof(folder), DOMAINS "%" PRIu64 "/console",
		 value_of(&d->d.domain_id));
	if (value_at(&j->store, folder, "ring-ref"))
		ERR_TRY(add_device(j, d, folder, "console", "0"));
	snprintf(folder, sizeof(folder), DOMAINS "%" PRIu64 "/store",
		 value_of(&d->d.domain_id));
	if (value_at(&j->store, folder, "ring-ref"))
		ERR_TRY(add_device(j, d, folder, "xenstore", "0"));
	return NULL;
}

static struct err *add_node(struct pv_job *j, const struct store_node *n)
{
	char class[sizeof(((struct pv_device *)0)->class)];
	char id[sizeof(((struct pv_device *)0)->id)];
	struct pv_domain *d;
	uint64_t domid;

	if (n->stale || !split_path(n->path, &domid, class, id) ||
	    !value_at(&j->store, n->path, "backend"))
		return NULL;
	d = pv_domain_find(j, domid);
	return d ? add_device(j, d, n->path, class, id) : NULL;
}

struct err *pv_devices_of_store(struct pv_job *j)
{
	for (unsigned int i = 0; i < j->nr_domains; i++)
		ERR_TRY(add_fixed(j, &j->domain[i]));
	for (size_t i = 0; i < j->store.nr; i++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(add_node(j, &j->store.node[i]));
	}
	return NULL;
}
