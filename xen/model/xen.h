/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One hypervisor: its memory, address space and, once an image is attached, its
 * symbols and types. All of the model works on it.
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


/* Identity from the hypervisor's notes or memory; empty or 0 where unknown. */
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

	/* set by xen_attach(); NULL where the image lacks them */
	struct image *image;
	bool forced;			/* the image was not verified */
	const struct symbols *symbols;	/* of the image, or embedded */
	struct symbols *embedded;	/* from memory, while there is no image */
	unsigned int variables_found;	/* variables missing in the table (variables.h) */
	struct types *types;
	struct places profile;		/* without types of the image; set by profile_attach() */
	struct records *records;	/* never NULL; empty without types and profile */
	struct cfi *cfi;		/* of the image; NULL until a trace is read (backtrace.c) */

	unsigned int nr_cpus;		/* nr_cpu_ids, or those in the notes */
	struct kernel *kernel;		/* dom0's; NULL until found (dom0/kernel.h) */
	struct kernel_panic *panic;	/* of dom0; NULL until found (kernel_panic.h) */
	struct page_bits *page_bits;	/* NULL until detected (page.h) */
	struct user_roots *roots;	/* NULL until found (dom0/user_roots.h) */
	struct domain_names *names;	/* NULL until read (dom0/names.h) */
	struct domain_index *domain_index;	/* NULL until read (domain/domain_index.h) */
	struct value *now;		/* of a dump; NULL until read (host/now.h) */
	struct guests *guests;		/* NULL until searched (guest/guest.h) */
	void (*guests_free)(struct guests *guests);
	const struct source_ops *source;	/* source of the records (source.h) */
	void *source_data;		/* private to the source of a running host */
};

/*
 * Finds the hypervisor in a memory by its crash notes, or by its contents if
 * the notes are not Xen's. Owns memory and notes on success. source:
 * memory_source. ERR_NOT_FOUND when the notes were never filled in, or there is
 * no hypervisor.
 */
struct err *xen_open(struct memory *memory, struct notes *notes,
		     const struct source_ops *source,
		     struct xen **ret) ERR_MUST_CHECK;
void xen_close(struct xen *x);

/*
 * Attaches the symbols and types of an image, which must be the build in memory
 * (image/match.h). Owns img on success, and releases the previous image; a
 * failure changes nothing. force: ignores variables that cannot be read.
 */
struct err *xen_attach(struct xen *x, struct image *img,
		       bool force) ERR_MUST_CHECK;
/* Releases symbols, types and image. */
struct err *xen_detach(struct xen *x) ERR_MUST_CHECK;

/*
 * Attaches the symbol table in the hypervisor's memory (image/match.h), which
 * has no types, in place of an image.
 */
struct err *xen_attach_embedded(struct xen *x) ERR_MUST_CHECK;

/*
 * Reads from another memory and source from now on; owns memory and space on
 * success and releases the old ones. A failure changes nothing.
 */
struct err *xen_switch_memory(struct xen *x, struct memory *memory,
			      struct space *space,
			      const struct source_ops *source) ERR_MUST_CHECK;

/* Drops results that depend on memory, symbols or records; called after a change. */
void xen_forget(struct xen *x);

/*
 * True when the hypervisor's memory, and so its structures, can be read: in a
 * dump, and in a running host once a method to read it is in use
 * (xen/hypercall/live_memory.h). Otherwise records come from hypercalls, and
 * objects have the va 0.
 */
bool xen_reads_memory(const struct xen *x);
/* True for a running host, which changes while it is read. */
bool xen_is_running(const struct xen *x);

/* Forgets cached memory of a running host; called before each command. */
void xen_refresh(struct xen *x);

/*
 * An image_read_fn over a struct xen, sufficient to verify an image by its
 * build-id where memory cannot be read.
 */
struct err *xen_read_build_id(void *x, uint64_t va, void *buf,
			      size_t len) ERR_MUST_CHECK;

/* Finds the va of a symbol; ERR_NO_SYMBOL when there is none. */
struct err *xen_symbol(struct xen *x, const char *name,
		       uint64_t *va) ERR_MUST_CHECK;
/*
 * Size of a symbol in bytes: the symbol's own, else that of its type, else the
 * distance to the next symbol, which may include padding; 0: unknown.
 */
uint64_t xen_symbol_size(struct xen *x, const struct symbol *sym);
/* Reads a variable of 1, 2, 4 or 8 bytes. */
struct err *xen_variable(struct xen *x, const char *name,
			 uint64_t *ret) ERR_MUST_CHECK;
/*
 * Finds the va of per_cpu__<name> on a pcpu: its symbol plus
 * __per_cpu_offset[cpu] (asm/percpu.h). ERR_NOT_FOUND for a pcpu without a
 * per-cpu area (absent or removed).
 */
struct err *xen_percpu(struct xen *x, const char *name, unsigned int cpu,
		       uint64_t *va) ERR_MUST_CHECK;

/*
 * Checks a va that was read from a structure: not null, aligned, in a region of
 * Xen's objects. what: its name in the error.
 */
struct err *xen_check_pointer(struct xen *x, uint64_t va, unsigned int align,
			      const char *what) ERR_MUST_CHECK;

#endif
