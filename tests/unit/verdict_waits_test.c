/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Deadlocks, RCU stalls, tasklets, interrupt storms: waits of pcpus according to
 * their traces and to Xen's records, and the statements of the verdict.
 */
#include "tests/unit/host_fixture/stacks.h"
#include "tests/unit/troubles_text.h"

#include "extensions/support/command.h"
#include "xen/model/diagnosis/waits.h"
#include "xen/model/source.h"
#include "xen/profile/profile.h"

#define SECOND 1000000000UL

static char text[8192];

static int setup(void **state)
{
	(void)state;
	host_create_from(HOST_SOURCES "tests/unit/host_fixture/troubles.c");
	host_keep();
	return 0;
}

/* All waits and deadlocks, one per line. */
static void read_waits(void)
{
	struct waits waits;
	size_t len = 0;

	text[0] = '\0';
	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
	assert_ok(waits_read(&fix.xen, NULL, NULL, &waits));
	for (unsigned int i = 0; i < waits.nr; i++) {
		const struct wait *w = &waits.at[i];
		char time[WAIT_TIME_TEXT];

		len += snprintf(text + len, sizeof(text) - len, "%s: %s for %s, of %s: %s (%s)\n",
				wait_kind_name(w->kind), w->who, w->what, w->holder, w->because,
				wait_time_text(w, time));
	}
	for (unsigned int i = 0; i < waits.nr_circles; i++)
		len += snprintf(text + len, sizeof(text) - len, "CIRCLE %s\n", waits.circle[i]);
	waits_release(&waits);
}

/* The statements on the rest of the host, one per line. */
static void read_troubles(void)
{
	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
	snprintf(text, sizeof(text), "%s", troubles_text(&fix.xen));
}

static void expect(const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void expect_none(const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in:\n%s", part, text);
}

/* A pcpu that an NMI stopped while it waited for a lock, which is in rdi. */
static void put_spin(unsigned int cpu, const char *lock, const char *caller)
{
	stopped_in(cpu, "do_nmi");
	interrupted(cpu, 2, 0, "_spin_lock", FLAGS_OFF, 0);
	called_by(cpu, caller);
	host_poke(&fix, saved[cpu] + 14 * 8, NULL, fixture_va(&fix, lock));
}

/* A host without problems; those of the fixture are removed. */
static void calm(void)
{
	host_poke(&fix, fixture_va(&fix, "total_avail_pages"), NULL, 100000);
	host_poke(&fix, fixture_va(&fix, "soft1"), "tasklet.is_running", 1);
	host_poke(&fix, fixture_va(&fix, "d0v2"), "vcpu.runstate.state", 2);
	host_poke(&fix, fixture_va(&fix, "d0v2"), "vcpu.pause_flags", 1);
	for (unsigned int cpu = 0; cpu < 2; cpu++) {
		stopped_in(cpu, "do_nmi");
		interrupted(cpu, 2, 0, "guilty", FLAGS_ON, 0);
		called_by(cpu, "idle_loop");
	}
}

static void test_nothing(void **state)
{
	(void)state;
	calm();
	read_troubles();
	assert_string_equal(text, "nothing, but not examined: lost events? [lost events: d0: event channels "
			    "of domain 0: no domain.evtchn or domain.valid_evtchns in this build]\n");
	host_poke(&fix, fixture_va(&fix, "total_avail_pages"), NULL, 7);
	read_troubles();
	expect("heap exhausted: 7 free pages");
	expect("\nnot examined: lost events? [");
	expect_none("nothing");
}

static void test_deadlock(void **state)
{
	(void)state;
	calm();
	put_spin(0, "lock_of_1", "guilty");
	put_spin(1, "lock_of_0", "innocent");
	read_waits();
	expect("lock: pcpu 0 for lock lock_of_1, of pcpu 1: its trace: waits for a spinlock, in guilty+0x12 ()\n");
	expect("lock: pcpu 1 for lock lock_of_0, of pcpu 0: its trace: waits for a spinlock, in innocent+0x12 ()\n");
	expect("CIRCLE pcpu 0 waits for lock_of_1 (ffff82d0");
	expect("), held by pcpu 1; pcpu 1 waits for lock_of_0 (ffff82d0");
	read_troubles();
	expect("deadlock: pcpu 0 waits for lock_of_1 (ffff82d0");
	expect("), held by pcpu 0 [holders recorded in the locks; registers of the traces]\n");
	/* one of them waits for a lock that is free now */
	put_spin(1, "lock_free", "innocent");
	read_waits();
	expect("lock: pcpu 1 for lock lock_free, of : its trace: waits for a spinlock, in innocent+0x12 ()\n");
	expect_none("CIRCLE");
	read_troubles();
	expect_none("deadlock");
	/* a lock of an object, with the tickets of its holder and of this pcpu */
	put_spin(1, "lock_free", "innocent");
	host_poke(&fix, fixture_va(&fix, "lock0"), NULL, 0x70005);
	host_poke(&fix, saved[1] + 14 * 8, NULL, host_va(&fix, "lock0"));
	read_waits();
	expect("lock: pcpu 1 for lock pcpu 0 schedule_lock, of : ");
	/* no register has the address of a lock */
	host_poke(&fix, saved[1] + 14 * 8, NULL, 0x1234);
	read_waits();
	expect("lock: pcpu 1 for a lock, of : ");
}

/* The statement of the verdict that a pcpu waits for a lock; "" if there is none. */
static void read_spin(unsigned int cpu)
{
	static struct verdict v;

	text[0] = '\0';
	memory_flush(fix.xen.memory);
	xen_forget(&fix.xen);
	assert_ok(verdict_read(&fix.xen, &v));
	assert_ok(verdict_troubles(&fix.xen, NULL, &v));
	for (unsigned int i = 0; i < v.nr; i++)
		if (v.line[i].waiter == (int)cpu)
			snprintf(text, sizeof(text), "%s%s [%s]", v.line[i].text,
				 v.line[i].sure ? "" : "?", v.line[i].evidence);
}

/* The verdict names lock and holder, as "waits" does; one by elimination is not sure. */
static void test_holder(void **state)
{
	(void)state;
	calm();
	put_spin(1, "lock_of_0", "innocent");
	read_spin(1);
	assert_string_equal(text, "pcpu 1, waits for a spinlock in innocent+0x12, interrupts disabled, lock lock_of_0 is held by pcpu 0 "
			    "[its trace; the holder that the lock records]");
	/* a spinlock, with the tickets of its holder and of this pcpu */
	host_poke(&fix, fixture_va(&fix, "lock0"), NULL, 0x70005);
	put_spin(1, "lock_free", "innocent");
	host_poke(&fix, saved[1] + 14 * 8, NULL, host_va(&fix, "lock0"));
	read_spin(1);
	assert_string_equal(text, "pcpu 1, waits for a spinlock in innocent+0x12, interrupts disabled, lock pcpu 0 schedule_lock is probably held by pcpu 0? "
			    "[its trace; pcpu 0 is the only other one in the hypervisor, in guilty+0x4]");
	/* the other pcpu waits for no lock */
	read_spin(0);
	assert_string_equal(text, "");
}

/* A pcpu that does not notice a new grace period stalls it if its trace shows why. */
static void test_rcu(void **state)
{
	(void)state;
	calm();
	host_poke(&fix, fixture_va(&fix, "rcu_ctrlblk"), "rcu_ctrlblk.cur", 78);
	host_poke(&fix, fixture_va(&fix, "rcu_ctrlblk"), "rcu_ctrlblk.cpumask.bits", 2);
	read_waits();
	expect("RCU: RCU, batch 78 for pcpu 1, of : has not seen batch 78 ()\n");
	read_troubles();
	expect_none("RCU stall");
	put_spin(1, "lock_free", "innocent");
	read_troubles();
	expect("RCU stall: batch 78 waits for pcpu 1, which waits for a spinlock (has not seen batch 78), "
	       "8 callbacks queued [rcu_ctrlblk.cpumask, rcu_data; its trace]\n");
	stopped_in(1, "do_nmi");
	interrupted(1, 2, 0, "guilty", FLAGS_OFF, 0);
	called_by(1, "idle_loop");
	read_troubles();
	expect("RCU stall: batch 78 waits for pcpu 1, which had interrupts disabled (");
	pcpus[1].has_regs = false;
	read_troubles();
	expect("RCU stall: batch 78 waits for pcpu 1, which is lost (");
	/* the pcpu that is late, not the other one */
	expect_none("waits for pcpu 0");
}

static void test_overdue(void **state)
{
	(void)state;
	calm();
	host_poke(&fix, fixture_va(&fix, "soft1"), "tasklet.is_running", 0);
	host_poke(&fix, fixture_va(&fix, "work0"), "tasklet.is_running", 0);
	host_poke(&fix, fixture_va(&fix, "d0v0"), "vcpu.runstate.state_entry_time", 9 * SECOND);
	host_poke(&fix, fixture_va(&fix, "first0"), "timer.expires", 10 * SECOND);
	host_poke(&fix, fixture_va(&fix, "first1"), "timer.expires", 6 * SECOND);
	put_spin(1, "lock_free", "innocent");
	read_waits();
	/* pcpu 1 has not served its timers for 3 s, pcpu 0 is not late */
	expect("tasklet: one_cpu_only for pcpu 1, of : queued, not running (3.000 s or more)\n");
	expect("tasklet: kexec_crash for pcpu 0, of : queued, not running, runs when the idle vcpu does ()\n");
	expect("lock: pcpu 1 for lock lock_free, of : its trace: waits for a spinlock, in innocent+0x12 (3.000 s or more)\n");
}

static void test_storm(void **state)
{
	const struct field field = FIELD_PLACE("irq_desc");
	uint64_t irqs = fixture_va(&fix, "irqs");
	struct place size;

	(void)state;
	calm();
	assert_ok(record_place(fix.xen.records, &field, &size));
	host_poke(&fix, irqs + 2 * size.size, "irq_desc.rl_link.next", host_va(&fix, "irqs"));
	read_troubles();
	expect("interrupt storm: Xen disabled irq 2 for a while, bound to d0 "
	       "[irq_desc.rl_link is on irq_ratelimit_list; rl_cnt 50]\n");
	expect_none("irq 1");
}

/* By a profile without the list of disabled interrupts: their absence is not "nothing". */
static void test_storm_unknown(void **state)
{
	static const char line[] = " .rl_link.next\n";
	const struct profile_origin origin = { .version = "4.20", .config = "" };
	struct records *records = fix.xen.records;
	struct profile *p;
	char *written, *end;
	size_t len;
	FILE *fp = open_memstream(&written, &len);

	(void)state;
	calm();
	assert_ok(profile_write(fix.xen.types, &origin, fp));
	fclose(fp);
	/* the number of places is not stated */
	memset(strstr(written, "places "), '#', 1);
	end = strstr(written, line);
	assert_non_null(end);
	len = strlen(end + sizeof(line) - 1);
	while (end[-1] != '\n')
		end--;
	memmove(end, strstr(end, line) + sizeof(line) - 1, len + 1);
	assert_ok(profile_parse("fixture", written, strlen(written), &p));
	free(written);
	assert_ok(records_create(profile_places(p), &fix.xen.records));
	read_troubles();
	expect(", interrupt storms? [");
	expect("interrupt storms: no place of irq_desc.rl_link is known");
	records_destroy(fix.xen.records);
	profile_destroy(p);
	fix.xen.records = records;
}

#define POKE(object, path, v) host_poke(&fix, fixture_va(&fix, (object)), (path), (v))

/* A vcpu that has been in its state for a second is not being switched. */
static void test_runstates(void **state)
{
	(void)state;
	calm();
	POKE("d0v1", "vcpu.runstate.state_entry_time", 5 * SECOND);
	read_troubles();
	expect_none("d0v0");
	POKE("d0v0", "vcpu.runstate.state", 2);
	read_troubles();
	expect("scheduler: d0v0 is the current vcpu of pcpu 0, but has been blocked for 5.000 s by its runstate? [its queues]\n");
	POKE("d0v0", "vcpu.runstate.state_entry_time", 5 * SECOND - 1000);
	read_troubles();
	expect_none("scheduler: d0v0 is");
	POKE("d0v0", "vcpu.runstate.state", 0);
	POKE("d0v0", "vcpu.is_running", 0);
	read_troubles();
	expect("scheduler: d0v0 is the current vcpu of pcpu 0, but its is_running is 0? [its queues]\n");
	POKE("d0v0", "vcpu.is_running", 1);
	POKE("d0v2", "vcpu.is_running", 1);
	read_troubles();
	expect("scheduler: d0v2 has been blocked for 5.000 s by its runstate, but its is_running is 1? [its queues]\n");
	POKE("d0v2", "vcpu.runstate.state", 0);
	read_troubles();
	expect("scheduler: d0v2 has been running for 5.000 s by its runstate, but is not the current vcpu of its pcpu 1? [its queues]\n");
}

/* The pcpus of a running host were read before its vcpus: none waits for itself. */
static void test_runner(void **state)
{
	const struct source_ops *before = fix.xen.source;
	struct source_ops running = *before;

	(void)state;
	running.is_running = true;
	calm();
	POKE("d0v0", "vcpu.runstate.state", 1);
	read_waits();
	expect("pcpu: d0v0 for pcpu 0, of d0v0: ");
	fix.xen.source = &running;
	read_waits();
	expect("pcpu: d0v0 for pcpu 0, of : ");
	fix.xen.source = before;
}

static void run_command(char *name)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	char *argv[] = { name, NULL }, *output;
	struct session s = { .front = &front, .xen = &fix.xen };
	size_t len;
	FILE *fp = open_memstream(&output, &len);

	assert_true(command_run(&s, 1, argv, fp));
	fclose(fp);
	snprintf(text, sizeof(text), "%s", output);
	free(output);
}

static void expect_waits(const char *part)
{
	run_command("waits");
	expect(part);
}

/* A host that runs has not stopped. */
static void test_time(void **state)
{
	const struct source_ops *before = fix.xen.source;
	struct source_ops running = *before;

	(void)state;
	calm();
	expect_waits("HOST STOPPED: ");
	running.is_running = true;
	fix.xen.source = &running;
	expect_waits("HOST READ: ");
	fix.xen.source = before;
}

static struct err *let_run(struct xen *x, unsigned int ms, uint64_t *ns)
{
	static uint64_t clock;

	(void)x;
	*ns = clock += ms * 1000000UL;
	return NULL;
}

/*
 * On a running host a lock is stuck whose tickets do not move; without types
 * the places of a few locks are known.
 */
static void test_stuck(void **state)
{
	const struct source_ops *before = fix.xen.source;
	struct source_ops running = *before;
	struct types *types = fix.xen.types;

	(void)state;
	calm();
	running.is_running = true;
	running.let_run = let_run;
	POKE("lock0", NULL, 0xa0007);
	POKE("dom1", "domain.page_alloc_lock.tickets.tail", 19);
	run_command("locks");
	expect_none("stuck");
	fix.xen.source = &running;
	run_command("locks");
	expect("\nstuck: pcpu 0 schedule_lock, 2 waiting: ticket 7 of the lock at ");
	expect("\nstuck: d1.page_alloc_lock, 1 waiting: ticket 17 of the lock at ");
	for (unsigned int pass = 0; pass < 2; pass++) {
		read_waits();
		expect("lock: 2 pcpus for lock pcpu 0 schedule_lock, of : ticket 7 of the lock at ");
		expect(" was served in each of 11 looks in 1.000 s, no holder is recorded (1.000 s or more)\n");
		expect("lock: 1 pcpu for lock d1.page_alloc_lock, of : ticket 17 of the lock at ");
		read_troubles();
		expect("lock is stuck: 1 pcpu waited 1.000 s or more for lock d1.page_alloc_lock [ticket 17 ");
		fix.xen.types = NULL;
	}
	POKE("lock0", NULL, 0x80007);
	read_waits();
	expect_none("schedule_lock");
	expect("d1.page_alloc_lock");
	fix.xen.types = types;
	fix.xen.source = before;
	POKE("dom1", "domain.page_alloc_lock.tickets.tail", 17);
}

static void test_damage(void **state)
{
	(void)state;
	calm();
	POKE("d0v1", "vcpu.domain", fixture_va(&fix, "dom1"));
	read_troubles();
	expect("memory is damaged: vcpu 1 of the domain at ");
	expect(" [domain_list, domain_hash and the arrays of vcpus]\n");
	expect_none("nothing");
}

/*
 * Of a running host only the subjects are examined that do not change between
 * two reads; without its memory none is, which is said.
 */
static void test_running(void **state)
{
	const struct source_ops *before = fix.xen.source;
	struct source_ops running = *before;

	(void)state;
	running.is_running = true;
	fix.xen.source = &running;
	calm();
	put_spin(0, "lock_of_1", "guilty");
	put_spin(1, "lock_of_0", "innocent");
	POKE("d0v1", "vcpu.runstate.state_entry_time", 5 * SECOND);
	POKE("d0v0", "vcpu.runstate.state", 2);
	POKE("d0v1", "vcpu.domain", fixture_va(&fix, "dom1"));
	read_troubles();
	assert_string_equal(text, "nothing, but not examined: lost events? [lost events: d0: event channels "
			    "of domain 0: no domain.evtchn or domain.valid_evtchns in this build]\n");
	POKE("total_avail_pages", NULL, 7);
	read_troubles();
	expect("heap exhausted: 7 free pages");
	expect_none("deadlock");
	expect_none("damaged");
	expect_none("scheduler");
	running.reads_memory = false;
	read_troubles();
	assert_string_equal(text, "not examined: heap, domains, queues of spinlocks, waits, devices, interrupts? "
			    "[requires the hypervisor's memory (\"xen source -x auto\")]\n");
	fix.xen.source = before;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STACKS_TEST(test_nothing), STACKS_TEST(test_deadlock),
		STACKS_TEST(test_holder), STACKS_TEST(test_rcu), STACKS_TEST(test_overdue),
		STACKS_TEST(test_storm), STACKS_TEST(test_storm_unknown),
		STACKS_TEST(test_runstates), STACKS_TEST(test_runner), STACKS_TEST(test_time), STACKS_TEST(test_stuck), STACKS_TEST(test_damage),
		STACKS_TEST(test_running),
	};

	return cmocka_run_group_tests(tests, setup, host_destroy);
}
