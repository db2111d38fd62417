/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbol table and the .config inside a hypervisor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "made_xen.h"
#include "xen/symbols/embedded.h"

static struct made made;

static struct symbols *decode(const struct made *m)
{
	struct symbols *s = NULL;
	struct err *e = symbols_from_embedded(m->payload, m->size,
					      m->o.virt_start, &s);

	if (e)
		print_message("%s\n", err_text(e));
	assert_null(e);
	return s;
}

/* Each symbol of the made hypervisor is found by name and by address. */
static void check_all(const struct made *m, const struct symbols *s)
{
	for (size_t i = 0; i < m->nr_symbols; i++) {
		const struct made_symbol *want = &m->symbol[i];
		const struct symbol *sym = NULL;
		bool found = false;

		while ((sym = symbols_next_match(s, want->name, sym))) {
			if (sym->addr != m->va + want->at)
				continue;
			found = true;
			if (m->o.table == TABLE_4_4)
				assert_null(sym->file);
			else if (*want->file)
				assert_string_equal(sym->file, want->file);
			assert_int_equal(sym->type, *want->file ? want->type :
					 want->type - 32);
		}
		if (m->o.table != TABLE_4_4 || want->type == 't')
			assert_true(found);
		else
			assert_false(found);
	}
}

static void test_formats(void **state)
{
	static const enum made_table tables[] = {
		TABLE_4_4, TABLE_4_7, TABLE_4_21, TABLE_4_22
	};

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		struct made_options o = { .table = tables[i] };
		struct symbols *s;

		made_init(&made, &o);
		s = decode(&made);
		check_all(&made, s);
		symbols_destroy(s);
	}
}

static void test_origin(void **state)
{
	struct made_options o = { .table = TABLE_4_7, .virt_start = MADE_OLD };
	struct symbols *s;

	(void)state;
	made_init(&made, &o);
	s = decode(&made);
	check_all(&made, s);
	symbols_destroy(s);
}

/* END markers of 4.21 give functions their size. */
static void test_sizes(void **state)
{
	struct made_options o = { .table = TABLE_4_21 };
	const struct symbol *sym;
	struct symbols *s;

	(void)state;
	made_init(&made, &o);
	s = decode(&made);
	assert_null(symbols_by_name(s, "_spin_lock", &sym));
	assert_int_equal(sym->size, 0x20);
	assert_null(symbols_by_name(s, "symbol_of_data", &sym));
	assert_int_equal(sym->size, 0);
	symbols_destroy(s);
	o.table = TABLE_4_7;
	made_init(&made, &o);
	s = decode(&made);
	assert_null(symbols_by_name(s, "_spin_lock", &sym));
	assert_int_equal(sym->size, 0);
	symbols_destroy(s);
}

/* The table may be at any address, also at odd ones. */
static void test_place(void **state)
{
	struct made_options o = { .table = TABLE_4_22 };
	uint8_t *bytes = calloc(1, sizeof(made.payload) + 64);
	struct symbols *s;

	(void)state;
	made_init(&made, &o);
	for (size_t shift = 0; shift < 64; shift += 2) {
		memset(bytes, 0, 64);
		memcpy(bytes + shift, made.payload, made.size);
		assert_null(symbols_from_embedded(bytes, made.size + shift,
						  made.o.virt_start, &s));
		check_all(&made, s);
		symbols_destroy(s);
	}
	free(bytes);
}

static void expect_failure(const uint8_t *bytes, size_t len, const char *text)
{
	struct symbols *s = (void *)1;
	struct err *e = symbols_from_embedded(bytes, len, MADE_NEW, &s);

	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	assert_non_null(strstr(err_text(e), text));
	assert_ptr_equal(s, (void *)1);
	err_free(e);
}

static void test_none(void **state)
{
	struct made_options o = { .table = TABLE_NONE };

	(void)state;
	made_init(&made, &o);
	expect_failure(made.payload, made.size, "no embedded symbol table");
	expect_failure(made.payload, 0, "no embedded");
	expect_failure(made.payload, 511, "no embedded");
}

/* Pages missing in a dump are zeros: this is detected, and wrong names are not returned. */
static void test_holes(void **state)
{
	struct made_options o = { .table = TABLE_4_21 };

	(void)state;
	made_init(&made, &o);
	memset(made.payload + made.table + 8, 0, 64);
	expect_failure(made.payload, made.size, "incomplete");
	made_init(&made, &o);
	memset(made.payload + made.table_end - 0x500, 0, 16);
	expect_failure(made.payload, made.size, "embedded symbol table");
}

static void test_cut(void **state)
{
	struct made_options o = { .table = TABLE_4_7 };

	(void)state;
	made_init(&made, &o);
	for (size_t len = made.table; len < made.table_end; len++) {
		/* a separate allocation: ASan reports a read past the end */
		uint8_t *bytes = malloc(len);
		struct symbols *s;
		struct err *e;

		memcpy(bytes, made.payload, len);
		e = symbols_from_embedded(bytes, len, MADE_NEW, &s);
		assert_non_null(e);
		err_free(e);
		free(bytes);
	}
}

static void test_config(void **state)
{
	struct made_options o = { .config_debug = true };
	char *text = NULL, buf[8];
	struct err *e;

	(void)state;
	made_init(&made, &o);
	/* preceded by a magic that does not start a gzip stream */
	memcpy(made.payload + 0x100, "\x1f\x8b\x08\x00", 4);
	assert_null(embedded_config(made.payload, made.size, &text));
	assert_string_equal(config_value(text, "DEBUG", buf, sizeof(buf)), "y");
	assert_string_equal(config_value(text, "NR_CPUS", buf, sizeof(buf)), "256");
	assert_string_equal(config_value(text, "NR_CPUS", buf, 2), "2");
	assert_null(config_value(text, "NR", buf, sizeof(buf)));
	assert_null(config_value(text, "X8", buf, sizeof(buf)));
	free(text);
	o.config_debug = false;
	made_init(&made, &o);
	assert_null(embedded_config(made.payload, made.size, &text));
	assert_string_equal(config_value(text, "DEBUG", buf, sizeof(buf)), "n");
	free(text);
	text = NULL;
	e = embedded_config(made.payload, made.config + 20, &text);
	assert_int_equal(err_reason(e), ERR_NOT_FOUND);
	assert_null(text);
	err_free(e);
}

static void test_interrupt(void **state)
{
	struct made_options o = { .table = TABLE_4_7 };
	struct symbols *s;
	struct err *e;

	(void)state;
	made_init(&made, &o);
	interrupt_pending = 1;
	e = symbols_from_embedded(made.payload, made.size, MADE_NEW, &s);
	interrupt_pending = 0;
	assert_int_equal(err_reason(e), ERR_INTERRUPTED);
	err_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_place),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_config),
		cmocka_unit_test(test_interrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
