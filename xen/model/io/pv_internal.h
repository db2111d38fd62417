/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that read devices. */
#ifndef XEN_MODEL_PV_INTERNAL_H
#define XEN_MODEL_PV_INTERNAL_H

#include "pv_device.h"
#include "xen/model/words.h"
#include "xen/model/channel/evtchn.h"
#include "xen/model/channel/grant.h"
#include "xen/model/dom0/xenstore.h"

/* Limits of the work that a hostile store can cause. */
#define PV_QUEUES_MAX	64	/* per device */
#define PV_DEVICES_MAX	65536

/* A domain, with the data that is read once for all of its devices. */
struct pv_domain {
	struct domain d;
	bool paused;		/* by the toolstack */
	bool shut;		/* it has shut down, or crashed */
	bool idle;		/* all of its vcpus are blocked */
	uint64_t idle_ns;	/* for at least this time, ns */
	bool unproved;		/* provenance of the four members above */
	bool has_channels;	/* channels is valid */
	bool tried_channels;
	struct evtchns channels;
};

struct pv_job {
	struct xen *x;
	struct pv_devices *ret;
	struct store store;
	bool has_store;
	struct pv_domain *domain;	/* sorted by id */
	unsigned int nr_domains;
	struct value now;		/* ns since Xen's boot */
	/* of the domain with this index; ~0: none */
	unsigned int grants_of;
	bool has_grants;
	char no_grants[160];
	struct grant_table table;
	struct grants *grants;
};

/* pv_add.c: returns the domain of an id; NULL if there is none. */
struct pv_domain *pv_domain_find(struct pv_job *j, uint64_t domid);
/* Adds a device with the judgement PV_UNKNOWN; NULL on lack of memory. */
struct pv_device *pv_device_add(struct pv_job *j, const struct pv_domain *d,
				const char *class, const char *id);
/* Adds a ring to it; NULL on lack of memory. */
struct pv_ring *pv_ring_add(struct pv_device *d, enum ring_kind kind);

/* pv_store.c: reads the devices from the xenstore. */
struct err *pv_devices_of_store(struct pv_job *j) ERR_MUST_CHECK;

/* pv_grant.c: opens the grants of a domain; false with the reason in j->no_grants. */
bool pv_grants_open(struct pv_job *j, const struct pv_domain *d);
/*
 * Finds the page of a ring by its grant, or by a frame of the domain, and reads
 * it. A failure is stored in r->problem. For a xenstore ring the grant
 * identifies the domain of the backend.
 */
void pv_ring_read(struct pv_job *j, const struct pv_domain *d,
		  struct pv_device *device, struct pv_ring *r);
void pv_ring_read_frame(struct pv_job *j, const struct pv_domain *d,
			uint64_t gfn, struct pv_ring *r);
/* Finds the rings that are mapped by grants, without a xenstore. */
struct err *pv_devices_of_grants(struct pv_job *j) ERR_MUST_CHECK;

/* pv_channel.c: reads both ends of a channel, by the port of the frontend. */
void pv_channel_read(struct pv_job *j, struct pv_domain *d, uint32_t port,
		     struct pv_ring *r);

/* pv_judge.c */
void pv_device_judge(struct pv_job *j, struct pv_device *d);

/* Appends to a text, after a comma if the text is not empty. */
#define PV_TEXT(field, ...) words_append((field), sizeof(field), __VA_ARGS__)

#endif
