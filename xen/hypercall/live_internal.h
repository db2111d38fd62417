/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that fill records by hypercalls: live*.c. */
#ifndef XEN_MODEL_LIVE_INTERNAL_H
#define XEN_MODEL_LIVE_INTERNAL_H

#include "live.h"

struct live {
	const struct live_ops *ops;
	void *priv;
	struct live_identity id;
	struct live_host host;
	uint64_t build_id;	/* va; 0: not known */
};

/* An operation's error; what: "asking the hypervisor for ..." */
static inline struct err *live_failed(int rc, const char *what)
{
	return err_io(-rc, "%s", what);
}

static inline struct value live_known(uint64_t u)
{
	return (struct value){ .u = u, .state = VALUE_OK };
}

#endif
