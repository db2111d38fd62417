/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/vcpu_view.h"

static struct err *run_vcpus(struct session *s, struct out *o,
			     const struct args *a)
{
	struct vcpu_list l;

	ERR_TRY(domains_check(s, &a->domains));
	ERR_TRY(vcpu_list_start(&l, s, o, &a->pcpus));
	ERR_TRY(domains_show(s, o, &a->domains, args_has(a, "a"),
			     vcpu_list_domain, &l));
	out_end(o);
	return NULL;
}

static const struct option_spec options[] = {
	{ "a", OPTION_FLAG, .help = "also vcpus of Xen's own domains: the idle vcpus" },
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true, .word = true,
	  .help = "only vcpus of this domain (3, d3, name)" },
	{ "c", OPTION_PCPUS, .value = "PCPU", .many = true,
	  .help = "only vcpus on this pcpu, or on a range of them (0-3)" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	VIEWS("vcpus", vcpu_list_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the vcpus of all guests: state, pcpu, cpu time, affinities, and the",
	"  reasons why a vcpu does not run. Xen's times end with the last change of a",
	"  vcpu's runstate: a vcpu that has been running since then has used more.",
	NULL
};

static const char *const example[] = {
	"    crash> xen vcpus -c 1",
	"    VCID  PCID              VCPU  ST  T   DOMID            DOMAIN  STATE  IN STATE       TIME  HARD  SOFT  PAUSED   DOMAIN NAME",
	"       0     1  ffff830027d40000  BL  PV      0  ffff830027d61000  -b-     0.022 s  243.549 s  all   all   blocked  Domain-0",
	"       0     1  ffff830026414000  RU  PV      1  ffff83002783a000  r--     0.022 s  250.634 s  all   all   -        pv1",
	NULL
};

const struct command command_vcpus = {
	.live = true,
	.live_unknown = "addresses, times other than running, and states: hypercalls return whether a vcpu runs, its time and its pcpu",
	.needs = NEEDS_RECORDS,
	.run = run_vcpus,
	.args = { .options = options },
	.tables = tables,
	.description = description,
	.example = example,
};
