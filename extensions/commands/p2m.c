/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "p2m.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "extensions/support/domains.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct column step_columns[] = {
	{ .key = "level", .title = "LEVEL" },
	{ .key = "at", .title = "ENTRY AT" },
	{ .key = "entry", .title = "ENTRY" },
	{ .key = "flags", .title = "FLAGS" },
};

void steps_show(struct out *o, const char *key, const struct table_format *format,
		const struct table_walk *walk)
{
	unsigned int i;
	char text[96];

	out_list(o, key, step_columns, N(step_columns));
	for (i = 0; i < walk->steps; i++) {
		const struct table_step *step = &walk->step[i];

		out_str(o, step->level);
		out_hex(o, step->maddr);
		out_hex(o, step->entry);
		if (format && i < format->nr_levels)
			cell_text(o, table_flags_text(format, step->entry, text,
						      sizeof(text)));
		else
			out_none(o);
	}
	out_end(o);
}

/* ---- p2m ---- */

static const struct column p2m_columns[] = {
	{ .key = "gfn", .title = "GFN" },
	{ .key = "mfn", .title = "MFN" },
	{ .key = "source", .title = "P2M" },
	{ .key = "type", .title = "TYPE" },
	{ .key = "page_kib", .title = "KIB" },
	{ .key = "entry", .title = "ENTRY" },
	{ .key = "m2p", .title = "M2P" },
	{ .key = "agree", .title = "AGREE" },
};

/* What a guest marks an entry with that is not its own memory. */
static const char *pv_type(const struct p2m *p, const struct p2m_entry *e)
{
	uint64_t foreign = p->entry_size == 4 ? 1ULL << 31 : P2M_ENTRY_FOREIGN;
	uint64_t identity = p->entry_size == 4 ? 1ULL << 30 : P2M_ENTRY_IDENTITY;

	if (!e->mapped)
		return "none";
	if (e->raw & foreign)
		return "foreign";
	return e->raw & identity ? "identity" : "ram";
}

/* The M2P of what belongs to somebody else, or is no RAM, says other things. */
static bool is_own(const struct p2m *p, const struct p2m_entry *e)
{
	if (!e->mapped)
		return false;
	/* what a device names so is a PV guest's machine frame */
	if (p2m_is_iommu(p))
		return false;
	if (!p->translated)
		return !strcmp(pv_type(p, e), "ram");
	return e->type == P2M_RAM_RW || e->type == P2M_RAM_LOGDIRTY ||
	       e->type == P2M_RAM_RO || e->type == P2M_IOREQ_SERVER;
}

static void m2p_cells(struct session *s, struct out *o, const struct p2m *p,
		      uint64_t gfn, const struct p2m_entry *e)
{
	uint64_t entry;
	struct err *lost;

	if (!e->mapped) {
		out_none(o);
		out_none(o);
		return;
	}
	lost = m2p_lookup(s->xen, e->mfn, &entry, NULL);
	if (lost) {
		out_mark(o, err_reason(lost));
		out_none(o);
		err_free(lost);
		return;
	}
	if (entry & M2P_INVALID)
		out_str(o, entry == M2P_SHARED ? "shared" : "invalid");
	else
		out_hex(o, entry);
	if (is_own(p, e))
		out_str(o, entry == gfn ? "yes" : "NO");
	else
		out_none(o);
}

static const char *type_text(const struct p2m *p, const struct p2m_entry *e)
{
	static const char *const access[2][2] = { { "--", "-w" }, { "r-", "rw" } };

	if (p2m_is_iommu(p))
		return e->mapped ? access[e->readable][e->writable] : "none";
	return p->translated ? p2m_type_name(e->type) : pv_type(p, e);
}

static void p2m_row(struct session *s, struct out *o, const struct p2m *p,
		    uint64_t gfn, const struct p2m_entry *e)
{
	out_hex(o, gfn);
	if (e->mapped)
		out_hex(o, e->mfn);
	else
		out_none(o);
	out_str(o, p2m_kind_name(e->kind));
	out_str(o, type_text(p, e));
	out_dec(o, e->page_size >> 10);
	out_hex(o, e->raw);
	m2p_cells(s, o, p, gfn, e);
}

/* The P2Ms a domain has: of a PV guest two, that have to say the same. */
static unsigned int kinds_of(const struct p2m *p, enum p2m_kind kind[2])
{
	if (p->translated) {
		kind[0] = p->kind;
		return 1;
	}
	kind[0] = P2M_PV_LIST;
	kind[1] = P2M_PV_LINEAR;
	return 2;
}

struct lookups {
	struct p2m p2m;
	struct p2m_entry entry[2];
	bool have[2];
};

static struct err *look_up(struct out *o, struct lookups *l, uint64_t gfn)
{
	enum p2m_kind kind[2];
	unsigned int i, nr = kinds_of(&l->p2m, kind);
	struct err *e, *first = NULL;
	bool any = false;

	for (i = 0; i < 2; i++) {
		l->have[i] = false;
		if (i >= nr)
			continue;
		e = p2m_lookup_by(&l->p2m, kind[i], gfn, &l->entry[i]);
		l->have[i] = !e || l->entry[i].walk.steps;
		any = any || !e;
		if (e && err_reason(e) == ERR_NOT_FOUND && !first)
			first = e;
		else
			out_error(o, e);
	}
	if (any) {
		err_free(first);
		return NULL;
	}
	return first;
}

static struct err *show_frames(struct session *s, struct out *o,
			       struct lookups *l, int nr, char **frames)
{
	uint64_t gfn;

	for (int i = 0; i < nr; i++) {
		ERR_TRY(interrupt_check());
		err_free(parse_hex(frames[i], &gfn));
		out_error(o, look_up(o, l, gfn));
		for (unsigned int k = 0; k < 2; k++)
			if (l->have[k])
				p2m_row(s, o, &l->p2m, gfn, &l->entry[k]);
	}
	return NULL;
}

static struct err *run_p2m(struct session *s, struct out *o, int argc,
			   char **argv)
{
	struct lookups l;
	struct domain d;
	bool iommu = false;
	uint64_t gfn;
	unsigned int k;
	int c, i, nr;

	while ((c = getopt(argc, argv, "i")) != -1) {
		if (c != 'i')
			return command_usage("unknown option");
		iommu = true;
	}
	nr = argc - optind - 1;
	if (nr < 1)
		return command_usage("which domain, which gfn?");
	for (i = 0; i < nr; i++)
		ERR_TRY(parse_hex(argv[optind + 1 + i], &gfn));
	ERR_TRY(domain_argument(s, argv[optind], &d));
	if (iommu)
		ERR_TRY(p2m_open_iommu(s->xen, &d, &l.p2m));
	else
		ERR_TRY(p2m_open(s->xen, &d, &l.p2m));
	out_list(o, "p2m", p2m_columns, N(p2m_columns));
	ERR_TRY(show_frames(s, o, &l, nr, argv + optind + 1));
	out_end(o);
	for (k = 0; nr == 1 && k < 2; k++)
		if (l.have[k])
			steps_show(o, k ? "linear_steps" : "steps",
				   l.entry[k].format, &l.entry[k].walk);
	return NULL;
}

static const char *const help[] = {
	"  Shows the machine frames behind a domain's frames (gfn), and each step of one.",
	"  For a guest that Xen translates (HVM, PVH) these are Xen's tables, EPT or NPT,",
	"  with Xen's type of the entry; for a PV guest what the guest itself keeps: the",
	"  list of three levels and, newer, the linear list. M2P is what Xen has for that",
	"  machine frame, AGREE whether this is the same frame again.",
	"    -i  the tables of the IOMMU: from the frame a device of the domain asks for",
	"        (a PV guest's are machine frames already) to the one it gets, and what it",
	"        may do with it, r and w",
	"  DOMID is decimal, or the address of a struct domain; GFN is hexadecimal.",
	"",
	"EXAMPLE",
	"    crash> xen p2m 2 1000",
	"     GFN    MFN  P2M  TYPE     KIB     ENTRY   M2P  AGREE",
	"    1000  18400  NPT  ram_rw  2048  184000e7  1000  yes",
	"",
	"    LEVEL  ENTRY AT     ENTRY  FLAGS",
	"    L4     27d00000  26414067  P|RW|US|A|D",
	"    L3     26414000  26413067  P|RW|US|A|D",
	"    L2     26413040  184000e7  P|RW|US|A|D|PSE",
	"",
	"    crash> xen p2m -i 1 1903c",
	"      GFN    MFN  P2M   TYPE  KIB           ENTRY   M2P  AGREE",
	"    1903c  1903c  VT-d  rw      4  2000001903c003  5e3c  -",
	"",
	"    LEVEL  ENTRY AT           ENTRY  FLAGS",
	"    L4     26416000        26415003  R|W",
	"    L3     26415000        26414003  R|W",
	"    L2     26414640        2640c003  R|W",
	"    L1     2640c1e0  2000001903c003  R|W",
	NULL
};

const struct command command_p2m = {
	.needs = NEEDS_RECORDS,
	.run_words = run_p2m,
	.synopsis = "[-j] [-i] DOMID GFN...",
	.help = help,
};

/* ---- vtop of guests ---- */

static const struct column vtop_columns[] = {
	{ .key = "va", .title = "VIRTUAL" },
	{ .key = "guest_physical", .title = "GUEST PHYSICAL" },
	{ .key = "maddr", .title = "MACHINE" },
	{ .key = "vcpu", .title = "VCPU" },
	{ .key = "paging", .title = "PAGING" },
	{ .key = "root", .title = "ROOT" },
	{ .key = "page_kib", .title = "KIB" },
};

static void vtop_row(struct out *o, uint64_t va, const struct domain *d,
		     const struct vcpu *v, const struct guest_walk *w,
		     const struct err *e)
{
	bool walked = w->walk.address || !e;

	out_hex(o, va);
	if (w->translated && walked)
		out_hex(o, w->walk.address);
	else
		out_none(o);
	if (e)
		out_mark(o, err_reason(e));
	else if (!w->maddr)
		out_none(o);
	else
		out_hex(o, w->maddr);
	out_fmt(o, "%" PRIu64 ":%" PRIu64, d->domain_id.u, v->vcpu_id.u);
	out_str(o, w->format ? w->format->name : "off");
	out_hex(o, w->root);
	if (w->format && walked)
		out_dec(o, w->walk.page_size >> 10);
	else
		out_none(o);
}

static struct err *vtop_vcpu(struct session *s, const char *text,
			     struct domain *d, struct vcpu *v)
{
	char *copy = strdup(text), *colon;
	uint64_t id = 0;
	struct err *e;

	if (!copy)
		return err_nomem();
	colon = strchr(copy, ':');
	if (colon)
		*colon = 0;
	e = domain_argument(s, copy, d);
	if (!e && colon)
		e = parse_decimal(colon + 1, &id);
	if (!e)
		e = vcpu_find(s->xen, d, id, v);
	free(copy);
	return e;
}

struct err *guest_vtop(struct session *s, struct out *o, const char *vcpu,
		       const char *address)
{
	struct guest_walk w;
	struct domain d;
	struct vcpu v;
	struct p2m p2m;
	uint64_t va;
	struct err *e;

	ERR_TRY(parse_hex(address, &va));
	ERR_TRY(vtop_vcpu(s, vcpu, &d, &v));
	ERR_TRY(p2m_open(s->xen, &d, &p2m));
	e = guest_walk(&p2m, &v, va, &w);
	out_list(o, "vtop", vtop_columns, N(vtop_columns));
	vtop_row(o, va, &d, &v, &w, e);
	out_end(o);
	if (w.format)
		steps_show(o, "steps", w.format, &w.walk);
	if (w.p2m.walk.steps)
		steps_show(o, "p2m_steps", w.p2m.format, &w.p2m.walk);
	return err_prefix(e, "d%" PRIu64 "v%" PRIu64, d.domain_id.u, v.vcpu_id.u);
}
