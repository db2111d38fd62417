/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One hypervisor under examination: its memory, address space and, once an
 * image is attached, its symbols and types. Everything in the model takes one.
 */
#ifndef XEN_MODEL_XEN_H
#define XEN_MODEL_XEN_H

#include "xen/address/space.h"
#include "xen/base/error.h"
#include "xen/image/image.h"
#include "xen/memory/memory.h"
#include "xen/memory/notes.h"
#include "xen/symbols/symbols.h"
#include "xen/types/record.h"
#include "xen/types/types.h"


/* What the hypervisor says of itself; empty or 0 where unknown. */
struct xen_identity {
	unsigned int major, minor;
	char extra[64];			/* ".4-1" */
	char changeset[128];
	char compiler[128];
	char compile_date[64];
	unsigned char build_id[BUILD_ID_MAX];
	unsigned int build_id_len;
};

struct source_ops;

struct xen {
	struct memory *memory;
	struct notes *notes;		/* NULL in a running host */
	struct space *space;		/* never NULL */
	struct xen_identity id;

	/* NULL until an image is attached, as far as it has them */
	struct image *image;
	const struct symbols *symbols;	/* the image's, or embedded */
	struct symbols *embedded;	/* from memory, while there is no image */
	struct types *types;
	struct places profile;		/* without types; set by profile_attach() */
	struct records *records;	/* never NULL; without both it knows nothing */

	unsigned int nr_cpus;		/* nr_cpu_ids, or what the notes show */
	struct kernel_panic *panic;	/* of dom0, once it was found (kernel_panic.h) */
	struct page_bits *page_bits;	/* once detected (page.h) */
	const struct source_ops *source;	/* where records come from (source.h) */
	void *source_data;		/* private to the source of a running host */
};

/*
 * Finds the hypervisor in a memory by its crash notes, or without them when
 * they are not Xen's. Owns memory and notes on success. source: memory_source.
 * ERR_NOT_FOUND when the notes were never filled in, or there is no hypervisor.
 */
struct err *xen_open(struct memory *memory, struct notes *notes,
		     const struct source_ops *source,
		     struct xen **ret) ERR_MUST_CHECK;
void xen_close(struct xen *x);

/*
 * Takes symbols and types from an image, which must be the build in memory
 * (image/match.h). Owns img on success, and releases what was attached before;
 * on failure nothing changed. force: do without what cannot be read by them.
 */
struct err *xen_attach(struct xen *x, struct image *img,
		       bool force) ERR_MUST_CHECK;
/* Forgets symbols, types and image. */
struct err *xen_detach(struct xen *x) ERR_MUST_CHECK;

/*
 * Without an image: takes the symbol table the hypervisor carries in its own
 * memory (image/match.h), which has names but no types.
 */
struct err *xen_attach_embedded(struct xen *x) ERR_MUST_CHECK;

/*
 * Reads from another memory and source from now on; owns memory and space on
 * success and releases the old ones. On failure nothing changed.
 */
struct err *xen_switch_memory(struct xen *x, struct memory *memory,
			      struct space *space,
			      const struct source_ops *source) ERR_MUST_CHECK;

/* Drops results that depend on memory, symbols or records; call after a change. */
void xen_forget(struct xen *x);

/*
 * Whether the hypervisor's memory, and so its structures, can be read: in a
 * dump, and in a running host once a method to read it is in use
 * (xen/hypercall/live_memory.h). Otherwise records hold only what hypercalls
 * return, and objects have the va 0.
 */
bool xen_reads_memory(const struct xen *x);
/* Whether this is a running host, which changes while it is read. */
bool xen_is_running(const struct xen *x);

/* Forgets cached memory of a running host; called before each command. */
void xen_refresh(struct xen *x);

/*
 * An image_read_fn over a struct xen, enough to prove an image by its build-id
 * where memory cannot be read.
 */
struct err *xen_read_build_id(void *x, uint64_t va, void *buf,
			      size_t len) ERR_MUST_CHECK;

/* The va of a symbol; ERR_NO_SYMBOL with the reason when there is none. */
struct err *xen_symbol(struct xen *x, const char *name,
		       uint64_t *va) ERR_MUST_CHECK;
/*
 * Bytes of what a symbol names, as the symbol says, else its type, else by the
 * distance to the next name, which may hold padding; 0 when nothing is known.
 */
uint64_t xen_symbol_size(struct xen *x, const struct symbol *sym);
/* The value of a variable of 1, 2, 4 or 8 bytes. */
struct err *xen_variable(struct xen *x, const char *name,
			 uint64_t *ret) ERR_MUST_CHECK;
/*
 * The va of per-cpu variable per_cpu__<name> on a pcpu: its symbol plus
 * __per_cpu_offset[cpu] (asm/percpu.h). ERR_NOT_FOUND for a pcpu that has no
 * area (not present, or taken away).
 */
struct err *xen_percpu(struct xen *x, const char *name, unsigned int cpu,
		       uint64_t *va) ERR_MUST_CHECK;

/*
 * Checks a va that was read from a structure: not null, aligned, in a region
 * where Xen's objects live. what names it in the error.
 */
struct err *xen_check_pointer(struct xen *x, uint64_t va, unsigned int align,
			      const char *what) ERR_MUST_CHECK;

#endif
