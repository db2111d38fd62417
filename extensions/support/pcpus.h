/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_PCPUS_H
#define EXT_PCPUS_H

#include "args.h"
#include "session.h"

/* Entry of the option table for commands that show pcpus; the values are in args.pcpus. */
#define PCPUS_OPTION							\
	{ "c", OPTION_PCPUS, .value = "PCPU", .many = true,		\
	  .help = "only this pcpu, or a range of them (0-3)" }

/*
 * Calls show() for each pcpu of the set. An error of one is printed in place of
 * its row, except that a pcpu is absent, unless the pcpu was given by the user.
 * Returns only ERR_INTERRUPTED.
 */
typedef struct err *(*pcpu_show)(struct session *s, struct out *o,
				 unsigned int cpu, void *arg);
struct err *show_each_pcpu(struct session *s, struct out *o,
			   const struct ranges *only, pcpu_show show,
			   void *arg) ERR_MUST_CHECK;

#endif
