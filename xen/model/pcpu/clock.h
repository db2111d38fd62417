/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks: what turns the time stamp counter of each pcpu into time since Xen's
 * start (arch/x86/time.c, 4.4 to master), and how far they were apart when
 * debug key t read them (common/keyhandler.c, 4.4 to master).
 */
#ifndef XEN_MODEL_CLOCK_H
#define XEN_MODEL_CLOCK_H

#include "xen/model/xen.h"

struct clock {
	unsigned int id;
	uint64_t va;			/* of its struct cpu_time */
	struct value tsc, stime;	/* when it was set last; ns since Xen's start */
	struct value master;		/* ns, by the platform timer at that time */
	struct value shift, mul_frac;	/* ns are (ticks << shift) * mul_frac >> 32 */
	struct value khz;		/* of the host's time stamp counters */
	struct value key_tsc, key_stime;	/* read at debug key t; 0: never */
};

extern const struct record_type clock_record;

/* ERR_NOT_FOUND for a pcpu that is not there. */
struct err *clock_read(struct xen *x, unsigned int cpu,
		       struct clock *ret) ERR_MUST_CHECK;
/* ns since Xen's start of a time stamp; false when the clock does not tell. */
bool clock_ns(const struct clock *c, uint64_t tsc, int64_t *ns);
/* The frequency that shift and mul_frac say; 0: they say none. */
uint64_t clock_scale_khz(const struct clock *c);

/* How far the clocks of several pcpus were apart; largest < least: no value. */
struct clock_spread {
	uint64_t least, largest;
};

#define CLOCK_SPREAD_NONE { .least = UINT64_MAX, .largest = 0 }

/* Takes in one more value that debug key t read, if it did. */
void clock_spread_add(struct clock_spread *s, const struct value *v);

/* The timer that the clocks are set by. */
struct clock_platform {
	struct value name_va, frequency;	/* va; Hz */
	char name[64];			/* "HPET"; "": not known */
};

struct err *clock_platform_read(struct xen *x,
				struct clock_platform *ret) ERR_MUST_CHECK;

#endif
