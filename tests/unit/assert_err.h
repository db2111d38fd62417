/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assertions on functions that return a struct err; included after cmocka.h. */
#ifndef ASSERT_ERR_H
#define ASSERT_ERR_H

#include <string.h>

#include "xen/base/error.h"

#define assert_ok(expr)						\
	do {							\
		struct err *err_ok_ = (expr);			\
		if (err_ok_)					\
			fail_msg("%s", err_text(err_ok_));	\
	} while (0)

#define assert_err(expr, why, part)					\
	do {								\
		struct err *err_bad_ = (expr);				\
		assert_non_null(err_bad_);				\
		if (err_reason(err_bad_) != (why) ||			\
		    !strstr(err_text(err_bad_), (part)))		\
			fail_msg("unexpected error: %s", err_text(err_bad_)); \
		err_free(err_bad_);					\
	} while (0)

#endif
