/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "livepatch.h"

#include <inttypes.h>

#include "xen/model/memory_source.h"
#include "xen/model/text.h"

#define PAYLOADS_MAX	1024
#define FUNCS_MAX	65536

#define STATE_APPLIED	2	/* LIVEPATCH_STATE_APPLIED of public/sysctl.h */
#define JUMP_SIZE	5	/* a relative jump: opcode and displacement */

#define F(member, path) FIELD(struct livepatch, member, path)

static const struct field fields[] FIELD_TABLE = {
	FIELD_AT(struct livepatch, name_at, "payload.name"),
	F(state, "payload.state"),
	F(rc, "payload.rc"),
	F(reverted, "payload.reverted"),
	F(text_addr, "payload.text_addr"),
	F(text_size, "payload.text_size"),
	F(rw_addr, "payload.rw_addr"),
	F(rw_size, "payload.rw_size"),
	F(ro_addr, "payload.ro_addr"),
	F(ro_size, "payload.ro_size"),
	F(funcs, "payload.funcs"),
	F(nfuncs, "payload.nfuncs"),
	F(nsyms, "payload.nsyms"),
	F(symtab, "payload.symtab"),
	F(id, "payload.id.p"),
	F(id_len, "payload.id.len"),
	F(dep, "payload.dep.p"),
	F(dep_len, "payload.dep.len"),
};

const struct record_type livepatch_record = RECORD_TYPE("payload", fields);

#define FF(member, path) FIELD(struct livepatch_func, member, path)

static const struct field func_fields[] FIELD_TABLE = {
	FF(name_at, "livepatch_func.name"),
	FF(old_addr, "livepatch_func.old_addr"),
	FF(new_addr, "livepatch_func.new_addr"),
	FF(old_size, "livepatch_func.old_size"),
	FF(new_size, "livepatch_func.new_size"),
};

const struct record_type livepatch_func_record = RECORD_TYPE("livepatch_func",
							     func_fields);

struct err *livepatches_start(struct livepatches *w, struct xen *x)
{
	struct livepatches new = { .x = x };

	ERR_TRY(x->source->livepatches_start(&new));
	*w = new;
	return NULL;
}

struct err *mem_livepatches_start(struct livepatches *w)
{
	uint64_t head;

	ERR_TRY(err_prefix(xen_symbol(w->x, "payload_list", &head),
			   "this Xen was built without livepatches"));
	chain_start_ring(&w->chain, w->x, head, PAYLOADS_MAX, "payload_list");
	return NULL;
}

struct err *livepatches_next(struct livepatches *w, struct livepatch *ret)
{
	return w->x->source->livepatches_next(w, ret);
}

struct err *mem_livepatches_next(struct livepatches *w, struct livepatch *ret)
{
	struct livepatch l = { .va = 0 };
	struct xen *x = w->x;
	struct place m;
	uint64_t at;

	ERR_TRY(chain_next(&w->chain, &at));
	if (!at) {
		w->done = true;
		return NULL;
	}
	ERR_TRY(record_resolve(x->records, "payload.list", &m));
	l.va = at - m.offset;
	ERR_TRY(record_read(x->records, x->space, &livepatch_record, l.va, &l));
	err_free(text_read(x, &l.name_at, l.name, sizeof(l.name)));
	*ret = l;
	return NULL;
}

struct err *livepatch_func(struct xen *x, const struct livepatch *l,
			   unsigned int n, struct livepatch_func *ret)
{
	struct livepatch_func f = { .va = 0 };
	struct place type;

	if (!value_ok(&l->nfuncs) || n >= value_of(&l->nfuncs) || n >= FUNCS_MAX)
		return err_new(ERR_NOT_FOUND, "%s has no function %u", l->name, n);
	ERR_TRY(xen_check_pointer(x, value_of(&l->funcs), sizeof(uint64_t), "funcs"));
	ERR_TRY(record_resolve(x->records, "livepatch_func", &type));
	f.va = value_of(&l->funcs) + n * type.size;
	ERR_TRY(record_read(x->records, x->space, &livepatch_func_record, f.va, &f));
	err_free(text_read(x, &f.name_at, f.name, sizeof(f.name)));
	*ret = f;
	return NULL;
}

static struct err *add_sites(struct xen *x, const struct livepatch *l,
			     struct text_site *sites, size_t max, size_t *nr)
{
	struct livepatch_func f;

	for (unsigned int i = 0; i < value_of(&l->nfuncs) && *nr < max; i++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(livepatch_func(x, l, i, &f));
		if (value_ok(&f.old_addr))
			sites[(*nr)++] = (struct text_site){ value_of(&f.old_addr), JUMP_SIZE };
	}
	return NULL;
}

struct err *livepatches_sites(struct xen *x, struct text_site *sites,
			      size_t max, size_t *nr)
{
	struct livepatches w;
	struct livepatch l;
	struct err *e = livepatches_start(&w, x);

	*nr = 0;
	if (e && err_reason(e) == ERR_NO_SYMBOL) {
		err_free(e);
		return NULL;
	}
	if (e)
		return e;
	for (;;) {
		ERR_TRY(livepatches_next(&w, &l));
		if (w.done)
			return NULL;
		if (value_of(&l.state) == STATE_APPLIED && value_ok(&l.nfuncs))
			ERR_TRY(err_prefix(add_sites(x, &l, sites, max, nr), "%s", l.name));
	}
}

const char *livepatch_state_name(uint64_t state)
{
	return state == 1 ? "checked" : state == STATE_APPLIED ? "applied" : "?";
}

const char *livepatch_build_id(struct xen *x, const struct value *at,
			       const struct value *len, char *buf, size_t size)
{
	uint8_t id[BUILD_ID_MAX];
	struct err *e;

	buf[0] = 0;
	if (!value_ok(at) || !value_ok(len) || !value_of(at) ||
	    value_of(len) > sizeof(id))
		return buf;
	e = space_read(x->space, value_of(at), id, value_of(len));
	if (!e)
		build_id_text(id, value_of(len), buf, size);
	err_free(e);
	return buf;
}
