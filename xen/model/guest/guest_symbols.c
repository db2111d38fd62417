/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_symbols.h"

#include <inttypes.h>
#include <stdlib.h>

#include "xen/symbols/kallsyms.h"

/* Limits of numbers that are read from the guest. */
#define NAMES_MAX	(64ULL << 20)
#define TOKENS_MAX	(64ULL << 10)
#define NR_MAX		(1U << 20)
#define KERNEL_HALF	(1ULL << 63)
#define IMAGE_MAX	(128ULL << 20)	/* bytes from text to data */

struct table {
	uint64_t names, num_syms, token_table, token_index, offsets;
	uint64_t relative_base;		/* va of the number of symbols */
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
		return err_new(ERR_CORRUPT, "invalid order of kallsyms: names at %" PRIx64
			       ", tokens at %" PRIx64 ", their index at %" PRIx64,
			       t->names, t->token_table, t->token_index);
	return NULL;
}

/* Reads len bytes at va into a new buffer. */
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
	/* a name has at least two bytes */
	if (!k->nr || k->nr > NR_MAX || k->nr > k->names_len / 2)
		return err_new(ERR_CORRUPT, "invalid number of symbols in kallsyms: %u", k->nr);
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

/* ---- VMCOREINFO without kallsyms: Linux before 6.0 ---- */

/*
 * Reads the bytes from the kernel's text to its data; pages that cannot be read
 * are zeros.
 */
static struct err *read_image(struct guest *g, uint8_t **ret, size_t *len)
{
	uint64_t start, end;
	uint8_t *bytes;

	if (!vmcoreinfo_symbol(g->info, "_stext", &start) ||
	    !vmcoreinfo_symbol(g->info, "init_uts_ns", &end))
		return err_new(ERR_NOT_FOUND, "VMCOREINFO has no _stext or init_uts_ns");
	start &= XPAGE_MASK;
	end &= XPAGE_MASK;
	if (start >= end || start < KERNEL_HALF || end - start > IMAGE_MAX)
		return err_new(ERR_CORRUPT, "invalid range of kernel text: %" PRIx64 " to %" PRIx64,
			       start, end);
	bytes = calloc(1, end - start);
	if (!bytes)
		return err_nomem();
	for (uint64_t at = start; at < end; at += XPAGE_SIZE) {
		struct err *e = guest_tables_read(&g->tables, at, bytes + (at - start),
						  XPAGE_SIZE);

		if (err_is_final(e)) {
			free(bytes);
			return e;
		}
		err_free(e);
	}
	*ret = bytes;
	*len = end - start;
	return NULL;
}

/* The memory may also contain the table of another kernel: one address must agree. */
static struct err *check_found(struct guest *g, const struct symbols *s)
{
	const struct symbol *sym;
	uint64_t want;

	ERR_TRY(symbols_by_name(s, "init_uts_ns", &sym));
	if (!vmcoreinfo_symbol(g->info, "init_uts_ns", &want) || sym->addr != want)
		return err_new(ERR_MISMATCH, "kallsyms has init_uts_ns at %" PRIx64
			       ", VMCOREINFO at %" PRIx64, sym->addr, want);
	return NULL;
}

static struct err *search_table(struct guest *g)
{
	struct symbols *s = NULL;
	struct kallsyms k;
	uint8_t *image = NULL;
	size_t len = 0;
	struct err *e;

	ERR_TRY(read_image(g, &image, &len));
	e = kallsyms_find(image, len, &k);
	if (!e)
		e = kallsyms_decode(&k, NULL, &s);
	free(image);
	if (!e)
		e = check_found(g, s);
	if (e) {
		symbols_destroy(s);
		return err_prefix(e, "VMCOREINFO does not list kallsyms (Linux 6.0 and later do)");
	}
	g->symbols = s;
	return NULL;
}

static bool lists_table(const struct guest *g)
{
	uint64_t va;

	return vmcoreinfo_symbol(g->info, "kallsyms_names", &va);
}

/* Decodes the table that VMCOREINFO lists; only: see kallsyms_decode(). */
static struct err *decode_table(struct guest *g, const char *only, struct symbols **ret)
{
	struct table t = { 0 };
	struct err *e = read_table(g, &t);

	if (!e)
		e = kallsyms_decode(&t.k, only, ret);
	free(t.names_bytes);
	free(t.tokens);
	free(t.index);
	free(t.addresses);
	return e;
}

struct err *guest_symbols(struct guest *g, const struct symbols **ret)
{
	struct err *e = NULL;

	if (!g->symbols)
		e = lists_table(g) ? decode_table(g, NULL, &g->symbols) : search_table(g);
	if (!e)
		*ret = g->symbols;
	return e;
}

struct err *guest_symbol(struct guest *g, const char *name, uint64_t *va)
{
	const struct symbols *s = NULL;
	struct symbols *one = NULL;
	const struct symbol *sym;
	struct err *e;

	e = g->symbols || !lists_table(g) ? guest_symbols(g, &s) : decode_table(g, name, &one);
	if (!e)
		e = symbols_by_name(one ? one : s, name, &sym);
	if (!e)
		*va = sym->addr;
	symbols_destroy(one);
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
