/* SPDX-License-Identifier: GPL-2.0-or-later */
/* States of locks in memory. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/diagnosis/lock.h"
#include "xen/model/diagnosis/lock_plan.h"

struct seen {
	char text[256];
};

static struct err *add(void *arg, const struct lock *l)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s%s%s ", l->name,
		 l->held ? " held" : "", l->recursion ? " again" : "");
	if (l->recursion)
		assert_int_equal(l->holder, 0);
	return NULL;
}

static void lost(void *arg, struct err *e)
{
	(void)arg;
	fail_msg("%s", err_text(e));
}

/* Walks the locks in the object of a type. */
static struct err *walk(struct lock_walk *w, const char *type, uint64_t va)
{
	struct lock_plan plan;
	struct err *e;

	ERR_TRY(lock_plan_of(w, type, &plan));
	e = lock_plan_show(w, &plan, va, "");
	lock_plan_release(&plan);
	return e;
}

/* A lock that was never initialised is all zero, and not held. */
static void test_before_tickets(void **state)
{
	struct seen s = { "" };
	struct fixture fix;
	struct lock_walk w = { .x = &fix.xen, .fn = add, .lost = lost, .arg = &s };

	(void)state;
	fixture_create_from(&fix, "tests/unit/lock_fixture/lock.c", 404, 64);
	fix.xen.nr_cpus = 2;
	assert_ok(walk(&w, "struct object", fixture_va(&fix, "object")));
	assert_string_equal(s.text, ".free .held held .waited held .recursive held again .never ");
	fixture_destroy(&fix);
}

static void keep(void *arg, struct err *e)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%.40s\n", err_text(e));
	err_free(e);
}

/*
 * The search ends at its limit of members, with one error, also for all objects
 * together.
 */
static void test_nested(void **state)
{
	struct seen s = { "" };
	struct fixture fix;
	struct lock_walk w = { .x = &fix.xen, .fn = add, .lost = keep, .arg = &s };
	struct lock_plan plan;
	struct type t;

	(void)state;
	fixture_create_from(&fix, "tests/unit/lock_fixture/lock.c", 404, 64);
	assert_ok(walk(&w, "struct level6", fixture_va(&fix, "object")));
	assert_non_null(strstr(s.text, "search for locks: "));
	assert_ptr_equal(strchr(s.text, '\n'), s.text + strlen(s.text) - 1);
	assert_in_range(w.all.taken, 1000, 100000);
	s.text[0] = '\0';
	w.all.taken = w.all.limit;
	assert_ok(walk(&w, "struct level6", fixture_va(&fix, "object")));
	assert_string_equal(s.text, "");
	interrupt_pending = 1;
	w.all.taken = 0;
	assert_err(walk(&w, "struct level6", fixture_va(&fix, "object")),
		   ERR_INTERRUPTED, "");
	interrupt_pending = 0;
	/* also in the middle of the search */
	assert_ok(types_find(fix.xen.types, "struct level6", &t));
	interrupt_pending = 1;
	assert_err(lock_plan_make(&w, &t, "object", &plan), ERR_INTERRUPTED, "");
	interrupt_pending = 0;
	fixture_destroy(&fix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_before_tickets),
		cmocka_unit_test(test_nested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
