/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/domain_view.h"
#include "xen/model/domain/domain_check.h"

static struct err *show_row(struct session *s, struct out *o,
			    const struct domain *d, void *view)
{
	struct domain_shown row;

	ERR_TRY(domain_shown_read(s, o, d, &row));
	view_row(view, &row);
	return NULL;
}

struct problems {
	struct out *o;
	bool started;
};

static void show_problem(void *arg, const char *text, bool sure)
{
	struct problems *p = arg;

	if (!p->started)
		out_lines(p->o, "problems");
	p->started = true;
	out_line(p->o, "%s: %s", sure ? "damaged" : "may be damaged", text);
}

/* A filter restricts the listing to some domains, which need not be contradictory. */
static struct err *show_problems(struct session *s, struct out *o,
				 const struct domain_filter *f)
{
	struct problems p = { .o = o };

	if (!f->nr)
		ERR_TRY(domains_check_all(s->xen, show_problem, &p));
	if (p.started)
		out_end(o);
	return NULL;
}

static struct err *run_doms(struct session *s, struct out *o,
			    const struct args *a)
{
	struct view view;

	ERR_TRY(domains_check(s, &a->domains));
	view_list(&view, s, o, "doms", domain_list_columns,
		  ARRAY_SIZE(domain_list_columns), &domain_record);
	ERR_TRY(domains_show(s, o, &a->domains, args_has(a, "a"), show_row,
			     &view));
	out_end(o);
	return show_problems(s, o, &a->domains);
}

static const struct option_spec options[] = {
	{ "a", OPTION_FLAG, .help = "also Xen's own domains: io, xen, idle ..." },
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only this domain (3, d3, name)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("doms", domain_list_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the domains, with their state, memory and cpu time. Their names are in",
	"  the xenstore (\"help xen-xenstore\"); without it the UUID is shown, which is",
	"  the one of xl list -v.",
	NULL
};

static const char *const example[] = {
	"    crash> xen doms",
	"    DID            DOMAIN  ST      T    MAXPAGE  TOTPAGE  VCPU          SHARED_I  P2M_MFN       TIME  NAME/UUID",
	"      0  ffff830027d61000  r-----  PV     65536    65536     2  ffff830027d4b000    25efd  479.717 s  Domain-0",
	"      1  ffff83002783a000  r-----  PV     24832    24576     1  ffff8300276e8000    19782  250.634 s  pv1",
	"      2  ffff830027d05000  ------  PVH    24832    24590     1  ffff830027d01000        -  238.333 s  pvh2",
	"  The domains with the most memory first:",
	"    crash> xen doms --sort -TOTPAGE",
	"    DID            DOMAIN  ST      T    MAXPAGE  TOTPAGE  VCPU          SHARED_I  P2M_MFN       TIME  NAME/UUID",
	"      0  ffff830027d61000  r-----  PV     65536    65536     2  ffff830027d4b000    25efd  479.717 s  Domain-0",
	"      2  ffff830027d05000  ------  PVH    24832    24590     1  ffff830027d01000        -  238.333 s  pvh2",
	"      1  ffff83002783a000  r-----  PV     24832    24576     1  ffff8300276e8000    19782  250.634 s  pv1",
	"  The pages of one domain, from the JSON:",
	"    crash> xen doms -j -d 1 | jq '.doms[0].tot_pages'",
	"    24576",
	NULL
};

const struct command command_doms = {
	.live = true,
	.live_unknown = "addresses: hypercalls return the state of a domain and its resources",
	.needs = NEEDS_RECORDS,
	.run = run_doms,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
