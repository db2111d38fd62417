/* SPDX-License-Identifier: GPL-2.0-or-later */
/* VMCOREINFO, logs and symbols of guests, valid and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "assert_err.h"
#include "made_guest.h"
#include "xen/symbols/kallsyms.h"
#include "xen/model/guest/guest_log.h"
#include "xen/model/guest/guest_symbols.h"

static struct made_guest made;

/* ---- VMCOREINFO ---- */

static void header(unsigned char *bytes, uint32_t name, uint32_t size,
		   uint32_t type)
{
	const uint32_t words[] = { name, size, type };

	memset(bytes, 0, VMCOREINFO_HEADER);
	memcpy(bytes, words, sizeof(words));
	memcpy(bytes + 12, "VMCOREINFO", 10);
}

static void test_header(void **state)
{
	unsigned char b[VMCOREINFO_HEADER];
	unsigned int len = 7;

	(void)state;
	header(b, 11, 3241, 0);
	assert_true(vmcoreinfo_header(b, &len));
	assert_int_equal(len, 3241);
	header(b, 11, 0, 0);
	assert_false(vmcoreinfo_header(b, &len));
	header(b, 11, VMCOREINFO_MAX + 1, 0);
	assert_false(vmcoreinfo_header(b, &len));
	header(b, 11, UINT32_MAX, 0);
	assert_false(vmcoreinfo_header(b, &len));
	header(b, 12, 3241, 0);
	assert_false(vmcoreinfo_header(b, &len));
	header(b, 11, 3241, 1);
	assert_false(vmcoreinfo_header(b, &len));
	header(b, 11, 3241, 0);
	b[22] = '_';
	assert_false(vmcoreinfo_header(b, &len));
	assert_int_equal(len, 3241);
}

static void take(struct vmcoreinfo *v, const char *text)
{
	assert_ok(vmcoreinfo_take(text, strlen(text), v));
}

static void test_values(void **state)
{
	struct vmcoreinfo v;
	char text[8];
	uint64_t n = 7;

	(void)state;
	take(&v, "OSRELEASE=6.12.1\nSYMBOL(a)=ffffffff81000000\nSYMBOL(a)=1\n"
		 "NUMBER(b)=-4096\nNUMBER(c)=0x10\nNUMBER(d)=99999999999999999999\n"
		 "NUMBER(e)=\nNUMBER(f)=12 \nKERNELOFFSET=1f000000");
	assert_true(vmcoreinfo_text(&v, "OSRELEASE", text, sizeof(text)));
	assert_string_equal(text, "6.12.1");
	assert_true(vmcoreinfo_text(&v, "SYMBOL(a)", text, sizeof(text)));
	assert_string_equal(text, "fffffff");
	assert_true(vmcoreinfo_symbol(&v, "a", &n));
	assert_int_equal(n, 0xffffffff81000000);
	assert_true(vmcoreinfo_number(&v, "NUMBER(b)", &n));
	assert_int_equal(n, -4096L);
	assert_true(vmcoreinfo_number(&v, "NUMBER(c)", &n));
	assert_int_equal(n, 16);
	assert_false(vmcoreinfo_number(&v, "NUMBER(d)", &n));
	assert_false(vmcoreinfo_number(&v, "NUMBER(e)", &n));
	assert_false(vmcoreinfo_number(&v, "NUMBER(f)", &n));
	assert_false(vmcoreinfo_number(&v, "NUMBER", &n));
	assert_false(vmcoreinfo_number(&v, "UMBER(c)", &n));
	assert_true(vmcoreinfo_hex(&v, "KERNELOFFSET", &n));
	assert_int_equal(n, 0x1f000000);
}

static void test_text(void **state)
{
	struct vmcoreinfo v = { .len = 7 };
	char big[2 * VMCOREINFO_MAX];

	(void)state;
	assert_err(vmcoreinfo_take("RELEASE=1", 9, &v), ERR_CORRUPT, "OSRELEASE");
	assert_err(vmcoreinfo_take("OSRELE", 6, &v), ERR_CORRUPT, "OSRELEASE");
	assert_err(vmcoreinfo_take("", 0, &v), ERR_CORRUPT, "OSRELEASE");
	assert_int_equal(v.len, 7);
	/* ends at an escape, and at the end of a page */
	take(&v, "OSRELEASE=6\033[2J\nA=1\n");
	assert_string_equal(v.text, "OSRELEASE=6");
	memset(big, 'x', sizeof(big));
	memcpy(big, "OSRELEASE=", 10);
	assert_ok(vmcoreinfo_take(big, sizeof(big), &v));
	assert_int_equal(v.len, VMCOREINFO_MAX);
	assert_int_equal(strlen(v.text), VMCOREINFO_MAX);
}

/* ---- logs ---- */

struct lines {
	char text[4096];
	size_t len;
	unsigned int nr;
};

static struct err *collect(void *arg, const struct guest_log_record *r)
{
	struct lines *l = arg;

	l->len += snprintf(l->text + l->len, sizeof(l->text) - l->len, "%s%lu %.*s|",
			   r->has_time ? "" : "-", (unsigned long)r->ns,
			   (int)r->len, r->text);
	l->nr++;
	assert_true(l->len < sizeof(l->text));
	return NULL;
}

static struct err *read_log(struct lines *l, uint64_t *lost)
{
	*l = (struct lines){ .nr = 0 };
	made_guest_changed(&made);
	return guest_log_read(&made.guest, collect, l, lost);
}

static void check_log(const char *want, uint64_t want_lost)
{
	struct lines l;
	uint64_t lost;

	assert_ok(read_log(&l, &lost));
	assert_string_equal(l.text, want);
	assert_int_equal(lost, want_lost);
}

static void check_bad(enum err_reason why, const char *part)
{
	struct lines l;
	uint64_t lost;

	assert_err(read_log(&l, &lost), why, part);
}

static void test_lockless(void **state)
{
	(void)state;
	made_guest_lockless(&made);
	check_log("9000000000 first|10500000000 two\nlines|12000000000 behind the end|", 1);
	/* without text, and one whose text was overwritten */
	made_guest_put(&made, MADE_DESCS + 6 * 24 + 8, 1, 8);
	made_guest_put(&made, MADE_DESCS + 6 * 24 + 16, 3, 8);
	made_guest_put(&made, MADE_TEXT + 48, 15, 8);
	check_log("9000000000 |12000000000 behind the end|", 2);
	/* a length beyond the block is cut to the block */
	made_guest_put(&made, MADE_INFOS + 8, 0xffff, 2);
	check_log("9000000000 |12000000000 behind the end|", 2);
}

static void test_lockless_damaged(void **state)
{
	(void)state;
	made_guest_lockless(&made);
	made_guest_put(&made, MADE_RING, 25, 4);
	check_bad(ERR_CORRUPT, "2^25 descriptors");
	made_guest_lockless(&made);
	made_guest_put(&made, MADE_RING + 48, 32, 4);
	check_bad(ERR_CORRUPT, "2^32 bytes");
	made_guest_lockless(&made);
	made_guest_ids(&made, 0, 8);
	check_bad(ERR_CORRUPT, "ids from 0 to 8");
	made_guest_lockless(&made);
	made_guest_put(&made, MADE_PRB, 0xffffffff12345678, 8);
	check_bad(ERR_BAD_POINTER, "is not an address");
	/* rings with invalid pointers affect only their records */
	made_guest_lockless(&made);
	made_guest_put(&made, MADE_RING + 56, MADE_GUEST, 8);
	check_log("", 4);
	made_guest_lockless(&made);
	made_guest_put(&made, MADE_RING + 8, ~0xfffUL, 8);
	check_log("", 5);
	/* descriptors of other ids: no empty log */
	made_guest_lockless(&made);
	made_guest_put(&made, MADE_RING + 8, MADE_INFOS, 8);
	check_log("", 5);
	/* a block of the whole ring, and one that ends before it begins */
	made_guest_lockless(&made);
	made_guest_put(&made, MADE_DESCS + 6 * 24 + 16, 32 + 256, 8);
	made_guest_put(&made, MADE_DESCS + 7 * 24 + 16, 8, 8);
	check_log("12000000000 behind the end|", 3);
}

static void test_lockless_places(void **state)
{
	char *at;

	(void)state;
	made_guest_lockless(&made);
	at = strstr(made.info.text, "SIZE(printk_info)=24");
	memcpy(at, "SIZE(printk_info)=9 ", 20);
	check_bad(ERR_NOT_FOUND, "SIZE(printk_info)");
	memcpy(at, "SIZE(printk_info)=09", 20);
	check_bad(ERR_CORRUPT, "invalid offset of a member: 8");
	memcpy(at, "SIZE(printk_info)=-1", 20);
	check_bad(ERR_CORRUPT, "SIZE(printk_info) is");
}

static void test_records(void **state)
{
	(void)state;
	made_guest_records(&made);
	check_log("1000000 older|2500000000 old|3000000000 new|", 0);
	made_guest_indexes(&made, 0, 0);
	check_log("", 0);
	/* a record that fills the ring to its end */
	made_guest_records(&made);
	made_guest_put(&made, MADE_LOG + 88 + 8, 40, 2);
	check_log("1000000 older|2500000000 old|3000000000 new|", 0);
}

static void test_records_damaged(void **state)
{
	(void)state;
	made_guest_records(&made);
	made_guest_indexes(&made, 64, 40);	/* between two records */
	check_bad(ERR_CORRUPT, "do not end at 40");
	made_guest_indexes(&made, 128, 0);
	check_bad(ERR_CORRUPT, "invalid range of records: 128");
	made_guest_records(&made);
	made_guest_put(&made, MADE_LOG + 64 + 8, 8, 2);
	check_bad(ERR_CORRUPT, "invalid size of a record: 8 bytes");
	made_guest_records(&made);
	made_guest_put(&made, MADE_LOG + 88 + 8, 48, 2);
	check_bad(ERR_CORRUPT, "invalid size of a record: 48 bytes");
	made_guest_records(&made);
	made_guest_put(&made, MADE_VARS + 8, 0xffffffff, 4);
	check_bad(ERR_CORRUPT, "invalid size of the log: 4294967295 bytes");
	made_guest_put(&made, MADE_VARS + 8, 16, 4);
	check_bad(ERR_CORRUPT, "invalid size of the log: 16 bytes");
	/* pages that are mapped many times */
	made_guest_put(&made, MADE_VARS + 8, 2 * MADE_GUEST, 4);
	check_bad(ERR_CORRUPT, "invalid size of the log: 524288 bytes, more than the memory");
	made.guest.domain.tot_pages.state = VALUE_NO_FIELD;
	check_log("1000000 older|2500000000 old|3000000000 new|", 0);
	made.guest.domain.tot_pages.state = VALUE_OK;
}

static void test_characters(void **state)
{
	(void)state;
	made_guest_characters(&made);
	check_log("-0 first line|-0 second line|-0 no end|", 0);
	made_guest_put(&made, MADE_VARS + 16, 64 + 14, 4);
	made_guest_changed(&made);
	check_log("-0 second line|-0 no end|", 0);
	made_guest_put(&made, MADE_VARS + 8, 63, 4);
	check_bad(ERR_CORRUPT, "invalid size of the log: 63 bytes");
	made_guest_put(&made, MADE_VARS + 8, 2 * MADE_GUEST, 4);
	check_bad(ERR_CORRUPT, "invalid size of the log: 524288 bytes, more than the memory");
}

static void test_no_log(void **state)
{
	(void)state;
	made_guest_begin(&made);
	check_bad(ERR_NOT_FOUND, "VMCOREINFO lists no log");
}

/* ---- kallsyms ---- */

static void test_kallsyms(void **state)
{
	const struct symbols *s;
	const struct symbol *sym;
	char text[32];

	(void)state;
	made_guest_kallsyms(&made);
	made_guest_changed(&made);
	assert_ok(guest_symbols(&made.guest, &s));
	assert_int_equal(symbols_count(s), 4);
	assert_ok(symbols_by_name(s, "xen_start", &sym));
	assert_int_equal(sym->addr, MADE_RELATIVE + 0x40);
	assert_int_equal(sym->type, 'T');
	assert_ok(symbols_by_name(s, "percpu", &sym));
	assert_int_equal(sym->addr, 0x100);
	assert_int_equal(strlen(symbols_nth(s, 3)->name), 150);
	assert_string_equal(guest_symbol_text(&made.guest, MADE_RELATIVE + 0x42,
					      text, sizeof(text)), "xen_start+0x2");
	assert_string_equal(guest_symbol_text(&made.guest, 0x101, text,
					      sizeof(text)), "");
	symbols_destroy(made.guest.symbols);
	made.guest.symbols = NULL;
}

/* The offset of the log's clock, a variable of the kernel. */
static void test_clock(void **state)
{
	const struct symbols *all;
	uint64_t at, ns = 1;

	(void)state;
	made_guest_kallsyms(&made);
	made_guest_changed(&made);
	assert_err(guest_log_offset(&made.guest, &ns), ERR_NO_SYMBOL, "xen_sched_clock_offset");
	assert_int_equal(ns, 1);
	at = made_guest_name(&made, MADE_NAMES, "dxsched_clock_offset");
	at = made_guest_name(&made, at, "T_stext");
	at = made_guest_name(&made, at, "Txstart");
	made_guest_name(&made, at, "tz");
	made_guest_put(&made, 0x100, 4278123456, 8);
	made_guest_changed(&made);
	assert_ok(guest_log_offset(&made.guest, &ns));
	assert_int_equal(ns, 4278123456);
	/* of one symbol the table is not kept; it is used where it is */
	assert_null(made.guest.symbols);
	assert_ok(guest_symbols(&made.guest, &all));
	ns = 0;
	assert_ok(guest_log_offset(&made.guest, &ns));
	assert_int_equal(ns, 4278123456);
	symbols_destroy(made.guest.symbols);
	made.guest.symbols = NULL;
}

/* Without negative offsets all offsets are relative to the base. */
static void test_kallsyms_relative(void **state)
{
	const struct symbols *s;

	(void)state;
	made_guest_kallsyms(&made);
	for (unsigned int i = 0; i < 4; i++)
		made_guest_put(&made, MADE_OFFSETS + 4 * i, i * 16, 4);
	made_guest_changed(&made);
	assert_ok(guest_symbols(&made.guest, &s));
	assert_int_equal(symbols_nth(s, 3)->addr, MADE_RELATIVE + 48);
	symbols_destroy(made.guest.symbols);
	made.guest.symbols = NULL;
}

static void bad_symbols(enum err_reason why, const char *part)
{
	const struct symbols *s;

	made_guest_changed(&made);
	assert_err(guest_symbols(&made.guest, &s), why, part);
	assert_null(made.guest.symbols);
}

static void test_kallsyms_damaged(void **state)
{
	(void)state;
	made_guest_kallsyms(&made);
	made_guest_put(&made, MADE_NR, 0, 4);
	bad_symbols(ERR_CORRUPT, "invalid number of symbols in kallsyms: 0");
	made_guest_put(&made, MADE_NR, 0xffffffff, 4);
	bad_symbols(ERR_CORRUPT, "invalid number of symbols in kallsyms: 4294967295");
	made_guest_put(&made, MADE_NR, 5, 4);
	bad_symbols(ERR_CORRUPT, "damaged at symbol 4");
	made_guest_kallsyms(&made);
	made_guest_put(&made, MADE_INDEX + 2 * 'p', 0xffff, 2);
	bad_symbols(ERR_CORRUPT, "damaged at symbol 0");
	/* a token without end, a name longer than the limit */
	made_guest_kallsyms(&made);
	memset(made.ram + MADE_TOKENS, 'a', MADE_INDEX - MADE_TOKENS);
	bad_symbols(ERR_CORRUPT, "damaged at symbol 0");
	made_guest_begin(&made);
	bad_symbols(ERR_NOT_FOUND, "VMCOREINFO has no _stext or init_uts_ns");
}

/* ---- a kernel's image without its VMCOREINFO ---- */

enum { FOUND_NR = 600, FOUND_SIZE = 0x10000 };

struct made_image {
	uint8_t bytes[FOUND_SIZE];
	size_t names, markers, tokens, index;
};

static size_t put_bytes(struct made_image *m, size_t at, const void *bytes, size_t len)
{
	memcpy(m->bytes + at, bytes, len);
	return at + len;
}

static size_t put_number(struct made_image *m, size_t at, uint64_t v, size_t len)
{
	return put_bytes(m, at, &v, len);
}

/* width: of a marker; entry: bytes of an address. */
static void make_image(struct made_image *m, unsigned int width, unsigned int entry)
{
	size_t at = 0x128;

	memset(m, 0, sizeof(*m));
	memset(m->bytes, 0xcc, at);
	for (unsigned int i = 0; i < FOUND_NR; i++)
		at = entry == 8 ? put_number(m, at, MADE_RELATIVE + 16 * i, 8) :
				  put_number(m, at, -1 - 16 * (int64_t)i, 4);
	at = (at + 7) & ~7UL;
	if (entry == 4)
		at = put_number(m, at, MADE_RELATIVE, 8);
	m->names = at = put_number(m, at, FOUND_NR, 8);
	for (unsigned int i = 0; i < FOUND_NR; i++) {
		char name[16];

		snprintf(name, sizeof(name), "Txs%u", i);
		at = put_number(m, at, strlen(name), 1);
		at = put_bytes(m, at, name, strlen(name));
	}
	m->markers = at = (at + 7) & ~7UL;
	for (size_t i = 0, name = m->names; i < FOUND_NR; i++) {
		if (!(i % 256))
			at = put_number(m, at, name - m->names, width);
		name += 1 + m->bytes[name];
	}
	m->tokens = at = (at + 7) & ~7UL;
	m->index = m->tokens;
	for (unsigned int i = 0; i < 256; i++) {
		char token[8] = "";

		if (i == 'x')
			strcpy(token, "xen_");
		else if (i > 32 && i < 127)
			token[0] = i;
		m->index += strlen(token) + 1;
		at = put_bytes(m, at, token, strlen(token) + 1);
	}
	m->index = (m->index + 7) & ~7UL;
	for (size_t i = 0, token = m->tokens; i < 256; i++) {
		put_number(m, m->index + 2 * i, token - m->tokens, 2);
		token += strlen((char *)m->bytes + token) + 1;
	}
}

static struct made_image image;

static void test_kallsyms_find(void **state)
{
	static const unsigned int forms[][2] = { { 4, 4 }, { 8, 4 }, { 8, 8 } };
	struct kallsyms k;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct symbol *sym;
		struct symbols *s;

		make_image(&image, forms[i][0], forms[i][1]);
		/* preceded by digits that are not tokens */
		memcpy(image.bytes + 8, "0\0001\0002\0003\0004\0005\0006\0007\0008\0009", 20);
		assert_ok(kallsyms_find(image.bytes, sizeof(image.bytes), &k));
		assert_int_equal(k.nr, FOUND_NR);
		assert_int_equal(k.entry_size, forms[i][1]);
		assert_ok(kallsyms_decode(&k, NULL, &s));
		assert_ok(symbols_by_name(s, "xen_s599", &sym));
		assert_int_equal(sym->addr, MADE_RELATIVE + 16 * 599);
		assert_ok(symbols_by_name(s, "xen_s0", &sym));
		assert_int_equal(sym->addr, MADE_RELATIVE);
		symbols_destroy(s);
		assert_ok(kallsyms_decode(&k, "xen_s599", &s));
		assert_int_equal(symbols_count(s), 1);
		assert_int_equal(symbols_nth(s, 0)->addr, MADE_RELATIVE + 16 * 599);
		symbols_destroy(s);
		assert_err(kallsyms_decode(&k, "xen_s", &s), ERR_NO_SYMBOL, "no symbol \"xen_s\"");
	}
	/* cut at any place */
	for (size_t len = 0; len < image.index + 512; len += 61)
		assert_err(kallsyms_find(image.bytes, len, &k), ERR_NOT_FOUND, "no kallsyms");
}

static void test_kallsyms_not_found(void **state)
{
	struct kallsyms k;
	const struct {
		const size_t *at;
		unsigned int offset;
		uint8_t byte;
	} damage[] = {
		{ &image.names, 0, 200 }, { &image.names, -8U, 1 },
		{ &image.markers, 4, 7 }, { &image.tokens, 3, 'q' },
		{ &image.index, 77, 9 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damage); i++) {
		make_image(&image, 4, 4);
		image.bytes[*damage[i].at + (int)damage[i].offset] ^= damage[i].byte;
		assert_err(kallsyms_find(image.bytes, sizeof(image.bytes), &k),
			   ERR_NOT_FOUND, "no kallsyms");
	}
}

static int setup(void **state)
{
	(void)state;
	made_guest_open(&made);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	made_guest_close(&made);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_lockless),
		cmocka_unit_test(test_lockless_damaged),
		cmocka_unit_test(test_lockless_places),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_records_damaged),
		cmocka_unit_test(test_characters),
		cmocka_unit_test(test_no_log),
		cmocka_unit_test(test_kallsyms), cmocka_unit_test(test_clock),
		cmocka_unit_test(test_kallsyms_relative),
		cmocka_unit_test(test_kallsyms_damaged),
		cmocka_unit_test(test_kallsyms_find),
		cmocka_unit_test(test_kallsyms_not_found),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
