/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Console text decoded with a map of symbols, complete and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "decode_map.h"

#include "xen/base/array.h"
#include "xen/model/diagnosis/decode_internal.h"
#include "xen/symbols/map.h"

#define X "(XEN) "

static struct symbols *symbols;
static struct decoder *decoder;

/* The results of a run, as text: "3:vcpu_wake+18", "r" before it for returns. */
struct said {
	char text[4096];
	unsigned int lines, parts;
	enum decode_fit fit;
	char why[320];
	char verdict[512];
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

static void on_address(void *ctx, unsigned int number, const struct decoded *a)
{
	struct said *s = ctx;

	add(s, "%u:%s%s+%lx%s ", number, a->is_return ? "r " : "", a->symbol->name,
	    (unsigned long)a->offset, a->is_named ? "" : " new");
}

static void on_remark(void *ctx, unsigned int number, const char *text)
{
	struct said *s = ctx;

	add(s, "%u:\"%s\" ", number, text);
}

static void on_verdict(void *ctx, const char *text)
{
	struct said *s = ctx;

	snprintf(s->verdict, sizeof(s->verdict), "%s", text);
}

static const struct decode_ops ops = {
	.part = on_part, .line = on_line, .address = on_address, .remark = on_remark,
	.verdict = on_verdict,
};

static struct err *run_bytes(const char *text, size_t len, bool force, struct said *s)
{
	struct console_text *t;
	struct err *e = console_text_read(text, len, &t);

	if (e)
		return e;
	e = decode_text(decoder, t, force, &ops, s);
	console_text_free(t);
	return e;
}

static struct err *run(const char *text, bool force, struct said *s)
{
	memset(s, 0, sizeof(*s));
	return run_bytes(text, strlen(text), force, s);
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
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
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

/*
 * Before 4.13 a trace has no marks: the first address is rip, the others are
 * return addresses.
 */
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

/*
 * A whole panic with the messages of a version: no marks before 4.13, "d0v1" of
 * a vcpu with a colon in 4.4, fsb and code bytes since 4.8, file names with #
 * since 4.7, with their directory since 4.13.
 */
#define REGISTERS \
	X "rax: 0000000000000000   rbx: ffff8300dfaf0000   rcx: 0000000000000000\n" \
	X "rbp: ffff82d040201418   rsp: ffff83011d8efdd8   r8:  0000000000000001\n" \
	X "r15: ffff83011d8effff   cr0: 000000008005003b   cr4: 00000000000026f0\n" \
	X "cr3: 00000001182ed000   cr2: ffff82d040201640\n"
#define SEGMENTS \
	X "ds: 0000   es: 0000   fs: 0000   gs: 0000   ss: e010   cs: e008\n"
#define STACK \
	X "Xen stack trace from rsp=ffff83011d8efdd8:\n" \
	X "   ffff82d040201651 ffff83011d8efe08 ffff82d040201250 0000000000000003\n"

static const struct {
	const char *version, *text, *said;
} versions[] = {
	{ "4.4, file names alone, registers of an interrupted frame are left out",
	  X "----[ Xen-4.4.4  x86_64  debug=n  Not tainted ]----\n"
	  X "CPU:    1\n"
	  X "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
	  X "RFLAGS: 0000000000010246   CONTEXT: hypervisor (d0v1)\n"
	  X "cr0: 000000008005003b   cr4: 00000000000026f0\n" SEGMENTS STACK
	  X "Xen call trace:\n"
	  X "   [<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
	  X "   [<ffff82d040201651>] vcpu_kick+0x11/0x60\n"
	  X "   [<ffff82d040201250>] twice+0x50/0x100\n"
	  X "   [<ffff82d040201001>] lstar_enter+0x1/0x200\n"
	  X "\n"
	  X "domain_crash_sync called from entry.S: fault at ffff82d040201001 lstar_enter+0x1/0x200\n",
	  "3:vcpu_wake+18 10:vcpu_wake+18 11:r vcpu_kick+11 12:r twice+50 13:r lstar_enter+1 "
	  "15:lstar_enter+1 " },
	{ "4.6: a double fault's words of the stack, none of which is rip",
	  X "*** DOUBLE FAULT ***\n"
	  X "----[ Xen-4.6.6  x86_64  debug=n  Not tainted ]----\n"
	  X "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n" REGISTERS SEGMENTS
	  X "Valid stack range: ffff83011d8ee000-ffff83011d8f0000, sp=ffff83011d8edff8, tss.esp0=ffff83011d8effc0\n"
	  X "Xen stack overflow (dumping trace ffff83011d8ee000-ffff83011d8f0000):\n"
	  X "   [<ffff82d040201651>] vcpu_kick+0x11/0x60\n"
	  X "   [<ffff82d040201250>] twice+0x50/0x100\n",
	  "3:vcpu_wake+18 11:r vcpu_kick+11 12:r twice+50 " },
	{ "4.8: segment bases, code bytes",
	  X "----[ Xen-4.8.5  x86_64  debug=n   Not tainted ]----\n"
	  X "RIP:    e008:[<ffff82d040201640>] vcpu_kick+0/0x60\n" REGISTERS
	  X "fsb: 0000000000000000   gsb: ffff82d040201418   gss: 0000000000000000\n" SEGMENTS
	  X "Xen code around <ffff82d040201640> (vcpu_kick):\n"
	  X " 00 eb fe 90 <0f> 0b 90 90\n" STACK
	  X "Xen call trace:\n"
	  X "   [<ffff82d040201640>] vcpu_kick+0/0x60\n"
	  X "   [<ffff82d040201350>] b.c#twice+0x50/0x100\n",
	  "2:vcpu_kick+0 9:vcpu_kick+0 new 14:vcpu_kick+0 15:r twice+50 " },
	{ "4.12: a livepatch's name behind, the last branch",
	  X "----[ Xen-4.12.4  x86_64  debug=n   Tainted:  C   ]----\n"
	  X "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n" REGISTERS SEGMENTS
	  X "ler: from ffff82d040201651 [vcpu_kick+0x11/0x60]\n"
	  X "       to ffff82d040201400 [vcpu_wake]\n"
	  X "Xen call trace:\n"
	  X "   [<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
	  X "   [<ffff82d040600010>] new_kick+0x10/0x40 [fix]\n"
	  X "   [<ffff82d040201250>] a.c#twice+0x50/0x100\n",
	  "2:vcpu_wake+18 8:vcpu_kick+11 9:vcpu_wake+0 new 11:vcpu_wake+18 13:r twice+50 " },
	{ "4.13 on: marks, and a page fault on the instruction itself",
	  X "----[ Xen-4.13.5  x86_64  debug=n   Not tainted ]----\n"
	  X "RIP:    e008:[<ffff82cffffff000>] ffff82cffffff000\n" REGISTERS SEGMENTS
	  X "Xen call trace:\n"
	  X "   [<ffff82cffffff000>] R ffff82cffffff000\n"
	  X "   [Fault on access]\n"
	  X "   [<ffff82d040201651>] S vcpu_kick+0x11/0x60\n"
	  X "   [<ffff82d040201250>] F common/a.c#twice+0x50/0x100\n",
	  "11:r vcpu_kick+11 12:r twice+50 " },
};

static void test_versions(void **state)
{
	struct said s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		assert_null(run(versions[i].text, false, &s));
		if (strcmp(s.text, versions[i].said))
			fail_msg("%s: %s", versions[i].version, s.text);
		assert_int_equal(s.fit, DECODE_FITS);
	}
}

/* The same texts, as printed by another build of that version. */
static void test_other_builds(void **state)
{
	struct said s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		char *text = strdup(versions[i].text), *at = text;
		struct err *e;

		/* functions have other addresses: a digit of each address differs */
		while ((at = strstr(at, "ffff82d04020"))) {
			at[13] ^= 1;
			at += 16;
		}
		e = run(text, false, &s);
		if (!e)
			fail_msg("%s: taken for this build's", versions[i].version);
		assert_int_equal(err_reason(e), ERR_MISMATCH);
		err_free(e);
		free(text);
	}
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

/* One garbled name among many does not indicate another build. */
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

/* The summary of a crash, from the text alone */
static void test_verdicts(void **state)
{
	static const struct {
		const char *text, *verdict;
	} cases[] = {
		{ X "----[ Xen-4.17.3  x86_64  debug=n  Not tainted ]----\n"
		  X "CPU:    3\n"
		  X "RIP:    e008:[<ffff82d040201418>] vcpu_wake+0x18/0x240\n"
		  X "RFLAGS: 0000000000010206   CONTEXT: hypervisor (d5v1)\n"
		  X "Xen call trace:\n"
		  X "   [<ffff82d040201418>] R vcpu_wake+0x18/0x240\n"
		  X "   [<ffff82d040201651>] S vcpu_kick+0x11/0x60\n"
		  X "\n"
		  X "Panic on CPU 3:\n"
		  X "FATAL PAGE FAULT\n"
		  X "[error_code=0002]\n"
		  X "Faulting linear address: 0000000000000018\n",
		  "FATAL PAGE FAULT: write to 0000000000000018, not mapped, on pcpu 3, in vcpu_wake+0x18, "
		  "called by vcpu_kick, for d5v1; Xen 4.17.3, debug=n" },
		{ X "RIP:    e033:[<ffffffff810013aa>]\n"
		  "[  812.1] RIP: e030:xennet_poll+0x123/0x9f0 [xen_netfront]\n"
		  "[  812.2] RIP: 0033:0x7f0012345678\n"
		  "[  812.3] Kernel panic - not syncing: Fatal exception in interrupt\n"
		  X "Hardware Dom0 crashed: rebooting machine in 5 seconds.\n",
		  "dom0 crashed: Kernel panic - not syncing: Fatal exception in interrupt, in xennet_poll+0x123" },
		{ X "Hardware Dom0 crashed: rebooting machine in 5 seconds.\n", "dom0 crashed" },
		{ X "Panic on CPU 0:\n" X "Could not construct domain 0\n",
		  "Could not construct domain 0, on pcpu 0" },
		{ X "all is well\n", "" },
		/* a guest writes what it likes, and may be a Xen itself */
		{ X "all is well\n" "(d1) " X "Panic on CPU 1:\n(d12) x " X "y " X "FATAL PAGE FAULT\n", "" },
		{ "(d1) RIP: 0010:evil+0x1/0x2\n(d1) Kernel panic - not syncing: of a guest\n"
		  X "Hardware Dom0 crashed: rebooting machine in 5 seconds.\n", "dom0 crashed" },
		{ "(d1) ends here\n" X "Panic on CPU 1:\n" X "FATAL PAGE FAULT\n",
		  "FATAL PAGE FAULT, on pcpu 1" },
	};
	struct said s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_null(run(cases[i].text, false, &s));
		assert_string_equal(s.verdict, cases[i].verdict);
	}
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
	assert_null(run_bytes(text, sizeof(text), false, &s));
	text[50] = '\0';
	assert_null(run_bytes(text, sizeof(text), false, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mentions),
		cmocka_unit_test(test_no_mentions),
		cmocka_unit_test(test_trace),
		cmocka_unit_test(test_old_trace),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_other_builds),
		cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_other_build),
		cmocka_unit_test(test_garbled),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_machine_check),
		cmocka_unit_test(test_odd_text),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
