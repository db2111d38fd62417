/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BIT(n) (1ULL << (n))
#define ADDRESS_52 0x000ffffffffff000ULL

static const struct table_flag x86_flags[] = {
	{ BIT(0), "P" }, { BIT(1), "RW" }, { BIT(2), "US" }, { BIT(3), "PWT" },
	{ BIT(4), "PCD" }, { BIT(5), "A" }, { BIT(6), "D" }, { BIT(7), "PSE" },
	{ BIT(8), "G" }, { BIT(63), "NX" }, { 0, NULL }
};

static const struct table_flag ept_flags[] = {
	{ BIT(0), "R" }, { BIT(1), "W" }, { BIT(2), "X" }, { BIT(6), "IPAT" },
	{ BIT(7), "PSE" }, { BIT(8), "A" }, { BIT(9), "D" },
	{ BIT(10), "RECALC" }, { BIT(11), "SNP" }, { BIT(63), "SVE" },
	{ 0, NULL }
};

const struct table_format tables_ia32 = {
	.name = "32-bit", .nr_levels = 2, .entry_size = 4,
	.level = { { "L2", 22, 10, true }, { "L1", 12, 10, true } },
	.present = BIT(0), .superpage = BIT(7),
	.frame = 0xfffff000, .root = 0xfffff000, .flags = x86_flags,
};

const struct table_format tables_pae = {
	.name = "PAE", .nr_levels = 3, .entry_size = 8,
	.level = { { "L3", 30, 2, false }, { "L2", 21, 9, true },
		   { "L1", 12, 9, true } },
	.present = BIT(0), .superpage = BIT(7),
	.frame = ADDRESS_52, .root = 0xffffffe0, .flags = x86_flags,
};

#define LEVELS_OF_4 \
	{ "L4", 39, 9, false }, { "L3", 30, 9, true }, \
	{ "L2", 21, 9, true }, { "L1", 12, 9, true }

const struct table_format tables_amd64 = {
	.name = "64-bit", .nr_levels = 4, .entry_size = 8,
	.level = { LEVELS_OF_4 },
	.present = BIT(0), .superpage = BIT(7), .frame = ADDRESS_52,
	.root = ADDRESS_52, .sign_extended = true, .flags = x86_flags,
};

const struct table_format tables_la57 = {
	.name = "64-bit of 5 levels", .nr_levels = 5, .entry_size = 8,
	.level = { { "L5", 48, 9, false }, LEVELS_OF_4 },
	.present = BIT(0), .superpage = BIT(7), .frame = ADDRESS_52,
	.root = ADDRESS_52, .sign_extended = true, .flags = x86_flags,
};

const struct table_format tables_ept = {
	.name = "EPT", .nr_levels = 4, .entry_size = 8,
	.level = { LEVELS_OF_4 },
	.present = 7, .superpage = BIT(7), .frame = ADDRESS_52,
	.root = ADDRESS_52, .flags = ept_flags,
};

const struct table_format tables_npt = {
	.name = "NPT", .nr_levels = 4, .entry_size = 8,
	.level = { LEVELS_OF_4 },
	.present = BIT(0), .superpage = BIT(7), .frame = ADDRESS_52,
	.root = ADDRESS_52, .flags = x86_flags,
};

static const struct table_flag vtd_flags[] = {
	{ BIT(0), "R" }, { BIT(1), "W" }, { BIT(7), "PSE" }, { BIT(8), "A" },
	{ BIT(9), "D" }, { BIT(11), "SNP" }, { 0, NULL }
};

static const struct table_flag amd_iommu_flags[] = {
	{ BIT(0), "P" }, { BIT(5), "A" }, { BIT(6), "D" }, { BIT(59), "U" },
	{ BIT(60), "FC" }, { BIT(61), "IR" }, { BIT(62), "IW" }, { 0, NULL }
};

const struct table_format tables_vtd = {
	.name = "VT-d", .nr_levels = 5, .entry_size = 8,
	.level = { { "L5", 48, 9, false }, LEVELS_OF_4 },
	.present = 3, .superpage = BIT(7), .frame = ADDRESS_52,
	.root = ADDRESS_52, .flags = vtd_flags,
};

const struct table_format tables_amd_iommu = {
	.name = "AMD IOMMU", .nr_levels = 6, .entry_size = 8,
	.level = { { "L6", 57, 7, false }, { "L5", 48, 9, true },
		   { "L4", 39, 9, true }, { "L3", 30, 9, true },
		   { "L2", 21, 9, true }, { "L1", 12, 9, true } },
	.present = BIT(0), .next = 7 << 9, .frame = ADDRESS_52,
	.root = ADDRESS_52, .flags = amd_iommu_flags,
};

struct err *tables_lower(const struct table_format *f, uint64_t levels,
			 struct table_format *ret)
{
	if (!levels || levels > f->nr_levels)
		return err_new(ERR_BAD_POINTER, "invalid number of levels of %s tables: %" PRIu64,
			       f->name, levels);
	*ret = *f;
	ret->nr_levels = levels;
	memcpy(ret->level, f->level + f->nr_levels - levels,
	       levels * sizeof(ret->level[0]));
	return NULL;
}

static bool is_leaf(const struct table_format *f, unsigned int level,
		    uint64_t entry)
{
	if (level + 1 == f->nr_levels)
		return true;
	if (!f->level[level].leaf)
		return false;
	return f->next ? !(entry & f->next) : entry & f->superpage;
}

/* The level of the next table, which the entry contains, must be the next lower one. */
static struct err *check_next(const struct table_format *f, unsigned int level,
			      uint64_t entry)
{
	uint64_t next = f->next ? (entry & f->next) / (f->next & -f->next) : 0;

	if (!next || next == f->nr_levels - level - 1)
		return NULL;
	return err_new(ERR_BAD_POINTER, "%s entry %" PRIx64
		       " is for a table of level %" PRIu64,
		       f->level[level].name, entry, next);
}

static struct err *check_address(const struct table_format *f, uint64_t address)
{
	const struct table_level *top = &f->level[0];
	unsigned int bits = top->shift + top->bits;
	int64_t high = (int64_t)(address << (64 - bits)) >> (64 - bits);

	if (f->sign_extended ? (int64_t)address != high : bits < 64 && address >> bits)
		return err_new(ERR_BAD_POINTER,
			       "%" PRIx64 " is not an address of %s tables",
			       address, f->name);
	return NULL;
}

static struct err *read_entry(struct memory *m, const struct table_format *f,
			      struct table_step *step, table_frame_fn *frame,
			      void *arg)
{
	if (frame)
		ERR_TRY(frame(arg, step->at, &step->maddr));
	else
		step->maddr = step->at;
	return memory_read(m, step->maddr, &step->entry, f->entry_size);
}

/* Returns the address that a leaf maps. */
static uint64_t leaf_address(const struct table_format *f, uint64_t entry,
			     uint64_t page_size, uint64_t address)
{
	uint64_t base = entry & f->frame & ~(page_size - 1);

	/* PSE-36: a 4 MiB page has the bits from 32 on in bits 13 to 20 */
	if (f->entry_size == 4 && page_size > XPAGE_SIZE)
		base |= (entry >> 13 & 0xff) << 32;
	return base | (address & (page_size - 1));
}

struct err *tables_walk(struct memory *m, const struct table_format *f,
			uint64_t root, uint64_t address, table_frame_fn *frame,
			void *arg, struct table_walk *ret)
{
	uint64_t table = root & f->root;
	unsigned int i;

	memset(ret, 0, sizeof(*ret));
	ERR_TRY(check_address(f, address));
	for (i = 0; i < f->nr_levels; i++) {
		const struct table_level *level = &f->level[i];
		struct table_step *step = &ret->step[i];
		uint64_t index = address >> level->shift & (BIT(level->bits) - 1);

		step->level = level->name;
		step->at = table + index * f->entry_size;
		ERR_TRY(err_prefix(read_entry(m, f, step, frame, arg),
				   "%s entry of %" PRIx64 " at %" PRIx64,
				   level->name, address, step->at));
		ret->steps = i + 1;
		ret->page_size = BIT(level->shift);
		if (!(step->entry & f->present))
			return err_new(ERR_BAD_POINTER,
				       "%" PRIx64 " is not mapped (%s entry %" PRIx64 ")",
				       address, level->name, step->entry);
		if (is_leaf(f, i, step->entry))
			break;
		ERR_TRY(check_next(f, i, step->entry));
		table = step->entry & f->frame;
	}
	ret->address = leaf_address(f, ret->step[i].entry, ret->page_size,
				    address);
	return NULL;
}

const char *table_flags_text(const struct table_format *f, uint64_t entry,
			     char *buf, size_t size)
{
	const struct table_flag *flag;
	size_t n = 0;

	buf[0] = 0;
	for (flag = f->flags; flag->name && n < size; flag++)
		if (entry & flag->bit)
			n += snprintf(buf + n, size - n, "%s%s", n ? "|" : "",
				      flag->name);
	return buf;
}
