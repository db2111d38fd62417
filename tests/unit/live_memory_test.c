/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ways to a running hypervisor's memory are taken, and what is read by them. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/hypercall/live.h"
#include "xen/hypercall/live_memory.h"
#include "xen/model/memory_source.h"

#define VIRT	0xffff82d040000000UL
#define PHYS	0x200000UL
#define RAM	(6UL << 20)
#define P	1UL
#define PSE	0x80UL
#define NOTE_AT	0x100000UL
#define BASE_AT	0x4000UL
#define WORD_AT	0x8000UL

/* idle_pg_table, xen_phys_start and what only a build with gdbsx has */
#define SYMBOLS \
	"ffff82d040001000 D idle_pg_table\n" \
	"ffff82d040004000 D xen_phys_start\n"
#define GDBSX	"ffff82d040200000 T "

static unsigned char ram[RAM];

static struct {
	unsigned int opened, closed, reads, pages;
	uint64_t phys_start;	/* as hypercalls tell it */
	int open_error, read_error;
} fake;

static struct live_memory_facts facts;
static struct xen *x;

static void ok(struct err *e)
{
	if (e)
		fail_msg("%s", err_text(e));
}

static void bad(struct err *e, enum err_reason reason, const char *text)
{
	assert_non_null(e);
	if (!strstr(err_text(e), text))
		fail_msg("\"%s\" is not in \"%s\"", text, err_text(e));
	assert_int_equal(err_reason(e), reason);
	err_free(e);
}

static int fake_identity(void *priv, struct live_identity *ret)
{
	(void)priv;
	*ret = (struct live_identity){ .major = 4, .minor = 20,
				       .build_id_len = 20,
				       .phys_start = fake.phys_start };
	memset(ret->build_id, 0xab, 20);
	return 0;
}

static int fake_host(void *priv, struct live_host *ret)
{
	(void)priv;
	*ret = (struct live_host){ .cpus = 2 };
	return 0;
}

static void fake_hypercalls_close(void *priv)
{
	(void)priv;
}

/* A line "address type name" each. */
static const char *symbol_lines;

static int fake_symbol(void *priv, uint32_t *n, struct live_symbol *ret)
{
	const char *line = symbol_lines;
	uint32_t i;

	(void)priv;
	for (i = 0; i < *n && *line; i++)
		line += strcspn(line, "\n") + 1;
	if (sscanf(line, "%" SCNx64 " %c %255s", &ret->address, &ret->type,
		   ret->name) != 3)
		return -ENOENT;
	++*n;
	return 0;
}

static const struct live_ops hypercalls = {
	.version = LIVE_OPS_VERSION, .size = sizeof(hypercalls),
	.close = fake_hypercalls_close, .identity = fake_identity,
	.host = fake_host, .symbol = fake_symbol,
};

static int fake_open(enum live_method method, const struct live_memory_facts *f,
		     void **priv, const char **what)
{
	(void)f;
	fake.opened++;
	*what = "the third step";
	*priv = (void *)(uintptr_t)(method + 1);
	return fake.open_error;
}

static int fake_read(void *priv, uint64_t address, void *buf, size_t len)
{
	const uint64_t directmap = 0xffff830000000000;

	fake.reads++;
	fake.pages += len / XPAGE_SIZE;
	if ((uintptr_t)priv == LIVE_METHOD_IDLE + 1)
		address -= directmap;
	assert_true(len && len <= LIVE_READ_MAX && !(len % XPAGE_SIZE));
	/* nothing but RAM is ever asked for: 1 to 2 MiB is a device */
	assert_true(address + len <= 1 << 20 ||
		    (address >= PHYS && address + len <= RAM));
	if (fake.read_error)
		return fake.read_error;
	memcpy(buf, ram + address, len);
	return 0;
}

static void fake_close(void *priv)
{
	(void)priv;
	fake.closed++;
}

static const struct live_memory_ops ops = {
	.version = LIVE_MEMORY_OPS_VERSION, .size = sizeof(ops),
	.open = fake_open, .read = fake_read, .close = fake_close,
};

static void put(uint64_t at, uint64_t v)
{
	memcpy(ram + at, &v, sizeof(v));
}

/* Image and directmap as pages of 2 MiB, a build-id, and the image's own address. */
static void make_ram(void)
{
	static const unsigned char note[16] = {
		4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0,
	};
	unsigned int i;

	memset(ram, 0, sizeof(ram));
	put(PHYS + 0x1000 + (VIRT >> 39 & 511) * 8, (PHYS + 0x2000) | P);
	put(PHYS + 0x2000 + (VIRT >> 30 & 511) * 8, (PHYS + 0x3000) | P);
	put(PHYS + 0x3000, PHYS | P | PSE);
	put(PHYS + 0x1000 + (0xffff830000000000 >> 39 & 511) * 8, (PHYS + 0x5000) | P);
	put(PHYS + 0x5000, (PHYS + 0x6000) | P);
	for (i = 0; i < RAM >> 21; i++)
		put(PHYS + 0x6000 + 8 * i, (uint64_t)i << 21 | P | PSE);
	put(PHYS + BASE_AT, PHYS);
	memcpy(ram + PHYS + NOTE_AT, note, sizeof(note));
	memset(ram + PHYS + NOTE_AT + sizeof(note), 0xab, 20);
}

/* A running Xen whose symbol table has these lines. */
static struct xen *open_live(const char *symbols)
{
	struct xen *ret;

	symbol_lines = symbols;
	ok(live_open(&hypercalls, NULL, &ret));
	return ret;
}

static int setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.phys_start = PHYS;
	facts = (struct live_memory_facts){
		.major = 4, .minor = 20, .is_pv = true, .has_hvm = true,
		.nr_ram = 2, .ram = { { 0, 0x100 }, { 0x200, RAM >> 12 } },
	};
	make_ram();
	x = open_live(SYMBOLS);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	xen_close(x);
	return 0;
}

/* The letters of the methods that are let through, and none opened. */
static const char *safe(struct xen *of)
{
	static char letters[LIVE_METHODS + 1];
	unsigned int m, n = 0;

	for (m = 0; m < LIVE_METHODS; m++) {
		struct err *e = live_method_check(of, &facts, m);

		if (!e)
			letters[n++] = *live_method_letter(m);
		else
			assert_int_equal(err_reason(e), ERR_REFUSED);
		err_free(e);
	}
	letters[n] = '\0';
	assert_int_equal(fake.opened + fake.reads, 0);
	return letters;
}

static void test_rules(void **state)
{
	static const struct {
		unsigned int first, last;
		const char *pv, *pvh, *pv_gdbsx, *pvh_gdbsx;
	} rules[] = {
		{ 4, 5, "", "", "", "" },
		{ 6, 10, "A", "", "A", "" },
		{ 11, 12, "A", "B", "A", "B" },
		{ 13, 13, "ACD", "B", "ACD", "B" },
		{ 14, 14, "D", "B", "CD", "B" },
		{ 15, 22, "D", "B", "CD", "CB" },
	};
	static const char *const builds[] = {
		"dbg_rw_mem\n", "gdbsx_guest_mem_io\n", "gdbsx_domctl\n",
	};
	char symbols[256];
	unsigned int i, b;

	(void)state;
	for (b = 0; b < 3; b++) {
		struct xen *with;

		snprintf(symbols, sizeof(symbols), SYMBOLS GDBSX "%s", builds[b]);
		with = open_live(symbols);
		for (i = 0; i < ARRAY_SIZE(rules); i++) {
			for (facts.minor = rules[i].first;
			     facts.minor <= rules[i].last; facts.minor++) {
				facts.is_pv = true;
				assert_string_equal(safe(x), rules[i].pv);
				assert_string_equal(safe(with), rules[i].pv_gdbsx);
				facts.is_pv = false;
				assert_string_equal(safe(x), rules[i].pvh);
				assert_string_equal(safe(with), rules[i].pvh_gdbsx);
			}
		}
		xen_close(with);
	}
}

static void test_rules_of_host(void **state)
{
	struct xen *bare = open_live("");

	(void)state;
	facts.minor = 13;
	facts.has_flask = true;
	assert_string_equal(safe(x), "CD");
	facts.has_hvm = false;
	assert_string_equal(safe(x), "");
	facts.has_flask = false;
	assert_string_equal(safe(x), "A");
	facts.nr_ram = 0;
	assert_string_equal(safe(x), "");
	facts.nr_ram = 2;
	facts.has_hvm = true;
	assert_string_equal(safe(bare), "");
	facts.major = 5;
	assert_string_equal(safe(x), "");
	xen_close(bare);
}

/* The call that brings down 4.14 to 4.16 is never made there, nor later. */
static void test_idle_refused(void **state)
{
	(void)state;
	for (facts.minor = 14; facts.minor < 30; facts.minor++)
		bad(live_memory_open(x, &ops, &facts, LIVE_METHOD_IDLE), ERR_REFUSED,
		    "method A, gdbsx on DOMID_IDLE: safe on Xen 4.6 to 4.13, this is 4.");
	assert_int_equal(fake.opened + fake.reads + fake.closed, 0);
	assert_false(xen_reads_memory(x));
}

static void test_choose(void **state)
{
	enum live_method m;

	(void)state;
	ok(live_method_choose(x, &facts, &m));
	assert_int_equal(m, LIVE_METHOD_COPY);
	facts.minor = 13;
	ok(live_method_choose(x, &facts, &m));
	assert_int_equal(m, LIVE_METHOD_IDLE);
	facts.minor = 5;
	bad(live_method_choose(x, &facts, &m), ERR_REFUSED, "no method is safe on this host");
	facts.minor = 20;
	facts.is_pv = false;
	ok(live_method_choose(x, &facts, &m));
	assert_int_equal(m, LIVE_METHOD_DOM0);
	ok(live_method_find("d", &m));
	assert_int_equal(m, LIVE_METHOD_COPY);
	bad(live_method_find("E", &m), ERR_NOT_FOUND, "unknown method \"E\"");
}

static void check_reads(enum live_method m)
{
	uint64_t v;

	ok(live_memory_open(x, &ops, &facts, m));
	assert_true(xen_reads_memory(x));
	assert_true(xen_is_running(x));
	/* hypercalls remain for what memory_source lacks, and for guests */
	assert_ptr_equal(x->source->domains_next, memory_source.domains_next);
	assert_ptr_not_equal(x->source->guest_read, memory_source.guest_read);
	assert_non_null(x->source->press_key);
	assert_non_null(x->source->console_read_new);
	ok(xen_variable(x, "xen_phys_start", &v));
	assert_int_equal(v, PHYS);
	assert_string_equal(memory_name(x->memory), live_method_name(m));
	ok(live_memory_close(x));
	assert_int_equal(fake.closed, fake.opened);
	assert_false(xen_reads_memory(x));
	bad(memory_read(x->memory, PHYS, &v, sizeof(v)), ERR_UNSUPPORTED, "not accessible on a running host");
}

static void test_reads(void **state)
{
	(void)state;
	check_reads(LIVE_METHOD_COPY);
	facts.minor = 13;
	check_reads(LIVE_METHOD_IDLE);
	fake.phys_start = 0;
	xen_close(x);
	x = open_live(SYMBOLS);
	check_reads(LIVE_METHOD_COPY);
	assert_int_equal(fake.opened, 3);
}

/* What is no RAM is refused here, whoever asks. */
static void test_only_ram(void **state)
{
	uint64_t v;

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	ok(memory_read(x->memory, 0xff000, &v, sizeof(v)));
	fake.reads = 0;
	bad(memory_read(x->memory, 0x100000, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	bad(memory_read(x->memory, 0x1ff000, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	bad(memory_read(x->memory, RAM, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	bad(memory_read(x->memory, ~0UL - 7, &v, sizeof(v)), ERR_REFUSED, "is not RAM");
	assert_int_equal(fake.reads, 0);
}

/* One page for who jumps about, more for who goes on and on. */
static void test_ahead(void **state)
{
	static unsigned char buf[1 << 20];

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	xen_refresh(x);
	fake.reads = fake.pages = 0;
	ok(memory_read(x->memory, 0x300000, buf, 1));
	ok(memory_read(x->memory, 0x380000, buf, 1));
	assert_int_equal(fake.pages, 2);
	ok(memory_read(x->memory, 0x400000, buf, sizeof(buf)));
	assert_memory_equal(buf, ram + 0x400000, sizeof(buf));
	assert_true(fake.reads < 2 + 24);
	assert_int_equal(fake.pages, 2 + 256);
}

/* What was read serves for one command only. */
static void test_refresh(void **state)
{
	uint64_t v, va = VIRT + WORD_AT;

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	put(PHYS + WORD_AT, 1);
	xen_refresh(x);
	ok(space_read_u64(x->space, va, &v));
	put(PHYS + WORD_AT, 2);
	ok(space_read_u64(x->space, va, &v));
	assert_int_equal(v, 1);
	xen_refresh(x);
	ok(space_read_u64(x->space, va, &v));
	assert_int_equal(v, 2);
	/* a page table that changed is walked anew */
	put(PHYS + 0x3000, (PHYS + (2 << 20)) | P | PSE);
	put(PHYS + (2 << 20) + WORD_AT, 3);
	xen_refresh(x);
	ok(space_read_u64(x->space, va, &v));
	assert_int_equal(v, 3);
}

static void expect_failure(enum err_reason reason, const char *text,
			   unsigned int closed)
{
	struct memory *memory = x->memory;
	struct space *space = x->space;

	bad(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY), reason, text);
	assert_int_equal(fake.closed, closed);
	assert_ptr_equal(x->memory, memory);
	assert_ptr_equal(x->space, space);
	assert_false(xen_reads_memory(x));
}

/* Whatever fails, all is taken back and hypercalls serve as before. */
static void test_failures(void **state)
{
	(void)state;
	fake.open_error = -ENOMEM;
	expect_failure(ERR_IO, "the third step", 0);
	fake.open_error = 0;
	fake.read_error = -ETIMEDOUT;
	expect_failure(ERR_MISMATCH, "no xen_phys_start below", 1);
	fake.read_error = 0;
	put(PHYS + BASE_AT, PHYS + 1);
	expect_failure(ERR_MISMATCH, "no xen_phys_start below", 2);
	put(PHYS + BASE_AT, PHYS);
	ram[PHYS + NOTE_AT + 16]++;
	expect_failure(ERR_MISMATCH, "another build-id", 3);
	put(PHYS + 0x3000, 0);
	expect_failure(ERR_NOT_FOUND, "build-id", 4);
}

static void test_read_fails(void **state)
{
	uint64_t v;

	(void)state;
	ok(live_memory_open(x, &ops, &facts, LIVE_METHOD_COPY));
	xen_refresh(x);
	fake.read_error = -ETIMEDOUT;
	bad(memory_read(x->memory, PHYS, &v, sizeof(v)), ERR_IO, "copied by a helper domain");
	fake.read_error = 0;
	ok(memory_read(x->memory, PHYS, &v, sizeof(v)));
	interrupt_pending = 1;
	xen_refresh(x);
	bad(memory_read(x->memory, PHYS, &v, sizeof(v)), ERR_INTERRUPTED, "interrupted");
	interrupt_pending = 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_rules), TEST(test_rules_of_host), TEST(test_idle_refused),
		TEST(test_choose), TEST(test_reads), TEST(test_only_ram),
		TEST(test_ahead), TEST(test_refresh), TEST(test_failures),
		TEST(test_read_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
