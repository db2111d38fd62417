/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds the symbols of livepatches to those of the hypervisor. */
#include "livepatch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xen/base/budget.h"
#include "xen/symbols/build.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define PAYLOAD_SYMBOLS_MAX 65536
/* Limit of the symbols of all payloads, whose tables may be the same memory. */
#define ALL_SYMBOLS_MAX (4 * PAYLOAD_SYMBOLS_MAX)
/* Limit of the size of a part: the area of all payloads is at most 1 GiB. */
#define PART_MAX (1UL << 30)

struct payload_symbol {
	struct value name, address, size;
};

static const struct field symbol_fields[] FIELD_TABLE = {
	FIELD(struct payload_symbol, name, "livepatch_symbol.name | "
					   "xsplice_symbol.name"),
	FIELD(struct payload_symbol, address, "livepatch_symbol.value | "
					      "xsplice_symbol.value"),
	FIELD(struct payload_symbol, size, "livepatch_symbol.size | "
					   "xsplice_symbol.size"),
};

static const struct record_type symbol_record = RECORD_TYPE("livepatch_symbol",
							    symbol_fields);

/* Type of a symbol, as in nm, by the part of the payload that contains it; 0: none does. */
static char letter_of(const struct livepatch *l, uint64_t va)
{
	const struct {
		const struct value *start, *size;
		char letter;
	} parts[] = {
		{ &l->text_addr, &l->text_size, 't' },
		{ &l->rw_addr, &l->rw_size, 'd' },
		{ &l->ro_addr, &l->ro_size, 'r' },
	};

	for (unsigned int i = 0; i < N(parts); i++)
		if (value_ok(parts[i].start) &&
		    value_ok(parts[i].size) && va >= value_of(parts[i].start) &&
		    va - value_of(parts[i].start) < value_of(parts[i].size))
			return parts[i].letter;
	return 0;
}

static struct err *add_part(struct symbols *to, const struct value *start,
			    const struct value *size)
{
	if (!value_ok(start) || !value_ok(size) || !value_of(size))
		return NULL;
	if (value_of(size) > PART_MAX || value_of(start) + value_of(size) < value_of(start))
		return err_new(ERR_CORRUPT, "invalid range of a section: %" PRIu64 " bytes at %" PRIx64,
			       value_of(size), value_of(start));
	return symbols_add_section(to, value_of(start), value_of(start) + value_of(size));
}

static struct err *add_symbol(struct xen *x, const struct livepatch *l,
			      uint64_t va, struct symbols *to, unsigned int *nr)
{
	struct payload_symbol p = { .name.raw = 0 };
	char name[256], file[256 + sizeof(l->name)];
	struct symbol sym = { .file = file };
	char *mark;

	ERR_TRY(record_read(x->records, x->space, &symbol_record, va, &p));
	if (!value_ok(&p.name) || !value_ok(&p.address))
		return err_new(ERR_UNSUPPORTED, "livepatch_symbol.name or .value is not available");
	ERR_TRY(xen_check_pointer(x, value_of(&p.name), 1, "livepatch_symbol.name"));
	ERR_TRY(space_read_string(x->space, value_of(&p.name), name, sizeof(name)));
	sym.addr = value_of(&p.address);
	sym.type = letter_of(l, sym.addr);
	sym.size = value_ok(&p.size) ? value_of(&p.size) : 0;
	if (!sym.type || !*name)
		return NULL;	/* outside of the payload */
	mark = strchr(name, '#');
	snprintf(file, sizeof(file), "%s%s%.*s", l->name, mark ? "/" : "",
		 mark ? (int)(mark - name) : 0, name);
	sym.name = mark ? mark + 1 : name;
	++*nr;
	return symbols_add(to, &sym, RANK_PLAIN, NULL);
}

/* budget: symbols that are read, also those outside of the payload. */
static struct err *add_symbols(struct xen *x, const struct livepatch *l,
			       struct symbols *to, struct budget *budget, unsigned int *nr)
{
	struct place symbol;

	*nr = 0;
	if (!value_ok(&l->nsyms) || !value_of(&l->nsyms))
		return NULL;
	if (value_of(&l->nsyms) > PAYLOAD_SYMBOLS_MAX)
		return err_new(ERR_CORRUPT, "%s: invalid payload.nsyms: %" PRIu64, l->name,
			       value_of(&l->nsyms));
	if (!value_ok(&l->symtab))
		return err_new(ERR_NO_TYPE, "%s: payload.symtab is not available", l->name);
	ERR_TRY(err_prefix(xen_check_pointer(x, value_of(&l->symtab), 8, "payload.symtab"),
			   "%s", l->name));
	ERR_TRY(record_resolve(x->records, "livepatch_symbol | xsplice_symbol",
			       &symbol));
	ERR_TRY(add_part(to, &l->text_addr, &l->text_size));
	ERR_TRY(add_part(to, &l->rw_addr, &l->rw_size));
	ERR_TRY(add_part(to, &l->ro_addr, &l->ro_size));
	for (uint64_t i = 0; i < value_of(&l->nsyms); i++) {
		ERR_TRY(budget_take(budget, "symbols of all livepatches"));
		ERR_TRY(err_prefix(add_symbol(x, l, value_of(&l->symtab) + i * symbol.size,
					      to, nr),
				   "%s: symbol %" PRIu64, l->name, i));
	}
	return NULL;
}

struct err *livepatch_add_symbols(struct xen *x, const struct livepatch *l,
				  struct symbols *to, unsigned int *nr)
{
	struct budget budget = { .limit = PAYLOAD_SYMBOLS_MAX };

	return add_symbols(x, l, to, &budget, nr);
}

struct err *livepatches_join_symbols(struct xen *x, struct symbols *of)
{
	struct symbols *later;
	struct livepatch l;
	struct budget budget = { .limit = ALL_SYMBOLS_MAX };
	unsigned int nr, all = 0;
	struct livepatches w;
	struct err *e;

	symbols_extend(of, NULL);
	ERR_TRY(livepatches_start(&w, x));
	ERR_TRY(symbols_create(&later));
	for (;;) {
		e = livepatches_next(&w, &l);
		if (e || w.done)
			break;
		e = add_symbols(x, &l, later, &budget, &nr);
		all += nr;
		if (err_is_final(e))
			break;
		err_free(e);	/* "xen livepatch" reports it */
	}
	if (!e && all)
		e = symbols_finish(later);
	if (!e && all)
		symbols_extend(of, later);
	else
		symbols_destroy(later);
	return e;
}
