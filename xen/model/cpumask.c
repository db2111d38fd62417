/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpumask.h"

#include <stdio.h>
#include <string.h>

struct err *cpumask_read(struct xen *x, uint64_t va, unsigned int nr,
			 struct cpumask *ret)
{
	struct cpumask m = { .nr = nr };

	if (nr > CPUMASK_MAX)
		return err_new(ERR_CORRUPT, "too many bits for a mask: %u, the maximum is %u", nr,
			       CPUMASK_MAX);
	ERR_TRY(space_read(x->space, va, m.bits, ((size_t)nr + 63) / 64 * 8));
	if (nr % 64)
		m.bits[nr / 64] &= (1ULL << nr % 64) - 1;
	*ret = m;
	return NULL;
}

bool cpumask_has(const struct cpumask *m, unsigned int bit)
{
	return bit < m->nr && (m->bits[bit / 64] >> bit % 64 & 1);
}

bool cpumask_is_full(const struct cpumask *m)
{
	unsigned int i;

	for (i = 0; i < m->nr; i++) {
		if (!cpumask_has(m, i))
			return false;
	}
	return m->nr > 0;
}

static unsigned int range_end(const struct cpumask *m, unsigned int from)
{
	while (cpumask_has(m, from + 1))
		from++;
	return from;
}

const char *cpumask_text(const struct cpumask *m, char *buf, size_t size)
{
	unsigned int i, last;
	size_t len = 0;
	char range[32];
	int n;

	if (cpumask_is_full(m)) {
		snprintf(buf, size, "all");
		return buf;
	}
	for (i = 0; i < m->nr; i++) {
		if (!cpumask_has(m, i))
			continue;
		last = range_end(m, i);
		n = snprintf(range, sizeof(range),
			     last > i ? "%s%u-%u" : "%s%u", len ? "," : "", i,
			     last);
		/* leaves room for the "..." of a text that is cut */
		if (len + n + sizeof("...") > size) {
			snprintf(buf + len, size - len, "...");
			return buf;
		}
		memcpy(buf + len, range, n + 1);
		len += n;
		i = last;
	}
	if (!len)
		snprintf(buf, size, "none");
	return buf;
}
