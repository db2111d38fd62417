/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output of debug keys as tables, in the forms of Xen 4.4, 4.9 and 4.13 and later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xen/model/diagnosis/key_text.h"

static void add_cell(FILE *fp, const struct key_cell *c)
{
	switch (c->kind) {
	case KEY_NONE:
		fprintf(fp, " -");
		break;
	case KEY_DEC:
		fprintf(fp, " %llu", (unsigned long long)c->u);
		break;
	case KEY_SDEC:
		fprintf(fp, " %+lld", (long long)c->s);
		break;
	case KEY_HEX:
		fprintf(fp, " 0x%llx", (unsigned long long)c->u);
		break;
	case KEY_STR:
		fprintf(fp, " \"%s\"", c->str);
		break;
	}
}

/* Reads a text and compares the rows of a table, "LINE: CELL CELL...\n" each. */
static void expect(const char *text, enum key_kind kind, unsigned int columns,
		   const char *wanted)
{
	const struct key_row *row;
	struct console_text *c;
	struct key_text *t;
	char *got = NULL;
	size_t size, nr, n;
	unsigned int i;
	FILE *fp;

	assert_null(console_text_read(text, strlen(text), &c));
	assert_null(key_text_read(c, &t));
	console_text_free(c);
	row = key_text_rows(t, kind, &nr);
	fp = open_memstream(&got, &size);
	assert_non_null(fp);
	for (n = 0; n < nr; n++) {
		fprintf(fp, "%zu:", row[n].line);
		for (i = 0; i < columns; i++)
			add_cell(fp, &row[n].cell[i]);
		fprintf(fp, "\n");
	}
	fclose(fp);
	assert_string_equal(got, wanted);
	free(got);
	key_text_free(t);
}

#define X "(XEN) "

static const char key_q_413[] =
	X "'q' pressed -> dumping domain info (now = 404210175906)\n"
	X "General information for domain 7:\n"
	X "    refcnt=3 dying=1 pause_count=2\n"
	X "    nr_pages=65536 xenheap_pages=5 dirty_cpus={0,2} max_pages=65537\n"
	X "    handle=23d41c2e-eb61-11f1-9729-23f59c2bc0b7 vm_assist=00000024\n"
	X "Rangesets belonging to domain 7:\n"
	X "VCPU information and callbacks for domain 7:\n"
	X "  UNIT0 affinities: hard={0-1} soft={0-3}\n"
	X "    VCPU0: CPU4 [has=T] poll=9 upcall_pend=01 upcall_mask=00 dirty_cpu=4\n"
	X "    pause_count=6 pause_flags=10\n"
	X "  UNIT1 affinities: hard={1} soft={2}\n"
	X "    VCPU1: CPU5 [has=F] poll=0 upcall_pend=00 upcall_mask=01 \n"
	X "    pause_count=0 pause_flags=1\n";

static const char key_q_44[] =
	X "General information for domain 3:\n"
	X "    refcnt=4 dying=0 pause_count=1\n"
	X "    nr_pages=100 xenheap_pages=6 shared_pages=0 paged_pages=0 dirty_cpus={} max_pages=200\n"
	X "VCPU information and callbacks for domain 3:\n"
	X "    VCPU2: CPU1 [has=F] poll=0 upcall_pend = 01, upcall_mask = 02 dirty_cpus={} cpu_affinity={0-7}\n"
	X "    pause_count=3 pause_flags=4\n";

static void test_domains(void **state)
{
	(void)state;
	expect(key_q_413, KEY_DOMAINS, 9,
	       "2: 7 +3 1 +2 65536 65537 5 \"{0,2}\" \"23d41c2e-eb61-11f1-9729-23f59c2bc0b7\"\n");
	expect(key_q_44, KEY_DOMAINS, 9, "1: 3 +4 0 +1 100 200 6 \"{}\" -\n");
	/* printed by a guest */
	expect(X "all is well\n"
	       "(d1) " X "General information for domain 7:\n"
	       "(d1) " X "    refcnt=3 dying=1 pause_count=2\n", KEY_DOMAINS, 9, "");
}

static void test_vcpus(void **state)
{
	(void)state;
	expect(key_q_413, KEY_VCPUS, 10,
	       "9: \"d7v0\" 4 \"T\" +9 0x1 0x0 +6 0x10 \"{0-1}\" \"{0-3}\"\n"
	       "12: \"d7v1\" 5 \"F\" +0 0x0 0x1 +0 0x1 \"{1}\" \"{2}\"\n");
	expect(key_q_44, KEY_VCPUS, 10,
	       "5: \"d3v2\" 1 \"F\" +0 0x1 0x2 +3 0x4 \"{0-7}\" -\n");
	expect(X "VCPU information and callbacks for domain 1:\n"
	       X "    VCPU0: CPU3 [has=F] poll=0 upcall_pend=00 upcall_mask=00 dirty_cpus={3}\n"
	       X "    cpu_hard_affinity={0-3} cpu_soft_affinity={0-7}\n"
	       X "    pause_count=0 pause_flags=1\n", KEY_VCPUS, 10,
	       "2: \"d1v0\" 3 \"F\" +0 0x0 0x0 +0 0x1 \"{0-3}\" \"{0-7}\"\n");
}

static void test_channels(void **state)
{
	(void)state;
	expect(X "Event channel information for domain 5:\n"
	       X "Polling vCPUs: {}\n"
	       X "    port [p/m/s]\n"
	       X "       1 [0/1/  -   ]: s=5 n=0 x=0 v=2\n"
	       X "      13 [1/0/  4   ]: s=3 n=1 x=0 d=6 p=28\n"
	       X "      15 [0/0/0]: s=4 n=1 x=0 p=9 i=10 Z=system_u:object_r:x\n",
	       KEY_CHANNELS, 10,
	       "4: 5 1 \"virq\" 0 0 1 - - - \"CONSOLE\"\n"
	       "5: 5 13 \"interdomain\" 1 1 0 6 28 - -\n"
	       "6: 5 15 \"pirq\" 1 0 0 - 9 10 -\n");
}

static void test_grants(void **state)
{
	(void)state;
	expect(X "grant-table for remote d1 (v2)\n"
	       X "  1 frames (64 max), 0 maptrack frames (1024 max)\n"
	       X "[0x00a]      3 0x1b202 0x00010002          0 0x01b203 0x19\n",
	       KEY_GRANTS, 8, "3: 1 2 10 3 0x1b202 0x10002 0x1b203 0x19\n");
	expect(X "grant-table for remote domain:    4 (v1)\n"
	       X "[  8]        0 0x01b202 0x00000002          0 0x01b203 0x19\n",
	       KEY_GRANTS, 8, "2: 4 1 8 0 0x1b202 0x2 0x1b203 0x19\n");
}

static void test_irqs(void **state)
{
	(void)state;
	expect(X "   IRQ:   0 vec:f0 IO-APIC-edge    status=000 aff:{0}/{0-1} arch/x86/time.c#timer_interrupt()\n"
	       X "   IRQ:   1 vec:b0 IO-APIC-edge    status=030 aff:{1}/{1} in-flight=2 d0:  1(-M-)\n"
	       X "   IRQ:   3 vec:40 IO-APIC-level   status=002 aff:{0}/{0} mapped, unbound\n"
	       X "   IRQ:   9 affinity:3 vec:68 type=IO-APIC-level   status=00000030 in-flight=0 domain-list=0:  9(---),\n",
	       KEY_IRQS, 7,
	       "1: 0 0xf0 \"IO-APIC-edge\" 0x0 \"{0}/{0-1}\" - \"arch/x86/time.c#timer_interrupt()\"\n"
	       "2: 1 0xb0 \"IO-APIC-edge\" 0x30 \"{1}/{1}\" 2 \"d0:  1(-M-)\"\n"
	       "3: 3 0x40 \"IO-APIC-level\" 0x2 \"{0}/{0}\" - \"mapped, unbound\"\n"
	       "4: 9 0x68 \"IO-APIC-level\" 0x30 \"3\" 0 \"0:  9(---),\"\n");
	/* until 4.12, more than 32 pcpus */
	expect(X "   IRQ:   0 affinity:0000000f,00000000,00000001 vec:f0 type=IO-APIC-edge    status=00000000 time.c#timer_interrupt()\n",
	       KEY_IRQS, 7,
	       "1: 0 0xf0 \"IO-APIC-edge\" 0x0 \"0000000f,00000000,00000001\" - \"time.c#timer_interrupt()\"\n");
}

/* Each unit once, although key r lists it by domain, by pcpu and by queue. */
static void test_units(void **state)
{
	(void)state;
	expect(X "Domain info:\n"
	       X "\t  1: [0.0] flags=2 cpu=1 credit=2644490 [w=256] load=261340 (~99%)\n"
	       X "\t  2: [2.1] flags=0 cpu=0 credit=-10000000 [w=512] load=250307 (~95%)\n"
	       X "CPU[01] runq=0, sibling={1}, core={0-1}\n"
	       X "\trun: [0.0] flags=2 cpu=1 credit=-10 [w=256] load=261340 (~99%)\n"
	       X "RUNQ:\n"
	       X "\t  0: [2.1] flags=0 cpu=0 credit=-10000000 [w=512] load=250307 (~95%)\n",
	       KEY_UNITS, 9,
	       "2: \"d0v0\" \"runs\" 1 - 0x2 -10 256 - 261340\n"
	       "3: \"d2v1\" \"queue\" 0 - 0x0 -10000000 512 - 250307\n");
	expect(X "\trun: [1.3] pri=-1 flags=0 cpu=2 credit=-7 [w=256,cap=50]\n",
	       KEY_UNITS, 9, "1: \"d1v3\" \"runs\" 2 -1 0x0 -7 256 50 -\n");
}

/* The schedulers null, and rtds, whose units look like time stamps. */
static void test_other_units(void **state)
{
	(void)state;
	expect(X "Domain info:\n" X "\tDomain: 0\n" X "\t\t  1: [0.1] pcpu=3\n",
	       KEY_UNITS, 9, "3: \"d0v1\" - 3 - - - - - -\n");
	expect(X "CPU[00]\n"
	       X "[    0.0 ] cpu 1, (10000000, 4000000), cur_b=3999000 cur_d=1 last_start=2\n"
	       X "Global RunQueue info:\n"
	       X "[    0.12] cpu 2, (10000000, 4000000), cur_b=3999000 cur_d=1 last_start=2\n"
	       X "Global DepletedQueue info:\n"
	       X "[    3.0 ] cpu 0, (10000000, 4000000), cur_b=0 cur_d=1 last_start=2\n"
	       X "Domain info:\n"
	       X "[    0.0 ] cpu 5, (10000000, 4000000), cur_b=3999000 cur_d=1 last_start=2\n",
	       KEY_UNITS, 9,
	       "2: \"d0v0\" \"runs\" 5 - - - - - -\n"
	       "4: \"d0v12\" \"queue\" 2 - - - - - -\n"
	       "6: \"d3v0\" \"depleted\" 0 - - - - - -\n");
}

static void test_devices(void **state)
{
	(void)state;
	expect(X "MSI information:\n"
	       X " MSI      24 vec=28  fixed  edge deassert phys    cpu dest=00000001 mask=0/  /?\n"
	       X " MSI-X  1025 vec=b8 lowest  edge   assert  log lowest dest=00000003 mask=1/ G/0\n",
	       KEY_MSIS, 10,
	       "2: 24 \"MSI\" 0x28 \"fixed\" \"edge\" \"deassert\" \"phys\" \"cpu\" 0x1 \"0/  /?\"\n"
	       "3: 1025 \"MSI-X\" 0xb8 \"lowest\" \"edge\" \"assert\" \"log\" \"lowest\" 0x3 \"1/ G/0\"\n");
	expect(X "==== segment 0000 ====\n"
	       X "0000:00:1f.2 - d0 - node -1  - MSIs < 30 31 >\n"
	       X "0000:03:00.0 - DomIO:7f00 - node 1  \n"
	       X "0000:00:00.0 - dom 3   - MSIs < >\n", KEY_PCI, 4,
	       "2: \"0000:00:1f.2\" \"d0\" - \"30 31\"\n"
	       "3: \"0000:03:00.0\" \"DomIO:7f00\" 1 -\n4: \"0000:00:00.0\" \"d3\" - -\n");
}

/* Keys without a table are named. Xen prints registers of other domains than dom0 when these crash. */
static void test_others(void **state)
{
	static const char text[] =
		X "TSC has constant rate, deep Cstates possible\n" X "TSC not marked as either\n"
		X "==cpu0==\n" X "CPU\tNMI\n" X "*** Dumping Dom5 vcpu#0 state: ***\n";
	struct console_text *c;
	struct key_text *t;

	(void)state;
	assert_null(console_text_read(text, strlen(text), &c));
	assert_null(key_text_read(c, &t));
	assert_int_equal(key_text_other(t, 0)->key, 'c');
	assert_int_equal(key_text_other(t, 1)->key, 'n');
	assert_int_equal(key_text_other(t, 2)->key, 's');
	assert_null(key_text_other(t, 3));
	key_text_free(t);
	console_text_free(c);
}

static void test_timers_and_heap(void **state)
{
	static const char text[] =
		X "CPU03:\n"
		X "  ex=         -42us timer=ffff830027ecef90 cb=common/sched/core.c#s_timer_fn(00000000000000ff)\n"
		X "    Xen heap: 8kB free\n"
		X "    heap[15]: 64512kB free\n"
		X "heap[node=1][zone=16] -> 3 pages\n";

	(void)state;
	expect(text, KEY_TIMERS, 5,
	       "2: 3 -42 0xffff830027ecef90 \"common/sched/core.c#s_timer_fn\" 0xff\n");
	expect(text, KEY_HEAP, 4,
	       "3: \"Xen\" - - 8\n4: - - 15 64512\n5: - 1 16 12\n");
}

/* Lines similar to those of keys, but cut or foreign, give no row. */
static void test_broken_lines(void **state)
{
	static const char text[] =
		X "General information for domain\n"
		X "VCPU0: CPU1 [has=F]\n"
		X "   13 [1/0\n"
		X "   13 [1/0/ 4 ]: s=\n"
		X "[0x00a]      3 0x1b202\n"
		X "   IRQ:   0 vec:\n"
		X "\trun: [1.3]\n"
		X "  ex= us timer= cb=\n"
		X "    heap[15]: kB free\n"
		X " MSI      24 vec=28  fixed\n"
		X "0000:00:1f.2 - \n" X "00:1f - d0 - node 1\n";
	unsigned int kind;

	(void)state;
	for (kind = 0; kind < KEY_KINDS; kind++)
		expect(text, kind, 10, "");
	expect(X "General information for domain 1:\n"
	       X "    refcnt=x nr_pages=99999999999999999999\n", KEY_DOMAINS, 9,
	       "1: 1 - - - - - - - -\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_vcpus),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_grants),
		cmocka_unit_test(test_irqs),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_other_units),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_timers_and_heap),
		cmocka_unit_test(test_broken_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
