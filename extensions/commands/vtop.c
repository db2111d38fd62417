/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "extensions/support/domains.h"
#include "extensions/support/guests.h"
#include "extensions/support/steps.h"
#include "xen/model/memory/p2m.h"
#include "xen/model/memory/page.h"

/* ---- an address of the hypervisor ---- */

static const struct column xen_columns[] = {
	{ .key = "va", .title = "VIRTUAL", .help = "the address" },
	{ .key = "maddr", .title = "MACHINE", .help = "machine address" },
	{ .key = "region", .title = "REGION", .help = "area of Xen's address space" },
	{ .key = "page", .title = "PAGE", .help = "size of the page, in KiB" },
};

static struct err *vtop_xen(struct session *s, struct out *o, uint64_t va)
{
	struct space *space = s->xen->space;
	struct walk walk;
	struct err *e = space_walk(space, space_params(space)->root, va, &walk);
	unsigned int i;

	out_list(o, "vtop", xen_columns, ARRAY_SIZE(xen_columns));
	out_hex(o, va);
	if (e)
		out_mark(o, err_reason(e));
	else
		out_hex(o, walk.maddr);
	out_str(o, space_region(space, va)->name);
	if (e)
		out_none(o);
	else
		out_fmt(o, "%" PRIu64 " KiB", walk.page_size >> 10);
	out_end(o);
	out_list(o, "steps", step_columns, STEP_COLUMNS);
	for (i = 0; i < walk.steps; i++)
		step_show(o, walk.step[i].level, walk.step[i].entry_maddr,
			  walk.step[i].entry, &tables_amd64);
	out_end(o);
	return e;
}

/* ---- an address of a guest ---- */

static const struct column guest_columns[] = {
	{ .key = "va", .title = "VIRTUAL", .help = "the address" },
	{ .key = "guest_physical", .title = "GUEST PHYSICAL",
	  .help = "address in the guest's physical memory; for a PV guest by the M2P, - for a frame of Xen or of another domain" },
	{ .key = "maddr", .title = "MACHINE", .help = "machine address" },
	{ .key = "vcpu", .title = "VCPU", .help = "vcpu whose page tables were used, DOMID:VCPU" },
	{ .key = "paging", .title = "PAGING", .help = "the vcpu's paging mode" },
	{ .key = "root", .title = "ROOT", .help = "its CR3, hexadecimal" },
	{ .key = "page_kib", .title = "KIB", .help = "size of the guest's page, in KiB" },
};

/*
 * Names another domain, or Xen, that owns the frame, whose entry of the M2P is then
 * a number in that domain; "" if it is the domain's own or the owner is unknown.
 */
static void foreign_owner(struct session *s, const struct domain *d, uint64_t mfn,
			  char *owner, size_t size)
{
	const struct domain *of = d;
	struct pages *pages = NULL;
	struct page page;
	struct err *e;

	*owner = '\0';
	if (!xen_reads_memory(s->xen))
		return;
	e = pages_open(s->xen, &pages);
	if (!e)
		e = page_read(pages, mfn, &page);
	if (!e)
		of = page_owner_of(pages, &page);
	if (of && of->va != d->va)
		page_owner_text(pages, of->va, owner, size);
	else if (!of)
		snprintf(owner, size, "Xen, or is free");
	err_free(e);
	if (pages)
		pages_close(pages);
}

/* A PV guest's tables contain machine addresses: its own addresses are in the M2P. */
static void cell_guest_physical(struct session *s, struct out *o,
				const struct guest_walk *w, bool walked,
				bool owned)
{
	uint64_t entry;
	struct err *e;

	if (!owned) {
		out_none(o);
		return;
	}
	if (w->translated || !w->maddr) {
		if (w->translated && walked)
			out_hex(o, w->walk.address);
		else
			out_none(o);
		return;
	}
	e = m2p_lookup(s->xen, w->maddr >> XPAGE_SHIFT, &entry, NULL);
	if (e)
		out_mark(o, err_reason(e));
	else if (entry & M2P_INVALID || entry == M2P_SHARED)
		out_none(o);
	else
		out_hex(o, entry << XPAGE_SHIFT | (w->maddr & ~XPAGE_MASK));
	err_free(e);
}

static void guest_row(struct session *s, struct out *o, uint64_t va,
		      const struct domain *d, const struct vcpu *v,
		      const struct guest_walk *w, bool owned, const struct err *e)
{
	bool walked = w->walk.address || !e;

	out_hex(o, va);
	cell_guest_physical(s, o, w, walked, owned);
	if (e)
		out_mark(o, err_reason(e));
	else if (!w->maddr)
		out_none(o);
	else
		out_hex(o, w->maddr);
	out_fmt(o, "%" PRIu64 ":%" PRIu64, value_of(&d->domain_id), value_of(&v->vcpu_id));
	out_str(o, w->format ? w->format->name : "off");
	out_hex(o, w->root);
	if (w->format && walked)
		out_dec(o, w->walk.page_size >> 10);
	else
		out_none(o);
}

/*
 * Parses "d1v0" or "1:0", or, for vcpu 0 of a domain, "1", "d1" or the address
 * of its struct domain; ADDRESS:VCPU is another vcpu of that.
 */
static struct err *vcpu_of(struct session *s, const char *text,
			   struct domain *d, struct vcpu *v)
{
	const char *colon = strchr(text, ':');
	uint64_t domid, id = 0;
	char *domain;
	struct err *e;

	if (parse_vcpu_name(s, text, &domid, &id)) {
		ERR_TRY(domain_find(s->xen, domid, d));
		return vcpu_find(s->xen, d, id, v);
	}
	domain = strndup(text, colon ? (size_t)(colon - text) : strlen(text));
	e = domain ? domain_argument(s, domain, d) : err_nomem();
	free(domain);
	if (!e && colon)
		e = parse_decimal(colon + 1, &id);
	return e ? e : vcpu_find(s->xen, d, id, v);
}

static struct err *vtop_guest(struct session *s, struct out *o,
			      const char *vcpu, const char *address)
{
	struct guest_walk w;
	struct domain d;
	struct vcpu v;
	struct p2m p2m;
	char owner[32] = "";
	uint64_t va;
	struct err *e;

	ERR_TRY(vcpu_of(s, vcpu, &d, &v));
	ERR_TRY(guest_address_argument(s, &d, address, &va));
	ERR_TRY(p2m_open(s->xen, &d, &p2m));
	e = guest_walk(&p2m, &v, va, &w);
	out_list(o, "vtop", guest_columns, ARRAY_SIZE(guest_columns));
	if (!e && !w.translated && w.maddr)
		foreign_owner(s, &d, w.maddr >> XPAGE_SHIFT, owner, sizeof(owner));
	guest_row(s, o, va, &d, &v, &w, !*owner, e);
	out_end(o);
	if (w.format)
		steps_show(o, "steps", w.format, &w.walk);
	if (w.p2m.walk.steps)
		steps_show(o, "p2m_steps", w.p2m.format, &w.p2m.walk);
	if (*owner)
		out_note(o, "no guest physical address: frame %" PRIx64 " belongs to %s", w.maddr >> XPAGE_SHIFT, owner);
	return err_prefix(e, "d%" PRIu64 "v%" PRIu64, value_of(&d.domain_id), value_of(&v.vcpu_id));
}

/* ---- the command ---- */

static struct err *run_vtop(struct session *s, struct out *o,
			    const struct args *a)
{
	const char *vcpu = args_text(a, "d");
	uint64_t va;

	if (!vcpu && !xen_reads_memory(s->xen))
		return err_new(ERR_UNSUPPORTED,
			       "page tables of a running hypervisor are not accessible; \"-d DOMID\" translates an address of a guest");
	if (vcpu && xen_reads_memory(s->xen) && !records_known(s->xen->records))
		return err_new(ERR_NO_TYPE,
			       "addresses of guests require the hypervisor's types; load a xen-syms with debuginfo by \"xen load FILE\"");
	if (vcpu)
		return vtop_guest(s, o, vcpu, a->word[0]);
	ERR_TRY(parse_address(s, a->word[0], &va));
	return vtop_xen(s, o, va);
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .value = "DOMID|VCPU",
	  .help = "an address of this guest, by the page tables of its vcpu 0 (3, d3) or of another vcpu (d3v1, 3:1)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("vtop of Xen", xen_columns),
	COLUMNS("vtop of a domain (-d)", guest_columns),
	COLUMNS("steps", step_columns),
	COLUMNS("p2m_steps", step_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Translates a virtual address of the hypervisor through its own page tables",
	"  (idle_pg_table) and shows each entry of the walk. Addresses that differ by",
	"  vcpu (per-domain and linear page table areas) are those of the idle vcpu.",
	"  ADDRESS is hexadecimal, or a symbol of the hypervisor with +OFFSET.",
	"",
	"  With -d, ADDRESS is a hexadecimal address of a guest, or a symbol of its",
	"  Linux kernel (\"xen sym -d\"). For a PV guest the",
	"  page tables are those of its kernel. For an HVM or PVH guest they are the",
	"  guest's own (steps) and then Xen's, EPT or NPT (p2m_steps).",
	NULL
};

static const char *const example[] = {
	"    crash> xen vtop hardware_domain",
	"             VIRTUAL   MACHINE  REGION     PAGE",
	"    ffff82d040463850  27c63850  Xen image  4 KiB",
	"",
	"    LEVEL  ENTRY AT             ENTRY  FLAGS",
	"    L4     27c76828          27c75063  P|RW|A|D",
	"    L3     27c75a08          27c72063  P|RW|A|D",
	"    L2     27c72010          27fd8063  P|RW|A|D",
	"    L1     27fd8318  8000000027c63163  P|RW|A|D|G|NX",
	"",
	"    crash> xen vtop -d d1v0 ffffffff81000000",
	"             VIRTUAL  GUEST PHYSICAL   MACHINE  VCPU  PAGING      ROOT  KIB",
	"    ffffffff81000000         1000000  25000000  1:0   64-bit  22328000    4",
	"",
	"    LEVEL  ENTRY AT           ENTRY  FLAGS",
	"    L4     22328ff8        23427067  P|RW|US|A|D",
	"    L3     23427ff0        23428067  P|RW|US|A|D",
	"    L2     23428040        1b20e067  P|RW|US|A|D",
	"    L1     1b20e000  10000025000025  P|US|A",
	NULL
};

const struct command command_vtop = {
	.live = true,
	.live_unknown = "machine addresses of a guest that Xen translates",
	.needs = NEEDS_XEN,
	.run = run_vtop,
	.args = { .options = options, .words = { "ADDRESS", .min = 1, .max = 1 } },
	.tables = tables,
	.description = description,
	.example = example,
};
