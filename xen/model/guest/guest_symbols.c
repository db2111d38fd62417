/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_symbols.h"

#include <inttypes.h>
#include <stdlib.h>

#include "xen/symbols/kallsyms.h"

/* Limits of the guest's own numbers. */
#define NAMES_MAX	(64ULL << 20)
#define TOKENS_MAX	(64ULL << 10)
#define NR_MAX		(1U << 20)
#define KERNEL_HALF	(1ULL << 63)

struct table {
	uint64_t names, num_syms, token_table, token_index, offsets;
	uint64_t relative_base;		/* va of the number */
	struct kallsyms k;
	uint8_t *names_bytes, *tokens, *index, *addresses;
};

static struct err *find_table(const struct guest *g, struct table *t)
{
	const struct {
		const char *name;
		uint64_t *va;
	} part[] = {
		{ "kallsyms_names", &t->names },
		{ "kallsyms_num_syms", &t->num_syms },
		{ "kallsyms_token_table", &t->token_table },
		{ "kallsyms_token_index", &t->token_index },
		{ "kallsyms_offsets", &t->offsets },
		{ "kallsyms_relative_base", &t->relative_base },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(part); i++)
		if (!vmcoreinfo_symbol(g->info, part[i].name, part[i].va))
			return err_new(ERR_NOT_FOUND, "VMCOREINFO does not list %s (requires Linux 6.0)",
				       part[i].name);
	if (t->names >= t->token_table || t->token_table - t->names > NAMES_MAX ||
	    t->token_table >= t->token_index ||
	    t->token_index - t->token_table > TOKENS_MAX)
		return err_new(ERR_CORRUPT, "kallsyms: names at %" PRIx64
			       ", tokens at %" PRIx64 ", their index at %" PRIx64,
			       t->names, t->token_table, t->token_index);
	return NULL;
}

/* A new buffer of len bytes read at va. */
static struct err *read_part(struct guest *g, const char *what, uint64_t va,
			     size_t len, uint8_t **ret)
{
	struct err *e;

	*ret = malloc(len);
	if (!*ret)
		return err_nomem();
	e = guest_tables_read(&g->tables, va, *ret, len);
	return err_prefix(e, "%s at %" PRIx64, what, va);
}

static struct err *read_table(struct guest *g, struct table *t)
{
	struct kallsyms *k = &t->k;

	ERR_TRY(find_table(g, t));
	ERR_TRY(guest_tables_read(&g->tables, t->num_syms, &k->nr, sizeof(k->nr)));
	ERR_TRY(guest_tables_read(&g->tables, t->relative_base, &k->relative_base,
				 sizeof(k->relative_base)));
	k->names_len = t->token_table - t->names;
	k->tokens_len = t->token_index - t->token_table;
	k->entry_size = 4;
	/* a name has two bytes at least */
	if (!k->nr || k->nr > NR_MAX || k->nr > k->names_len / 2)
		return err_new(ERR_CORRUPT, "kallsyms has %u symbols", k->nr);
	ERR_TRY(read_part(g, "kallsyms_names", t->names, k->names_len,
			  &t->names_bytes));
	ERR_TRY(read_part(g, "kallsyms_token_table", t->token_table,
			  k->tokens_len, &t->tokens));
	ERR_TRY(read_part(g, "kallsyms_token_index", t->token_index,
			  KALLSYMS_INDEX_SIZE, &t->index));
	ERR_TRY(read_part(g, "kallsyms_offsets", t->offsets,
			  (size_t)k->nr * k->entry_size, &t->addresses));
	k->names = t->names_bytes;
	k->tokens = t->tokens;
	k->token_index = t->index;
	k->addresses = t->addresses;
	return NULL;
}

struct err *guest_symbols(struct guest *g, const struct symbols **ret)
{
	struct table t = { 0 };
	struct err *e = NULL;

	if (!g->symbols) {
		e = read_table(g, &t);
		if (!e)
			e = kallsyms_decode(&t.k, &g->symbols);
		free(t.names_bytes);
		free(t.tokens);
		free(t.index);
		free(t.addresses);
	}
	if (!e)
		*ret = g->symbols;
	return e;
}

const char *guest_symbol_text(struct guest *g, uint64_t va, char *buf,
			      size_t size)
{
	const struct symbols *s;
	struct err *e;

	buf[0] = '\0';
	if (!g->info || !g->confirmed || va < KERNEL_HALF)
		return buf;
	e = guest_symbols(g, &s);
	if (!e)
		symbols_describe(s, va, buf, size);
	err_free(e);
	return buf;
}
