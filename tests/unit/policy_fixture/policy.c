/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A domain with a cpu policy of a few leaves, in the shape of 4.12 with -DV=412
 * and of 4.18, and with a list of leaves in that of 4.4. It is compiled and looked
 * at, never run.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

struct cpuid_leaf { u32 a, b, c, d; };
#if V >= 418
#define cpuid cpu_policy
#define POLICY cpu_policy
#else
#define POLICY cpuid_policy
#endif
struct POLICY {
	union {
		struct cpuid_leaf raw[14];
		struct {
			u32 max_leaf, ebx, ecx, edx, raw_fms, misc;
			union { u32 _1c; struct {
				_Bool sse3 : 1, pclmulqdq : 1, : 1, : 1, : 1, : 1, : 1, : 1, tm2 : 1;
			}; };
			union { u32 _1d; struct { _Bool fpu : 1, vme : 1; }; };
		};
	} basic;
	union { struct cpuid_leaf raw[3]; } feat;
	union { struct cpuid_leaf raw[2]; } extd;
} policy __attribute__((aligned(8))) = {
	.basic.raw = { { 13, 1, 2, 3 }, { 4, 5, 0x101, 2 }, [7] = { 9, 9, 9, 9 } },
	.feat.raw = { [1] = { 1, 0, 0, 0 } },
	.extd.raw = { { 0x80000001, 0, 0, 0 } },
};
#if V < 409
struct xen_domctl_cpuid { u32 input[2], eax, ebx, ecx, edx; } list[41] = {
	[0] = { { 1, ~0 }, 11, 12, 13, 14 }, [1 ... 37] = { { ~0, ~0 } },
	[38] = { { 4, 1 }, 21, 22, 23, 24 }, [39] = { { 0x80000001, ~0 }, 0, 0, 0, 0 },
	[40] = { { 5, 0 }, 1, 1, 1, 1 },	/* after the end of the list */
};
#endif
struct domain {
	u16 domain_id;
	u32 is_dying;
	struct domain *next_in_list;
#if V >= 409
	struct { struct POLICY *cpuid; } arch;
} dom0 __attribute__((aligned(4096))) = { .arch = { &policy } };
#else
	struct { struct xen_domctl_cpuid *cpuids; } arch;
} dom0 __attribute__((aligned(4096))) = { .arch = { list } };
#endif
struct domain *domain_list = &dom0;
#if V >= 418
struct POLICY host_cpu_policy __attribute__((aligned(8))) = { .basic._1d = 1 };
#endif
u64 __per_cpu_offset[2];
