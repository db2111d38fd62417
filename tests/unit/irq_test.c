/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupts, their guests and pins; radix trees. */
#include "tests/unit/host_fixture/host.h"

#include "extensions/support/command.h"
#include "xen/base/array.h"
#include "xen/model/channel/irq.h"
#include "xen/model/domain/domain.h"
#include "xen/model/radix.h"

static struct irq read_irq(unsigned int number)
{
	struct irq irq;

	assert_ok(irq_read(&fix.xen, number, &irq));
	return irq;
}

static uint64_t mask_of(const struct value *at)
{
	uint64_t bits;

	assert_true(value_ok(at));
	assert_ok(space_read_u64(fix.xen.space, value_of(at), &bits));
	return bits;
}

static void test_own(void **state)
{
	struct irq irq = read_irq(1);

	(void)state;
	assert_false(irq.idle);
	assert_string_equal(irq.type, "IO-APIC-edge");
	assert_int_equal(value_of(&irq.vector), 0x31);
	assert_int_equal((int64_t)value_of(&irq.old_vector), -1);
	assert_int_equal(mask_of(&irq.affinity), 3);
	assert_int_equal(mask_of(&irq.cpu_mask), 1);
	assert_int_equal(value_of(&irq.function), 0xffff82d040001000);
	assert_int_equal(value_of(&irq.creator_domid), 0x7ff4);
	assert_int_equal(value_of(&irq.move_in_progress), 0);
	assert_false(value_ok(&irq.nr_guests));
	assert_false(irq_counts(&irq));
}

static void test_bound(void **state)
{
	struct irq irq = read_irq(2);
	struct irq_guest g;
	char text[80];

	(void)state;
	assert_string_equal(irq.type, "PCI-MSI");
	assert_string_equal(irq_status_text(value_of(&irq.status), text, sizeof(text)),
			    "replay, guest");
	assert_int_equal(value_of(&irq.vector), 0x42);
	assert_int_equal(value_of(&irq.old_vector), 0x43);
	assert_int_equal(value_of(&irq.move_in_progress), 1);
	assert_int_equal(value_of(&irq.nr_guests), 1);
	assert_int_equal(value_of(&irq.in_flight), 3);
	assert_int_equal(value_of(&irq.ack_type), 2);
	assert_false(value_ok(&irq.function));
	assert_int_equal(mask_of(&irq.affinity), 2);
	assert_ok(irq_guest(&fix.xen, &irq, 0, &g));
	assert_int_equal(g.domain, host_va(&fix, "dom0"));
	assert_int_equal(value_of(&g.domid), 0);
	assert_int_equal(value_of(&g.pirq), 23);
	assert_int_equal(value_of(&g.port), 6);
	assert_int_equal(value_of(&g.masked), 1);
	assert_err(irq_guest(&fix.xen, &irq, 1, &g), ERR_NOT_FOUND, "irq 2 has no guest 1");
}

/* An invalid pointer affects the pirq, not the domain. */
static void test_bad_tree(void **state)
{
	struct irq irq = read_irq(2);
	uint64_t dom0 = fixture_va(&fix, "dom0"), node;
	const struct field root = FIELD_PLACE("domain.arch.irq_pirq.rnode");
	struct irq_guest g;
	struct place p;

	(void)state;
	assert_ok(record_place(fix.xen.records, &root, &p));
	assert_ok(space_read_u64(fix.xen.space, dom0 + p.offset, &node));
	host_poke(&fix, dom0, "domain.arch.irq_pirq.rnode", 0x1001);
	assert_ok(irq_guest(&fix.xen, &irq, 0, &g));
	assert_int_equal(value_of(&g.domid), 0);
	assert_int_equal(g.pirq.state, VALUE_UNREADABLE);
	host_poke(&fix, dom0, "domain.arch.irq_pirq.rnode", 0);
	assert_ok(irq_guest(&fix.xen, &irq, 0, &g));
	assert_false(value_ok(&g.pirq));
	host_poke(&fix, dom0, "domain.arch.irq_pirq.rnode", node);
}

static void test_idle(void **state)
{
	struct irq irq = read_irq(0);
	unsigned int nr;

	(void)state;
	assert_true(irq.idle);
	assert_string_equal(irq.type, "none");
	assert_true(read_irq(3).idle);
	assert_ok(irq_count(&fix.xen, &nr));
	assert_int_equal(nr, 4);
	assert_err(irq_read(&fix.xen, 4, &irq), ERR_NOT_FOUND, "no irq 4: there are 4");
	host_poke(&fix, fixture_va(&fix, "nr_irqs"), NULL, 0);
	assert_err(irq_count(&fix.xen, &nr), ERR_CORRUPT, "nr_irqs is 0");
	host_poke(&fix, fixture_va(&fix, "nr_irqs"), NULL, 3UL << 32 | 4);
}

static void test_rate(void **state)
{
	struct irq irq = read_irq(2);
	uint64_t va = fixture_va(&fix, "irqs") + (irq.va - host_va(&fix, "irqs"));

	(void)state;
	assert_true(irq_counts(&irq));
	assert_false(irq_is_storm(&irq));
	/* 50 in 100 ms */
	assert_int_equal(irq_rate(&irq, 1100000000), 500);
	assert_int_equal(irq_rate(&irq, 1000000000), 0);
	assert_int_equal(irq_rate(&irq, 999999999), 0);
	host_poke(&fix, va, "irq_desc.rl_link.next", host_va(&fix, "dom0"));
	irq = read_irq(2);
	assert_true(irq_is_storm(&irq));
	host_poke(&fix, va, "irq_desc.rl_link.next", value_of(&irq.rl_link));
}

static void test_pins(void **state)
{
	uint64_t table = fixture_va(&fix, "pins");
	struct irq_pin pin[IRQ_PINS_MAX];
	struct irq irq = read_irq(1);
	unsigned int nr;

	(void)state;
	assert_ok(irq_pins(&fix.xen, &irq, pin, &nr));
	assert_int_equal(nr, 2);
	assert_int_equal(pin[0].apic, 1);
	assert_int_equal(pin[0].pin, 11);
	assert_int_equal(pin[1].apic, 2);
	assert_int_equal(pin[1].pin, 12);
	irq = read_irq(0);
	assert_ok(irq_pins(&fix.xen, &irq, pin, &nr));
	assert_int_equal(nr, 0);
	irq = read_irq(3);		/* no GSI */
	assert_ok(irq_pins(&fix.xen, &irq, pin, &nr));
	assert_int_equal(nr, 0);
	/* an endless chain */
	irq = read_irq(1);
	host_poke(&fix, table + 3 * 12, "irq_pin_list.next", 3);
	assert_err(irq_pins(&fix.xen, &irq, pin, &nr), ERR_CORRUPT, "irq_2_pin[1] continues at 3");
	host_poke(&fix, table + 3 * 12, "irq_pin_list.next", 0);
}

/* ---- radix trees ---- */

static uint64_t look_up(const char *tree, uint64_t index)
{
	uint64_t v;

	assert_ok(radix_lookup(&fix.xen, fixture_va(&fix, tree), index, &v));
	return v;
}

static void test_lookup(void **state)
{
	(void)state;
	assert_int_equal(look_up("tree2", 3), 0x3333);
	assert_int_equal(look_up("tree2", 63 * 64 + 5), 0x5555);
	assert_int_equal(look_up("tree2", 63 * 64 + 6), 0x6666);
	assert_int_equal(look_up("tree2", 4), 0);
	assert_int_equal(look_up("tree2", 64 + 3), 0);
	/* above the limit of two levels */
	assert_int_equal(look_up("tree2", 64 * 64 + 3), 0);
	assert_int_equal(look_up("tree2", ~0ULL), 0);
	assert_int_equal(look_up("tree0", 0), 0x4444);
	assert_int_equal(look_up("tree0", 1), 0);
	assert_int_equal(look_up("tree_empty", 0), 0);
	/* an irq of an emulated device is negative */
	assert_int_equal((int64_t)radix_int(23UL << 2 | 2), 23);
}

static struct err *see(void *arg, uint64_t index, uint64_t entry)
{
	char *text = arg;
	size_t len = strlen(text);

	snprintf(text + len, 200 - len, "%llu:%llx ", (unsigned long long)index,
		 (unsigned long long)entry);
	return NULL;
}

static void test_each(void **state)
{
	char text[200] = "";

	(void)state;
	assert_ok(radix_each(&fix.xen, fixture_va(&fix, "tree2"), see, text));
	assert_string_equal(text, "3:3333 4037:5555 4038:6666 ");
	*text = '\0';
	assert_ok(radix_each(&fix.xen, fixture_va(&fix, "tree0"), see, text));
	assert_string_equal(text, "0:4444 ");
	*text = '\0';
	assert_ok(radix_each(&fix.xen, fixture_va(&fix, "tree_empty"), see, text));
	assert_string_equal(text, "");
}

/* A node that is not lower than its parent would cause a loop. */
static void test_loop(void **state)
{
	uint64_t top = fixture_va(&fix, "top"), v;
	char text[200] = "";

	(void)state;
	host_poke(&fix, top, NULL, 12);
	assert_err(radix_lookup(&fix.xen, fixture_va(&fix, "tree2"), 3, &v), ERR_CORRUPT, "invalid height 12");
	host_poke(&fix, top, NULL, 1UL << 32 | 2);
	host_poke(&fix, top + 8, NULL, top);
	assert_err(radix_lookup(&fix.xen, fixture_va(&fix, "tree2"), 3, &v), ERR_CORRUPT, "invalid height 2");
	assert_err(radix_each(&fix.xen, fixture_va(&fix, "tree2"), see, text), ERR_CORRUPT, "invalid height 2");
}

/* A descriptor that Xen has not filled yet has no values, which is not an error. */
static void test_empty(void **state)
{
	static const struct front_end front = { .name = "test", .help = "help" };
	char *argv[] = { "irqs", "3", NULL }, *text, *line;
	struct session s = { .front = &front, .xen = &fix.xen };
	size_t len;
	FILE *fp = open_memstream(&text, &len);

	(void)state;
	assert_true(command_run(&s, 2, argv, fp));
	fclose(fp);
	line = strchr(text, '\n');
	assert_non_null(line);
	assert_non_null(strstr(line, " -       -     -       -         -        -          -       -\n"));
	free(text);
}

static struct err *count_entry(void *arg, uint64_t index, uint64_t entry)
{
	(void)index;
	(void)entry;
	++*(unsigned int *)arg;
	return NULL;
}

/* All 64 entries of a node are one other node: 64 times as many with each level. */
static void test_shared_nodes(void **state)
{
	static const char *const names[] = { "top", "leaf0", "leaf1" };
	unsigned int i, k, nr = 0;

	(void)state;
	for (i = 0; i < 3; i++) {
		uint64_t va = fixture_va(&fix, names[i]);

		host_poke(&fix, va, NULL, 3 - i);
		for (k = 0; k < 64; k++)
			host_poke(&fix, va + 8 + 8 * k, NULL,
				  fixture_va(&fix, names[i < 2 ? i + 1 : 0]));
	}
	assert_err(radix_each(&fix.xen, fixture_va(&fix, "tree2"), count_entry, &nr),
		   ERR_CORRUPT, "radix tree: stopped after 131072 steps");
	assert_in_range(nr, 100000, 131072);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_bad_tree),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_shared_nodes),
	};

	return cmocka_run_group_tests(tests, host_create, host_destroy);
}
