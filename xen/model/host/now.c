/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "now.h"

#include <stdlib.h>

#include "xen/model/domain/vcpu.h"
#include "xen/model/pcpu/clock.h"

/*
 * Limit, in ns, of the time from the last calibration to a vcpu's last change
 * of its runstate: a pcpu that hangs stops the calibrations. Later times are
 * corrupt.
 */
#define BEHIND_MAX	(3600ULL * 1000000000)

static void take_later(struct value *now, const struct value *v)
{
	if (value_ok(v) &&
	    (!value_ok(now) || value_of(v) > value_of(now)))
		*now = *v;
}

static struct err *latest_change(struct xen *x, const struct domain *d,
				 uint64_t limit, struct value *now)
{
	struct vcpus w;
	struct vcpu v;

	ERR_TRY(vcpus_start(&w, x, d));
	for (;;) {
		struct err *e = vcpus_next(&w, &v);

		if (!e && w.done)
			return NULL;
		if (!e && value_of(&v.state_entry_time) <= limit)
			take_later(now, &v.state_entry_time);
		ERR_TRY(err_drop(e));
	}
}

static struct err *latest_changes(struct xen *x, struct value *now)
{
	uint64_t limit = value_ok(now) ? value_of(now) + BEHIND_MAX :
						  INT64_MAX;
	struct domains w;
	struct domain d;

	ERR_TRY(domains_start(&w, x, true));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = latest_change(x, &d, limit, now);
		ERR_TRY(err_drop(e));
	}
}

static struct err *find_now(struct xen *x, struct value *ret)
{
	struct value now = { .state = VALUE_NO_FIELD };
	unsigned int cpu;

	for (cpu = 0; cpu < x->nr_cpus; cpu++) {
		struct clock c;
		struct err *e = clock_read(x, cpu, &c);

		if (!e)
			take_later(&now, &c.stime);
		ERR_TRY(err_drop(e));
	}
	ERR_TRY(err_drop(latest_changes(x, &now)));
	*ret = now;
	return NULL;
}

struct err *now_read(struct xen *x, struct value *ret)
{
	struct provenance before;
	bool unproved;
	struct err *e;

	if (x->now) {
		*ret = *x->now;
		return NULL;
	}
	before = provenance_enter();
	e = find_now(x, ret);
	unproved = provenance_leave(before);
	if (e)
		return e;
	ret->unproved |= unproved;
	/* computed again if there is no memory to keep it */
	if (!xen_is_running(x) && (x->now = malloc(sizeof(*x->now))))
		*x->now = *ret;
	return NULL;
}
