/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vcpus that are paused because their domain has used up its cap. credit2 sets
 * a pause flag for this reason; credit pauses them like the toolstack does, and
 * sets a flag in its own data.
 */
#include <string.h>

#include "sched_kind.h"
#include "xen/model/words.h"

/* Parked by credit; false if that cannot be read. */
static bool is_parked(struct xen *x, const struct domain *d, const struct vcpu *v)
{
	const struct sched_kind *kind = sched_kind_find(SCHED_CREDIT);
	struct sched_pool pool;
	struct sched_unit unit;
	struct err *e;

	if (!value_ok(&v->sched_priv) || !value_ok(&d->cpupool) ||
	    !value_of(&d->cpupool))
		return false;
	memset(&pool, 0, sizeof(pool));
	memset(&unit, 0, sizeof(unit));
	e = xen_check_pointer(x, value_of(&d->cpupool), 8, "cpupool");
	if (!e)
		e = record_read(x->records, x->space, &sched_pool_record,
				value_of(&d->cpupool), &pool);
	if (!e && (!value_ok(&pool.sched_id) ||
		   value_of(&pool.sched_id) != SCHED_CREDIT))
		return false;
	if (!e)
		e = xen_check_pointer(x, value_of(&v->sched_priv), 8, "unit of credit");
	if (!e)
		e = record_read(x->records, x->space, kind->unit,
				value_of(&v->sched_priv), &unit);
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
	bool parked = value_ok(&v->pause_count) &&
		      (int64_t)value_of(&v->pause_count) > 0 && is_parked(x, d, v);

	/* one of the pauses was made by credit */
	rest.pause_count.raw -= parked;
	vcpu_pause_text(&rest, buf, size);
	if (parked)
		words_add(buf, size, "parked (cap)");
	return buf;
}
