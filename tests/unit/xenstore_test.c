/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The xenstore in a generated process: hash table, databases, single records, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "assert_err.h"
#include "made_store.h"
#include "xen/model/dom0/xenstore_memory.h"
#include "xen/model/dom0/xenstore_record.h"

static char big[3000];

static const struct made_node nodes[] = {
	{ "/", "", "local\0tool", 11, 0, 0, 0, 0, 1 },
	{ "/local", "", "a-b\0domain", 11, 0, 0, 0, 0, 2 },
	{ "/local/a-b", big, NULL, 0, 3, 2, 0, 0, 3 },
	{ "/local/domain", "", "10\0002\0x", 7, 0, 0, 0, 0, 4 },
	{ "/local/domain/10", "ten", NULL, 0, 0, 0, 10, 1, 5 },
	{ "/local/domain/2", "two", NULL, 0, 0, 0, 2, 3, 6 },
	{ "/local/domain/x", "\033[31m", NULL, 0, 0, 1, 0, 0, 7 },
	{ "/tool", "", NULL, 0, 0, 0, 0, 0, 8 },
};

static const struct made_node old[] = {
	{ "/local/domain/3", "gone", NULL, 0, 3, 0, 0, 0, 3 },
	{ "/local/domain/2", "once", NULL, 0, 2, 0, 0, 0, 2 },
};

/* Not nodes: a special key, one of a transaction. */
static const struct made_node others[] = {
	{ "@releaseDomain", "", NULL, 0, 0, 0, 0, 0, 1 },
	{ "12/local", "", NULL, 0, 0, 0, 0, 0, 1 },
};

static const char *const order[] = {
	"/", "/local", "/local/a-b", "/local/domain", "/local/domain/2",
	"/local/domain/10", "/local/domain/x", "/tool",
};

static struct memory *memory;

static int setup(void **state)
{
	(void)state;
	memset(big, 'b', sizeof(big) - 1);
	assert_ok(memory_create(&ram_ops, NULL, &memory));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	memory_destroy(memory);
	return 0;
}

static struct err *read_store(unsigned int flags, struct store *ret)
{
	struct user_space u;
	struct err *e;

	memory_flush(memory);
	assert_ok(user_space_open(memory, MADE_ROOT, &u));
	e = store_from_space(&u, flags, ret);
	user_space_close(&u);
	return e;
}

/* The va of the table. */
static uint64_t make_hash(uint64_t *heads, uint64_t *entries)
{
	uint64_t table, chain[3] = { 0 };
	unsigned int i;

	made_process("/usr/sbin/xenstored");
	table = made_table(3, heads);
	for (i = 0; i < ARRAY_SIZE(old); i++)
		made_hash_entry(0, &old[i]);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		chain[i] = made_hash_entry(chain[i], &others[i]);
	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		entries[i] = chain[i % 3] = made_hash_entry(chain[i % 3], &nodes[i]);
	for (i = 0; i < 3; i++)
		heap_u64(*heads + 8 * i, chain[i]);
	return table;
}

static uint64_t make_tdb(uint32_t version, uint32_t *records)
{
	enum made_form form = version == 0x2601196d ? FORM_OLD : FORM_GENERATION;
	uint32_t chain[MADE_CHAINS] = { 0 };
	uint64_t va;
	unsigned int i;

	made_process("xenstored");
	va = made_database(version);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		chain[i] = made_tdb_record(va, form, i, chain[i], &others[i]);
	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		records[i] = chain[i % MADE_CHAINS] =
			made_tdb_record(va, form, i % MADE_CHAINS,
					chain[i % MADE_CHAINS], &nodes[i]);
	for (i = 0; i < ARRAY_SIZE(old); i++) {
		made_tdb_record(va, form, 0, 0, &old[i]);
		heap_u32(va + 172, chain[0]);
	}
	return va;
}

static void check_nodes(const struct store *s, bool generation)
{
	unsigned int i, k;

	assert_int_equal(s->nr - s->stale, ARRAY_SIZE(nodes));
	assert_int_equal(s->bad, 0);
	for (i = 0, k = 0; i < s->nr; i++)
		if (!s->node[i].stale)
			assert_string_equal(s->node[i].path, order[k++]);
	for (i = 0; i < ARRAY_SIZE(nodes); i++) {
		const struct made_node *m = &nodes[i];
		const struct store_node *n = store_find(s, m->path);

		assert_non_null(n);
		assert_int_equal(n->len, strlen(m->value));
		assert_string_equal(n->value, m->value);
		assert_int_equal(n->children_len, m->children_len);
		assert_int_equal(n->nr_perms, m->other ? 2 : 1);
		assert_int_equal(n->perm[0].domid, m->owner);
		assert_int_equal(n->perm[0].bits, m->bits);
		if (m->other) {
			assert_int_equal(n->perm[1].domid, m->other);
			assert_int_equal(n->perm[1].bits, m->other_bits);
		}
		assert_int_equal(n->generation, generation ? m->generation : 0);
	}
	assert_null(store_find(s, "/local/domain/3/name"));
	assert_null(store_find(s, "/loca"));
}

static void test_hash(void **state)
{
	uint64_t heads, entries[ARRAY_SIZE(nodes)];
	struct store s;

	(void)state;
	make_hash(&heads, entries);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.kind, STORE_HASH);
	assert_int_equal(s.stale, 0);
	check_nodes(&s, true);
	store_free(&s);
	assert_ok(read_store(STORE_STALE, &s));
	assert_int_equal(s.stale, 2);
	assert_true(store_find(&s, "/local/domain/3")->stale);
	assert_string_equal(store_find(&s, "/local/domain/3")->value, "gone");
	check_nodes(&s, true);
	store_free(&s);
}

static void test_tdb(void **state)
{
	static const uint32_t versions[] = { 0x2601196d, 0x2601196e };
	uint32_t records[ARRAY_SIZE(nodes)];
	struct store s;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		make_tdb(versions[i], records);
		assert_ok(read_store(0, &s));
		assert_int_equal(s.kind, STORE_TDB);
		check_nodes(&s, i);
		store_free(&s);
		assert_ok(read_store(STORE_STALE, &s));
		assert_int_equal(s.stale, 2);
		check_nodes(&s, i);
		store_free(&s);
	}
}

/* The object of talloc that refers to a database; returns its va. */
static uint64_t make_context(uint64_t database)
{
	unsigned char context[216] = { 0 };
	uint32_t version = 0x2601196e;

	memcpy(context + 8, &database, sizeof(database));
	memcpy(context + 76, &version, sizeof(version));
	return made_talloc(context, sizeof(context), 0);
}

/*
 * The database moved when it grew: the copy that was left behind has nodes that were removed
 * since, and is larger.
 */
static void test_tdb_moved(void **state)
{
	uint32_t records[ARRAY_SIZE(nodes)], chain[MADE_CHAINS] = { 0 };
	uint64_t va, copy, context;
	struct store s;
	unsigned int i;

	(void)state;
	va = make_tdb(0x2601196e, records);
	copy = made_database(0x2601196e);
	for (i = 0; i < ARRAY_SIZE(nodes); i++)
		chain[i % MADE_CHAINS] =
			made_tdb_record(copy, FORM_GENERATION, i % MADE_CHAINS,
					chain[i % MADE_CHAINS], &nodes[i]);
	made_tdb_record(copy, FORM_GENERATION, 0, chain[0], &old[0]);
	assert_ok(read_store(0, &s));
	assert_non_null(store_find(&s, old[0].path));
	store_free(&s);
	context = make_context(va);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.kind, STORE_TDB);
	check_nodes(&s, true);
	store_free(&s);
	/* an object that was freed refers to nothing; neither does one to no database */
	heap_u32(context - 80 + 72, 0xe814ec71);
	assert_ok(read_store(0, &s));
	assert_non_null(store_find(&s, old[0].path));
	store_free(&s);
	make_context(va + 16);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.nr, ARRAY_SIZE(nodes) + 1);
	store_free(&s);
}

/* Without a table: nodes reached by a walk from "/", and of several the newest. */
static void test_scan(void **state)
{
	uint64_t heads, entries[ARRAY_SIZE(nodes)];
	uint32_t records[ARRAY_SIZE(nodes)];
	uint64_t table, database;
	struct store s;

	(void)state;
	table = make_hash(&heads, entries);
	heap_u32(table - 8, 0);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.kind, STORE_SCAN);
	assert_int_equal(s.stale, 2);
	check_nodes(&s, true);
	store_free(&s);
	database = make_tdb(0x2601196e, records);
	heap_u32(database + 32, 0);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.kind, STORE_SCAN);
	assert_int_equal(s.stale, 2);
	check_nodes(&s, true);
	store_free(&s);
}

/* A loop, an invalid pointer, a size of 4 GiB, a missing page. */
static void test_damaged_hash(void **state)
{
	uint64_t heads, entries[ARRAY_SIZE(nodes)], key;
	struct store s;

	(void)state;
	make_hash(&heads, entries);
	heap_u64(entries[6] + 24, entries[6]);
	assert_ok(read_store(0, &s));
	assert_true(s.bad > 0 && s.nr >= 1);
	store_free(&s);
	make_hash(&heads, entries);
	heap_u64(entries[7] + 24, 0x123456780);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.bad, 1);
	assert_non_null(store_find(&s, "/tool"));
	assert_null(store_find(&s, "/local/domain/10"));
	assert_non_null(store_find(&s, "/local/domain/2"));
	store_free(&s);
	make_hash(&heads, entries);
	key = entries[7] - 80 - 16;
	heap_u64(key - 80 + 64, 1ULL << 32);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.bad, 1);
	assert_int_equal(s.nr, ARRAY_SIZE(nodes) - 1);
	store_free(&s);
	make_hash(&heads, entries);
	heap_u32(heads, 0x10);	/* not an entry */
	absent = heap_frame(2);
	assert_ok(read_store(STORE_STALE, &s));
	assert_true(s.bad > 0);
	store_free(&s);
}

static void test_damaged_tdb(void **state)
{
	static const uint32_t sizes[] = { 0xffffffff, 0x80000000, 4 };
	uint32_t records[ARRAY_SIZE(nodes)];
	uint64_t va;
	struct store s;
	unsigned int i, field;

	(void)state;
	va = make_tdb(0x2601196e, records);
	heap_u32(va + records[1], records[1]);
	assert_ok(read_store(0, &s));
	assert_true(s.bad > 0);
	store_free(&s);
	for (field = 4; field <= 16; field += 4) {
		for (i = 0; i < ARRAY_SIZE(sizes); i++) {
			va = make_tdb(0x2601196e, records);
			heap_u32(va + records[3] + field, sizes[i]);
			assert_ok(read_store(STORE_STALE, &s));
			/* the hash modulo the number of chains may be right by chance */
			assert_true(s.nr - s.stale >= ARRAY_SIZE(nodes) - 2);
			store_free(&s);
		}
	}
	va = make_tdb(0x2601196e, records);
	heap_u32(va + 36, 0xffffffff);
	assert_ok(read_store(0, &s));
	assert_int_equal(s.kind, STORE_SCAN);
	store_free(&s);
}

static void test_nothing(void **state)
{
	struct store s;

	(void)state;
	made_process("xenstored");
	assert_err(read_store(STORE_STALE, &s), ERR_NOT_FOUND, "no xenstore");
}

static void test_program(void **state)
{
	char name[16];

	(void)state;
	made_process("/usr/lib/xen-4.20/bin/xenstored");
	memory_flush(memory);
	assert_ok(user_program(memory, MADE_ROOT, name, sizeof(name)));
	assert_string_equal(name, "xenstored");
	made_process("init");
	memory_flush(memory);
	assert_ok(user_program(memory, MADE_ROOT, name, sizeof(name)));
	assert_string_equal(name, "init");
	made_process("a\033b");
	memory_flush(memory);
	assert_err(user_program(memory, MADE_ROOT, name, sizeof(name)),
		   ERR_NOT_FOUND, "no program name");
	made_process("/bin/a-name-of-sixteen");
	memory_flush(memory);
	assert_err(user_program(memory, MADE_ROOT, name, sizeof(name)),
		   ERR_NOT_FOUND, "no program name");
	absent = 9 * XPAGE_SIZE;
	memory_flush(memory);
	assert_err(user_program(memory, MADE_ROOT, name, sizeof(name)),
		   ERR_NOT_IN_DUMP, "not in the dump");
}

/* Tables that contain themselves end by the budget. */
static void test_table_loop(void **state)
{
	struct user_space u;
	unsigned int i;

	(void)state;
	made_process("x");
	for (i = 0; i < 256; i++)
		made_entry(MADE_ROOT, i, MADE_ROOT);
	memory_flush(memory);
	assert_err(user_space_open(memory, MADE_ROOT, &u), ERR_CORRUPT, "page tables");
}

/* Large pages that map the same memory again and again. */
static void test_large_pages(void **state)
{
	struct user_space u;
	unsigned int i;

	(void)state;
	made_process("x");
	for (i = 0; i < 512; i++) {
		made_entry(0x3000, i, 0x80);
		made_entry(0x2000, i, 0x3000);
	}
	memory_flush(memory);
	assert_err(user_space_open(memory, MADE_ROOT, &u), ERR_CORRUPT,
		   "more than 4194304 pages");
}

/* Empty buckets count as read: as many tables as fit into memory may refer to them. */
static void test_empty_tables(void **state)
{
	struct store s = { .limit = 24 }, t = { .limit = 23 };
	struct user_space u;
	uint64_t heads, table;

	(void)state;
	made_process("xenstored");
	table = made_table(3, &heads);
	memory_flush(memory);
	assert_ok(user_space_open(memory, MADE_ROOT, &u));
	assert_ok(store_read_hash(&u, table, &s));
	assert_int_equal(s.bytes, 24);
	assert_err(store_read_hash(&u, table, &t), ERR_REFUSED, "overlap");
	user_space_close(&u);
}

static void test_records(void **state)
{
	unsigned char bytes[4096];
	struct store_node n;
	size_t len, i;

	(void)state;
	for (i = 0; i < 3; i++) {
		len = made_record(i, &nodes[3], bytes);
		assert_true(store_record_parse(i, bytes, len, &n));
		assert_false(store_record_parse(i, bytes, len + 1, &n));
		assert_false(store_record_parse(i, bytes, len - 8, &n));
		assert_false(store_record_parse(i, bytes, 3, &n));
	}
	assert_true(store_path_is_valid("/", 1));
	assert_true(store_path_is_valid("/a/b", 4));
	assert_false(store_path_is_valid("/a/", 3));
	assert_false(store_path_is_valid("/a//b", 5));
	assert_false(store_path_is_valid("/a\0b", 4));
	assert_false(store_path_is_valid("a/b", 3));
	assert_true(store_is_below("/a/b", "/a"));
	assert_true(store_is_below("/a", "/a"));
	assert_true(store_is_below("/a", "/"));
	assert_false(store_is_below("/ab", "/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_tdb),
		cmocka_unit_test(test_tdb_moved),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_damaged_hash),
		cmocka_unit_test(test_damaged_tdb),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_table_loop),
		cmocka_unit_test(test_large_pages),
		cmocka_unit_test(test_empty_tables),
		cmocka_unit_test(test_records),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
