/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EXT_PCPUS_H
#define EXT_PCPUS_H

#include "args.h"
#include "session.h"

/* A line of the option table of a command that shows pcpus, collected in args.pcpus. */
#define PCPUS_OPTION							\
	{ "c", OPTION_PCPUS, .value = "PCPU", .many = true,		\
	  .help = "only this pcpu, or a range of them (0-3)" }

/*
 * Calls show() for each pcpu of the set. An error of one stands in the place of
 * its row, but not that a pcpu is absent, unless it was asked for. Returns an
 * interrupt.
 */
typedef struct err *(*pcpu_show)(struct session *s, struct out *o,
				 unsigned int cpu, void *arg);
struct err *show_each_pcpu(struct session *s, struct out *o,
			   const struct ranges *only, pcpu_show show,
			   void *arg) ERR_MUST_CHECK;

#endif
