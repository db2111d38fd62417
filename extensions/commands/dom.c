/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/domain_view.h"
#include "extensions/support/vcpu_view.h"

static struct err *show_vcpus(struct session *s, struct out *o,
			      const struct domain *d)
{
	static const struct ranges all;
	struct vcpu_list l;

	ERR_TRY(vcpu_list_start(&l, s, o, &all));
	ERR_TRY(vcpu_list_domain(s, o, d, &l));
	out_end(o);
	return NULL;
}

static struct err *run_dom(struct session *s, struct out *o,
			   const struct args *a)
{
	struct domain_shown card;
	struct domain d;
	struct view view;

	for (unsigned int i = 0; i < a->nr_words; i++) {
		ERR_TRY(domain_argument(s, a->word[i], &d));
		ERR_TRY(domain_shown_read(s, o, &d, &card));
		view_card(&view, s, o, "dom", domain_card_columns,
			  ARRAY_SIZE(domain_card_columns), &domain_record);
		view_row(&view, &card);
		out_end(o);
		ERR_TRY(show_vcpus(s, o, &d));
	}
	return NULL;
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .value = "DOMID", .many = true, .word = true,
	  .help = "the domain (3, d3, a name)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("dom", domain_card_columns),
	VIEWS("vcpus", vcpu_list_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows one domain, by its id (3 or d3), its name or the address of its struct",
	"  domain, and its vcpus.",
	NULL
};

static const char *const example[] = {
	"    crash> xen dom 2",
	"           DOMID: 2",
	"          DOMAIN: ffff830027d05000",
	"            NAME: pvh2",
	"            UUID: 2ffa9b18-eb61-11f1-8258-4fc3a4868af4",
	"       UNIQUE ID: 7a60686770099be6",
	"            TYPE: PVH",
	"           WIDTH: -",
	"           FLAGS: hvm, hap, emulated: lapic",
	"            LIFE: alive",
	"           STATE: ------",
	"     PAUSE COUNT: 0",
	"    BY TOOLSTACK: 0",
	"      REFERENCES: 3",
	"           VCPUS: 1",
	"          ONLINE: 1",
	"       MAX VCPUS: 1",
	"    ...",
	NULL
};

const struct command command_dom = {
	.live = true,
	.live_unknown = "addresses, and Xen's internal state: hypercalls return the state of a domain and its resources",
	.needs = NEEDS_RECORDS,
	.run = run_dom,
	.args = {
		.options = options,
		.words = { .synopsis = "DOMID|ADDRESS...", .min = 1 },
	},
	.tables = tables,
	.description = description,
	.example = example,
};
