/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vcpus that are paused because their domain has used up its cap. credit2 sets
 * a pause flag of their own; credit only pauses them, as the toolstack does,
 * and sets a flag in its own data.
 */
#include <string.h>

#include "sched_kind.h"
#include "xen/model/words.h"

/* By credit; false where that cannot be read. */
static bool is_parked(struct xen *x, const struct domain *d, const struct vcpu *v)
{
	const struct sched_kind *kind = sched_kind_find(SCHED_CREDIT);
	struct sched_pool pool;
	struct sched_unit unit;
	struct err *e;

	if (v->sched_priv.state != VALUE_OK || d->cpupool.state != VALUE_OK ||
	    !d->cpupool.u)
		return false;
	memset(&pool, 0, sizeof(pool));
	memset(&unit, 0, sizeof(unit));
	e = xen_check_pointer(x, d->cpupool.u, 8, "cpupool");
	if (!e)
		e = record_read(x->records, x->space, &sched_pool_record,
				d->cpupool.u, &pool);
	if (!e && (pool.sched_id.state != VALUE_OK ||
		   pool.sched_id.u != SCHED_CREDIT))
		return false;
	if (!e)
		e = xen_check_pointer(x, v->sched_priv.u, 8, "unit of credit");
	if (!e)
		e = record_read(x->records, x->space, kind->unit,
				v->sched_priv.u, &unit);
	if (e) {
		err_free(e);
		return false;
	}
	return sched_unit_is_parked(&pool, &unit);
}

const char *sched_pause_text(struct xen *x, const struct domain *d,
			     const struct vcpu *v, char *buf, size_t size)
{
	struct vcpu rest = *v;
	bool parked = v->pause_count.state == VALUE_OK &&
		      (int64_t)v->pause_count.u > 0 && is_parked(x, d, v);

	/* one of the pauses is credit's */
	rest.pause_count.u -= parked;
	vcpu_pause_text(&rest, buf, size);
	if (parked)
		words_add(buf, size, "parked (cap)");
	return buf;
}
