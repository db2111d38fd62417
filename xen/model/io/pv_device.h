/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Paravirtual devices of guests, from the frontend to the backend: nodes in the
 * xenstore (public/io/blkif.h, netif.h ...; libxl's libxl_device.c), rings
 * found by grants, and both ends of the event channels. Without a xenstore only
 * the rings found by grants.
 */
#ifndef XEN_MODEL_PV_DEVICE_H
#define XEN_MODEL_PV_DEVICE_H

#include "ring.h"
#include "xen/model/domain/domain.h"
#include "xen/model/xen.h"

/* In rising order: the judgement of a device is the greatest one of its rings. */
enum pv_judgement {
	PV_IDLE,
	PV_BUSY,
	PV_UNKNOWN,		/* no ring can be read */
	PV_UNCONNECTED,		/* the state of one end is not "connected" */
	PV_PAUSED,		/* its guest is paused, or has shut down */
	PV_NO_BUFFERS,		/* network: the guest has posted no buffers to receive into */
	PV_WAITS_DISK,		/* requests are fetched, but not answered */
	PV_WAITS_BACKEND,	/* requests are not fetched */
	PV_NOT_TAKEN,		/* the guest does not read the answers */
	PV_EVENT_LOST,
	PV_CORRUPT,		/* the indexes of a ring contradict each other */
	PV_BACKEND_GONE,
	PV_NR_JUDGEMENTS,
};

/* One end of an event channel. */
struct pv_end {
	bool known;		/* state is valid */
	uint8_t state;		/* enum evtchn_state */
	uint16_t domid;
	uint32_t port;
	bool bits;		/* domid and port below are valid */
	bool pending, masked;
	bool lost, lost_sure;	/* evtchn_is_lost() */
};

/*
 * The task of dom0's kernel that serves a ring, and the counters of blkback, if
 * the front end reads that kernel.
 */
struct pv_task {
	uint32_t pid;		/* 0: unknown, like the state */
	char comm[16];		/* name of the task in that kernel */
	char state;		/* as in ps: R, S, D, T, I ...; F: frozen; or '?' */
	bool has_ran;		/* ran_ns is valid */
	uint64_t ran_ns;	/* ns since it last ran on a cpu, at least */
	bool has_counts;	/* fetched and at_disk are valid */
	uint32_t fetched;	/* index of the next request to fetch (req_cons) */
	uint32_t inflight;	/* requests at the disk, not completed */
	char disk[32];		/* dom0's disk below blkback: "dm-0"; or "" */
	bool suspended;		/* the device mapper suspends its requests */
};

struct pv_ring {
	char name[24];		/* "queue-1 tx"; "" for the only one */
	uint8_t kind;		/* enum ring_kind */
	bool has_ref, has_port, has_mfn, has_ring;
	bool mapped;		/* the backend's domain maps the grant */
	bool unmapped;		/* no domain maps the grant */
	uint32_t ref, size;
	uint64_t mfn;
	struct ring ring;	/* with has_ring */
	struct pv_end front, back;
	bool unproved;		/* of the page and the channel */
	char thread[32];	/* thread or program of the backend: "1.xvda-0", "xenconsoled"; or "" */
	uint32_t pid;		/* pid of the program, from the xenstore; 0: unknown */
	struct pv_task task;
	char problem[160];	/* why some of it is unknown; or "" */
	enum pv_judgement judgement;
	bool sure;		/* false: the evidence permits another judgement */
	bool lasting;		/* permanent, not a passing state */
	char because[200];
};

#define PV_STATE_UNKNOWN (-1)

struct pv_device {
	uint16_t domid, backend_domid;
	bool has_backend;	/* backend_domid is valid */
	bool from_store;	/* false: found by a grant */
	char domain[64];	/* name of the frontend's domain; or "" */
	char class[16];		/* "vbd", "vif", "console", "xenstore" ... */
	char id[24];		/* "51712", "0"; of a ring without device "ref 8" */
	char name[32];		/* "xvda"; or "" */
	char served_by[32];	/* "blkback", "qemu" ...; or "" */
	/* XenbusState (public/io/xenbus.h) */
	int front_state, back_state;
	struct pv_ring *ring;
	unsigned int nr;
	bool unproved;		/* of the rings and of the members below */
	/* Evidence of the ring that has the judgement, or of the device itself. */
	enum pv_judgement judgement;
	bool sure, lasting;
	char because[232];
};

struct pv_devices {
	struct pv_device *at;	/* sorted by domid, class and id */
	unsigned int nr;
	char no_store[200];	/* why the xenstore is not available; or "" */
	char no_rings[120];	/* why rings are not available; or "" */
	unsigned int lost;	/* domains that could not be read */
	/* Without a xenstore: number of mapped grants whose pages cannot be read. */
	unsigned int hidden;
	bool unproved;		/* provenance of the ids and nodes; see pv_devices_use() */
};

/*
 * Fills ret, which is zeroed except for its pid, for the task of dom0 with that
 * pid or, if pid is 0, with that name. Sets pid to 0 if there is no such task.
 * Implemented by the front end.
 */
typedef void pv_task_fn(const char *thread, struct pv_task *ret);

/*
 * Reads the devices of all domains. Each device contains the reasons why parts
 * of it could not be read. task may be NULL. Release with pv_devices_release().
 * Fails only with ERR_NO_MEMORY and ERR_INTERRUPTED, and if there are no
 * domains.
 */
struct err *pv_devices_read(struct xen *x, pv_task_fn *task,
			    struct pv_devices *ret) ERR_MUST_CHECK;
void pv_devices_release(struct pv_devices *d);

/* Returns the devices; a value computed from them is unproved if one of them is. */
static inline const struct pv_devices *pv_devices_use(const struct pv_devices *d)
{
	provenance_use_if(d->unproved);
	return d;
}

/* "idle", "waits for the disk" ... */
const char *pv_judgement_name(enum pv_judgement judgement);
/* "connected", "closing" ...; "" for an unknown state */
const char *xenbus_state_name(int state);
/* "vbd 51712 (xvda)"; returns buf. */
#define PV_DEVICE_TEXT 80
const char *pv_device_text(const struct pv_device *d, char buf[PV_DEVICE_TEXT]);

#endif
