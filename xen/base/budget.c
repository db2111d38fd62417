/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "budget.h"

#include <inttypes.h>
#include <stddef.h>

#define CHECK_EVERY	256	/* steps between checks for ^C */

struct err *budget_take(struct budget *b, const char *what)
{
	if (budget_spent(b))
		return err_new(ERR_CORRUPT, "%s: stopped after %" PRIu64 " steps",
			       what, b->limit);
	return b->taken++ % CHECK_EVERY ? NULL : interrupt_check();
}
