/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/memory/p2m.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "extensions/support/domains.h"
#include "extensions/support/steps.h"

static const struct column p2m_columns[] = {
	{ .key = "gfn", .title = "GFN", .help = "frame number of the domain, hexadecimal" },
	{ .key = "mfn", .title = "MFN", .help = "machine frame behind it, hexadecimal; - if not mapped" },
	{ .key = "source", .title = "P2M",
	  .help = "table of the lookup: list and linear of a PV guest, EPT, NPT, VT-d or AMD-Vi" },
	{ .key = "type", .title = "TYPE",
	  .help = "Xen's type of the entry; for a PV guest ram, identity, foreign or none; for an IOMMU the access (r, w)" },
	{ .key = "page_kib", .title = "KIB", .help = "size of the page that the entry maps, in KiB" },
	{ .key = "entry", .title = "ENTRY", .help = "the last entry, hexadecimal" },
	{ .key = "m2p", .title = "M2P", .help = "gfn in Xen's M2P for the MFN, hexadecimal" },
	{ .key = "agree", .title = "AGREE",
	  .help = "yes if M2P equals GFN, else NO; - if the frame is not the domain's own RAM" },
};

/* The bits that a PV guest sets in entries for memory that is not its own */
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

/* The M2P has the domain's gfn only for the domain's own RAM. */
static bool is_own(const struct p2m *p, const struct p2m_entry *e)
{
	if (!e->mapped)
		return false;
	/* frames of a PV guest's devices are machine frames */
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

/* A PV guest has two P2Ms, which must agree. */
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
			       struct lookups *l, const struct range *r)
{
	for (uint64_t n = 0; n <= r->to - r->from; n++) {
		ERR_TRY(interrupt_check());
		out_error(o, look_up(o, l, r->from + n));
		for (unsigned int k = 0; k < 2; k++)
			if (l->have[k])
				p2m_row(s, o, &l->p2m, r->from + n, &l->entry[k]);
	}
	return NULL;
}

static struct err *run_p2m(struct session *s, struct out *o,
			   const struct args *a)
{
	struct range range[ARGS_MAX];
	unsigned int i, nr = a->nr_words - 1;
	struct lookups l;
	struct domain d;

	for (i = 0; i < nr; i++)
		ERR_TRY(parse_frames(a->word[1 + i], "GFN", &range[i]));
	ERR_TRY(domain_argument(s, a->word[0], &d));
	if (args_has(a, "i"))
		ERR_TRY(p2m_open_iommu(s->xen, &d, &l.p2m));
	else
		ERR_TRY(p2m_open(s->xen, &d, &l.p2m));
	out_list(o, "p2m", p2m_columns, ARRAY_SIZE(p2m_columns));
	for (i = 0; i < nr; i++)
		ERR_TRY(show_frames(s, o, &l, &range[i]));
	out_end(o);
	for (i = 0; nr == 1 && range[0].from == range[0].to && i < 2; i++)
		if (l.have[i])
			steps_show(o, i ? "linear_steps" : "steps",
				   l.entry[i].format, &l.entry[i].walk);
	return NULL;
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .value = "DOMID", .word = true,
	  .help = "the domain (3, d3, a name)" },
	{ "i", OPTION_FLAG,
	  .help = "the tables of the IOMMU: from the frame that a device of the domain addresses (of a PV guest a machine frame) to the frame it reaches" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("p2m", p2m_columns),
	COLUMNS("steps", step_columns),
	COLUMNS("linear_steps", step_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the machine frames of frames of a domain (gfn), and for a single",
	"  GFN each step of the lookup. For a guest that Xen translates (HVM, PVH) the",
	"  tables are Xen's, EPT or NPT. A PV guest keeps its own: a list of three",
	"  levels, and in newer kernels a linear list; both are shown. DOMID is 3 or",
	"  d3, or the address of a struct domain. GFN is hexadecimal, or a range",
	"  (1000-10ff).",
	NULL
};

static const char *const example[] = {
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
	.run = run_p2m,
	.args = { .options = options, .words = { "DOMID|ADDRESS GFN...", .min = 2 } },
	.tables = tables,
	.description = description,
	.example = example,
};
