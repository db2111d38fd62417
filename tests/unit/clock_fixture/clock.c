/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two pcpus with a clock each, at 2 and at 4 GHz, that were 300 ns and 700
 * ticks apart at debug key t. It is compiled and read, never run.
 */
typedef unsigned int u32;
typedef unsigned long u64;
typedef signed long s64;

struct cpu_time {
	struct { u64 local_tsc; s64 local_stime, master_stime; } stamp;
	struct { int shift; u32 mul_frac; } tsc_scale;
} per_cpu__cpu_time[2] = {
	{ { 1000000, 5000000, 4999000 }, { 0, 1U << 31 } },
	{ { 3000000, 5000100, 5000200 }, { -1, 1U << 31 } },
};
/* the pcpu's variables repeat at a distance equal to the size of its struct cpu_time */
#define NEXT (sizeof(struct cpu_time) / sizeof(u64))
u64 __per_cpu_offset[2] = { 0, sizeof(struct cpu_time) };
u64 per_cpu__read_cycles_time[NEXT + 1] = { [0] = 9000, [NEXT] = 9700 };
s64 per_cpu__read_clocks_time[NEXT + 1] = { [0] = 2000, [NEXT] = 2300 };
u64 cpu_khz = 2000000;

char hpet[] = "HPET";
struct platform_timesource { char *id, *name; u64 frequency; } plt_src = {
	hpet, hpet, 100000000,
};
