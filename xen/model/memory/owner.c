/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "owner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"

void owners_release(struct owners *o)
{
	free(o->at);
	memset(o, 0, sizeof(*o));
}

static struct err *add(struct owners *o, uint64_t va, uint64_t size,
		       uint64_t domid, int32_t vcpu)
{
	if (!ARRAY_GROW(o->at, o->nr))
		return err_nomem();
	o->at[o->nr++] = (struct owner){
		.va = va, .end = va + size, .domid = domid, .vcpu = vcpu,
	};
	return NULL;
}

static struct err *add_vcpus(struct xen *x, const struct domain *d,
			     uint64_t size, struct owners *o)
{
	struct vcpus w;
	struct vcpu v;

	ERR_TRY(vcpus_start(&w, x, d));
	for (;;) {
		struct err *e = vcpus_next(&w, &v);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = add(o, v.va, size, value_of(&d->domain_id), value_of(&v.vcpu_id));
		ERR_TRY(err_drop(e));
	}
}

static struct err *read_all(struct xen *x, struct owners *o)
{
	struct place domain, vcpu;
	struct domains w;
	struct domain d;

	ERR_TRY(record_resolve(x->records, "domain", &domain));
	ERR_TRY(record_resolve(x->records, "vcpu", &vcpu));
	ERR_TRY(domains_start(&w, x, true));
	for (;;) {
		struct err *e = domains_next(&w, &d);

		if (!e && w.done)
			return NULL;
		if (!e)
			e = add(o, d.va, domain.size, value_of(&d.domain_id), -1);
		if (!e)
			e = add_vcpus(x, &d, vcpu.size, o);
		ERR_TRY(err_drop(e));
	}
}

static int order(const void *a, const void *b)
{
	const struct owner *o = a, *p = b;

	return o->va < p->va ? -1 : o->va > p->va;
}

struct err *owners_read(struct xen *x, struct owners *ret)
{
	struct owners o = { .nr = 0 };
	struct err *e = err_drop(read_all(x, &o));

	if (e) {
		owners_release(&o);
		return e;
	}
	array_sort(o.at, o.nr, sizeof(*o.at), order);
	*ret = o;
	return NULL;
}

const struct owner *owners_find(const struct owners *o, uint64_t va)
{
	size_t low = 0, high = o->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (o->at[mid].va <= va)
			low = mid + 1;
		else
			high = mid;
	}
	return low && va < o->at[low - 1].end ? &o->at[low - 1] : NULL;
}

const char *owner_text(const struct owner *o, char *buf)
{
	if (o->vcpu < 0)
		snprintf(buf, OWNER_TEXT, "d%u", o->domid);
	else if (o->domid == DOMID_IDLE)
		snprintf(buf, OWNER_TEXT, "idle%d", o->vcpu);
	else
		snprintf(buf, OWNER_TEXT, "d%uv%d", o->domid, o->vcpu);
	return buf;
}
