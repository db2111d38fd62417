/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The helper domain: the order of calls, the owner, and that no other domain is
 * destroyed.
 */
#include "made_domains.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "extensions/live/helper.h"
#include "extensions/live/owner.h"

#define FIRST	0x7e00

static const struct live_memory_facts facts = {
	.major = 4, .minor = 20, .is_pv = true, .has_hvm = true, .nr_ram = 3,
	.ram = { { 0, 0x9f }, { 0x100, 0x5000 }, { 0x100000, 0x200000 } },
};

static unsigned int made_count(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < DOMAINS_MAX; i++)
		n += host.domain[i].exists;
	return n;
}

static int setup(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	return 0;
}

static struct helper *create(void)
{
	const char *what;
	struct helper *h;

	assert_int_equal(helper_create(&facts, &h, &what), 0);
	return h;
}

/* A helper whose owner is this process, changed by edit(). */
static struct made_domain *add_helper(uint32_t domid, void (*edit)(struct owner *o))
{
	struct owner o;

	assert_int_equal(owner_self(&o), 0);
	if (edit)
		edit(&o);
	return made_add(domid, &o);
}

/* RAM is permitted before there is a vcpu: no flush of caches from 4.17 on. */
static void test_order(void **state)
{
	uint64_t gpa, at;
	struct helper *h;

	(void)state;
	h = create();
	assert_string_equal(host.log, "cpv");
	assert_int_equal(made_find(FIRST)->permitted, facts.nr_ram);
	assert_int_equal(host.flushes_4_16 + host.flushes_4_17, 0);
	for (at = 0x100000000; at < 0x200000000; at += WINDOW_SIZE)
		assert_int_equal(helper_see(h, at, &gpa), 0);
	assert_int_equal(host.flushes_4_17, 0);
	/* 64 windows, 32 of which are unmapped again: the number in doc/live-memory.md */
	assert_int_equal(host.flushes_4_16, 64 + 32);
	assert_int_equal(helper_destroy(h), 0);
	assert_string_equal(strchr(host.log, 'd'), "d");
	assert_int_equal(made_count(), 0);
}

static void test_permit_fails(void **state)
{
	const char *what = NULL;
	struct helper *h;

	(void)state;
	host.permit_error = EPERM;
	assert_int_equal(helper_create(&facts, &h, &what), -EPERM);
	assert_non_null(strstr(what, "permitting"));
	assert_string_equal(host.log, "cpd");
	assert_int_equal(made_count(), 0);
}

static void other_namespace(struct owner *o)
{
	o->ns++;
	o->start++;
}

static void other_start(struct owner *o)
{
	o->start++;
}

static void no_mark(struct owner *o)
{
	o->mark[3]++;
	o->start++;
}

static unsigned int cleanup(void)
{
	unsigned int removed = 99;

	assert_int_equal(helper_cleanup(&removed), 0);
	return removed;
}

/* A helper is only removed if its process has certainly ended. */
static void test_cleanup(void **state)
{
	(void)state;
	add_helper(FIRST, NULL);
	add_helper(FIRST + 1, other_namespace);
	add_helper(FIRST + 2, no_mark);
	assert_int_equal(cleanup(), 0);
	assert_int_equal(made_count(), 3);
	add_helper(FIRST + 3, other_start);
	assert_int_equal(cleanup(), 1);
	assert_null(made_find(FIRST + 3));
	assert_int_equal(made_count(), 3);
}

/* If /proc cannot be read, no process counts as ended. */
static void test_no_files(void **state)
{
	struct rlimit old, none;
	struct owner o;

	(void)state;
	add_helper(FIRST, NULL);
	assert_int_equal(owner_self(&o), 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(owner_state(&o), OWNER_UNKNOWN);
	assert_int_equal(cleanup(), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(owner_state(&o), OWNER_RUNS);
	assert_int_equal(made_count(), 1);
}

/* Without /proc: 1: the owner counts as ended; 2: chroot() is not permitted. */
static int state_without_proc(const char *root)
{
	struct owner o;

	if (owner_self(&o))
		return 3;
	if (chroot(root) && (unshare(CLONE_NEWUSER) || chroot(root)))
		return 2;
	return owner_state(&o) != OWNER_UNKNOWN;
}

/* If /proc is not mounted, no process is found there: it does not count as ended. */
static void test_no_proc(void **state)
{
	char root[] = "/tmp/crash-xen-root.XXXXXX";
	int status;
	pid_t pid;

	(void)state;
	assert_non_null(mkdtemp(root));
	pid = fork();
	if (!pid)
		_exit(state_without_proc(root));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rmdir(root);
	if (WEXITSTATUS(status) == 2)
		skip();
	assert_int_equal(status, 0);
}

/*
 * A guest with a copied handle is not a helper: its number, memory, vcpus or
 * type differ.
 */
static void test_look_alikes(void **state)
{
	struct made_domain *d;

	(void)state;
	add_helper(7, other_start);
	d = add_helper(FIRST, other_start);
	d->pages = 1000;
	d = add_helper(FIRST + 1, other_start);
	d->vcpus = 2;
	d = add_helper(FIRST + 2, other_start);
	d->hvm = false;
	add_helper(0x7f00, other_start);
	assert_int_equal(cleanup(), 0);
	assert_int_equal(made_count(), 5);
	assert_int_equal(host.destroyed, 0);
}

/* The number was given to another domain between two attempts. */
static void test_replaced(void **state)
{
	(void)state;
	add_helper(FIRST, other_start);
	host.replaced = FIRST;
	cleanup();
	assert_int_equal(made_count(), 1);
	assert_string_equal(host.log, "d");
	assert_int_equal(host.destroyed, 1);
}

/* A helper that cannot be destroyed does not prevent the destruction of others. */
static void test_cleanup_fails(void **state)
{
	unsigned int removed;

	(void)state;
	add_helper(FIRST, other_start);
	add_helper(FIRST + 1, other_start);
	host.destroy_error = EPERM;
	assert_int_equal(helper_cleanup(&removed), -EPERM);
	assert_int_equal(removed, 0);
	host.destroy_error = 0;
	assert_int_equal(cleanup(), 2);
}

/* After a failure the watchdog continues: it tries again at the end of the process. */
static void test_destroy_fails(void **state)
{
	struct helper *h;
	pid_t watchdog;

	(void)state;
	h = create();
	watchdog = h->watchdog.pid;
	host.destroy_error = EPERM;
	assert_int_equal(helper_destroy(h), -EPERM);
	assert_int_equal(made_count(), 1);
	usleep(100000);
	assert_int_equal(waitpid(watchdog, NULL, WNOHANG), 0);
	kill(watchdog, SIGKILL);
	assert_int_equal(waitpid(watchdog, NULL, 0), watchdog);
}

/* A forked process that exits does not affect the session's domain. */
static void test_fork(void **state)
{
	struct helper *h;
	int status;
	pid_t pid;

	(void)state;
	h = create();
	pid = fork();
	if (!pid)
		_exit(helper_destroy(h) || made_count() != 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(helper_destroy(h), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(test_order), TEST(test_permit_fails), TEST(test_cleanup),
		TEST(test_no_files), TEST(test_no_proc),
		TEST(test_look_alikes), TEST(test_replaced),
		TEST(test_cleanup_fails), TEST(test_destroy_fails), TEST(test_fork),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
