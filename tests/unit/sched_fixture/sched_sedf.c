/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

#define SCHED 4

struct sedf_vcpu_info {
	item_t *vcpu;
	struct list_head list;
	long period, slice;
	int status;
	short weight, extraweight;
	long deadl_abs;
};
struct sedf_priv_info { int lock; } prv;

#define PCPU_PRIV(n) 0
#define SVC(n, status, weight)						\
	[n] = { ITEM_AT(n), { 0, 0 }, 20000000 + n, 15000000 + n, status, weight, 7, 300 + n }
struct sedf_vcpu_info svc[7] = {
	SVC(0, 5, 256), SVC(1, 1, 512), SVC(2, 1, 0), SVC(4, 17, 0), SVC(5, 0, 0), SVC(6, 0, 0),
};

#include "host.h"
