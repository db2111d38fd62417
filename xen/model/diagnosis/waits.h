/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waits of the whole host: vcpus for a pcpu, for an event that was lost, for
 * the device model; pcpus for a lock; RCU, tasklets and dying domains for a
 * pcpu or for references; devices of guests for their frontend, backend or
 * disk. Based on the structures read by the other parts of the model, 4.4 to
 * master.
 */
#ifndef XEN_MODEL_WAITS_H
#define XEN_MODEL_WAITS_H

#include "xen/model/cpumask.h"
#include "xen/model/io/pv_device.h"
#include "xen/model/sched/sched.h"
#include "xen/model/xen.h"

enum wait_kind {
	WAIT_PCPU,		/* runnable, but not running */
	WAIT_CAP,		/* parked: the domain has used up its cap */
	WAIT_LOST_EVENT,	/* blocked, although an event is pending */
	WAIT_DEVICE_MODEL,	/* blocked_in_xen: an I/O request is not yet answered */
	WAIT_VM_EVENT,		/* waits for an answer of a pager or monitor */
	WAIT_UNPAUSE,		/* paused by the toolstack */
	WAIT_LOCK,
	WAIT_RCU,
	WAIT_TASKLET,
	WAIT_REFERENCES,	/* a domain that is dead, but referenced */
	WAIT_DISK,		/* a guest's device: requests without answer */
	WAIT_BACKEND,		/* requests that the backend does not read, or the backend is gone */
	WAIT_GUEST,		/* answers that the guest does not read */
	WAIT_NR,
};

/* Values of wait.domid, wait.vcpu and wait.pcpu. */
#define WAIT_NO_DOMID	(~0U)
#define WAIT_NO_VCPU	(~0U)
#define WAIT_NO_PCPU	(~0U)
/* Value of wait.most: no upper bound is known. */
#define WAIT_NO_LIMIT	UINT64_MAX
/* what of a WAIT_LOCK whose lock is unknown */
#define WAIT_SOME_LOCK	"a lock"

struct wait {
	enum wait_kind kind;
	char who[64];		/* "d0v1", "pcpu 1", "d3", "RCU, batch 7" */
	char what[112];		/* "pcpu 0", "spinlock d0#lock" */
	char holder[80];	/* "d1v0 runs there"; "" if unknown */
	char because[232];	/* evidence, and circumstances that explain the wait */
	/* of a lock: evidence for a holder that is only probable; or "" */
	char probable[192];
	unsigned int domid, vcpu, pcpu;	/* numbers of the waiter and of the object, or the values above */
	bool timed;		/* least and most are valid */
	uint64_t least, most;	/* ns of waiting so far */
	bool sure;		/* false: the evidence permits another explanation */
	bool lasting;		/* of a device: permanent, not a passing state */
};

/* Problems that make some waits unavailable. */
struct waits_missing {
	const char *what;	/* "locks"; each once */
	struct err *e;		/* the first problem; owned */
	unsigned int others;	/* number of further ones */
};

#define WAITS_MISSING_MAX 10

/* Names of the subjects that no other check of the verdict covers. */
#define WAITS_DOMAINS		"domains and vcpus"
#define WAITS_LOST_EVENTS	"lost events"
#define WAITS_DEVICES		"devices"
#define WAITS_TASKLETS		"tasklets"
/* No other check covers the locks of a running host. */
#define WAITS_LOCKS		"locks"

struct waits {
	struct wait *at;	/* longest first; those of unknown length last */
	unsigned int nr;
	char **circle;		/* "pcpu 0 waits for ..., held by pcpu 1; ..." */
	unsigned int nr_circles;
	struct waits_missing missing[WAITS_MISSING_MAX];
	unsigned int nr_missing;
	/*
	 * ns since Xen's boot: the dump was taken at a time between them; all of
	 * a running host was read after "now"
	 */
	uint64_t now, latest;
	bool has_now;
};

/*
 * Reads the waits of the host. task reads the threads that serve devices, and
 * may be NULL. sched: the schedulers if they were read already, else NULL. A subsystem
 * that cannot be read is in ret->missing. Release with waits_release(). Fails only with
 * ERR_NO_MEMORY and ERR_INTERRUPTED.
 */
struct err *waits_read(struct xen *x, pv_task_fn *task, struct sched *sched,
		       struct waits *ret) ERR_MUST_CHECK;
void waits_release(struct waits *w);

/* "pcpu", "cap", "lock" ... */
const char *wait_kind_name(enum wait_kind kind);
/*
 * Formats a time: "0.022 s", "0.022 to 1.500 s", "2.500 s or more"; "" for an
 * unknown time.
 */
#define WAIT_TIME_TEXT 64
const char *wait_time_text(const struct wait *w, char buf[WAIT_TIME_TEXT]);

#endif
