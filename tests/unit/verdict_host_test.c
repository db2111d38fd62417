/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict of a host by its stacks, notes and console, which may disagree. */
#include "tests/unit/host_fixture/stacks.h"

#include "extensions/support/command.h"
#include "xen/model/diagnosis/signature.h"
#include "xen/model/diagnosis/verdict.h"
#include "xen/model/source.h"

static struct source_ops ops;
static const char *console_text;
static struct verdict verdict;

static struct err *read_console(struct xen *x, char **text, size_t *len)
{
	(void)x;
	if (!console_text)
		return err_new(ERR_EXCLUDED, "console left out");
	*len = strlen(console_text);
	*text = strdup(console_text);
	return *text ? NULL : err_nomem();
}

/* ---- the verdict as text: "about: text [evidence]", "?" if it is in doubt ---- */

static char shown[8192];

static void read_verdict(const char *console)
{
	console_text = console;
	memory_flush(fix.xen.memory);
	assert_ok(verdict_read(&fix.xen, &verdict));
	shown[0] = '\0';
	for (unsigned int i = 0; i < verdict.nr; i++) {
		const struct verdict_line *l = &verdict.line[i];
		size_t len = strlen(shown);

		snprintf(shown + len, sizeof(shown) - len, "%s: %s%s [%s]\n",
			 l->about, l->text, l->sure ? "" : "?", l->evidence);
		assert_false(l->unproved);
	}
	assert_int_equal(verdict.left_out, 0);
}

static void expect(const char *part)
{
	if (!strstr(shown, part))
		fail_msg("no \"%s\" in:\n%s%s", part, shown, verdict.text);
}

static void expect_none(const char *part)
{
	if (strstr(shown, part))
		fail_msg("\"%s\" in:\n%s", part, shown);
}

/* ---- the death ---- */

static void put_page_fault(void)
{
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "fatal_trap");
	called_by(0, "do_page_fault");
	interrupted(0, 14, 2, "guilty", FLAGS_OFF, 0);
	called_by(0, "innocent");
	pcpus[0].has_cr = true;
	pcpus[0].cr2 = 0xffff82c000001238;
}

static void test_page_fault(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict("(XEN) Panic on CPU 0:\n(XEN) FATAL PAGE FAULT\n(XEN) Executing kexec image on cpu0\n");
	assert_int_equal(verdict.kind, DEATH_PAGE_FAULT);
	assert_int_equal(verdict.pcpu, 0);
	expect("write to ffff82c000001238 (vmap), not mapped [console: \"FATAL PAGE FAULT\"; pcpu 0 went through do_page_fault(); cr2 of the crash note; error code 0002 on the stack");
	expect("pcpu: 0 [kexec_crash() in its trace; console: Panic on CPU 0; console: Executing kexec image on cpu0]\n");
	expect("function: guilty+0x4 [registers saved by the exception at ffff83");
	expect("for: d0v0 [current_vcpu of pcpu 0]\n");
	assert_non_null(strstr(verdict.text, "on pcpu 0, in guilty+0x4, for d0v0"));
}

/* Without a console there is only the stack, which is not confirmed. */
static void test_stack_alone(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict(NULL);
	assert_int_equal(verdict.kind, DEATH_PAGE_FAULT);
	expect("unconfirmed: no panic message on the console? [");
	expect("function: guilty+0x4 [");
}

static void test_contradictions(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict("(XEN) 'C' pressed -> triggering crashdump\n(XEN) Executing kexec image on cpu1\n");
	assert_int_equal(verdict.kind, DEATH_PAGE_FAULT);
	assert_int_equal(verdict.pcpu, 0);
	expect("conflicting evidence: the console shows \"'C' pressed -> triggering crashdump\"? [");
	expect("pcpu: 0, conflicting evidence: the console shows pcpu 1? [");
	assert_non_null(strstr(verdict.text, "on pcpu 0 (not sure), in guilty+0x4, for d0v0"));
}

/* The stack shows the entry, the console the kind: of the same family. */
static void test_agreement(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "do_invalid_op");
	interrupted(0, 6, 0, "guilty", FLAGS_ON, 0);
	read_verdict("(XEN) Panic on CPU 0:\n(XEN) Assertion 'x' failed at a.c:1\n");
	assert_int_equal(verdict.kind, DEATH_ASSERT);
	expect("death: Assertion 'x' failed at a.c:1 [");
	expect_none("conflicting");
}

static void test_panic(void **state)
{
	(void)state;
	stopped_in(1, "kexec_crash");
	called_by(1, "panic");
	called_by(1, "guilty");
	called_by(1, "idle_loop");
	read_verdict("(XEN) Panic on CPU 1:\n(XEN) Out of xen heap\n");
	assert_int_equal(verdict.kind, DEATH_PANIC);
	assert_int_equal(verdict.pcpu, 1);
	expect("function: guilty+0x12 [caller of panic(), stack ffff83");
	expect("for: no domain, idle pcpu [");
}

static void test_key(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "do_crashdump_trigger");
	called_by(0, "keypress_action");
	called_by(0, "do_softirq");
	read_verdict("");
	assert_int_equal(verdict.kind, DEATH_KEY);
	expect("pressed on a console [");
	expect("for: d0v0, in a softirq [current_vcpu of pcpu 0; its trace]");
	stopped_in(0, "kexec_crash");
	called_by(0, "do_crashdump_trigger");
	called_by(0, "do_sysctl");
	called_by(0, "pv_hypercall");
	read_verdict("");
	expect("pressed by a hypercall [");
	expect("for: d0v0, in a hypercall (sysctl) [");
}

static void test_dom0(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "hwdom_shutdown");
	called_by(0, "pv_hypercall");
	read_verdict("(XEN) Hardware Dom0 crashed: Executing kexec image on cpu0\n");
	assert_int_equal(verdict.kind, DEATH_DOM0);
	expect("dom0: reason unknown");
	expect_none("function:");
	/* a crash kernel requested by dom0 */
	stopped_in(0, "kexec_crash");
	called_by(0, "do_kexec_op");
	called_by(0, "pv_hypercall");
	read_verdict("");
	assert_int_equal(verdict.kind, DEATH_HYPERCALL);
	expect("in a hypercall (kexec_op)");
}

/* The stack pointer of the function that overflowed is below its stack. */
static void test_overflow(void **state)
{
	char rsp[40];

	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "do_double_fault");
	interrupted(0, 8, 0, "guilty", FLAGS_ON, host_va(&fix, "stack0") + 0x5ff8);
	read_verdict("");
	assert_int_equal(verdict.kind, DEATH_DOUBLE_FAULT);
	expect("stack overflow");
	snprintf(rsp, sizeof(rsp), "rsp was %lx", host_va(&fix, "stack0") + 0x5ff8);
	expect(rsp);
	expect("function: guilty+0x4");
	/* one word above the end it is not an overflow */
	stopped_in(0, "kexec_crash");
	called_by(0, "do_double_fault");
	interrupted(0, 8, 0, "guilty", FLAGS_ON, host_va(&fix, "stack0") + 0x6008);
	read_verdict("");
	expect_none("stack overflow");
}

static void test_nmis(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "nmi_watchdog_tick");
	called_by(0, "do_nmi");
	interrupted(0, 2, 0, "guilty", FLAGS_OFF, 0);
	read_verdict("(XEN) Watchdog timer detects that CPU0 is stuck!\n(XEN) Panic on CPU 0:\n(XEN) FATAL TRAP: vec 2, NMI[0000]\n");
	assert_int_equal(verdict.kind, DEATH_WATCHDOG);
	expect("Xen's watchdog found pcpu 0 stuck");
	/* a machine check while a guest ran: no frame of Xen */
	stopped_in(0, "kexec_crash");
	called_by(0, "mc_panic");
	read_verdict("");
	assert_int_equal(verdict.kind, DEATH_MCE);
	expect("function: none: pcpu 0 was running a guest");
}

static void test_machine_check(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "mc_panic");
	read_verdict("(XEN) CPU0: Machine Check Exception:                5\n"
		     "(XEN) Bank 2: b600000000000135 at          1234000\n"
		     "(XEN) Bank 3: f200000000010005[            1000]\n"
		     "(XEN) Panic on CPU 0:\n(XEN) HARDWARE ERROR\n");
	assert_int_equal(verdict.kind, DEATH_MCE);
	expect("bank: 2: ");
	expect("address 1234000 [console: status b600000000000135]");
	expect("bank: 3: ");
	expect("misc 1000 [console: status f200000000010005]");
	expect("[console: MCG_STATUS 5]");
}

/* Dom0's own reason, from Xen's console, where dom0's lines have no prefix. */
static void test_dom0_panic(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "hwdom_shutdown");
	read_verdict("Kernel panic - not syncing: boom\n"
		     "(XEN) Hardware Dom0 crashed: rebooting machine\n");
	assert_int_equal(verdict.kind, DEATH_DOM0);
	expect("dom0: Kernel panic - not syncing: boom [console]\n");
	assert_non_null(strstr(verdict.text, ": Kernel panic - not syncing: boom"));
	/* a line of Xen is not one of dom0 */
	read_verdict("(XEN) d0v0: Kernel panic - not syncing: boom\n"
		     "(XEN) Hardware Dom0 crashed: rebooting machine\n");
	expect("dom0: reason unknown");
}

/* Sources of the address and the error code of a fault differ; both are named. */
static void test_fault_sources(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict("(XEN) Panic on CPU 0:\n(XEN) FATAL PAGE FAULT\n(XEN) [error_code=0010]\n"
		     "(XEN) Faulting linear address: 0000000000000018\n");
	expect("write to 0000000000000018 (null pointer), not mapped [");
	expect("console: Faulting linear address; error code 0002 on the stack at ffff83");
	expect_none("cr2");
	/* the address is unknown: none is shown */
	pcpus[0].has_regs = false;
	memset(&pcpus[0], 0, sizeof(pcpus[0]));
	read_verdict("(XEN) Panic on CPU 0:\n(XEN) FATAL PAGE FAULT\n(XEN) [error_code=0010]\n");
	assert_int_equal(verdict.kind, DEATH_PAGE_FAULT);
	expect_none("instruction fetch");
}

/* No trace can be read: all statements are based on the console. */
static void test_console_alone(void **state)
{
	char console[400], function[80];

	(void)state;
	snprintf(console, sizeof(console),
		 "(XEN) RIP:    e008:[<%016lx>] guilty+0x6/0x20\n(XEN) Panic on CPU 1:\n"
		 "(XEN) FATAL TRAP: vector = 13 (general protection fault)\n(XEN) [error_code=0018]\n",
		 fixture_va(&fix, "guilty") + 6);
	read_verdict(console);
	assert_int_equal(verdict.kind, DEATH_PROTECTION);
	assert_int_equal(verdict.pcpu, 1);
	expect(", error code 0018 [console: ");
	snprintf(function, sizeof(function), "function: guilty+0x6 [console: RIP %lx]\n",
		 fixture_va(&fix, "guilty") + 6);
	expect(function);
	expect_none("for: ");
}

/* The reasons that a handler printed before the panic. */
static void test_reasons(void **state)
{
	(void)state;
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "do_nmi");
	interrupted(0, 2, 0, "guilty", FLAGS_OFF, 0);
	read_verdict("(XEN) NMI - PCI system error (SERR)\n(XEN) Panic on CPU 0:\n"
		     "(XEN) FATAL TRAP: vec 2, NMI[0000]\n");
	assert_int_equal(verdict.kind, DEATH_NMI);
	expect("death: fatal NMI, \"NMI - PCI system error (SERR)\" [");
	stopped_in(0, "kexec_crash");
	called_by(0, "mc_panic");
	read_verdict("(XEN) Fatal machine check: no bank is valid\n(XEN) Panic on CPU 0:\n(XEN) HARDWARE ERROR\n");
	assert_int_equal(verdict.kind, DEATH_MCE);
	expect(", \"no bank is valid\" [");
}

/* No crash notes of Xen and nothing on the console: a dump of a running host. */
static void test_running(void **state)
{
	(void)state;
	read_verdict("");
	assert_int_equal(verdict.kind, DEATH_NONE);
	expect("[no crash notes; no crash on the console]");
	assert_int_equal(verdict.pcpu, -1);
	read_verdict(NULL);
	assert_int_equal(verdict.kind, DEATH_UNKNOWN);
	expect("[console left out]");
	read_verdict("(XEN) Executing kexec image on cpu1\n");
	assert_int_equal(verdict.kind, DEATH_UNKNOWN);
	expect("but a crash kernel was executed? [");
	assert_int_equal(verdict.pcpu, 1);
}

/* ---- the other pcpus ---- */

static void test_spinning(void **state)
{
	(void)state;
	put_page_fault();
	stopped_in(1, "do_nmi");
	interrupted(1, 2, 0, "_spin_lock", FLAGS_OFF, 0);
	called_by(1, "innocent");
	called_by(1, "do_softirq");
	read_verdict("");
	expect("stands out: pcpu 1, waits for a spinlock in innocent+0x12, interrupts disabled [its trace]\n");
	/* rdi is the lock: one ticket is that of the pcpu itself; two: it waits */
	for (uint64_t tickets = 1; tickets <= 2; tickets++) {
		uint64_t lock = fixture_va(&fix, "grants0") + 16;

		fixture_poke(&fix, lock, NULL, 0x70007 + (tickets << 16));
		fixture_poke(&fix, saved[1] - HOST_DIRECT + 14 * 8, NULL, lock);
		read_verdict("");
		if (tickets == 1)
			expect_none("waits for a spinlock");
		else
			expect("stands out: pcpu 1, waits for a spinlock in innocent+0x12");
	}
	stopped_in(1, "do_nmi");
	interrupted(1, 2, 0, "vcpu_sleep_sync", FLAGS_ON, 0);
	called_by(1, "innocent");
	read_verdict("");
	expect("stands out: pcpu 1, waits for a vcpu to stop in innocent+0x12 [its trace]\n");
	/* a lock taken further out is not waited for */
	stopped_in(1, "do_nmi");
	interrupted(1, 2, 0, "guilty", FLAGS_ON, 0);
	called_by(1, "innocent");
	called_by(1, "_spin_lock");
	read_verdict("");
	expect_none("stands out");
}

static void test_others(void **state)
{
	(void)state;
	put_page_fault();
	/* crashed, too; the first one counts */
	stopped_in(1, "do_nmi");
	interrupted(1, 2, 0, "one_cpu_only", FLAGS_OFF, 0);
	called_by(1, "panic");
	called_by(1, "guilty");
	read_verdict("");
	assert_int_equal(verdict.pcpu, 0);
	expect("stands out: pcpu 1, was crashing, too [its trace]\n");
	/* in the handler of another exception */
	stopped_in(1, "do_nmi");
	interrupted(1, 2, 0, "innocent", FLAGS_OFF, 0);
	called_by(1, "guilty");
	interrupted(1, 13, 0, "guilty", FLAGS_ON, 0);
	read_verdict("");
	expect("stands out: pcpu 1, was handling an exception (general protection) [its trace]\n");
	/* exception that Xen itself uses to pass registers to the poller of its console */
	stopped_in(1, "do_nmi");
	interrupted(1, 2, 0, "innocent", FLAGS_OFF, 0);
	called_by(1, "__ns16550_poll");
	called_by(1, "do_invalid_op");
	interrupted(1, 6, 0, "innocent", FLAGS_ON, 0);
	read_verdict("");
	expect_none("was handling an exception");
}

static void test_lost(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict("(XEN) Failed to shoot down CPUs {1}\n");
	expect("stands out: pcpu 1 is lost: no saved registers [no crash note; console: Failed to shoot down CPUs {1}]\n");
	read_verdict("");
	expect("stands out: pcpu 1 is lost: no saved registers [no crash note]\n");
}

/* A pcpu without a stack is offline, and does not stand out. */
static void test_offline(void **state)
{
	struct err *e;

	(void)state;
	put_page_fault();
	host_poke(&fix, fixture_va(&fix, "stack_base") + 8, NULL, 0);
	read_verdict("");
	assert_int_equal(verdict.kind, DEATH_PAGE_FAULT);
	expect_none("pcpu 1");
	interrupt_pending = 1;
	e = verdict_read(&fix.xen, &verdict);
	interrupt_pending = 0;
	assert_err(e, ERR_INTERRUPTED, "");
}

/* ---- the signature ---- */

static void check_signature(const char *expected, bool proved)
{
	char text[256] = "";
	struct signature s;
	size_t len;

	assert_ok(signature_read(&fix.xen, &verdict, &s));
	len = snprintf(text, sizeof(text), "%s:", s.kind);
	for (unsigned int i = 0; i < s.nr; i++)
		len += snprintf(text + len, sizeof(text) - len, " %s", s.name[i]);
	if (*s.message)
		snprintf(text + len, sizeof(text) - len, " (%s)", s.message);
	assert_string_equal(text, expected);
	assert_int_equal(s.proved, proved);
	assert_false(s.unproved);
}

static void test_signature(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict("");
	/* no .debug_frame in this host: callers are words of the stack */
	check_signature("page-fault: guilty innocent", false);
	stopped_in(1, "kexec_crash");
	stopped_in(0, "kexec_crash");
	called_by(0, "panic");
	called_by(0, "guilty");
	called_by(0, "innocent");
	pcpus[1].has_regs = false;
	read_verdict("(XEN) Panic on CPU 0:\n(XEN) Out of xen heap\n");
	check_signature("panic: guilty innocent", false);
	/* a crash requested by dom0 has no place, but dom0's own message */
	stopped_in(0, "kexec_crash");
	called_by(0, "hwdom_shutdown");
	called_by(0, "guilty");
	read_verdict("Kernel panic - not syncing: boom 17\n"
		     "(XEN) Hardware Dom0 crashed: rebooting machine\n");
	check_signature("dom0-panic: (Kernel panic - not syncing: boom #)", true);
}

/* ---- the host ---- */

static void test_taint(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict("");
	expect("taint: none [variable tainted]\n");
	host_poke(&fix, fixture_va(&fix, "tainted"), NULL, 3);
	read_verdict("");
	expect("taint: synchronous console, machine check [variable tainted]\n");
	notes.has_crash_info = true;
	notes.crash_info.tainted = 1;
	host_poke(&fix, fixture_va(&fix, "tainted"), NULL, 1);
	read_verdict("");
	expect("taint: synchronous console [crash note]\n");
}

static int setup(void **state)
{
	host_create_kept(state);
	ops = memory_source;
	ops.console_read = read_console;
	fix.xen.source = &ops;
	return 0;
}

static void test_livepatches(void **state)
{
	(void)state;
	put_page_fault();
	read_verdict("");
	expect("livepatch: fix1, 1 loaded but not applied [payload_list]\n");
	host_poke(&fix, fixture_va(&fix, "payload1"), "payload.state", 1);
	read_verdict("");
	expect("livepatch: none applied, 2 loaded but not applied [payload_list]\n");
	host_poke(&fix, fixture_va(&fix, "payload2"), "payload.list.next", 8);
	read_verdict("");
	expect("incomplete: ");
}

/* ---- troubles of the rest of the host ---- */

/* Appends the statements on the rest of the host to shown. */
static void add_troubles(void)
{
	read_verdict("");
	shown[0] = '\0';
	verdict.nr = 0;
	assert_ok(verdict_troubles(&fix.xen, NULL, &verdict));
	for (unsigned int i = 0; i < verdict.nr; i++) {
		const struct verdict_line *l = &verdict.line[i];
		size_t len = strlen(shown);

		snprintf(shown + len, sizeof(shown) - len, "%s%s [%s]\n", l->text,
			 l->sure ? "" : "?", l->evidence);
	}
}

static void test_troubles(void **state)
{
	(void)state;
	put_page_fault();
	add_troubles();
	expect("heap exhausted: 3 free pages [total_avail_pages]\n");
	/* no statement would be understood as "nothing" */
	expect("RCU: check failed? [");
	expect_none("nothing");
	expect_none("deadlock");
	host_poke(&fix, fixture_va(&fix, "total_avail_pages"), NULL, 100000);
	add_troubles();
	expect_none("heap exhausted");
	host_poke(&fix, fixture_va(&fix, "outstanding_claims"), NULL, 99999);
	add_troubles();
	expect("heap exhausted: 99999 of 100000 free pages are claimed [total_avail_pages, outstanding_claims]\n");
}

static void test_not_examined(void **state)
{
	struct records *records = fix.xen.records;

	(void)state;
	put_page_fault();
	assert_ok(records_create(NO_PLACES, &fix.xen.records));
	add_troubles();
	records_destroy(fix.xen.records);
	fix.xen.records = records;
	expect("not examined: locks, RCU, heap, domains, grants, schedulers, waits, devices, interrupts? [requires the hypervisor's types (a xen-syms with DWARF, or a profile)]\n");
	assert_int_equal(verdict.nr, 1);
}

/* Without a variable with the pcpu that crashed, "bt" shows that of the verdict. */
static void test_backtrace(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	struct session s = { .front = &front, .xen = &fix.xen };
	char *argv[] = { "bt", NULL }, text[4096] = "";
	FILE *fp = fmemopen(text, sizeof(text), "w");

	(void)state;
	stopped_in(1, "kexec_crash");
	called_by(1, "panic");
	console_text = "(XEN) Panic on CPU 1:\n(XEN) Out of xen heap\n";
	fix.xen.variables_found = true;
	command_run(&s, 1, argv, fp);
	fclose(fp);
	fix.xen.variables_found = false;
	if (!strstr(text, "\n   1  saved"))
		fail_msg("%s", text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STACKS_TEST(test_page_fault), STACKS_TEST(test_stack_alone),
		STACKS_TEST(test_contradictions), STACKS_TEST(test_agreement),
		STACKS_TEST(test_panic), STACKS_TEST(test_key), STACKS_TEST(test_dom0),
		STACKS_TEST(test_overflow), STACKS_TEST(test_nmis),
		STACKS_TEST(test_machine_check), STACKS_TEST(test_dom0_panic),
		STACKS_TEST(test_running), STACKS_TEST(test_fault_sources),
		STACKS_TEST(test_console_alone), STACKS_TEST(test_reasons),
		STACKS_TEST(test_spinning), STACKS_TEST(test_others), STACKS_TEST(test_lost),
		STACKS_TEST(test_offline), STACKS_TEST(test_signature),
		STACKS_TEST(test_taint), STACKS_TEST(test_livepatches),
		STACKS_TEST(test_troubles), STACKS_TEST(test_not_examined),
		STACKS_TEST(test_backtrace),
	};

	return cmocka_run_group_tests(tests, setup, host_destroy);
}
