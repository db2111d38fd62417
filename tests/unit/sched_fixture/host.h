/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host, included after a scheduler's own part: SCHED, svc[], PCPU_PRIV(n),
 * prv.
 *
 * One cpupool of two pcpus. pcpu 0 runs domain 0's first vcpu, the second one
 * waits. Domain 1 waits behind it: from 4.13 on one unit of two vcpus. pcpu 1
 * runs its idle vcpu; domain 2's vcpu is blocked.
 */
static struct scheduler scheduler = {
#if V >= 423
	.ops = &(const struct sched_ops){ "A Scheduler", "opt", SCHED },
#else
	.name = "A Scheduler", .opt_name = "opt", .sched_id = SCHED,
#endif
	.sched_data = &prv,
};

#if V >= 415
extern struct list_head cpupool_list;
#endif
struct cpupool pool0 = {
	.cpupool_id = 0, .n_dom = 3, .cpu_valid = { { { 3 } } },
	.sched = &scheduler,
#if V >= 415
	.list = { &cpupool_list, &cpupool_list },
#endif
#if V >= 414
	.sched_gran = 1,
#endif
};
#if V >= 415
struct list_head cpupool_list = { &pool0.list, &pool0.list };
#else
struct cpupool *cpupool_list = &pool0;
#endif

#if V >= 413
struct sched_resource {
	struct scheduler *scheduler;
	void *schedule_lock;
	item_t *curr;
	void *sched_priv;
	u32 master_cpu;
};
struct sched_resource res[2] = {
	{ &scheduler, 0, &units[0], PCPU_PRIV(0), 0 },
	{ &scheduler, 0, &units[6], PCPU_PRIV(1), 1 },
};
struct sched_resource *per_cpu__sched_res[2] = { &res[0], &res[1] };
u64 __per_cpu_offset[2] = { 0, sizeof(per_cpu__sched_res[0]) };
#else
struct schedule_data {
	void *schedule_lock;
	item_t *curr;
	void *sched_priv;
};
struct schedule_data per_cpu__schedule_data[2] = {
	{ 0, &vcpus[0], PCPU_PRIV(0) }, { 0, &vcpus[6], PCPU_PRIV(1) },
};
u64 __per_cpu_offset[2] = { 0, sizeof(struct schedule_data) };
#endif

extern struct domain dom0, dom1, dom2, the_idle;

#if V >= 413
#define UNIT(n, d, id, cpu, runs) \
	[n] = { &d, &vcpus[n], &svc[n], &res[cpu], id, runs }
struct sched_unit units[7] = {
	UNIT(0, dom0, 0, 0, 1), UNIT(1, dom0, 1, 0, 0), UNIT(2, dom1, 0, 0, 0),
	UNIT(4, dom2, 0, 1, 0), UNIT(5, the_idle, 0, 0, 0),
	UNIT(6, the_idle, 1, 1, 1),
};
#define OF(n) .sched_unit = &units[(n) == 3 ? 2 : (n)]
#else
#define OF(n) .sched_priv = &svc[n]
#endif

#define VCPU(n, d, id, cpu, state_, runs, flags)			\
	[n] = { .vcpu_id = id, .processor = cpu, .domain = &d, OF(n),	\
		.runstate = { state_, 5000 + (n), { 10 } },		\
		.is_running = runs, .pause_flags = flags }
struct vcpu vcpus[7] = {
	VCPU(0, dom0, 0, 0, 0, 1, 0), VCPU(1, dom0, 1, 0, 1, 0, 0),
	VCPU(2, dom1, 0, 0, 1, 0, 0), VCPU(3, dom1, 1, 0, 2, 0, 1),
	VCPU(4, dom2, 0, 1, 2, 0, 1), VCPU(5, the_idle, 0, 0, 1, 0, 0),
	VCPU(6, the_idle, 1, 1, 0, 1, 0),
};

struct vcpu *idle_vcpu[2] = { &vcpus[5], &vcpus[6] };
static struct vcpu *of_dom0[2] = { &vcpus[0], &vcpus[1] };
static struct vcpu *of_dom1[2] = { &vcpus[2], &vcpus[3] };
static struct vcpu *of_dom2[1] = { &vcpus[4] };

#define DOMAIN(name, id, nr, array, ...)				\
	struct domain name __attribute__((aligned(4096))) = {		\
		.domain_id = id, .max_vcpus = nr, .vcpu = array,	\
		__VA_ARGS__						\
	}
DOMAIN(dom0, 0, 2, of_dom0, .next_in_list = &dom1, .cpupool = &pool0);
DOMAIN(dom1, 1, V >= 413 ? 2 : 1, of_dom1, .next_in_list = &dom2,
       .cpupool = &pool0);
DOMAIN(dom2, 2, 1, of_dom2, .cpupool = &pool0);
DOMAIN(the_idle, 0x7fff, 2, idle_vcpu);
struct domain *domain_list = &dom0, *hardware_domain = &dom0;
