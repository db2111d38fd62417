/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of domains in a xenstore that has more, and others, than there can be domains. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "assert_err.h"
#include "xen/model/dom0/names.h"
#include "xen/model/dom0/xenstore.h"
#include "xen/model/source.h"

/* The name of each domain, by that many different paths */
#define TIMES	3
#define LONG	100000

static unsigned int reads;
static bool missing, interrupted;

static void add(struct store *s, const char *path, const char *value, bool stale)
{
	struct store_node n = {
		.path = path, .value = value, .len = strlen(value), .stale = stale,
	};

	assert_ok(store_add(s, &n));
}

static struct err *made_store(struct xen *x, const char *path, unsigned int flags,
			      struct store *ret)
{
	static char text[LONG + 1];
	char at[64], value[32];

	(void)x;
	(void)flags;
	reads++;
	assert_string_equal(path, "/local/domain");
	memset(ret, 0, sizeof(*ret));
	if (interrupted)
		return err_new(ERR_INTERRUPTED, "interrupted");
	if (missing)
		return err_new(ERR_NOT_FOUND, "no process xenstored");
	for (unsigned int id = 0; id < DOMAINS_MAX + 5; id++)
		for (unsigned int i = 0; i < TIMES; i++) {
			snprintf(at, sizeof(at), "/local/domain/%0*u/name", 5 + i, id);
			snprintf(value, sizeof(value), "vm%u-%u", id, i);
			add(ret, at, value, id == 9 || id == 10);
		}
	memset(text, 'n', LONG);
	add(ret, "/local/domain/18446744073709551619/name", "wraps", false);
	add(ret, "/local/domain/-3/name", "negative", false);
	add(ret, "/local/domain/ 3/name", "blank", false);
	add(ret, "/local/domain/3/name/below", "below", false);
	add(ret, "/local/domain/00000009/name", text, false);
	add(ret, "/local", "short", false);
	store_sort(ret);
	return NULL;
}

static void test_limits(void **state)
{
	struct source_ops source = { .store_read = made_store };
	struct xen x = { .source = &source };

	(void)state;
	/* one of several */
	assert_memory_equal(name_of_domid(&x, 3), "vm3-", 4);
	assert_memory_equal(name_of_domid(&x, 32000), "vm32000-", 8);
	/* Xen's own domains, and ids above */
	assert_string_equal(name_of_domid(&x, 0), "Domain-0");
	assert_string_equal(name_of_domid(&x, 0x7ff2), "xen");
	assert_null(name_of_domid(&x, DOMAINS_MAX));
	assert_null(name_of_domid(&x, DOMAINS_MAX + 3));
	assert_null(name_of_domid(&x, UINT64_MAX));
	/* of stale nodes none, however long the live one is */
	assert_int_equal(strlen(name_of_domid(&x, 9)), LONG);
	assert_null(name_of_domid(&x, 10));
	assert_null(names_missing(&x));
	assert_int_equal(reads, 1);
	free(x.names);
	x.names = NULL;
	missing = true;
	assert_null(name_of_domid(&x, 3));
	assert_string_equal(names_missing(&x), "no process xenstored");
	assert_int_equal(reads, 2);
	free(x.names);
}

/* ^C while the names are read does not leave the rest of the session without them. */
static void test_interrupted(void **state)
{
	struct source_ops source = { .store_read = made_store };
	struct xen x = { .source = &source };

	(void)state;
	missing = false;
	interrupted = true;
	assert_null(name_of_domid(&x, 3));
	assert_string_equal(names_missing(&x), "out of memory, or interrupted");
	interrupted = false;
	assert_memory_equal(name_of_domid(&x, 3), "vm3-", 4);
	assert_null(names_missing(&x));
	free(x.names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits), cmocka_unit_test(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
