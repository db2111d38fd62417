/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames that Xen has marked broken, with a simulated XEN_SYSCTL_page_offline_op. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <xencall.h>
#include <xenctrl.h>

#include "extensions/live/frames.h"

static struct {
	uint64_t broken;
	uint64_t end;		/* number of frames that Xen has */
	int error;
	unsigned int calls;
} host;

xencall_handle *xencall_open(xentoollog_logger *l, unsigned int flags)
{
	(void)l;
	(void)flags;
	return (void *)&host;
}

int xencall_close(xencall_handle *c)
{
	(void)c;
	return 0;
}

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

int xencall1(xencall_handle *c, unsigned int op, uint64_t arg)
{
	struct xen_sysctl *s = (void *)(uintptr_t)arg;
	struct xen_sysctl_page_offline_op *o = &s->u.page_offline;
	uint32_t *status = o->status.p, i;

	(void)c;
	host.calls++;
	assert_int_equal(op, __HYPERVISOR_sysctl);
	assert_int_equal(s->cmd, XEN_SYSCTL_page_offline_op);
	/* the only one of three commands that changes nothing */
	assert_int_equal(o->cmd, sysctl_query_page_offline);
	if (host.error) {
		errno = host.error;
		return -1;
	}
	for (i = 0; i <= o->end - o->start; i++) {
		if (o->start + i >= host.end) {
			errno = EINVAL;
			return -1;
		}
		status[i] = o->start + i == host.broken ? PG_OFFLINE_STATUS_BROKEN :
			    o->start + i == 7 ? PG_OFFLINE_STATUS_OFFLINED : 0;
	}
	return 0;
}

static void test_sound(void **state)
{
	struct frames *f;
	unsigned int n = 16;

	(void)state;
	host.end = 0x1000;
	host.broken = 5;
	assert_int_equal(frames_open(&f), 0);
	assert_int_equal(frames_sound(f, 0, &n), 0);
	assert_int_equal(n, 5);
	assert_int_equal(frames_sound(f, 5, &n), 0);
	assert_int_equal(n, 0);
	/* a frame that is only offline can be read */
	n = 16;
	assert_int_equal(frames_sound(f, 6, &n), 0);
	assert_int_equal(n, 16);
	/* past Xen's last frame: page by page */
	assert_int_equal(frames_sound(f, 0xff8, &n), 0);
	assert_int_equal(n, 1);
	n = 16;
	assert_int_equal(frames_sound(f, 0x2000, &n), 0);
	assert_int_equal(n, 1);
	host.error = EPERM;
	assert_int_equal(frames_sound(f, 0, &n), -EPERM);
	host.error = 0;
	host.calls = 0;
	n = 17;
	assert_int_equal(frames_sound(f, 0, &n), -EINVAL);
	n = 16;
	assert_int_equal(frames_sound(f, 0xfffffff8, &n), -ERANGE);
	assert_int_equal(host.calls, 0);
	frames_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_sound) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
