/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by sched.c and sched_unit.c */
#ifndef EXT_SCHED_H
#define EXT_SCHED_H

#include "xen/model/sched/sched.h"
#include "extensions/support/domains.h"

/* Filter of units */
struct sched_wanted {
	const struct domain_filter *domains;
	const struct ranges *pcpus;
	bool idle;			/* also the idle vcpus */
};

/* Cells; "-" for an index of SCHED_NONE. */
void sched_cell_pool(struct out *o, const struct sched *sched,
		     unsigned int pool);
void sched_cell_queue(struct out *o, const struct sched *sched,
		      unsigned int queue);
void sched_cell_unit(struct out *o, const struct sched *sched,
		     unsigned int unit);
/* A load of credit2: 1.00 corresponds to one vcpu that always runs. */
void sched_cell_load(struct out *o, const struct sched_pool *p,
		     const struct value *v);

/* Lists the units of a cpupool, or with SCHED_NONE those in none, as a section */
void sched_units_show(struct session *s, struct out *o,
		      const struct sched *sched, unsigned int pool,
		      const struct sched_wanted *w);
/* Shows the major frame of a cpupool under arinc653; nothing for other schedulers */
void sched_slots_show(struct out *o, const struct sched *sched,
		      unsigned int pool);

/* Inputs of computed cells (extensions/support/view.h) */

/* Columns of units: those of all schedulers, and those of one scheduler */
extern const struct view_column sched_unit_columns[13];
extern const struct view_column sched_credit_extra[7];
extern const struct view_column sched_credit2_extra[10];
extern const struct view_column sched_rtds_extra[11];
extern const struct view_column sched_arinc_extra[1];
extern const struct view_column sched_sedf_extra[9];
extern const struct column sched_slot_columns[8];

#endif
