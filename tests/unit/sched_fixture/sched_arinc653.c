/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "types.h"

#define SCHED 7

#if V >= 413
#define ARINC_UNIT arinc653_unit_s
#define ENTRY_UNIT unit
#define ENTRY_ID unit_id
#else
#define ARINC_UNIT arinc653_vcpu_s
#define ENTRY_UNIT vc
#define ENTRY_ID vcpu_id
#endif

struct ARINC_UNIT {
	item_t *ENTRY_UNIT;
	_Bool awake;
	struct list_head list;
};
typedef struct sched_entry_s {
	u8 dom_handle[16];
	int ENTRY_ID;
	long runtime;
	item_t *ENTRY_UNIT;
} sched_entry_t;
struct a653sched_priv_s {
	sched_entry_t schedule[64];
	u32 num_schedule_entries;
	long major_frame, next_major_frame;
#if V >= 414
	u32 sched_index;
#endif
} prv = {
	{ { { 1 }, 0, 1000000, ITEM_AT(0) }, { { 2 }, 5, 2000000, 0 } },
	2, 3000000, 9000000,
#if V >= 414
	1,
#endif
};

#define PCPU_PRIV(n) 0
#define SVC(n, up) [n] = { ITEM_AT(n), up, { 0, 0 } }
struct ARINC_UNIT svc[7] = {
	SVC(0, 1), SVC(1, 1), SVC(2, 1), SVC(4, 0), SVC(5, 1), SVC(6, 1),
};

#include "host.h"
