/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "radix.h"

#include <inttypes.h>

#include "xen/base/budget.h"

#define SHIFT		6
#define SLOTS		(1U << SHIFT)
#define INDIRECT	1ULL
/* levels for an index of 64 bits */
#define HEIGHT_MAX	11
/* Limit of the nodes and entries of a tree: a node may be the child of many. */
#define STEPS_MAX	(1U << 17)

struct root {
	struct value height, rnode;
};

static const struct field root_fields[] FIELD_TABLE = {
	FIELD(struct root, height, "radix_tree_root.height"),
	FIELD(struct root, rnode, "radix_tree_root.rnode"),
};

struct node {
	struct value height;
	struct value slots;	/* va */
};

static const struct field node_fields[] FIELD_TABLE = {
	FIELD(struct node, height, "radix_tree_node.height"),
	FIELD_AT(struct node, slots, "radix_tree_node.slots"),
};

static const struct record_type root_record = RECORD_TYPE("radix tree", root_fields);
static const struct record_type node_record = RECORD_TYPE("radix node", node_fields);

static struct err *read_root(struct xen *x, uint64_t tree, uint64_t *rnode)
{
	struct root root = { 0 };

	ERR_TRY(err_prefix(record_read(x->records, x->space, &root_record, tree,
				       &root), "radix tree %" PRIx64, tree));
	if (!value_ok(&root.rnode))
		return err_new(ERR_NO_TYPE, "radix_tree_root.rnode cannot be read");
	*rnode = value_of(&root.rnode);
	return NULL;
}

/* ERR_CORRUPT unless the node's height is lower than its parent's. */
static struct err *read_node(struct xen *x, uint64_t va, unsigned int below,
			     unsigned int *height, uint64_t *slots)
{
	struct node node = { 0 };

	ERR_TRY(xen_check_pointer(x, va, sizeof(uint64_t), "radix node"));
	ERR_TRY(err_prefix(record_read(x->records, x->space, &node_record, va,
				       &node), "radix node %" PRIx64, va));
	if (!value_ok(&node.height) || !value_ok(&node.slots))
		return err_new(ERR_NO_TYPE, "radix_tree_node cannot be read");
	if (!value_of(&node.height) || value_of(&node.height) >= below)
		return err_new(ERR_CORRUPT, "radix node %" PRIx64 ": invalid height %" PRIu64,
			       va, value_of(&node.height));
	*height = value_of(&node.height);
	*slots = value_of(&node.slots);
	return NULL;
}

struct err *radix_lookup(struct xen *x, uint64_t tree, uint64_t index,
			 uint64_t *ret)
{
	unsigned int height;
	uint64_t at, slots;

	ERR_TRY(read_root(x, tree, &at));
	if (!(at & INDIRECT)) {
		*ret = index ? 0 : at;	/* a leaf, or empty */
		return NULL;
	}
	ERR_TRY(read_node(x, at & ~INDIRECT, HEIGHT_MAX + 1, &height, &slots));
	if (height < HEIGHT_MAX && index >> (height * SHIFT)) {
		*ret = 0;
		return NULL;
	}
	for (;;) {
		unsigned int slot = index >> ((height - 1) * SHIFT) & (SLOTS - 1);

		ERR_TRY(space_read_u64(x->space, slots + 8 * slot, &at));
		if (height == 1 || !at)
			break;
		ERR_TRY(read_node(x, at & ~INDIRECT, height, &height, &slots));
	}
	*ret = at;
	return NULL;
}

struct walk_state {
	struct xen *x;
	radix_fn *fn;
	void *arg;
	struct budget budget;	/* nodes and entries */
};

static struct err *each_of_node(struct walk_state *w, uint64_t node,
				unsigned int below, uint64_t index)
{
	unsigned int height, i;
	uint64_t slots, entry[SLOTS];

	ERR_TRY(read_node(w->x, node, below, &height, &slots));
	ERR_TRY(space_read(w->x->space, slots, entry, sizeof(entry)));
	for (i = 0; i < SLOTS; i++) {
		uint64_t at = index << SHIFT | i;

		if (!entry[i])
			continue;
		ERR_TRY(budget_take(&w->budget, "radix tree"));
		if (height > 1)
			ERR_TRY(each_of_node(w, entry[i] & ~INDIRECT, height, at));
		else
			ERR_TRY(w->fn(w->arg, at, entry[i]));
	}
	return NULL;
}

struct err *radix_each(struct xen *x, uint64_t tree, radix_fn *fn, void *arg)
{
	struct walk_state w = { x, fn, arg, { .limit = STEPS_MAX } };
	uint64_t rnode;

	ERR_TRY(read_root(x, tree, &rnode));
	if (!rnode)
		return NULL;
	if (!(rnode & INDIRECT))
		return fn(arg, 0, rnode);
	return each_of_node(&w, rnode & ~INDIRECT, HEIGHT_MAX + 1, 0);
}
