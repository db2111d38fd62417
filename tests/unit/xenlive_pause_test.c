/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pauses of guests with simulated functions of libxenctrl: each is undone once,
 * by the session or by the watchdog, however the session ends; and the memory
 * of guests with simulated hypercalls.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "extensions/live/internal.h"

/* One domain, shared with the sessions and their watchdogs. */
static volatile struct {
	uint32_t domid;
	int pauses;		/* as counted by Xen */
	unsigned char handle[16];
	bool dies_in_pause;	/* before the call, else after it */
	bool dies_after_pause;
	int unpause_error;
	unsigned int unpaused;
} *host;

xc_interface *xc_interface_open(xentoollog_logger *l, xentoollog_logger *d,
				unsigned int flags)
{
	(void)l;
	(void)d;
	(void)flags;
	return (void *)host;
}

int xc_interface_close(xc_interface *xc)
{
	(void)xc;
	return 0;
}

int xc_domain_getinfolist(xc_interface *xc, uint32_t first, unsigned int max,
			  xc_domaininfo_t *i)
{
	(void)xc;
	(void)max;
	if (first > host->domid)
		return 0;
	memset(i, 0, sizeof(*i));
	i->domain = host->domid;
	i->flags = host->pauses ? XEN_DOMINF_paused : 0;
	memcpy(i->handle, (const void *)host->handle, sizeof(i->handle));
	return 1;
}

int xc_domain_pause(xc_interface *xc, uint32_t domid)
{
	(void)xc;
	assert_int_equal(domid, host->domid);
	if (host->dies_in_pause)
		raise(SIGKILL);
	host->pauses++;
	if (host->dies_after_pause)
		raise(SIGKILL);
	return 0;
}

int xc_domain_unpause(xc_interface *xc, uint32_t domid)
{
	(void)xc;
	(void)domid;
	if (host->unpause_error) {
		errno = host->unpause_error;
		host->unpause_error = 0;
		return -1;
	}
	host->unpaused++;
	host->pauses--;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	host = mmap(NULL, sizeof(*host), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(host != MAP_FAILED);
	host->domid = 5;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	munmap((void *)host, sizeof(*host));
	return 0;
}

/* True once the domain has that many pauses; the watchdog checks once a second. */
static bool becomes(int pauses)
{
	int tries;

	for (tries = 0; host->pauses != pauses && tries < 3000; tries++)
		usleep(10000);
	return host->pauses == pauses;
}

static void test_pause(void **state)
{
	struct live l = { 0 };

	(void)state;
	host->pauses = 1;	/* made by "xl pause" */
	assert_int_equal(pause_guest(&l, 5), 0);
	assert_int_equal(host->pauses, 2);
	assert_int_equal(pause_guest(&l, 5), -EBUSY);
	assert_int_equal(pause_guest(&l, 4), -ENOENT);
	assert_int_equal(unpause_guest(&l, 4), -ENOENT);
	assert_int_equal(unpause_guest(&l, 5), 0);
	assert_int_equal(host->pauses, 1);
	assert_int_equal(unpause_guest(&l, 5), -ENOENT);
	assert_null(l.holds);
	assert_int_equal(pause_guest(&l, 5), 0);
	pause_close(&l);
	assert_int_equal(host->pauses, 1);
}

/* Runs a session in a separate process, which ends by a signal or by exit. */
static void session(int signal, void (*before)(struct live *l))
{
	pid_t pid = fork();

	if (!pid) {
		struct live l = { 0 };

		/* of cmocka */
		if (signal)
			sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
		if (pause_guest(&l, 5))
			_exit(1);
		if (before)
			before(&l);
		if (signal)
			raise(signal);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void test_ends(void **state)
{
	static const int signals[] = { SIGKILL, SIGHUP, SIGINT, SIGSEGV, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		session(signals[i], NULL);
		assert_true(becomes(0));
		assert_int_equal(host->unpaused, i + 1);
	}
}

/* Killed in the call itself: Xen's flag decides, and pauses by others are not affected. */
static void test_in_call(void **state)
{
	(void)state;
	host->dies_in_pause = true;
	session(0, NULL);
	usleep(500000);
	assert_int_equal(host->pauses, 0);
	assert_int_equal(host->unpaused, 0);
	host->pauses = 1;
	session(0, NULL);
	usleep(500000);
	assert_int_equal(host->pauses, 1);
	host->pauses = 0;
	host->dies_in_pause = false;
	host->dies_after_pause = true;
	session(0, NULL);
	assert_true(becomes(0));
	assert_int_equal(host->unpaused, 1);
}

static void replace(struct live *l)
{
	(void)l;
	host->handle[0] = 1;
	host->pauses = 7;
}

/* The number belongs to another domain meanwhile. */
static void test_other_domain(void **state)
{
	(void)state;
	session(SIGKILL, replace);
	usleep(500000);
	assert_int_equal(host->pauses, 7);
	assert_int_equal(host->unpaused, 0);
}

static void fail_to_unpause(struct live *l)
{
	host->unpause_error = EPERM;
	if (unpause_guest(l, 5) != -EPERM)
		_exit(1);
}

/* After an error the watchdog tries again at the end of the process. */
static void test_error(void **state)
{
	(void)state;
	session(0, fail_to_unpause);
	assert_true(becomes(0));
	assert_int_equal(host->unpaused, 1);
}

/* ---- memory ---- */

static struct {
	unsigned int mapped, types;
} memory;

static char pages[8][LIVE_PAGE];

void *xencall_alloc_buffer(xencall_handle *c, size_t size)
{
	(void)c;
	return calloc(1, size);
}

void xencall_free_buffer(xencall_handle *c, void *p)
{
	(void)c;
	free(p);
}

/* Frame 2 is a device, frame 3 a page table of level 2 that is pinned. */
int xencall1(xencall_handle *c, unsigned int op, uint64_t arg)
{
	struct xen_domctl *d = (void *)(uintptr_t)arg;
	xen_pfn_t *pfn = d->u.getpageframeinfo3.array.p;
	uint64_t i;

	(void)c;
	assert_int_equal(op, __HYPERVISOR_domctl);
	assert_int_equal(d->cmd, XEN_DOMCTL_getpageframeinfo3);
	memory.types++;
	for (i = 0; i < d->u.getpageframeinfo3.num; i++)
		pfn[i] = pfn[i] == 2 ? XEN_DOMCTL_PFINFO_XTAB : pfn[i] == 3 ?
			 XEN_DOMCTL_PFINFO_L2TAB | XEN_DOMCTL_PFINFO_LPINTAB :
			 XEN_DOMCTL_PFINFO_NOTAB;
	return 0;
}

/* Frame 4 cannot be mapped. */
void *xenforeignmemory_map(xenforeignmemory_handle *h, uint32_t domid, int prot,
			   size_t n, const xen_pfn_t *pfn, int *err)
{
	size_t i;

	(void)h;
	assert_int_equal(prot, PROT_READ);
	assert_int_not_equal(domid, 0);
	for (i = 0; i < n; i++) {
		memory.mapped |= 1U << pfn[i];
		err[i] = pfn[i] == 4 ? -EINVAL : 0;
		memset(pages[i], pfn[i], LIVE_PAGE);
	}
	return pages;
}

int xenforeignmemory_unmap(xenforeignmemory_handle *h, void *addr, size_t n)
{
	(void)h;
	(void)n;
	assert_ptr_equal(addr, pages);
	return 0;
}

static void test_memory(void **state)
{
	static const uint64_t frame[] = { 1, 2, 3, 4, 5 };
	char buf[5][LIVE_PAGE];
	struct live l = { 0 };
	int result[5];
	uint8_t type[5];

	(void)state;
	assert_int_equal(guest_copy(&l, 7, true, frame, 5, buf, result), 0);
	assert_int_equal(memory.mapped, 1U << 1 | 1U << 3 | 1U << 4 | 1U << 5);
	assert_int_equal(result[1], -ENOENT);
	assert_int_equal(result[3], -EINVAL);
	assert_int_equal(result[4], 0);
	assert_int_equal(buf[0][9], 1);
	assert_int_equal(buf[2][0], 3);
	assert_int_equal(buf[4][0], 5);
	assert_int_equal(guest_types(&l, 7, frame, 5, type), 0);
	assert_int_equal(type[1], LIVE_NO_FRAME);
	assert_int_equal(type[2], 2);
	assert_int_equal(type[4], 0);
	memory.types = 0;
	/*
	 * Xen does not map a frame of a PV guest that the guest does not own;
	 * dom0 is DOMID_SELF
	 */
	assert_int_equal(guest_copy(&l, 0, false, frame, 5, buf, result), 0);
	assert_int_equal(memory.types, 0);
	assert_int_equal(guest_copy(&l, 7, true, frame, LIVE_COPY_MAX + 1, buf, result), -EINVAL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pause), TEST(test_ends), TEST(test_in_call),
		TEST(test_other_domain), TEST(test_error), TEST(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
