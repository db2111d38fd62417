/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pcpus.h"

struct err *show_each_pcpu(struct session *s, struct out *o,
			   const struct ranges *only, pcpu_show show, void *arg)
{
	for (unsigned int cpu = 0; cpu < s->xen->nr_cpus; cpu++) {
		struct err *e;

		ERR_TRY(interrupt_check());
		if (!ranges_has(only, cpu))
			continue;
		e = show(s, o, cpu, arg);
		if (err_is_final(e))
			return e;
		if (e && err_reason(e) == ERR_NOT_FOUND && !only->nr)
			err_free(e);
		else
			out_error(o, e);
	}
	return NULL;
}
