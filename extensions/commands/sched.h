/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between sched.c and sched_unit.c. */
#ifndef EXT_SCHED_H
#define EXT_SCHED_H

#include "xen/model/sched/sched.h"
#include "extensions/support/domains.h"

/* Which units to show. */
struct sched_wanted {
	struct domain_filter domains;
	uint64_t pcpu;			/* ~0: all */
	bool idle;			/* the idle vcpus, too */
};

/* Cells; an index of SCHED_NONE, and a va of 0, are "-". */
void sched_cell_pool(struct out *o, const struct sched *sched,
		     unsigned int pool);
void sched_cell_queue(struct out *o, const struct sched *sched,
		      unsigned int queue);
void sched_cell_unit(struct out *o, const struct sched *sched,
		     unsigned int unit);
void sched_cell_va(struct out *o, uint64_t va);
/* Nanoseconds as a span of the length schedulers think in. */
void sched_cell_ms(struct out *o, const struct value *v);
/* A load of credit2: 1.00 is one vcpu that always runs. */
void sched_cell_load(struct out *o, const struct sched_pool *p,
		     const struct value *v);

/* The units of a cpupool, or with SCHED_NONE those of none, as a section. */
void sched_units_show(struct session *s, struct out *o,
		      const struct sched *sched, unsigned int pool,
		      const struct sched_wanted *w);
/* The major frame of a cpupool under arinc653; of others nothing. */
void sched_slots_show(struct out *o, const struct sched *sched,
		      unsigned int pool);

/* Inputs of computed cells (extensions/support/view.h) */
#define POOL_INPUT(memb) \
	{ &sched_pool_record, offsetof(struct sched_pool, memb) }
#define QUEUE_INPUTS	{ &sched_links_record, VIEW_WHOLE }

#endif
