/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Crashes in console texts, in the messages of several versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "xen/base/array.h"
#include "xen/model/diagnosis/death.h"
#include "xen/model/diagnosis/machine_check.h"
#include "xen/model/diagnosis/taint.h"

#define X "(XEN) "
#define STARS X "****************************************\n"

static const struct expected {
	const char *console;
	enum death kind;
	int panic_pcpu, kexec_pcpu, stuck_pcpu;
	const char *evidence;
} deaths[] = {
	{ "", DEATH_UNKNOWN, -1, -1, -1, "" },
	{ X "'C' pressed -> triggering crashdump\n" X "Executing kexec image on cpu1\n",
	  DEATH_KEY, -1, 1, -1, "'C' pressed -> triggering crashdump" },
	/* 4.4, without a crash kernel: the host continued */
	{ X "'C' pressed -> triggering crashdump\n" X " * no crash kernel loaded!\n",
	  DEATH_UNKNOWN, -1, -1, -1, "" },
	{ X "Domain 0 crashed: Executing kexec image on cpu0\n", DEATH_DOM0, -1, 0, -1,
	  "Domain 0 crashed: Executing kexec image on cpu0" },
	{ X "Hardware Dom0 crashed: Executing kexec image on cpu3\r\n", DEATH_DOM0, -1, 3,
	  -1, "Hardware Dom0 crashed: Executing kexec image on cpu3" },
	{ X "Hardware Dom3 crashed: rebooting machine\n", DEATH_DOM0, -1, -1, -1,
	  "Hardware Dom3 crashed: rebooting machine" },
	{ X "Hardware Dom0 halted: halting machine\n", DEATH_UNKNOWN, -1, -1, -1, "" },
	{ X "Domain 0 shutdown: watchdog rebooting machine.\n", DEATH_DOM0_WATCHDOG, -1, -1,
	  -1, "Domain 0 shutdown: watchdog rebooting machine." },
	/* 4.20, with a time stamp, after the message of another pcpu */
	{ X "[2026-11-21 05:03:11] 'C' pressed -> triggering crashdump\n"
	  X "[2026-11-21 05:03:11]  * no crash kernel loaded!\n"
	  X "[    12.345678] \n" X "[    12.345678] Panic on CPU 12:\n"
	  X "[    12.345678] FATAL PAGE FAULT\n" X "[    12.345678] [error_code=0002]\n"
	  X "[    12.345678] Faulting linear address: 0000000000000018\n"
	  X "[    12.345678] ****\n", DEATH_PAGE_FAULT, 12, -1, -1, "FATAL PAGE FAULT" },
	/* the same trap in 4.4 and 4.20 */
	{ STARS X "Panic on CPU 2:\n" X "FATAL TRAP: vector = 6 (invalid opcode)\n" STARS,
	  DEATH_TRAP, 2, -1, -1, "FATAL TRAP: vector = 6 (invalid opcode)" },
	{ STARS X "Panic on CPU 2:\n" X "FATAL TRAP: vec 7, #NM[0000]\n" STARS,
	  DEATH_TRAP, 2, -1, -1, "FATAL TRAP: vec 7, #NM[0000]" },
	{ X "Watchdog timer detects that CPU3 is stuck!\n" STARS X "Panic on CPU 3:\n"
	  X "FATAL TRAP: vector = 2 (nmi)\n" X "[error_code=0000] , IN INTERRUPT CONTEXT\n"
	  STARS, DEATH_WATCHDOG, 3, -1, 3, "FATAL TRAP: vector = 2 (nmi)" },
	{ X "NMI - PCI system error (SERR)\n" STARS X "Panic on CPU 0:\n"
	  X "FATAL TRAP: vec 2, NMI[0000] IN INTERRUPT CONTEXT\n" STARS,
	  DEATH_NMI, 0, -1, -1, "FATAL TRAP: vec 2, NMI[0000] IN INTERRUPT CONTEXT" },
	/* cut off before the panic */
	{ X "Xen BUG at common/domain.c:12\n" X "CPU:    3\n", DEATH_BUG, -1, -1, -1,
	  "Xen BUG at common/domain.c:12" },
	{ X "Assertion 'x' failed at a.c:1\n", DEATH_ASSERT, -1, -1, -1,
	  "Assertion 'x' failed at a.c:1" },
	{ X "*** DOUBLE FAULT ***\n", DEATH_DOUBLE_FAULT, -1, -1, -1, "*** DOUBLE FAULT ***" },
	{ X "Watchdog timer detects that CPU3 is stuck!\n", DEATH_WATCHDOG, -1, -1, 3,
	  "Watchdog timer detects that CPU3 is stuck!" },
	{ X "Fatal machine check: MCE: No CPU found valid MCE, need reset\n", DEATH_MCE, -1, -1,
	  -1, "Fatal machine check: MCE: No CPU found valid MCE, need reset" },
	{ X "a guest said: Xen BUG at a.c:1\n" X "Xen WARN at a.c:2\n", DEATH_UNKNOWN, -1, -1,
	  -1, "" },
	/* FRED, master */
	{ STARS X "Panic on CPU 0:\n" X "FATAL TRAP: type 3, HW_EXC, vec 8, #DF[0000]\n"
	  STARS, DEATH_DOUBLE_FAULT, 0, -1, -1, "FATAL TRAP: type 3, HW_EXC, vec 8, #DF[0000]" },
	{ STARS X "Panic on CPU 0:\n" X "Xen BUG at mm.c:2802\n" STARS, DEATH_BUG, 0, -1, -1,
	  "Xen BUG at mm.c:2802" },
	{ STARS X "Panic on CPU 5:\n" X "Assertion 'x' failed at a.c:1\n" STARS,
	  DEATH_ASSERT, 5, -1, -1, "Assertion 'x' failed at a.c:1" },
	{ STARS X "Panic on CPU 0:\n" X "Out of xen heap\n" STARS, DEATH_PANIC, 0, -1, -1,
	  "Out of xen heap" },
	/* cut off after the head */
	{ STARS X "Panic on CPU 1:", DEATH_PANIC, 1, -1, -1, "Panic on CPU 1:" },
	/* text printed by others does not count as Xen's */
	{ "Panic on CPU 1:\nFATAL PAGE FAULT\n", DEATH_UNKNOWN, -1, -1, -1, "" },
	{ "(d1) " X "Panic on CPU 1:\n" "(d12) x " X "FATAL PAGE FAULT\n"
	  "[host] (d3) [    2.5] " X "Watchdog timer detects that CPU3 is stuck!\n", DEATH_UNKNOWN,
	  -1, -1, -1, "" },
	/* Xen's, after a line of dom0 that it did not end */
	{ "vif (d1v0) (dom) (d) (d0) " X "Executing kexec image on cpu1\n", DEATH_UNKNOWN, -1, 1, -1,
	  "" },
};

static void test_kinds(void **state)
{
	struct death_report r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(deaths); i++) {
		death_from_console(deaths[i].console, &r);
		assert_string_equal(r.evidence, deaths[i].evidence);
		assert_int_equal(r.kind, deaths[i].kind);
		assert_int_equal(r.panic_pcpu, deaths[i].panic_pcpu);
		assert_int_equal(r.kexec_pcpu, deaths[i].kexec_pcpu);
		assert_int_equal(r.stuck_pcpu, deaths[i].stuck_pcpu);
	}
}

static void test_page_fault(void **state)
{
	struct death_report r;

	(void)state;
	death_from_console(X "RIP:    e008:[<ffff82d04025b4d8>] vcpu_wake+0x18/0x240\n"
			   STARS X "Panic on CPU 1:\n" X "FATAL PAGE FAULT\n"
			   X "[error_code=0010]\n"
			   X "Faulting linear address: ffff82cffffff0d0\n" STARS, &r);
	assert_string_equal(r.text, "FATAL PAGE FAULT; [error_code=0010]; "
			    "Faulting linear address: ffff82cffffff0d0");
	assert_true(r.has_error_code && r.has_linear && r.has_rip);
	assert_int_equal(r.error_code, 0x10);
	assert_int_equal(r.linear, 0xffff82cffffff0d0);
	assert_int_equal(r.rip, 0xffff82d04025b4d8);
}

static void test_machine_check(void **state)
{
	struct death_report r;

	(void)state;
	death_from_console(X "Bank 7: is no bank yet\n"
			   X "Fatal machine check: MCE: Fatal error happened on CPUs 3,00000004\n"
			   X "CPU0: Machine Check Exception:                5\n"
			   X "Bank 2: b600000000000135 at          1234000\n"
			   X "Bank 3: f200000000010005[            1000]\n"
			   STARS X "Panic on CPU 0:\n" X "HARDWARE ERROR\n" STARS, &r);
	assert_int_equal(r.kind, DEATH_MCE);
	assert_string_equal(r.mce, "MCE: Fatal error happened on CPUs 2,32-33");
	assert_true(r.has_mcg_status);
	assert_int_equal(r.nr_banks, 2);
	assert_int_equal(r.bank[0].number, 2);
	assert_int_equal(r.bank[0].status, 0xb600000000000135);
	assert_true(r.bank[0].has_address && !r.bank[0].has_misc);
	assert_int_equal(r.bank[0].address, 0x1234000);
	assert_true(r.bank[1].has_misc && !r.bank[1].has_address);
	assert_int_equal(r.bank[1].misc, 0x1000);
}

/* More banks than fit, and lines longer than the limit. */
static void test_too_much(void **state)
{
	static char text[65536];
	struct death_report r;
	size_t n, i;

	(void)state;
	n = sprintf(text, X "Machine Check Exception: 5\n" STARS X "Panic on CPU 0:\n");
	for (i = 0; i < 100; i++)
		n += sprintf(text + n, X "Bank 2: b600000000000135 at 1234000\n");
	n += sprintf(text + n, X);
	memset(text + n, 'A', 4000);
	death_from_console(text, &r);
	assert_int_equal(r.nr_banks, DEATH_BANKS);
	assert_true(strlen(r.text) < sizeof(r.text));
}

static void test_lost_and_dom0(void **state)
{
	struct death_report r;

	(void)state;
	death_from_console("[   31.6] Kernel panic - not syncing: VFS: no root\n"
			   "[   31.7] ---[ end Kernel panic - not syncing: VFS: no ]---\n"
			   X "Failed to shoot down CPUs {0,4-6}\n", &r);
	assert_string_equal(r.lost, "0,4-6");
	assert_string_equal(r.dom0_panic, "Kernel panic - not syncing: VFS: no root");
	death_from_console("(d2) Kernel panic - not syncing: of a guest\n", &r);
	assert_string_equal(r.dom0_panic, "");
}

static void test_bitmap(void **state)
{
	char buf[32], small[4];

	(void)state;
	assert_true(pcpu_bitmap_text("1", buf, sizeof(buf)));
	assert_string_equal(buf, "0");
	assert_true(pcpu_bitmap_text("f0 ", buf, sizeof(buf)));
	assert_string_equal(buf, "4-7");
	assert_true(pcpu_bitmap_text("80000000,00000001", buf, sizeof(buf)));
	assert_string_equal(buf, "0,63");
	assert_false(pcpu_bitmap_text("0", buf, sizeof(buf)));
	assert_false(pcpu_bitmap_text("0-3", buf, sizeof(buf)));
	assert_false(pcpu_bitmap_text("", buf, sizeof(buf)));
	assert_false(pcpu_bitmap_text("123456789", buf, sizeof(buf)));
	assert_false(pcpu_bitmap_text("55555555", small, sizeof(small)));
}

static void test_line(void **state)
{
	static const char line[] = "host1: (XEN) [   12.5] text  \r";
	unsigned int len;
	const char *text;

	(void)state;
	text = console_line(line, line + strlen(line), &len);
	assert_non_null(text);
	assert_int_equal(len, 4);
	assert_memory_equal(text, "text", 4);
	assert_null(console_line(line, line + 10, &len));
}

static void test_words(void **state)
{
	static const struct {
		uint16_t code;
		const char *text;
	} codes[] = {
		{ 0x0135, "data read, L1 data cache" },
		{ 0x1135, "data read, L1 data cache" },	/* filtered */
		{ 0x000e, "L2 cache" },
		{ 0x0015, "L1 data TLB" },
		{ 0x0090, "memory read, channel 0" },
		{ 0x009f, "memory read" },
		{ 0x0c0f, "bus or interconnect, generic error, other, generic, observed by this pcpu" },
		{ 0x0400, "internal timer" },
		{ 0x0402, "internal, unclassified" },
		{ 0x8000, "not an architectural code" },
	};
	struct xen_identity old = { .major = 4, .minor = 7 }, new = { .major = 4, .minor = 20 };
	char buf[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(codes); i++)
		assert_string_equal(mce_code_text(codes[i].code, buf, sizeof(buf)),
				    codes[i].text);
	assert_string_equal(mce_status_text(0xb600000000000135, buf, sizeof(buf)),
			    "uncorrected, processor context corrupt: data read, L1 data cache");
	assert_string_equal(mce_status_text(0, buf, sizeof(buf)),
			    "not valid, corrected, reporting not enabled: no error");
	assert_string_equal(mce_global_text(4, buf, sizeof(buf)), "cannot restart, in progress");
	assert_string_equal(taint_text(&new, 0, buf, sizeof(buf)), "none");
	assert_string_equal(taint_text(&new, 0x3, buf, sizeof(buf)),
			    "synchronous console, machine check");
	assert_string_equal(taint_text(&old, 0x8, buf, sizeof(buf)), "synchronous console");
	assert_string_equal(taint_text(&new, 0x100, buf, sizeof(buf)), "bit 8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_page_fault),
		cmocka_unit_test(test_machine_check),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_lost_and_dom0),
		cmocka_unit_test(test_bitmap),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
