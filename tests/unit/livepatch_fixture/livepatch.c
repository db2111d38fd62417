/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A livepatch in force, "lp1", that replaces one function and adds a helper and
 * a variable, and "lp2" without symbols; in the shape of 4.20. It is compiled
 * and read, never run.
 */
typedef unsigned int u32;
typedef unsigned long u64;
struct list_head { struct list_head *next, *prev; };

struct livepatch_symbol { const char *name; u64 value; u32 size; _Bool new_symbol; };
struct livepatch_func {
	const char *name;
	void *new_addr, *old_addr;
	u32 new_size, old_size;
};
struct payload {
	u32 state;
	int rc;
	_Bool reverted;
	struct list_head list;
	const void *text_addr;
	u64 text_size;
	const void *rw_addr;
	u64 rw_size;
	const void *ro_addr;
	u64 ro_size;
	struct livepatch_func *funcs;
	u32 nfuncs;
	const struct livepatch_symbol *symtab;
	u32 nsyms;
	struct { const void *p; u32 len; } id, dep;
	char name[128];
};

void victim(void) { }
/* memory of the payload, which is not part of the image's symbols */
static char text[64] __attribute__((aligned(64))), data[32] __attribute__((aligned(64)));

extern struct payload lp1, lp2;
struct list_head payload_list = { &lp1.list, &lp2.list };
struct livepatch_symbol symtab[4] = {
	{ "victim", 0, 16, 0 }, { "common/a.c#helper", 0, 8, 1 },
	{ "counter", 0, 4, 1 }, { "elsewhere", 1, 1, 1 },
};
struct livepatch_func funcs[1] = { { "victim", 0, victim, 16, 16 } };
struct payload lp1 = {
	.state = 2, .name = "lp1", .list = { &lp2.list, &payload_list },
	.text_addr = text, .text_size = sizeof(text),
	.rw_addr = data, .rw_size = sizeof(data),
	.funcs = funcs, .nfuncs = 1, .symtab = symtab, .nsyms = 4,
};
struct payload lp2 = {
	.state = 1, .name = "lp2", .list = { &payload_list, &lp1.list },
};
/* not in the list; with one table for all, of symbols outside of the payload */
static const struct livepatch_symbol outside[8192] = {
	[0 ... 8191] = { "elsewhere", 1, 1, 1 },
};
#define MANY { .state = 1, .name = "many", .symtab = outside, .nsyms = 8192 }
struct payload many[33] = { [0 ... 32] = MANY };
u64 __per_cpu_offset[2];
