/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs in a PV guest, for live_lock.sh: one process for each vcpu, which allocates a
 * page from Xen and frees it again, for ever. For both Xen takes the domain's
 * page_alloc_lock.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_OP	12	/* __HYPERVISOR_memory_op */
#define INCREASE	0	/* XENMEM_increase_reservation */
#define DECREASE	1	/* XENMEM_decrease_reservation */
#define SELF		0x7ff0	/* DOMID_SELF */

/* public/memory.h, struct xen_memory_reservation; the frame that it points to */
struct pages {
	uint64_t frames, nr;
	uint32_t order, flags;
	uint16_t domid;
	uint64_t frame;
};

/* xen/privcmd.h */
struct hypercall {
	uint64_t op, arg[5];
};

static int change(int privcmd, unsigned int command, struct pages *p)
{
	struct hypercall c = { MEMORY_OP, { command, (uintptr_t)p } };

	p->frames = (uintptr_t)&p->frame;
	p->nr = 1;
	p->domid = SELF;
	return ioctl(privcmd, _IOC(_IOC_NONE, 'P', 0, sizeof(c)), &c);
}

static int work(unsigned int cpu)
{
	int privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	struct pages *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
	cpu_set_t set;
	int done = 0;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (privcmd < 0 || p == MAP_FAILED || sched_setaffinity(0, sizeof(set), &set)) {
		perror("GUEST failed");
		return 1;
	}
	memset(p, 0, sizeof(*p));
	for (;; done = 1) {
		int got = change(privcmd, INCREASE, p);

		if (got == 1)
			change(privcmd, DECREASE, p);
		/* the emulated host needs its processors */
		usleep(10000);
		if (!done)
			printf("GUEST vcpu %u allocates: %d\n", cpu, got);
		fflush(stdout);
	}
}

int main(void)
{
	long nr = sysconf(_SC_NPROCESSORS_ONLN);

	for (long cpu = 1; cpu < nr; cpu++)
		if (!fork())
			return work(cpu);
	return work(0);
}
