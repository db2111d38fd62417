/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Livepatches: struct payload of common/livepatch.c (4.7 to master).
 */
#ifndef XEN_MODEL_LIVEPATCH_H
#define XEN_MODEL_LIVEPATCH_H

#include "xen/image/match.h"
#include "xen/model/chain.h"
#include "xen/model/xen.h"

struct livepatch {
	uint64_t va;
	char name[128];
	struct value name_at;		/* va */
	struct value state;		/* 1 checked, 2 applied */
	struct value rc;		/* result of the last action; signed */
	struct value reverted;
	struct value text_addr, text_size, rw_addr, rw_size, ro_addr, ro_size;
	struct value funcs, nfuncs;	/* va; number */
	struct value nsyms, symtab;	/* number; va */
	struct value id, id_len, dep, dep_len;	/* va of build-ids; size in bytes */
};

extern const struct record_type livepatch_record;

/* Walks the loaded payloads. */
struct livepatches {
	struct xen *x;
	struct chain chain;
	unsigned int next;	/* by hypercalls: index of the next */
	bool done;
};

/* Both fail with ERR_NO_SYMBOL if Xen was built without livepatching. */
struct err *livepatches_start(struct livepatches *w,
			      struct xen *x) ERR_MUST_CHECK;
/* Returns the next payload; past the last w->done is set and ret unchanged. */
struct err *livepatches_next(struct livepatches *w,
			     struct livepatch *ret) ERR_MUST_CHECK;

struct livepatch_func {
	uint64_t va;
	char name[128];
	struct value name_at;			/* va */
	struct value old_addr, new_addr;	/* va */
	struct value old_size, new_size;	/* bytes */
};

extern const struct record_type livepatch_func_record;

/* n: 0 to nfuncs - 1 */
struct err *livepatch_func(struct xen *x, const struct livepatch *l,
			   unsigned int n,
			   struct livepatch_func *ret) ERR_MUST_CHECK;

/* Replaced functions that are looked at in a comparison of the code. */
#define LIVEPATCH_SITES_MAX	1024

/*
 * Lists up to max places in the hypervisor's own text that applied payloads
 * overwrite with a jump of 5 bytes (common/livepatch.c; asm/livepatch.h of x86).
 * Without livepatching *nr is 0.
 */
struct err *livepatches_sites(struct xen *x, struct text_site *sites,
			      size_t max, size_t *nr) ERR_MUST_CHECK;

/*
 * Adds a payload's symbols to a table (symbols/build.h), prefixed with its name:
 * "PAYLOAD#function", "PAYLOAD/common/domain.c#function". *nr counts them, also
 * on failure.
 */
struct err *livepatch_add_symbols(struct xen *x, const struct livepatch *l,
				  struct symbols *to,
				  unsigned int *nr) ERR_MUST_CHECK;
/*
 * Extends the hypervisor's symbols by those of all payloads. Skips payloads that
 * cannot be read; livepatch_add_symbols() returns the reason.
 */
struct err *livepatches_join_symbols(struct xen *x,
				     struct symbols *of) ERR_MUST_CHECK;

const char *livepatch_state_name(uint64_t state);
/* Formats a build-id as hex digits, "" when there is none; returns buf. */
const char *livepatch_build_id(struct xen *x, const struct value *at,
			       const struct value *len, char *buf, size_t size);

#endif
