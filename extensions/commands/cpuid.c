/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/domain/policy.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/domains.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct column feature_columns[] = {
	{ .key = "word", .title = "WORD" },
	{ .key = "value", .title = "VALUE" },
	{ .key = "features", .title = "FEATURES" },
};

static void show_word(void *arg, const char *word, uint32_t value, const char *names)
{
	struct out *o = arg;

	if (!value && out_format(o) == OUT_TEXT)
		return;
	out_str(o, word);
	out_fmt(o, "%08x", value);
	cell_text(o, names);
}

static const struct column leaf_columns[] = {
	{ .key = "leaf", .title = "LEAF" }, { .key = "subleaf", .title = "SUBLEAF" },
	{ .key = "eax", .title = "EAX" }, { .key = "ebx", .title = "EBX" },
	{ .key = "ecx", .title = "ECX" }, { .key = "edx", .title = "EDX" },
};

static void show_leaf(void *arg, uint32_t leaf, uint32_t subleaf,
		      const uint32_t words[4])
{
	struct out *o = arg;

	out_fmt(o, "%08x", leaf);
	if (subleaf == POLICY_NO_SUBLEAF)
		out_none(o);
	else
		out_dec(o, subleaf);
	for (unsigned int i = 0; i < 4; i++)
		out_fmt(o, "%08x", words[i]);
}

static struct err *show(struct out *o, const struct policy *p, bool leaves)
{
	struct err *e;

	if (leaves) {
		out_list(o, "leaves", leaf_columns, N(leaf_columns));
		e = policy_leaves(p, show_leaf, o);
	} else {
		out_list(o, "features", feature_columns, N(feature_columns));
		e = policy_features(p, show_word, o);
	}
	out_end(o);
	return e;
}

static struct err *run_cpuid(struct session *s, struct out *o, int argc,
			     char **argv)
{
	struct policy p;
	struct domain d;
	bool leaves = false;
	uint64_t id;
	struct err *e;
	int c;

	while ((c = getopt(argc, argv, "l")) != -1) {
		if (c != 'l')
			return command_usage("unknown option");
		leaves = true;
	}
	if (optind != argc - 1)
		return command_usage("one domain, or one of Xen's policies");
	e = parse_decimal(argv[optind], &id);
	if (!e) {
		ERR_TRY(domain_find(s->xen, id, &d));
		ERR_TRY(policy_of_domain(s->xen, &d, &p));
	} else {
		err_free(e);
		ERR_TRY(policy_named(s->xen, argv[optind], &p));
	}
	e = show(o, &p, leaves);
	policy_release(&p);
	return e;
}

static const char *const help[] = {
	"  Shows what CPUID tells a domain, or what Xen could give one at most (pv_max,",
	"  hvm_max), gives by default (pv_def, hvm_def), uses itself (host) and found (raw):",
	"  the words of features with the names this build of Xen has for their bits.",
	"    -l    the leaves that are not empty instead, as xen-cpuid -p lists them",
	"",
	"EXAMPLE",
	"    crash> xen cpuid 1",
	"    WORD       VALUE     FEATURES",
	"    basic._1c  80002001  sse3, cx16, hypervisor",
	"    basic._1d  1789c3f5  fpu, de, tsc, msr, pae, mce, cx8, mca, cmov, pat, clflush, mmx, fxsr, sse, sse2, htt",
	"    extd.e1c   00000003  lahf_lm, cmp_legacy",
	"    extd.e1d   2191cbf5  syscall, nx, lm",
	"    extd.e21a  00000004  lfence_dispatch",
	NULL
};

const struct command command_cpuid = {
	.needs = NEEDS_RECORDS,
	.run_words = run_cpuid,
	.synopsis = "[-j] [-l] DOMID | raw | host | pv_max | pv_def | hvm_max | hvm_def",
	.help = help,
};
