/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that read the waits of a host. */
#ifndef XEN_MODEL_WAITS_INTERNAL_H
#define XEN_MODEL_WAITS_INTERNAL_H

#include "waits.h"
#include "xen/model/words.h"
#include "xen/model/domain/domain.h"
#include "xen/model/sched/sched.h"

/* Times of one pcpu, derived from its timers. */
struct wait_pcpu {
	bool known;
	uint64_t overdue;	/* ns by which its first timer is late, or 0 */
};

struct waits_job {
	struct xen *x;
	pv_task_fn *task;		/* or NULL */
	struct waits *w;
	struct sched *sched;		/* NULL: not available */
	unsigned int nr_readers;	/* the first ones of waits.c are called */
	uint64_t *max_weight;		/* of each pool; NULL: not yet found */
	struct wait_pcpu *pcpu;		/* array of nr_cpus entries */
};

/* waits_add.c: adds a wait, all zero except for its kind; NULL on lack of memory. */
struct wait *waits_add(struct waits *w, enum wait_kind kind);
/* Records that a subsystem could not be read; returns e if it ends the command. */
struct err *waits_miss(struct waits *w, const char *what,
		       struct err *e) ERR_MUST_CHECK;
/* Sets the time since the moment from, in ns since Xen's boot. */
void waits_since(const struct waits *w, struct wait *wait, uint64_t from);
void waits_sort(struct waits *w);

/* Appends to one of the texts of a wait, after a comma if it is not empty. */
#define WAIT_TEXT(field, ...) words_append((field), sizeof(field), __VA_ARGS__)

/* waits_vcpu.c: waits of all domains and their vcpus. */
struct err *waits_of_domains(struct waits_job *j) ERR_MUST_CHECK;
/* waits_pcpu.c */
struct err *waits_of_locks(struct waits_job *j) ERR_MUST_CHECK;
struct err *waits_of_stuck_locks(struct waits_job *j) ERR_MUST_CHECK;
struct err *waits_of_rcu(struct waits_job *j) ERR_MUST_CHECK;
struct err *waits_of_tasklets(struct waits_job *j) ERR_MUST_CHECK;
/* waits_domain.c: domains that are dying */
struct err *waits_of_dying(struct waits_job *j) ERR_MUST_CHECK;
/* waits_device.c: paravirtual devices of guests; reads the xenstore */
struct err *waits_of_devices(struct waits_job *j) ERR_MUST_CHECK;

#endif
