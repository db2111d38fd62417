/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Vcpus for the domains of channels_fixture, in the shape of one version of Xen: d0v0
 * runs, d1v0 is blocked with an upcall pending, d1v1 is unplugged.
 */
typedef unsigned char u8;
typedef unsigned long u64;
struct domain;
extern struct domain dom0, dom1;

typedef union { struct { u8 evtchn_upcall_pending, evtchn_upcall_mask; } native; } vcpu_info_t;
static vcpu_info_t info0, info1 = { { 1, 0 } };

struct vcpu {
	int vcpu_id, processor;
#if V >= 418
	struct { void *pg; vcpu_info_t *map; } vcpu_info_area;
#else
	vcpu_info_t *vcpu_info;
#endif
	struct domain *domain;
	struct { int state; u64 state_entry_time, time[4]; } runstate;
	int poll_evtchn;
	u64 pause_flags;
};
#if V >= 418
#define INFO(i) .vcpu_info_area = { 0, &i }
#else
#define INFO(i) .vcpu_info = &i
#endif
#define SECOND 1000000000UL

struct vcpu d0v0 = { 0, 0, INFO(info0), &dom0, .runstate = { 0, 7 * SECOND } };
struct vcpu d1v0 = { 0, 0, INFO(info1), &dom1, .runstate = { 2, 2 * SECOND }, .pause_flags = 1 };
struct vcpu d1v1 = { 1, 0, INFO(info1), &dom1, .runstate = { 3, 6 * SECOND }, .pause_flags = 2 };
struct vcpu *vcpus0[1] = { &d0v0 }, *vcpus1[2] = { &d1v0, &d1v1 };
