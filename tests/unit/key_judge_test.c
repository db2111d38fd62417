/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judgements of the output of debug keys. The texts were printed by hosts of
 * the lab: a zombie (trixie-scene), a paused and a masked guest (trixie-stuck),
 * vcpus pinned to one pcpu (trixie-starved).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xen/model/diagnosis/key_judge.h"

#define X "(XEN) "

/*
 * Compares the judgements of a text, "STATEMENT | EVIDENCE\n" each, with "?"
 * before unsure ones.
 */
static void expect(const char *text, const char *keys, const char *wanted)
{
	struct key_judgements *j = malloc(sizeof(*j));
	struct console_text *c;
	struct key_text *t;
	char *got = NULL;
	size_t size;
	FILE *fp;

	assert_non_null(j);
	assert_null(console_text_read(text, strlen(text), &c));
	assert_null(key_text_read(c, &t));
	console_text_free(c);
	assert_null(key_judge(t, j));
	fp = open_memstream(&got, &size);
	assert_non_null(fp);
	for (unsigned int i = 0; i < j->nr; i++)
		fprintf(fp, "%s%s | %s\n", j->at[i].sure ? "" : "?", j->at[i].text,
			j->at[i].evidence);
	fclose(fp);
	assert_string_equal(got, wanted);
	assert_string_equal(j->keys, keys);
	free(got);
	free(j);
	key_text_free(t);
}

#define ZOMBIE \
	X "General information for domain 3:\n" \
	X "    refcnt=1 dying=2 pause_count=2\n" \
	X "    nr_pages=1 xenheap_pages=0 dirty_cpus={} max_pages=24832\n" \
	X "    handle=1c4bfe56-eb7d-11f1-9aed-feffffffffff vm_assist=00000024\n" \
	X "VCPU information and callbacks for domain 3:\n" \
	X "  UNIT0 affinities: hard={0-3} soft={0-3}\n" \
	X "    VCPU0: CPU0 [has=F] poll=0 upcall_pend=00 upcall_mask=01 \n" \
	X "    pause_count=0 pause_flags=0\n"

static void test_dying(void **state)
{
	(void)state;
	expect(ZOMBIE, "q",
	       "zombie domain d3, pages left: 1 | key q, line 1: dying=2 refcnt=1\n");
	expect(ZOMBIE
	       X "grant-table for remote d3 (v1)\n"
	       X "  1 frames (64 max), 0 maptrack frames (1024 max)\n"
	       X "      -------- active --------       -------- shared --------\n"
	       X "[ref] localdom mfn      pin          localdom gmfn     flags\n"
	       X "[0x000]      0 0x00cc02 0x00000002          0 0x00000d 0x1b\n", "q, g",
	       "zombie domain d3, pages left: 1, d0 maps grant 0 | key q, line 1: dying=2 refcnt=1; key g\n");
}

#define DOMAIN(id, paused, pend, mask, flags) \
	X "General information for domain " #id ":\n" \
	X "    refcnt=3 dying=0 pause_count=" #paused "\n" \
	X "VCPU information and callbacks for domain " #id ":\n" \
	X "  UNIT0 affinities: hard={0-1} soft={0-1}\n" \
	X "    VCPU0: CPU0 [has=F] poll=0 upcall_pend=" #pend " upcall_mask=" #mask " \n" \
	X "    pause_count=0 pause_flags=" #flags "\n"

#define CHANNEL(id, p, m, rest) \
	X "Event channel information for domain " #id ":\n" \
	X "Polling vCPUs: {}\n" \
	X "    port [p/m/s]\n" \
	X "       9 [" #p "/" #m "/0]: " rest "\n"

static void test_channels(void **state)
{
	(void)state;
	expect(DOMAIN(2, 1, 01, 00, 0) CHANNEL(2, 1, 0, "s=3 n=0 x=0 d=0 p=37"), "q, e",
	       "?d2 does not take the event of port 9 (d0 port 37), the domain is paused | key e, line 10: pending; key q, line 1\n");
	expect(DOMAIN(3, 0, 00, 00, 1) CHANNEL(3, 1, 1, "s=3 n=0 x=0 d=0 p=41"), "q, e",
	       "?d3 does not take the event of port 9 (d0 port 41), masked, its vcpus blocked | key e, line 10: pending and masked; key q, line 1\n");
	/* without key q; a domain that runs; dom0; a masked IPI */
	expect(CHANNEL(3, 1, 1, "s=3 n=0 x=0 d=0 p=41"), "e",
	       "?d3 does not take the event of port 9 (d0 port 41), masked | key e, line 4: pending and masked\n");
	expect(DOMAIN(3, 0, 01, 00, 0) CHANNEL(3, 1, 0, "s=3 n=0 x=0 d=0 p=41"), "q, e", "");
	expect(CHANNEL(0, 1, 1, "s=3 n=0 x=0 d=3 p=9"), "e", "");
	expect(CHANNEL(3, 1, 1, "s=6 n=0 x=0"), "e", "");
}

static void test_lost(void **state)
{
	(void)state;
	expect(DOMAIN(2, 0, 01, 00, 1) CHANNEL(2, 1, 0, "s=3 n=0 x=0 d=0 p=37"), "q, e",
	       "?lost event: d2v0 is blocked although port 9 is pending | key q, from line 1: pause_flags=1, upcall pending and not masked; key e, line 10\n");
	/* only of one moment; at another press it ran; of another vcpu; masked */
	expect(DOMAIN(2, 0, 01, 00, 1), "q", "");
	expect(DOMAIN(2, 0, 01, 00, 1) DOMAIN(2, 0, 01, 00, 0)
	       CHANNEL(2, 1, 0, "s=3 n=0 x=0 d=0 p=37"), "q, e", "");
	expect(DOMAIN(2, 0, 01, 00, 1) CHANNEL(2, 1, 0, "s=3 n=1 x=0 d=0 p=37"), "q, e", "");
	expect(DOMAIN(2, 0, 01, 01, 1) CHANNEL(2, 1, 0, "s=3 n=0 x=0 d=0 p=37"), "q, e", "");
}

#define PINNED(id, hard) \
	X "VCPU information and callbacks for domain " #id ":\n" \
	X "  UNIT0 affinities: hard={" hard "} soft={0-1}\n" \
	X "    VCPU0: CPU0 [has=F] poll=0 upcall_pend=01 upcall_mask=00 \n" \
	X "    pause_count=0 pause_flags=0\n"

#define RUNQ(second) \
	X "CPU[00] current=d0v0, curr=d0v0, prev=NULL\n" \
	X "CPU[00] nr_run=3, sort=3146, sibling={0}, core={0-1}\n" \
	X "	run: [0.0] pri=-1 flags=10 cpu=0 credit=230 [w=256,cap=0]\n" \
	X "	  1: [1.0] pri=-1 flags=10 cpu=0 credit=98 [w=256,cap=0]\n" \
	X "	  2: [32767.0] pri=-64 flags=0 cpu=0\n" \
	X "CPU[01] current=" second "v1, curr=" second "v1, prev=NULL\n" \
	X "CPU[01] nr_run=0, sort=1707, sibling={1}, core={0-1}\n"

static void test_pcpus(void **state)
{
	(void)state;
	expect(PINNED(1, "0") RUNQ("d[IDLE]"), "r",
	       "?d1v0 waits for pcpu 0, to which it is pinned and where d0v0 runs, while pcpu 1 is idle | key r, line 8: in the queue; key q, line 3: hard affinity {0}\n");
	expect(PINNED(1, "0") RUNQ("d0"), "r", "");
	expect(PINNED(1, "0-1") RUNQ("d[IDLE]"), "r", "");
	expect(X "active units:\n"
	       X "	  1: [0.1] pri=0 flags=11 cpu=0 credit=-300 [w=256,cap=1]\n"
	       X "	  2: [1.0] pri=0 flags=11 cpu=0 credit=-300 [w=256,cap=0]\n"
	       X "	  3: [2.0] pri=0 flags=10 cpu=0 credit=-300 [w=256,cap=5]\n", "r",
	       "?d0v1 is held back by its cap of 1 percent of a pcpu | key r, line 2: flags=11 cap=1\n");
}

static void test_memory(void **state)
{
	(void)state;
	expect(X "Physical memory information:\n"
	       X "    Xen heap: 0kB free\n"
	       X "    heap[15]: 2000kB free\n"
	       X "    Dom heap: 2000kB free\n", "m or H",
	       "heap exhausted: 500 free pages | key m, line 4\n");
	expect(X "heap[node=0][zone=0] -> 16128 pages\n"
	       X "heap[node=0][zone=1] -> 4578 pages\n"
	       X "heap[node=0][zone=0] -> 16 pages\n"
	       X "heap[node=0][zone=1] -> 4 pages\n", "m or H",
	       "heap exhausted: 20 free pages | key H, line 4\n");
	expect(X "    Xen heap: 0kB free\n" X "    Dom heap: 86972kB free\n", "m or H", "");
	expect("nothing of Xen\n", "", "");
}

/* More statements than the limit. */
static void test_many(void **state)
{
	struct key_judgements *j = malloc(sizeof(*j));
	struct console_text *c;
	struct key_text *t;
	char *text = NULL;
	size_t size;
	FILE *fp = open_memstream(&text, &size);

	(void)state;
	assert_non_null(j);
	for (unsigned int i = 1; i <= KEY_JUDGEMENTS + 7; i++)
		fprintf(fp, X "General information for domain %u:\n"
			X "    refcnt=1 dying=2 pause_count=2\n", i);
	fprintf(fp, X "General information for domain 99999:\n"
		X "    refcnt=1 dying=2 pause_count=2\n");
	fclose(fp);
	assert_null(console_text_read(text, size, &c));
	assert_null(key_text_read(c, &t));
	assert_null(key_judge(t, j));
	assert_int_equal(j->nr, KEY_JUDGEMENTS);
	assert_int_equal(j->left_out, 7);
	key_text_free(t);
	console_text_free(c);
	free(text);
	free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dying),
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_pcpus),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
