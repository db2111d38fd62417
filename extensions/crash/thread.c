/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "thread.h"

#include "btf.h"
#include "disk.h"
#include "xen/model/io/pv_device.h"

/*
 * Tasks are found in crash's list, and their members by the kernel's own types.
 * The data of a kernel thread are in struct kthread, to which
 * task.worker_private points (5.17 and later; set_child_tid before); of a
 * thread of blkback they are its struct xen_blkif_ring
 * (drivers/block/xen-blkback, 4.5 and later), whose types are in the module.
 */
#define NAME_MAX_KEPT	15
#define FLAG_KTHREAD	0x200000	/* PF_KTHREAD */

/* Limit in ns of times since boot; later times are corrupt. */
#define TIME_MAX	(1ULL << 60)

static struct {
	bool known;
	long state, flags, comm, sched_info, last_arrival, private, data;
	/* offset in struct xen_blkif_ring; -1: unknown */
	long rings, inflight, thread;
	uint64_t latest;	/* latest last_arrival of all tasks */
} at;

static bool read_at(ulong va, long offset, void *buf, long size)
{
	return offset >= 0 && readmem(va + offset, KVADDR, buf, size, "task",
				      RETURN_ON_ERROR | QUIET);
}

static uint64_t last_arrival(ulong task)
{
	uint64_t ns;

	if (at.last_arrival < 0 || at.sched_info < 0 ||
	    !read_at(task, at.sched_info + at.last_arrival, &ns, sizeof(ns)) ||
	    ns > TIME_MAX)
		return 0;
	return ns;
}

/* Offset from the module's debuginfo if crash has it, else from its BTF in memory. */
static void find_blkback(void)
{
	static const char *const members[] = { "blk_rings", "inflight", "xenblkd" };
	long offset[3];

	at.rings = MEMBER_OFFSET("xen_blkif_ring", "blk_rings");
	at.inflight = MEMBER_OFFSET("xen_blkif_ring", "inflight");
	at.thread = MEMBER_OFFSET("xen_blkif_ring", "xenblkd");
	if (at.inflight >= 0 ||
	    !btf_members("xen_blkback", "xen_blkif_ring", members, 3, offset))
		return;
	at.rings = offset[0];
	at.inflight = offset[1];
	at.thread = offset[2];
}

static void find_members(void)
{
	if (at.known && !ACTIVE())
		return;
	at.state = MEMBER_OFFSET("task_struct", "__state");
	if (at.state < 0)
		at.state = MEMBER_OFFSET("task_struct", "state");
	at.flags = MEMBER_OFFSET("task_struct", "flags");
	at.comm = MEMBER_OFFSET("task_struct", "comm");
	at.sched_info = MEMBER_OFFSET("task_struct", "sched_info");
	at.last_arrival = MEMBER_OFFSET("sched_info", "last_arrival");
	at.private = MEMBER_OFFSET("task_struct", "worker_private");
	if (at.private < 0)
		at.private = MEMBER_OFFSET("task_struct", "set_child_tid");
	at.data = MEMBER_OFFSET("kthread", "data");
	find_blkback();
	at.latest = 0;
	for (ulong i = 0; i < RUNNING_TASKS(); i++) {
		uint64_t ns = last_arrival(FIRST_CONTEXT()[i].task);

		if (ns > at.latest)
			at.latest = ns;
	}
	at.known = true;
}

/*
 * TASK_* of include/linux/sched.h; TASK_IDLE is D without effect on the load
 * average; ps shows TASK_FROZEN (6.1 and later) as D.
 */
static char state_letter(uint32_t state)
{
	if (!state)
		return 'R';
	if (state & 0x8000)
		return 'F';
	if (state & 0x400 && state & 2)
		return 'I';
	return state & 1 ? 'S' : state & 2 ? 'D' : state & 4 ? 'T' :
	       state & 8 ? 't' : '?';
}

/* Reads the counters of blkback, if the ring refers to this thread. */
static void read_counts(ulong task, struct pv_task *ret)
{
	ulong private, ring, thread;
	uint32_t flags;

	if (at.rings < 0 || at.inflight < 0 ||
	    !read_at(task, at.flags, &flags, sizeof(flags)) ||
	    !(flags & FLAG_KTHREAD) ||
	    !read_at(task, at.private, &private, sizeof(private)) ||
	    !read_at(private, at.data, &ring, sizeof(ring)) ||
	    !read_at(ring, at.thread, &thread, sizeof(thread)) || thread != task)
		return;
	/* struct blkif_common_back_ring: rsp_prod_pvt, req_cons (ring.h) */
	dom0_disk(ring, ret);
	ret->has_counts = read_at(ring, at.inflight, &ret->inflight,
				  sizeof(ret->inflight)) &&
			  read_at(ring, at.rings + 4, &ret->fetched,
				  sizeof(ret->fetched));
}

/* Finds the task by the pid in ret, or without pid by its name; sets pid and name. */
static ulong find_task(const char *name, struct pv_task *ret)
{
	char comm[NAME_MAX_KEPT + 1];

	for (ulong i = 0; i < RUNNING_TASKS(); i++) {
		const struct task_context *tc = &FIRST_CONTEXT()[i];

		memset(comm, 0, sizeof(comm));
		memcpy(comm, tc->comm, NAME_MAX_KEPT);
		if (ret->pid ? tc->pid != ret->pid :
			       strncmp(comm, name, NAME_MAX_KEPT))
			continue;
		ret->pid = tc->pid;
		memcpy(ret->comm, comm, sizeof(comm));
		return tc->task;
	}
	ret->pid = 0;
	return 0;
}

void dom0_thread(const char *name, struct pv_task *ret)
{
	uint32_t state;
	uint64_t ran;
	ulong task;

	if (pc->flags & MINIMAL_MODE || !FIRST_CONTEXT()) {
		ret->pid = 0;
		return;
	}
	find_members();
	task = find_task(name, ret);
	if (!task)
		return;
	ret->state = read_at(task, at.state, &state, sizeof(state)) ?
		     state_letter(state) : '?';
	ran = last_arrival(task);
	if (ran && ret->state != 'R' && at.latest >= ran) {
		ret->has_ran = true;
		ret->ran_ns = at.latest - ran;
	}
	read_counts(task, ret);
}
