/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of livepatches among those of the hypervisor; valid and damaged. */
#include "tests/unit/model_fixture/fixture.h"

#include "xen/model/host/livepatch.h"
#include "xen/symbols/build.h"

static struct fixture fix;
static uint64_t text, data;

/* Addresses inside of text and data without a symbol of the image. */
static int setup(void **state)
{
	struct fixture *f = &fix;
	struct livepatch l;
	uint64_t symtab;
	struct place m;
	struct livepatches w;

	(void)state;
	fixture_create_from(f, "tests/unit/livepatch_fixture/livepatch.c", 420, 64);
	symtab = fixture_va(f, "symtab");
	assert_ok(livepatches_start(&w, &f->xen));
	assert_ok(livepatches_next(&w, &l));
	text = value_of(&l.text_addr);
	data = value_of(&l.rw_addr);
	assert_ok(record_resolve(f->xen.records, "livepatch_symbol", &m));
	fixture_poke(f, symtab, "livepatch_symbol.value", text + 16);
	fixture_poke(f, symtab + m.size, "livepatch_symbol.value", text + 48);
	fixture_poke(f, symtab + 2 * m.size, "livepatch_symbol.value", data + 4);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_destroy(&fix);
	return 0;
}

static const char *at(uint64_t va)
{
	static char text_of[128];

	return symbols_describe(fix.symbols, va, text_of, sizeof(text_of));
}

static uint64_t named(const char *name)
{
	const struct symbol *sym;

	assert_ok(symbols_by_name(fix.symbols, name, &sym));
	return sym->addr;
}

static void test_join(void **state)
{
	uint64_t victim = named("victim");
	const struct symbol *sym = NULL;
	size_t own = symbols_count(fix.symbols);
	unsigned int n = 0;

	(void)state;
	assert_ok(livepatches_join_symbols(&fix.xen, fix.symbols));
	/* one of them is in no part of the payload */
	assert_int_equal(symbols_count(fix.symbols), own + 3);
	assert_string_equal(at(text + 20), "lp1#victim+0x4");
	assert_string_equal(at(text + 50), "lp1/common/a.c#helper+0x2");
	assert_string_equal(at(data + 4), "lp1#counter");
	assert_string_equal(at(victim), "victim");
	/* Xen's own symbol has precedence; that of the payload requires its name */
	assert_int_equal(named("victim"), victim);
	assert_int_equal(named("lp1#victim"), text + 16);
	assert_int_equal(named("helper"), text + 48);
	assert_int_equal(named("a.c#helper"), text + 48);
	while ((sym = symbols_next_match(fix.symbols, "victim", sym)))
		assert_int_equal(sym->addr, n++ ? text + 16 : victim);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < own + 3; i++)
		assert_non_null(symbols_nth(fix.symbols, i));
	assert_null(symbols_nth(fix.symbols, own + 3));
	/* a second time gives the same, not twice as many */
	assert_ok(livepatches_join_symbols(&fix.xen, fix.symbols));
	assert_int_equal(symbols_count(fix.symbols), own + 3);
}

/* Puts a payload behind the list head at after. */
static void insert(uint64_t after, uint64_t payload)
{
	uint64_t next;
	struct place m;

	assert_ok(record_resolve(fix.xen.records, "payload.list", &m));
	assert_ok(space_read_u64(fix.xen.space, after, &next));
	fixture_poke(&fix, after, NULL, payload + m.offset);
	fixture_poke(&fix, next + 8, NULL, payload + m.offset);
	fixture_poke(&fix, payload + m.offset, NULL, next);
	fixture_poke(&fix, payload + m.offset + 8, NULL, after);
}

/* Payloads that share a table, none of whose symbols is in one of them: the rest is not read. */
static void test_many(void **state)
{
	uint64_t head = fixture_va(&fix, "payload_list"), many = fixture_va(&fix, "many"), first;
	size_t own;
	struct place m;

	(void)state;
	symbols_extend(fix.symbols, NULL);
	own = symbols_count(fix.symbols);
	assert_ok(record_resolve(fix.xen.records, "payload", &m));
	assert_ok(space_read_u64(fix.xen.space, head, &first));
	/* 31 of 8192 symbols each, and the 4 of lp1 are below the limit */
	for (unsigned int i = 0; i < 31; i++)
		insert(head, many + i * m.size);
	assert_ok(livepatches_join_symbols(&fix.xen, fix.symbols));
	assert_int_equal(symbols_count(fix.symbols), own + 3);
	insert(head, many + 31 * m.size);
	insert(head, many + 32 * m.size);
	assert_ok(livepatches_join_symbols(&fix.xen, fix.symbols));
	assert_int_equal(symbols_count(fix.symbols), own);
	fixture_poke(&fix, head, NULL, first);
	fixture_poke(&fix, first + 8, NULL, head);
}

static struct err *add(void)
{
	struct symbols *made;
	struct livepatch l;
	unsigned int nr;
	struct livepatches w;
	struct err *e;

	assert_ok(livepatches_start(&w, &fix.xen));
	assert_ok(livepatches_next(&w, &l));
	assert_ok(symbols_create(&made));
	e = livepatch_add_symbols(&fix.xen, &l, made, &nr);
	symbols_destroy(made);
	return e;
}

/* The error contains the corrupt part, and Xen's own symbols remain. */
static void test_broken(void **state)
{
	uint64_t lp1 = fixture_va(&fix, "lp1"), symtab = fixture_va(&fix, "symtab");
	uint64_t victim = named("victim");

	(void)state;
	fixture_poke(&fix, lp1, "payload.nsyms", 70000);
	assert_err(add(), ERR_CORRUPT, "lp1: invalid payload.nsyms: 70000");
	fixture_poke(&fix, lp1, "payload.nsyms", 4);
	fixture_poke(&fix, lp1, "payload.symtab", 3);
	assert_err(add(), ERR_BAD_POINTER, "payload.symtab 3 is not aligned");
	assert_ok(livepatches_join_symbols(&fix.xen, fix.symbols));
	assert_int_equal(named("victim"), victim);
	fixture_poke(&fix, lp1, "payload.symtab", symtab);
	fixture_poke(&fix, lp1, "payload.text_size", ~0UL);
	assert_err(add(), ERR_CORRUPT, "invalid range of a section");
	fixture_poke(&fix, lp1, "payload.text_size", 64);
	fixture_poke(&fix, symtab, "livepatch_symbol.name", 0x4141);
	assert_err(add(), ERR_BAD_POINTER, "symbol 0: livepatch_symbol.name 4141");
}

/* Only applied payloads change text. */
static void test_sites(void **state)
{
	uint64_t lp1 = fixture_va(&fix, "lp1");
	struct text_site sites[2];
	size_t nr;

	(void)state;
	assert_ok(livepatches_sites(&fix.xen, sites, 2, &nr));
	assert_int_equal(nr, 1);
	assert_int_equal(sites[0].va, named("victim"));
	assert_int_equal(sites[0].len, 5);
	assert_ok(livepatches_sites(&fix.xen, sites, 0, &nr));
	assert_int_equal(nr, 0);
	fixture_poke(&fix, lp1, "payload.funcs", 3);
	assert_err(livepatches_sites(&fix.xen, sites, 2, &nr), ERR_BAD_POINTER, "lp1: funcs 3");
	fixture_poke(&fix, lp1, "payload.funcs", fixture_va(&fix, "funcs"));
	fixture_poke(&fix, lp1, "payload.state", 1);
	assert_ok(livepatches_sites(&fix.xen, sites, 2, &nr));
	assert_int_equal(nr, 0);
	fixture_poke(&fix, lp1, "payload.state", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sites),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
