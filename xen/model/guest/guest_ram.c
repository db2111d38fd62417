/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_ram.h"

#include <inttypes.h>

#define PFN_MAX			(1ULL << 40)	/* 52 bits of physical addresses */
#define NODES_MAX		1024		/* 1 << NODES_SHIFT, arch/x86/Kconfig */
#define SECTION_SIZE_BITS	27		/* arch/x86/include/asm/sparsemem.h */

/* Offsets in struct pglist_data (Linux, include/linux/mmzone.h). */
struct node_offsets {
	uint64_t start, spanned;
};

/* Extends *end to the end of the node at va. */
static struct err *take_node(struct guest *g, const struct node_offsets *o,
			     uint64_t va, uint64_t *end)
{
	uint64_t start, spanned;

	ERR_TRY(guest_tables_read(&g->tables, va + o->start, &start, sizeof(start)));
	ERR_TRY(guest_tables_read(&g->tables, va + o->spanned, &spanned, sizeof(spanned)));
	if (start > PFN_MAX || spanned > PFN_MAX)
		return err_new(ERR_CORRUPT, "a node of %" PRIx64 " pages at pfn %" PRIx64,
			       spanned, start);
	if (spanned && start + spanned > *end)
		*end = start + spanned;
	return NULL;
}

/* node_data is an array of pointers, NULL for nodes that do not exist. */
static struct err *take_nodes(struct guest *g, const struct node_offsets *o,
			      uint64_t array, uint64_t *end)
{
	uint64_t nr, va;

	if (!vmcoreinfo_number(g->info, "LENGTH(node_data)", &nr) || nr > NODES_MAX)
		return err_new(ERR_NOT_FOUND, "VMCOREINFO has no number of nodes");
	for (uint64_t i = 0; i < nr; i++) {
		ERR_TRY(interrupt_check());
		ERR_TRY(guest_tables_read(&g->tables, array + i * sizeof(va), &va, sizeof(va)));
		if (va)
			ERR_TRY(take_node(g, o, va, end));
	}
	return NULL;
}

struct err *guest_ram_end(struct guest *g, uint64_t *pfn)
{
	uint64_t va, end = 0, bits, section;
	struct node_offsets o;

	if (!g->confirmed ||
	    !vmcoreinfo_number(g->info, "OFFSET(pglist_data.node_start_pfn)", &o.start) ||
	    !vmcoreinfo_number(g->info, "OFFSET(pglist_data.node_spanned_pages)", &o.spanned))
		return err_new(ERR_NOT_FOUND, "VMCOREINFO has no nodes");
	if (vmcoreinfo_symbol(g->info, "node_data", &va))
		ERR_TRY(take_nodes(g, &o, va, &end));
	else if (vmcoreinfo_symbol(g->info, "contig_page_data", &va))
		ERR_TRY(take_node(g, &o, va, &end));
	if (!end)
		return err_new(ERR_CORRUPT, "the nodes have no memory");
	if (!vmcoreinfo_number(g->info, "NUMBER(SECTION_SIZE_BITS)", &bits) ||
	    bits < XPAGE_SHIFT || bits >= 52)
		bits = SECTION_SIZE_BITS;
	section = 1ULL << (bits - XPAGE_SHIFT);
	*pfn = (end + section - 1) & ~(section - 1);
	return NULL;
}
