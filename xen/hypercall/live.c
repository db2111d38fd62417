/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "live.h"

#include "live_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xen/symbols/build.h"

#define GIB_MASK	((1ULL << 30) - 1)

/* XENVER_build_id returns the id alone; in memory it follows the header of a note. */
#define NOTE_HEAD	16

static struct err *no_memory_page(void *priv, uint64_t maddr, void *page)
{
	(void)priv;
	(void)page;
	return err_new(ERR_UNSUPPORTED,
		       "hypervisor memory is not accessible on a running host (machine address %" PRIx64 "); try \"xen source -x auto\"",
		       maddr);
}

struct err *live_no_memory(struct memory **ret)
{
	static const struct memory_ops ops = {
		.name = "hypercalls", .read_page = no_memory_page,
	};

	return memory_create(&ops, NULL, ret);
}

static void copy_identity(const struct live_identity *from,
			  struct xen_identity *to)
{
	to->major = from->major;
	to->minor = from->minor;
	snprintf(to->extra, sizeof(to->extra), "%s", from->extra);
	snprintf(to->changeset, sizeof(to->changeset), "%s", from->changeset);
	snprintf(to->compiler, sizeof(to->compiler), "%s", from->compiler);
	snprintf(to->compile_date, sizeof(to->compile_date), "%s",
		 from->compile_date);
	if (from->build_id_len > sizeof(to->build_id))
		return;
	memcpy(to->build_id, from->build_id, from->build_id_len);
	to->build_id_len = from->build_id_len;
}

/* Parameters of address translation that symbols provide. */
static void find_params(struct xen *x, const struct live *l,
			struct space_params *p)
{
	uint64_t root;
	struct err *e = xen_symbol(x, "idle_pg_table", &root);

	if (!e) {
		p->virt_start = root & ~GIB_MASK;
		p->phys_start = l->id.phys_start;
		p->root = root - p->virt_start + p->phys_start;
	}
	err_free(e);
}

/* Found by a symbol of the linker script (xen.lds.S), 4.7 and later. */
static void find_build_id(struct xen *x, struct live *l)
{
	uint64_t note;
	struct err *e = xen_symbol(x, "__note_gnu_build_id_start", &note);

	if (!e)
		l->build_id = note + NOTE_HEAD;
	err_free(e);
}

static struct err *add_symbols(struct live *l, struct symbols *s)
{
	struct live_symbol sym;
	uint32_t n = 0, next = 0;
	int rc;

	for (;;) {
		if (!(n & 0xff))
			ERR_TRY(interrupt_check());
		rc = l->ops->symbol(l->priv, &next, &sym);
		if (rc == -ENOENT || next <= n || n >= SYMBOLS_MAX)
			return symbols_finish(s);
		if (rc)
			return live_failed(rc, "asking the hypervisor for symbols");
		ERR_TRY(symbols_add_full(s, sym.address, sym.type, sym.name, NULL));
		n = next;
	}
}

/* Reads the symbols by XENPF_get_symbol, 4.6 and later. */
static struct err *read_symbols(struct live *l, struct symbols **ret)
{
	struct symbols *s;
	struct err *e;

	ERR_TRY(symbols_create(&s));
	e = add_symbols(l, s);
	if (e)
		symbols_destroy(s);
	else
		*ret = s;
	return e;
}

/*
 * Functions of CONFIG_GDBSX: dbg_rw_mem to 4.16, gdbsx_guest_mem_io from 4.17
 * on (arch/x86/debug.c, gdbsx.c). Looked up in the hypervisor's own list, which
 * is not replaced by an image loaded later.
 */
static bool lists_gdbsx(const struct symbols *s)
{
	static const char *const names[] = {
		"dbg_rw_mem", "gdbsx_guest_mem_io", "gdbsx_domctl",
	};
	const struct symbol *sym;
	size_t i;

	for (i = 0; s && i < sizeof(names) / sizeof(names[0]); i++) {
		struct err *e = symbols_by_name(s, names[i], &sym);

		err_free(e);
		if (!e)
			return true;
	}
	return false;
}

static struct err *make_xen(struct live *l, struct xen *x)
{
	struct space_params params = { 0 };
	struct err *e = read_symbols(l, &x->embedded);

	ERR_TRY(err_drop(e));
	x->symbols = x->embedded;
	l->has_gdbsx = lists_gdbsx(x->embedded);
	find_params(x, l, &params);
	ERR_TRY(live_no_memory(&x->memory));
	ERR_TRY(space_create(x->memory, &params, &x->space));
	ERR_TRY(records_create(NO_PLACES, &x->records));
	find_build_id(x, l);
	x->nr_cpus = l->host.cpus;
	copy_identity(&l->id, &x->id);
	return NULL;
}

static struct err *read_identity(struct live *l)
{
	int rc = l->ops->identity(l->priv, &l->id);

	if (rc)
		return live_failed(rc, "asking the hypervisor for its version");
	rc = l->ops->host(l->priv, &l->host);
	if (rc == -EACCES)
		return err_new(ERR_MISMATCH,
			       "version mismatch: xen-live.so was built with the libraries of another Xen than the running %u.%u",
			       l->id.major, l->id.minor);
	if (rc)
		return live_failed(rc, "asking the hypervisor for the host's size");
	return NULL;
}

struct err *live_open(const struct live_ops *ops, void *priv,
		      struct xen **ret)
{
	struct live *l = calloc(1, sizeof(*l));
	struct xen *x = calloc(1, sizeof(*x));
	struct err *e = l && x ? NULL : err_nomem();

	if (!e) {
		l->ops = ops;
		l->priv = priv;
		e = read_identity(l);
	}
	if (!e)
		e = make_xen(l, x);
	if (e) {
		xen_close(x);
		free(l);
		return e;
	}
	x->source = &live_source;
	x->source_data = l;
	*ret = x;
	return NULL;
}
