/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "xen/image/locate.h"
#include "xen/image/match.h"
#include "xen/stack/cfi.h"
#include "identity.h"
#include "source.h"
#include "variables.h"

#define GIB_MASK	((1ULL << 30) - 1)

/* sizeof(struct page_info) without CONFIG_BIGMEM (asm/mm.h, 4.4 to master). */
#define PAGE_INFO_SMALL	32

/* Above any NR_CPUS: Kconfig allows 16383, packages have 256 to 4095. */
#define MAX_CPUS	16384

/* The notes have all parameters of address translation, in 4.4 to master. */
static struct err *params_from_notes(struct xen *x, struct space_params *p)
{
	uint64_t pgd, page_info;
	struct err *e;

	if (!x->notes->has_crash_info)
		return err_new(ERR_NOT_FOUND,
			       "the Xen crash note is empty: the hypervisor did not write it");
	ERR_TRY(notes_vmcoreinfo_xen(x->notes, "SYMBOL(pgd_l4)", &pgd));
	p->virt_start = pgd & ~GIB_MASK;
	p->phys_start = x->notes->crash_info.xen_phys_start;
	p->root = pgd - p->virt_start + p->phys_start;
	e = notes_vmcoreinfo_xen(x->notes, "SIZE(page_info)", &page_info);
	p->bigmem = !e && page_info > PAGE_INFO_SMALL;
	err_free(e);
	return NULL;
}

/* For dumps of whole machines: the notes of QEMU have each pcpu's CR3. */
static struct err *params_from_memory(struct xen *x, struct space_params *p)
{
	unsigned int i, nr = x->notes->nr_pcpus;
	uint64_t *root = calloc(nr + 1, sizeof(*root));
	struct err *e;

	if (!root)
		return err_nomem();
	for (i = 0; i < nr; i++)
		root[i] = x->notes->pcpu[i].cr3;
	e = image_locate(x->memory, root, nr, p);
	free(root);
	return e;
}

/* Verifies the address space: Xen's text must be mapped at its address. */
static struct err *check_space(struct xen *x)
{
	const struct space_params *p = space_params(x->space);
	struct walk walk;

	return err_prefix(space_walk(x->space, p->root, p->virt_start + (2 << 20),
				     &walk),
			  "the hypervisor's page table (machine address %" PRIx64 ")",
			  p->root);
}

struct err *xen_open(struct memory *memory, struct notes *notes,
		     const struct source_ops *source, struct xen **ret)
{
	struct xen *x = calloc(1, sizeof(*x));
	struct space_params params = { 0 };
	struct err *e;

	if (!x)
		return err_nomem();
	x->memory = memory;
	x->notes = notes;
	x->source = source;
	e = notes_are_xen(notes) ? params_from_notes(x, &params) :
				   params_from_memory(x, &params);
	if (!e)
		e = space_create(memory, &params, &x->space);
	if (!e)
		e = check_space(x);
	if (!e)
		e = records_create(NO_PLACES, &x->records);
	if (e) {
		space_destroy(x->space);
		free(x);
		return e;
	}
	x->nr_cpus = notes->nr_pcpus;
	identity_read(x);
	*ret = x;
	return NULL;
}

/* The members set by an image; kept apart so that a failure changes nothing. */
struct parts {
	const struct symbols *symbols;
	struct symbols *embedded;
	struct image *image;
	bool forced;
	struct types *types;
	struct places profile;
	struct records *records;
	struct cfi *cfi;
};

static struct parts parts_of(const struct xen *x)
{
	return (struct parts){ x->symbols, x->embedded, x->image, x->forced,
			       x->types, x->profile, x->records, x->cfi };
}

static void set_parts(struct xen *x, const struct parts *p)
{
	x->symbols = p->symbols;
	x->embedded = p->embedded;
	x->image = p->image;
	x->forced = p->forced;
	x->types = p->types;
	x->profile = p->profile;
	x->records = p->records;
	x->cfi = p->cfi;
}

static void release_parts(struct parts *p)
{
	records_destroy(p->records);
	types_destroy(p->types);
	places_destroy(p->profile);
	cfi_destroy(p->cfi);
	image_close(p->image);
	symbols_destroy(p->embedded);
}

void xen_close(struct xen *x)
{
	struct parts parts;

	if (!x)
		return;
	parts = parts_of(x);
	release_parts(&parts);
	space_destroy(x->space);
	notes_destroy(x->notes);
	memory_destroy(x->memory);
	if (x->source && x->source->close)
		x->source->close(x->source_data);
	xen_forget(x);
	free(x);
}

/* Results that change in a running host from one command to the next. */
static void forget_changing(struct xen *x)
{
	if (x->guests)
		x->guests_free(x->guests);
	x->guests = NULL;
	free(x->roots);
	x->roots = NULL;
	free(x->names);
	x->names = NULL;
	free(x->domain_index);
	x->domain_index = NULL;
}

void xen_forget(struct xen *x)
{
	forget_changing(x);
	free(x->page_bits);
	x->page_bits = NULL;
	free(x->kernel);
	x->kernel = NULL;
	free(x->panic);
	x->panic = NULL;
	free(x->now);
	x->now = NULL;
}

/* Reads an unsigned long array of the offset scheme, of *n entries. */
static struct err *read_lookup(struct xen *x, const char *name, uint64_t *to,
			       unsigned int *n)
{
	const struct symbol *sym;

	ERR_TRY(symbols_by_name(x->symbols, name, &sym));
	*n = xen_symbol_size(x, sym) / sizeof(*to);
	if (!*n || *n > PDX_TABLE_MAX || (*n & (*n - 1)))
		return err_new(ERR_CORRUPT, "invalid number of entries in %s: %u", name, *n);
	return space_read(x->space, sym->addr, to, *n * sizeof(*to));
}

static struct err *read_pdx_offset(struct xen *x, struct pdx *p)
{
	uint64_t v;
	unsigned int n;

	ERR_TRY(read_lookup(x, "pfn_pdx_lookup", p->pfn_to_pdx, &p->entries));
	ERR_TRY(read_lookup(x, "pdx_pfn_lookup", p->pdx_to_pfn, &n));
	if (n != p->entries)
		return err_new(ERR_CORRUPT, "sizes of the pdx tables differ: %u and %u entries",
			       p->entries, n);
	ERR_TRY(xen_variable(x, "pfn_index_shift", &v));
	p->pfn_index_shift = v & 63;
	ERR_TRY(xen_variable(x, "pdx_index_shift", &v));
	p->pdx_index_shift = v & 63;
	p->scheme = PDX_OFFSET;
	return NULL;
}

static struct err *read_pdx_mask(struct xen *x, struct pdx *p)
{
	uint64_t v;

	ERR_TRY(xen_variable(x, "pfn_pdx_bottom_mask", &p->pfn_bottom_mask));
	ERR_TRY(xen_variable(x, "pfn_top_mask", &p->pfn_top_mask));
	ERR_TRY(xen_variable(x, "ma_va_bottom_mask", &p->ma_bottom_mask));
	ERR_TRY(xen_variable(x, "ma_top_mask", &p->ma_top_mask));
	ERR_TRY(xen_variable(x, "pfn_pdx_hole_shift", &v));
	p->hole_shift = v & 63;
	p->scheme = PDX_MASK;
	return NULL;
}

static bool has_symbol(struct xen *x, const char *name)
{
	const struct symbol *sym;
	struct err *e = symbols_by_name(x->symbols, name, &sym);

	err_free(e);
	return !e;
}

/* Chooses the scheme by the symbols of the build (common/pdx.c; address/pdx.h). */
static struct err *read_pdx(struct xen *x)
{
	struct pdx pdx = { .scheme = PDX_NONE };
	struct err *e = NULL;

	if (has_symbol(x, "pfn_pdx_lookup"))
		e = read_pdx_offset(x, &pdx);
	else if (has_symbol(x, "pfn_pdx_hole_shift"))
		e = read_pdx_mask(x, &pdx);
	if (e)
		return err_prefix(e, "frame number compression");
	space_set_pdx(x->space, &pdx);
	return NULL;
}

/* An image without DWARF is accepted: only some commands require it. */
static struct err *make_types(struct image *img, struct parts *p)
{
	struct err *e = img->elf ? types_from_elf(img->elf, &p->types) : NULL;

	if (e && err_reason(e) != ERR_NO_TYPE)
		return e;
	err_free(e);
	return records_create(types_places(p->types), &p->records);
}

/* Reads the variables that require symbols. */
static struct err *read_by_symbols(struct xen *x)
{
	struct err *e;
	uint64_t nr;

	if (!xen_reads_memory(x))
		return NULL;
	ERR_TRY(read_pdx(x));
	e = xen_variable(x, "nr_cpu_ids", &nr);
	if (!e && nr && nr <= MAX_CPUS)
		x->nr_cpus = nr;
	err_free(e);
	return NULL;
}

/* Adds the variables that a table of functions lacks. */
static struct err *join_variables(struct xen *x)
{
	struct symbols *own = x->embedded, *found;

	x->variables_found = 0;
	if (!xen_reads_memory(x) || has_symbol(x, "domain_list"))
		return NULL;
	if (!own && x->image)
		own = x->image->symbols;
	if (!own)
		return NULL;
	ERR_TRY(variables_find(x, &found));
	if (!found)
		return NULL;
	x->variables_found = symbols_count(found);
	symbols_extend(own, found);
	return NULL;
}

/* Replaces the old parts; a failure changes nothing, unless forced. */
static struct err *exchange(struct xen *x, const struct parts *new, bool force)
{
	struct parts old = parts_of(x);
	struct err *e;

	set_parts(x, new);
	e = join_variables(x);
	if (!e)
		e = read_by_symbols(x);
	if (e && !force) {
		set_parts(x, &old);
		return e;
	}
	err_free(e);
	release_parts(&old);
	xen_forget(x);
	return NULL;
}

struct err *xen_switch_memory(struct xen *x, struct memory *memory,
			      struct space *space,
			      const struct source_ops *source)
{
	struct memory *old_memory = x->memory;
	struct space *old_space = x->space;
	const struct source_ops *old_source = x->source;
	struct err *e = NULL;

	x->memory = memory;
	x->space = space;
	x->source = source;
	if (x->symbols)
		e = read_by_symbols(x);
	if (e) {
		x->memory = old_memory;
		x->space = old_space;
		x->source = old_source;
		return e;
	}
	space_destroy(old_space);
	memory_destroy(old_memory);
	xen_forget(x);
	return NULL;
}

bool xen_reads_memory(const struct xen *x)
{
	return x->source->reads_memory;
}

bool xen_is_running(const struct xen *x)
{
	return x->source->is_running;
}

void xen_refresh(struct xen *x)
{
	if (!xen_is_running(x))
		return;
	space_flush(x->space);
	forget_changing(x);
}

struct err *xen_read_build_id(void *ctx, uint64_t va, void *buf, size_t len)
{
	struct xen *x = ctx;

	return x->source->read_build_id(x, va, buf, len);
}

struct err *xen_attach(struct xen *x, struct image *img, bool force)
{
	struct parts new = { .symbols = img->symbols, .image = img,
			     .forced = force };
	struct err *e;

	if (!img->symbols)
		return err_new(ERR_NO_SYMBOL, "%s has no symbols", img->path);
	e = make_types(img, &new);
	if (!e && force)
		records_of_other_build(new.records);
	if (!e)
		e = exchange(x, &new, force);
	if (e) {
		new.image = NULL;	/* remains owned by the caller */
		release_parts(&new);
	}
	return e;
}

struct err *xen_attach_embedded(struct xen *x)
{
	struct parts new = { .types = NULL };
	struct err *e;

	ERR_TRY(image_memory_symbols(x->space, &new.embedded));
	new.symbols = new.embedded;
	e = records_create(NO_PLACES, &new.records);
	if (!e)
		e = exchange(x, &new, false);
	if (e)
		release_parts(&new);
	return e;
}

struct err *xen_detach(struct xen *x)
{
	struct parts old = parts_of(x), none = { .types = NULL };

	ERR_TRY(records_create(NO_PLACES, &none.records));
	set_parts(x, &none);
	release_parts(&old);
	xen_forget(x);
	return NULL;
}

struct err *xen_symbol(struct xen *x, const char *name, uint64_t *va)
{
	const struct symbol *sym;

	if (!x->symbols)
		return err_new(ERR_NO_SYMBOL, "%s: no symbols are loaded", name);
	ERR_TRY(symbols_by_name(x->symbols, name, &sym));
	*va = sym->addr;
	/* an image of another build */
	provenance_use_if(x->forced);
	return NULL;
}

/* Size by the symbol or its type; 0 when neither has it. */
static uint64_t stated_size(struct xen *x, const struct symbol *sym)
{
	char name[256];
	struct type type;
	uint64_t size = 0;
	struct err *e;

	if (sym->size || !x->types)
		return sym->size;
	e = types_variable(x->types, symbol_full_name(sym, name, sizeof(name)), &type);
	if (!e)
		e = type_size(&type, &size);
	err_free(e);
	return size;
}

uint64_t xen_symbol_size(struct xen *x, const struct symbol *sym)
{
	uint64_t size = stated_size(x, sym);

	return size ? size : symbols_room(x->symbols, sym);
}

struct err *xen_variable(struct xen *x, const char *name, uint64_t *ret)
{
	const struct symbol *sym;
	uint64_t v = 0, size;

	if (!x->symbols)
		return err_new(ERR_NO_SYMBOL, "%s: no symbols are loaded", name);
	ERR_TRY(symbols_by_name(x->symbols, name, &sym));
	size = stated_size(x, sym);
	if (size > sizeof(v))
		return err_new(ERR_NO_TYPE, "%s is not a number (%" PRIu64 " bytes)",
			       name, size);
	/* padding is zero, and numbers are little-endian */
	if (!size)
		size = symbols_room(x->symbols, sym);
	if (!size || size > sizeof(v))
		size = sizeof(v);
	ERR_TRY(err_prefix(space_read(x->space, sym->addr, &v, size), "%s", name));
	*ret = v;
	return NULL;
}

struct err *xen_percpu(struct xen *x, const char *name, unsigned int cpu,
		       uint64_t *va)
{
	char full[96];
	uint64_t base, offsets, offset;

	if (cpu >= x->nr_cpus)
		return err_new(ERR_NOT_FOUND, "no pcpu %u: there are %u", cpu,
			       x->nr_cpus);
	snprintf(full, sizeof(full), "per_cpu__%s", name);
	ERR_TRY(xen_symbol(x, full, &base));
	ERR_TRY(xen_symbol(x, "__per_cpu_offset", &offsets));
	ERR_TRY(err_prefix(space_read_u64(x->space, offsets + 8ULL * cpu, &offset),
			   "__per_cpu_offset[%u]", cpu));
	/* The offsets of absent pcpus lead to non-canonical addresses. */
	if (space_region(x->space, base + offset)->id == REGION_NONE)
		return err_new(ERR_NOT_FOUND, "pcpu %u has no per-cpu area", cpu);
	*va = base + offset;
	return NULL;
}

struct err *xen_check_pointer(struct xen *x, uint64_t va, unsigned int align,
			      const char *what)
{
	if (!va)
		return err_new(ERR_BAD_POINTER, "%s is null", what);
	if (va & (align - 1))
		return err_new(ERR_BAD_POINTER, "%s %" PRIx64 " is not aligned", what, va);
	if (space_region(x->space, va)->id == REGION_NONE)
		return err_new(ERR_BAD_POINTER, "%s %" PRIx64 " is not Xen's", what, va);
	return NULL;
}
