/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console text explained by a map of symbols, whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xen/model/decode_internal.h"
#include "xen/symbols/map.h"

#define X "(XEN) "

static const char map[] =
	"ffff82d040200000 T _stext\n"
	"ffff82d040201000 T lstar_enter\n"
	"ffff82d040201200 t common/a.c#twice\n"
	"ffff82d040201300 t common/b.c#twice\n"
	"ffff82d040201400 T vcpu_wake\n"
	"ffff82d040201640 T vcpu_kick\n"
	"ffff82d040202000 T _etext\n";

static struct symbols *symbols;
static struct decoder *decoder;

/* What a run says, as text: "3:vcpu_wake+18", "r" before it for returns. */
struct said {
	char text[4096];
	unsigned int lines, parts;
	enum decode_fit fit;
	char why[320];
};

static void add(struct said *s, const char *fmt, ...)
{
	size_t len = strlen(s->text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->text + len, sizeof(s->text) - len, fmt, ap);
	va_end(ap);
}

static void on_part(void *ctx, const struct decode_part *part)
{
	struct said *s = ctx;

	s->parts++;
	s->fit = part->fit;
	strcpy(s->why, part->why);
}

static void on_line(void *ctx, unsigned int number, const char *text, size_t len)
{
	struct said *s = ctx;

	(void)text;
	(void)len;
	s->lines = number;
}

static void on_address(void *ctx, const struct decoded *a)
{
	struct said *s = ctx;

	add(s, "%u:%s%s+%lx%s ", s->lines, a->is_return ? "r " : "", a->symbol->name,
	    (unsigned long)a->offset, a->is_named ? "" : " new");
}

static void on_remark(void *ctx, const char *text)
{
	struct said *s = ctx;

	add(s, "%u:\"%s\" ", s->lines, text);
}

static const struct decode_ops ops = {
	.part = on_part, .line = on_line, .address = on_address, .remark = on_remark,
};

static struct err *run(const char *text, bool force, struct said *s)
{
	memset(s, 0, sizeof(*s));
	return decode_text(decoder, text, strlen(text), force, &ops, s);
}

static int setup(void **state)
{
	(void)state;
	assert_null(symbols_from_map_text(map, strlen(map), &symbols));
	assert_null(decoder_create(NULL, symbols, NULL, &decoder));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	decoder_destroy(decoder);
	symbols_destroy(symbols);
	return 0;
}

static void test_mentions(void **state)
{
	const char *at = "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240";
	struct mention m;

	(void)state;
	assert_true(mention_next(&at, &m));
	assert_int_equal(m.va, 0xffff82d040201418);
	assert_int_equal(m.cs, 0xe008);
	assert_true(m.is_named);
	assert_string_equal(m.name, "vcpu_wake");
	assert_int_equal(m.offset, 0x18);
	assert_int_equal(m.size, 0x240);
	assert_false(mention_next(&at, &m));

	at = "   [<ffff82d040201200>] S common/a.c#twice+0/0x100";
	assert_true(mention_next(&at, &m));
	assert_int_equal(m.mark, 'S');
	assert_string_equal(m.name, "common/a.c#twice");
	assert_true(m.is_named);
	assert_int_equal(m.offset, 0);

	at = "CPU1\td[IDLE]v1\te008:ffff82d040201418 in Xen: vcpu_wake+0x18/0x240";
	assert_true(mention_next(&at, &m));
	assert_int_equal(m.cs, 0xe008);
	assert_string_equal(m.name, "vcpu_wake");
}

static void test_no_mentions(void **state)
{
	static const char *const texts[] = {
		"", "[<", "[<ffff82d040201418", "[<ffff82d040201418>", "[<>]", "[<12>]",
		"e008:ffff82d04020141", "xe008:ffff82d040201418", "008:ffff82d040201418",
		"rax: ffff82d040201418   rbx: ffff83001dd5e000",
	};
	struct mention m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *at = texts[i];

		assert_false(mention_next(&at, &m));
	}
}

static void test_trace(void **state)
{
	struct said s;

	(void)state;
	assert_null(run(X "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
			X "Xen call trace:\n"
			X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x240\n"
			X "   [<ffff82d040201651>] S vcpu_kick+0x11/0x60\n"
			X "   [<ffff82d040201640>] S vcpu_kick+0/0x60\n", false, &s));
	assert_string_equal(s.text, "1:vcpu_wake+18 3:vcpu_wake+18 4:r vcpu_kick+11 5:vcpu_kick+0 ");
	assert_int_equal(s.fit, DECODE_FITS);
	assert_int_equal(s.lines, 5);
}

/* Before 4.13 a trace has no marks: the first is rip, the rest returns. */
static void test_old_trace(void **state)
{
	struct said s;

	(void)state;
	assert_null(run(X "Xen call trace:\n"
			X "   [<ffff82d040201418>] vcpu_wake+0x18/0x240\r\n"
			X "   [<ffff82d040201651>] vcpu_kick+0x11/0x60\r\n"
			X "   [<ffff82d040201250>] twice+0x50/0x100\r\n", false, &s));
	assert_string_equal(s.text, "2:vcpu_wake+18 3:r vcpu_kick+11 4:r twice+50 ");
	assert_int_equal(s.fit, DECODE_FITS);
}

static void test_unnamed(void **state)
{
	struct said s;

	(void)state;
	assert_null(run("[<ffff82d040201418>]\n[<ffffffff81000000>]\n", false, &s));
	assert_string_equal(s.text, "1:vcpu_wake+18 new ");
	assert_int_equal(s.fit, DECODE_UNPROVED);
}

static void test_other_build(void **state)
{
	static const char other[] =
		X "   [<ffff82d040201418>] R vcpu_wake+0x20/0x240\n"
		X "   [<ffff82d040201651>] S vcpu_sleep+0x11/0x60\n";
	struct said s;
	struct err *e = run(other, false, &s);

	(void)state;
	assert_non_null(e);
	assert_int_equal(err_reason(e), ERR_MISMATCH);
	assert_non_null(strstr(err_text(e), "vcpu_wake+0x20"));
	assert_non_null(strstr(err_text(e), "vcpu_wake+0x18"));
	assert_int_equal(s.lines, 0);
	err_free(e);
	assert_null(run(other, true, &s));
	assert_string_equal(s.text, "1:vcpu_wake+18 2:r vcpu_kick+11 ");
}

/* One garbled name among many is no other build. */
static void test_garbled(void **state)
{
	struct said s;

	(void)state;
	assert_null(run(X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x240\n"
			X "   [<ffff82d040201651>] S vcpu_kick+0x11/0x60\n"
			X "   [<ffff82d040201651>] S vcpu_kick+0x11/0x60\n"
			X "   [<ffff82d040201651>] S vcpu_kick+0x11/0x60\n"
			X "   [<ffff82d040201651>] S vcpu_kick+0x11/0x60\n"
			X "   [<ffff82d040201651>] S vc[  3.2] pu_kick+0x11/0x60\n", false, &s));
	assert_int_equal(s.fit, DECODE_FITS);
}

/* Two boots in one log, of which one is of another build. */
static void test_parts(void **state)
{
	struct said s;

	(void)state;
	assert_null(run(X "Xen version 4.17.5 (x) debug=n\n"
			X "   [<ffff82d040201418>] R vcpu_wake+0x20/0x240\n"
			X "Xen version 4.20.4 (x) debug=n\n"
			X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x240\n", false, &s));
	assert_int_equal(s.parts, 2);
	assert_int_equal(s.lines, 4);
	assert_string_equal(s.text, "4:vcpu_wake+18 ");
}

static void test_machine_check(void **state)
{
	struct said s;

	(void)state;
	assert_null(run(X "Fatal machine check: MCE: Fatal error happened on CPUs 6\n"
			X "CPU0: Machine Check Exception:                5\n"
			X "Bank 2: b600000000000135 at          1234000\n"
			X "Bank robbers\n", false, &s));
	assert_string_equal(s.text, "1:\"pcpus 1-2\" 2:\"can restart, in progress\" "
			    "3:\"uncorrected, processor context corrupt: data read, L1 data cache\" ");
	assert_int_equal(s.fit, DECODE_NOTHING);
}

/* Without an end of line, with NULs, and with lines longer than any buffer. */
static void test_odd_text(void **state)
{
	static char text[16384];
	struct said s;

	(void)state;
	assert_null(run("", false, &s));
	assert_int_equal(s.parts, 0);
	assert_null(run("\n\n\r\n", false, &s));
	assert_int_equal(s.lines, 3);
	memset(text, 'e', sizeof(text));
	memcpy(text + 100, "[<ffff82d040201418>] S vcpu_wake+0x18/0x240", 43);
	memcpy(text + 9000, "[<ffff82d040201418>] S vcpu_wake+0x18/0x240", 43);
	memset(&s, 0, sizeof(s));
	assert_null(decode_text(decoder, text, sizeof(text), false, &ops, &s));
	text[50] = '\0';
	assert_null(decode_text(decoder, text, sizeof(text), false, &ops, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mentions),
		cmocka_unit_test(test_no_mentions),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_old_trace),
		cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_other_build),
		cmocka_unit_test(test_garbled),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_machine_check),
		cmocka_unit_test(test_odd_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
