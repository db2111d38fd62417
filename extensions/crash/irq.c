/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash.h"
#include "irq.h"

#include <inttypes.h>

#include "xen/model/words.h"

/*
 * Linux finds the irq of an event channel in evtchn_to_irq (3.14 and later:
 * rows of a page of int, drivers/xen/events/events_base.c), an irq's
 * descriptor in sparse_irqs (6.5+, a maple tree), irq_desc_tree (a radix tree)
 * or irq_desc[], and its handlers in the descriptor's chain of actions.
 */
#define PORTS_PER_ROW	(4096 / sizeof(int))

/* Limit of cpus, as CONFIG_NR_CPUS of x86. */
#define CPUS_MAX	8192

/* Limit of handlers that share one irq; longer chains are corrupt. */
#define ACTIONS_MAX	16

/* Looked up once per session: each lookup takes gdb some 20 us. */
static struct {
	bool known;
	long action, name, next;	/* -1: no such member in this kernel */
	long counts;
} offsets;

static bool offsets_known(void)
{
	if (!offsets.known) {
		offsets.action = MEMBER_OFFSET("irq_desc", "action");
		offsets.name = MEMBER_OFFSET("irqaction", "name");
		offsets.next = MEMBER_OFFSET("irqaction", "next");
		offsets.counts = MEMBER_OFFSET("irq_desc", "kstat_irqs");
		offsets.known = true;
	}
	return offsets.action >= 0 && offsets.name >= 0 && offsets.next >= 0;
}

static struct err *read_kernel(ulong va, void *buf, long size, char *what)
{
	if (readmem(va, KVADDR, buf, size, what, RETURN_ON_ERROR | QUIET))
		return NULL;
	return err_new(ERR_NOT_IN_DUMP, "cannot read dom0's %s at %lx", what,
		       va);
}

/* The row of the last port; used only in a dump, where it does not change. */
static struct {
	bool known;
	ulong nr;
	int irq[PORTS_PER_ROW];
} row;

static struct err *read_row(ulong nr)
{
	ulong rows, va;

	if (row.known && row.nr == nr && !ACTIVE())
		return NULL;
	row.known = false;
	ERR_TRY(read_kernel(symbol_value("evtchn_to_irq"), &rows, sizeof(rows),
			    "evtchn_to_irq"));
	if (!rows)
		return err_new(ERR_NOT_FOUND, "no irq for any port");
	ERR_TRY(read_kernel(rows + nr * sizeof(va), &va, sizeof(va),
			    "evtchn_to_irq row"));
	if (!va)
		return err_new(ERR_NOT_FOUND, "no irq for ports of row %lu", nr);
	ERR_TRY(read_kernel(va, row.irq, sizeof(row.irq), "evtchn_to_irq row"));
	row.nr = nr;
	row.known = true;
	return NULL;
}

static struct err *find_irq(unsigned int port, unsigned int *irq)
{
	if (pc->flags & MINIMAL_MODE)
		return err_new(ERR_UNSUPPORTED, "dom0's irqs require a complete session; use \"xen start\"");
	if (!symbol_exists("evtchn_to_irq"))
		return err_new(ERR_NO_SYMBOL,
			       "no symbol evtchn_to_irq in dom0's kernel");
	ERR_TRY(read_row(port / PORTS_PER_ROW));
	/* -1: none; 0 in kernels before 3.14 */
	if (row.irq[port % PORTS_PER_ROW] <= 0)
		return err_new(ERR_NOT_FOUND, "no irq for port %u", port);
	*irq = row.irq[port % PORTS_PER_ROW];
	return NULL;
}

/*
 * Returns the name of a tree of this kernel that crash does not walk; NULL if
 * it walks all.
 */
static const char *unknown_tree(void)
{
#ifndef HAVE_MAPLE_TREE
	if (symbol_exists("sparse_irqs"))
		return "maple trees";
#endif
#ifndef HAVE_XARRAY
	if (STRUCT_EXISTS("xarray"))
		return "xarrays";
#endif
	return NULL;
}

/* flag: COUNT, SEARCH or GATHER, which have the same values for all trees (defs.h). */
static ulong walk_tree(int flag, struct list_pair *pairs)
{
#ifdef HAVE_MAPLE_TREE
	if (symbol_exists("sparse_irqs"))
		return do_maple_tree(symbol_value("sparse_irqs"), flag, pairs);
#endif
	if (!symbol_exists("irq_desc_tree"))
		return 0;
#ifdef HAVE_XARRAY
	if (STRUCT_EXISTS("xarray"))
		return do_xarray(symbol_value("irq_desc_tree"), flag, pairs);
#endif
	return do_radix_tree(symbol_value("irq_desc_tree"), flag, pairs);
}

/*
 * The walkers call error(FATAL), which jumps to the prompt; with IN_FOREACH it
 * jumps to foreach_loop_env instead (tools.c, __error), which this function
 * sets. A failed walk returns 0.
 */
static ulong walk_tree_safely(int flag, struct list_pair *pairs)
{
	jmp_buf main_loop, foreach_loop;
	volatile ulong found = 0;
	const ulonglong flags = pc->flags;

	memcpy(&main_loop, &pc->main_loop_env, sizeof(main_loop));
	memcpy(&foreach_loop, &pc->foreach_loop_env, sizeof(foreach_loop));
	if (!setjmp(pc->foreach_loop_env) && !setjmp(pc->main_loop_env)) {
		pc->flags |= IN_FOREACH;
		found = walk_tree(flag, pairs);
	} else {
		found = 0;
	}
	pc->flags = flags;
	memcpy(&pc->main_loop_env, &main_loop, sizeof(main_loop));
	memcpy(&pc->foreach_loop_env, &foreach_loop, sizeof(foreach_loop));
	return found;
}

/* All descriptors of a dump, gathered once, since each search would walk the whole tree. */
static struct {
	bool known;
	struct list_pair *pair;
	ulong nr;
} descs;

static void gather_descs(void)
{
	ulong nr = walk_tree_safely(RADIX_TREE_COUNT, NULL);

	descs.known = true;
	descs.pair = nr ? calloc(nr, sizeof(*descs.pair)) : NULL;
	if (!descs.pair)
		return;
	descs.pair[0].index = nr;	/* allocated number */
	descs.nr = walk_tree_safely(RADIX_TREE_GATHER, descs.pair);
}

static ulong find_desc(unsigned int irq)
{
	struct list_pair pair = { .index = irq };
	ulong i;

	if (ACTIVE())
		return walk_tree_safely(RADIX_TREE_SEARCH, &pair) ? (ulong)pair.value : 0;
	if (!descs.known)
		gather_descs();
	for (i = 0; i < descs.nr; i++)
		if (descs.pair[i].index == irq)
			return (ulong)descs.pair[i].value;
	return 0;
}

static void add_action(ulong action, char *text, size_t size)
{
	char name[64];
	ulong va;
	struct err *e = read_kernel(action + offsets.name, &va, sizeof(va), "irqaction.name");

	if (!e && va && read_string(va, name, sizeof(name) - 1))
		words_add(text, size, name);
	err_free(e);
}

static void find_actions(unsigned int irq, char *text, size_t size)
{
	const char *unknown = unknown_tree();
	ulong desc, action = 0;
	struct err *e;

	text[0] = '\0';
	if (unknown) {
		snprintf(text, size, "? (this crash does not read %s)", unknown);
		return;
	}
	desc = find_desc(irq);
	if (!desc || !offsets_known())
		return;
	e = read_kernel(desc + offsets.action, &action, sizeof(action),
			"irq_desc.action");
	for (int i = 0; !e && action && i < ACTIONS_MAX; i++) {
		add_action(action, text, size);
		e = read_kernel(action + offsets.next, &action, sizeof(action),
				"irqaction.next");
	}
	err_free(e);
}

struct err *dom0_irq(unsigned int port, unsigned int *irq, char *action,
		     size_t size)
{
	unsigned int n;

	ERR_TRY(find_irq(port, &n));
	find_actions(n, action, size);
	*irq = n;
	return NULL;
}

/*
 * irq_desc.kstat_irqs is a per-cpu pointer to a count (2.6.38 and later); in
 * 6.10 and later to a struct irqstat, which begins with the count.
 */
struct err *dom0_irq_count(unsigned int irq, uint64_t *count)
{
	ulong desc, counts, base, offset;
	uint64_t sum = 0;
	unsigned int nr, n;

	if (unknown_tree() || !offsets_known() || offsets.counts < 0 ||
	    !symbol_exists("__per_cpu_offset") || !symbol_exists("nr_cpu_ids"))
		return err_new(ERR_UNSUPPORTED, "counts of this kernel's irqs are not available");
	desc = find_desc(irq);
	if (!desc)
		return err_new(ERR_NOT_FOUND, "no descriptor of irq %u", irq);
	ERR_TRY(read_kernel(desc + offsets.counts, &counts, sizeof(counts),
			    "irq_desc.kstat_irqs"));
	ERR_TRY(read_kernel(symbol_value("nr_cpu_ids"), &nr, sizeof(nr),
			    "nr_cpu_ids"));
	if (!counts || nr > CPUS_MAX)
		return err_new(ERR_CORRUPT, "irq %u has no counts", irq);
	base = symbol_value("__per_cpu_offset");
	for (unsigned int cpu = 0; cpu < nr; cpu++) {
		ERR_TRY(read_kernel(base + cpu * sizeof(ulong), &offset,
				    sizeof(offset), "__per_cpu_offset"));
		ERR_TRY(read_kernel(counts + offset, &n, sizeof(n), "count"));
		sum += n;
	}
	*count = sum;
	return NULL;
}
