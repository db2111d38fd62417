/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clocks: parameters that convert the time stamp counter of each pcpu to time
 * since Xen's start (arch/x86/time.c, 4.4 to master), and the distances of the
 * clocks as measured by debug key t (common/keyhandler.c, 4.4 to master).
 */
#ifndef XEN_MODEL_CLOCK_H
#define XEN_MODEL_CLOCK_H

#include "xen/model/xen.h"

struct clock {
	unsigned int id;
	uint64_t va;			/* of its struct cpu_time */
	struct value tsc, stime;	/* at the last calibration; ns since Xen's start */
	struct value master;		/* ns, by the platform timer, at that time */
	struct value shift, mul_frac;	/* ns are (ticks << shift) * mul_frac >> 32 */
	struct value khz;		/* time stamp counters of the host */
	struct value key_tsc, key_stime;	/* read at debug key t; 0: never */
};

extern const struct record_type clock_record;

/* ERR_NOT_FOUND for an absent pcpu. */
struct err *clock_read(struct xen *x, unsigned int cpu,
		       struct clock *ret) ERR_MUST_CHECK;
/* Converts a time stamp to ns since Xen's start; false: the parameters are unknown. */
bool clock_ns(const struct clock *c, uint64_t tsc, int64_t *ns);
/* Frequency in Hz, computed from shift and mul_frac; 0: unknown. */
uint64_t clock_scale_khz(const struct clock *c);

/* Range of the values of several pcpus; largest < least: no value. */
struct clock_spread {
	uint64_t least, largest;
};

#define CLOCK_SPREAD_NONE { .least = UINT64_MAX, .largest = 0 }

/* Extends the range by a value measured by debug key t, unless it is 0. */
void clock_spread_add(struct clock_spread *s, const struct value *v);

/* The timer that calibrates the clocks. */
struct clock_platform {
	struct value name_va, frequency;	/* va; Hz */
	char name[64];			/* "HPET"; "": unknown */
};

struct err *clock_platform_read(struct xen *x,
				struct clock_platform *ret) ERR_MUST_CHECK;

#endif
