/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bridge.h"

#include <inttypes.h>

#include "../../xen/model/words.h"

/*
 * Linux finds the irq of an event channel in evtchn_to_irq (3.14 and later:
 * rows of a page of int, drivers/xen/events/events_base.c), an irq's
 * descriptor in sparse_irqs (6.5+, a maple tree), irq_desc_tree (a radix tree)
 * or irq_desc[], and who handles it in the descriptor's chain of actions.
 */
#define PORTS_PER_ROW	(4096 / sizeof(int))

/* Handlers that share one irq; none has more than a few. */
#define ACTIONS_MAX	16

static struct err *read_kernel(ulong va, void *buf, long size, char *what)
{
	if (readmem(va, KVADDR, buf, size, what, RETURN_ON_ERROR | QUIET))
		return NULL;
	return err_new(ERR_NOT_IN_DUMP, "dom0's %s at %lx cannot be read", what,
		       va);
}

static struct err *find_irq(unsigned int port, unsigned int *irq)
{
	ulong rows, row;
	int n;

	if (pc->flags & MINIMAL_MODE)
		return err_new(ERR_UNSUPPORTED, "dom0's irqs need a complete session: see \"xen start\"");
	if (!symbol_exists("evtchn_to_irq"))
		return err_new(ERR_NO_SYMBOL,
			       "dom0's kernel has no evtchn_to_irq");
	ERR_TRY(read_kernel(symbol_value("evtchn_to_irq"), &rows, sizeof(rows),
			    "evtchn_to_irq"));
	if (!rows)
		return err_new(ERR_NOT_FOUND, "no irq for any port");
	ERR_TRY(read_kernel(rows + port / PORTS_PER_ROW * sizeof(row), &row,
			    sizeof(row), "evtchn_to_irq row"));
	if (!row)
		return err_new(ERR_NOT_FOUND, "no irq for port %u", port);
	ERR_TRY(read_kernel(row + port % PORTS_PER_ROW * sizeof(n), &n,
			    sizeof(n), "evtchn_to_irq entry"));
	/* -1: none; 0 in kernels before 3.14 */
	if (n <= 0)
		return err_new(ERR_NOT_FOUND, "no irq for port %u", port);
	*irq = n;
	return NULL;
}

/* crash's own walkers of trees; 0 when there is no such irq. */
static ulong search_trees(unsigned int irq)
{
	struct list_pair pair = { .index = irq };

#ifdef MAPLE_TREE_SEARCH
	if (symbol_exists("sparse_irqs"))
		return do_maple_tree(symbol_value("sparse_irqs"),
				     MAPLE_TREE_SEARCH, &pair) ?
		       (ulong)pair.value : 0;
#endif
	if (!symbol_exists("irq_desc_tree"))
		return 0;
#ifdef XARRAY_SEARCH
	if (STRUCT_EXISTS("xarray"))
		return do_xarray(symbol_value("irq_desc_tree"), XARRAY_SEARCH,
				 &pair) ? (ulong)pair.value : 0;
#endif
	return do_radix_tree(symbol_value("irq_desc_tree"), RADIX_TREE_SEARCH,
			     &pair) ? (ulong)pair.value : 0;
}

/*
 * The walkers call error(FATAL), which jumps to the prompt; with IN_FOREACH it
 * jumps to foreach_loop_env instead (tools.c, __error), which is ours here.
 */
static ulong find_desc(unsigned int irq)
{
	jmp_buf main_loop, foreach_loop;
	volatile ulong desc = 0;
	const ulonglong flags = pc->flags;

	memcpy(&main_loop, &pc->main_loop_env, sizeof(main_loop));
	memcpy(&foreach_loop, &pc->foreach_loop_env, sizeof(foreach_loop));
	if (!setjmp(pc->foreach_loop_env) && !setjmp(pc->main_loop_env)) {
		pc->flags |= IN_FOREACH;
		desc = search_trees(irq);
	} else {
		desc = 0;
	}
	pc->flags = flags;
	memcpy(&pc->main_loop_env, &main_loop, sizeof(main_loop));
	memcpy(&pc->foreach_loop_env, &foreach_loop, sizeof(foreach_loop));
	return desc;
}

static void add_action(ulong action, char *text, size_t size)
{
	char name[64];
	ulong va;
	struct err *e = read_kernel(action + MEMBER_OFFSET("irqaction", "name"),
				    &va, sizeof(va), "irqaction.name");

	if (!e && va && read_string(va, name, sizeof(name) - 1))
		words_add(text, size, name);
	err_free(e);
}

static void find_actions(unsigned int irq, char *text, size_t size)
{
	ulong desc = find_desc(irq), action = 0;
	struct err *e;

	text[0] = '\0';
	if (!desc || MEMBER_OFFSET("irq_desc", "action") < 0 ||
	    MEMBER_OFFSET("irqaction", "name") < 0 ||
	    MEMBER_OFFSET("irqaction", "next") < 0)
		return;
	e = read_kernel(desc + MEMBER_OFFSET("irq_desc", "action"), &action,
			sizeof(action), "irq_desc.action");
	for (int i = 0; !e && action && i < ACTIONS_MAX; i++) {
		add_action(action, text, size);
		e = read_kernel(action + MEMBER_OFFSET("irqaction", "next"),
				&action, sizeof(action), "irqaction.next");
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
