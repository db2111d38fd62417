/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "space.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/hash.h"

#define GIB		(1ULL << 30)
#define PTE_PRESENT	0x001ULL
#define PTE_SUPERPAGE	0x080ULL
#define PTE_MADDR	0x000ffffffffff000ULL

/* Number of cached translations of 4 KiB pages; a power of two. */
#define TLB_ENTRIES	2048
#define TLB_NONE	(~0ULL)

/* Number of kept words; a power of two. Walks of a list over many pages repeat for each question of a command. */
#define WORD_BITS	15

struct word {
	uint64_t va;
	uint64_t generation;	/* of the space; 0: none kept */
	uint64_t value;
};

struct tlb_entry {
	uint64_t va;		/* number of a page in the hypervisor's address space */
	uint64_t maddr;
};

struct space {
	struct memory *memory;
	struct space_params params;
	struct pdx pdx;
	const struct region *regions;
	unsigned int nr_regions;
	struct region image;
	uint64_t directmap;
	uint64_t generation;
	struct tlb_entry tlb[TLB_ENTRIES];
	struct word word[1 << WORD_BITS];
};

/* Ranges of asm/config.h; REGION_IMAGE is separate, as it was moved. */
#define LOW_REGIONS \
	{ REGION_RO_M2P, 0xffff800000000000, 0xffff804000000000, "m2p (read-only)" }, \
	{ REGION_MMCFG, 0xffff808000000000, 0xffff810000000000, "pci mmcfg" }, \
	{ REGION_LINEAR_PT, 0xffff810000000000, 0xffff820000000000, "linear page tables" }, \
	{ REGION_PERDOMAIN, 0xffff820000000000, 0xffff828000000000, "per-domain" }, \
	{ REGION_M2P, 0xffff828000000000, 0xffff82c000000000, "m2p" }, \
	{ REGION_VMAP, 0xffff82c000000000, 0xffff82d000000000, "vmap" }, \
	{ REGION_COMPAT_M2P, 0xffff82d000000000, 0xffff82d040000000, "m2p (compat)" }

static const struct region regions_normal[] = {
	LOW_REGIONS,
	{ REGION_FRAMETABLE, 0xffff82e000000000, 0xffff830000000000, "frame table" },
	{ REGION_DIRECTMAP, 0xffff830000000000, 0xffffff8000000000, "directmap" },
};

static const struct region regions_bigmem[] = {
	LOW_REGIONS,
	{ REGION_FRAMETABLE, 0xffff830000000000, 0xffff848000000000, "frame table" },
	{ REGION_DIRECTMAP, 0xffff848000000000, 0xffffff8000000000, "directmap" },
};

static const struct region region_none = { REGION_NONE, 0, 0, "not Xen's" };

static void tlb_flush(struct space *s)
{
	unsigned int i;

	s->generation++;
	for (i = 0; i < TLB_ENTRIES; i++)
		s->tlb[i].va = TLB_NONE;
}

struct err *space_create(struct memory *m, const struct space_params *params,
			 struct space **ret)
{
	static uint32_t spaces;
	struct space *s = calloc(1, sizeof(*s));

	if (!s)
		return err_nomem();
	/* another range than that of a space that was here before */
	s->generation = (uint64_t)++spaces << 32;
	s->memory = m;
	s->params = *params;
	if (params->bigmem) {
		s->regions = regions_bigmem;
		s->nr_regions = ARRAY_SIZE(regions_bigmem);
	} else {
		s->regions = regions_normal;
		s->nr_regions = ARRAY_SIZE(regions_normal);
	}
	s->directmap = s->regions[s->nr_regions - 1].start;
	s->image = (struct region){ REGION_IMAGE, params->virt_start,
				    params->virt_start + GIB, "Xen image" };
	tlb_flush(s);
	*ret = s;
	return NULL;
}

void space_destroy(struct space *s)
{
	free(s);
}

void space_flush(struct space *s)
{
	tlb_flush(s);
	memory_flush(s->memory);
}

uint64_t space_generation(const struct space *s)
{
	return s->generation + memory_generation(s->memory);
}

void space_set_pdx(struct space *s, const struct pdx *pdx)
{
	s->pdx = *pdx;
	tlb_flush(s);
}

const struct pdx *space_pdx(const struct space *s)
{
	return &s->pdx;
}

const struct space_params *space_params(const struct space *s)
{
	return &s->params;
}

const struct region *space_region_nth(const struct space *s, unsigned int n)
{
	unsigned int i, before = 0;

	while (before < s->nr_regions &&
	       s->regions[before].start < s->image.start)
		before++;
	if (n == before)
		return &s->image;
	i = n < before ? n : n - 1;
	return i < s->nr_regions ? &s->regions[i] : NULL;
}

const struct region *space_region(const struct space *s, uint64_t va)
{
	unsigned int i;

	if (va >= s->image.start && va < s->image.end)
		return &s->image;
	for (i = 0; i < s->nr_regions; i++)
		if (va >= s->regions[i].start && va < s->regions[i].end)
			return &s->regions[i];
	return &region_none;
}

uint64_t space_directmap_va(const struct space *s, uint64_t maddr)
{
	return s->directmap + pdx_maddr_to_offset(&s->pdx, maddr);
}

static struct err *read_entry(struct space *s, uint64_t maddr, uint64_t *ret)
{
	const void *page;

	ERR_TRY(memory_page(s->memory, maddr, &page));
	memcpy(ret, (const char *)page + (maddr & (XPAGE_SIZE - 1)), sizeof(*ret));
	return NULL;
}

struct err *space_walk(struct space *s, uint64_t root, uint64_t va,
		       struct walk *walk)
{
	static const char *const names[] = { "L4", "L3", "L2", "L1" };
	uint64_t table = root & PTE_MADDR;
	unsigned int level;

	memset(walk, 0, sizeof(*walk));
	if ((int64_t)(va << 16) >> 16 != (int64_t)va)
		return err_new(ERR_BAD_POINTER,
			       "%" PRIx64 " is not a canonical address", va);
	for (level = 0; level < 4; level++) {
		unsigned int shift = 39 - 9 * level;
		struct walk_step *step = &walk->step[level];
		uint64_t in_page = (1ULL << shift) - 1;

		step->level = names[level];
		step->entry_maddr = table + ((va >> shift) & 511) * 8;
		ERR_TRY(err_prefix(read_entry(s, step->entry_maddr, &step->entry),
				   "%s table entry of %" PRIx64 " at machine address %" PRIx64,
				   step->level, va, step->entry_maddr));
		walk->steps = level + 1;
		if (!(step->entry & PTE_PRESENT))
			return err_new(ERR_BAD_POINTER,
				       "%" PRIx64 " is not mapped (%s entry %" PRIx64 ")",
				       va, step->level, step->entry);
		if (level == 3 || (level > 0 && (step->entry & PTE_SUPERPAGE))) {
			walk->page_size = in_page + 1;
			walk->maddr = (step->entry & PTE_MADDR & ~in_page) |
				      (va & in_page);
			return NULL;
		}
		table = step->entry & PTE_MADDR;
	}
	return NULL;	/* not reached: returned at level 3 */
}

/* Image and directmap are linear: translated without page tables. */
static struct err *translate_linear(struct space *s,
				    const struct region *region, uint64_t va,
				    uint64_t *maddr)
{
	switch (region->id) {
	case REGION_IMAGE:
		*maddr = va - s->params.virt_start + s->params.phys_start;
		return NULL;
	case REGION_DIRECTMAP:
		*maddr = pdx_offset_to_maddr(&s->pdx, va - s->directmap);
		return NULL;
	default:
		return err_new(ERR_NO_SYMBOL,
			       "%" PRIx64 " (%s) cannot be translated: idle_pg_table is unknown",
			       va, region->name);
	}
}

/*
 * The walk has precedence: stubs and livepatches at the top of the image's GiB
 * are not linear. If the page tables are not in the dump, memory that is linear
 * by design is still translated.
 */
static struct err *translate_slow(struct space *s, uint64_t va,
				  uint64_t *maddr)
{
	const struct region *region = space_region(s, va);
	struct tlb_entry *tlb = &s->tlb[(va >> XPAGE_SHIFT) % TLB_ENTRIES];
	struct err *e, *linear;
	struct walk walk;

	if (region->id == REGION_NONE)
		return err_new(ERR_BAD_POINTER,
			       "%" PRIx64 " is not an address of the hypervisor", va);
	if (!s->params.root)
		return translate_linear(s, region, va, maddr);
	e = space_walk(s, s->params.root, va, &walk);
	if (!e) {
		*maddr = walk.maddr;
	} else if (err_reason(e) == ERR_BAD_POINTER) {
		return e;
	} else {
		linear = translate_linear(s, region, va, maddr);
		if (linear) {
			err_free(linear);
			return e;
		}
		err_free(e);
	}
	tlb->va = va & XPAGE_MASK;
	tlb->maddr = *maddr & XPAGE_MASK;
	return NULL;
}

struct err *space_translate(struct space *s, uint64_t va, uint64_t *maddr)
{
	const struct tlb_entry *tlb = &s->tlb[(va >> XPAGE_SHIFT) % TLB_ENTRIES];

	if (__builtin_expect(tlb->va == (va & XPAGE_MASK), 1)) {
		*maddr = tlb->maddr | (va & (XPAGE_SIZE - 1));
		return NULL;
	}
	return translate_slow(s, va, maddr);
}

struct err *space_read(struct space *s, uint64_t va, void *buf, size_t len)
{
	unsigned char *to = buf;
	uint64_t maddr;

	while (len) {
		size_t n = XPAGE_SIZE - (va & (XPAGE_SIZE - 1));

		if (n > len)
			n = len;
		ERR_TRY(space_translate(s, va, &maddr));
		ERR_TRY(err_prefix(memory_read(s->memory, maddr, to, n),
				   "%" PRIx64, va));
		to += n;
		va += n;
		len -= n;
	}
	return NULL;
}

struct err *space_read_u64(struct space *s, uint64_t va, uint64_t *ret)
{
	struct word *word = &s->word[hash_number(va) >> (64 - WORD_BITS)];
	uint64_t generation = space_generation(s);

	if (word->va == va && word->generation == generation) {
		*ret = word->value;
		return NULL;
	}
	ERR_TRY(space_read(s, va, ret, sizeof(*ret)));
	*word = (struct word){ va, generation, *ret };
	return NULL;
}

struct err *space_read_u32(struct space *s, uint64_t va, uint32_t *ret)
{
	return space_read(s, va, ret, sizeof(*ret));
}

struct err *space_read_string(struct space *s, uint64_t va, char *buf,
			      size_t size)
{
	size_t got = 0;

	if (!size)
		return err_new(ERR_USAGE, "no room for a string");
	while (got < size - 1) {
		size_t n = XPAGE_SIZE - ((va + got) & (XPAGE_SIZE - 1));
		struct err *e;
		char *nul;

		if (n > size - 1 - got)
			n = size - 1 - got;
		e = space_read(s, va + got, buf + got, n);
		if (e && !got)
			return e;
		err_free(e);
		if (e)
			break;
		nul = memchr(buf + got, 0, n);
		if (nul)
			return NULL;
		got += n;
	}
	buf[got] = 0;
	return NULL;
}
