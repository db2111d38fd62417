/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/domain/policy.h"

#include "extensions/support/cells.h"
#include "extensions/support/command.h"
#include "extensions/support/domains.h"

static const struct column feature_columns[] = {
	{ .key = "word", .title = "WORD",
	  .help = "CPUID leaf and register, by Xen's name (basic._1c: leaf 1, ECX)" },
	{ .key = "value", .title = "VALUE", .help = "the word, hexadecimal" },
	{ .key = "features", .title = "FEATURES", .help = "names of the bits that are set" },
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
	{ .key = "leaf", .title = "LEAF", .help = "number of the leaf, hexadecimal" },
	{ .key = "subleaf", .title = "SUBLEAF", .help = "subleaf (ECX); - if there are none" },
	{ .key = "eax", .title = "EAX", .help = "value of EAX, hexadecimal" },
	{ .key = "ebx", .title = "EBX", .help = "value of EBX, hexadecimal" },
	{ .key = "ecx", .title = "ECX", .help = "value of ECX, hexadecimal" },
	{ .key = "edx", .title = "EDX", .help = "value of EDX, hexadecimal" },
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
	/* left open by an error: an empty list would mean that the domain has none */
	if (leaves) {
		out_list(o, "leaves", leaf_columns, ARRAY_SIZE(leaf_columns));
		ERR_TRY(policy_leaves(p, show_leaf, o));
	} else {
		out_list(o, "features", feature_columns, ARRAY_SIZE(feature_columns));
		ERR_TRY(policy_features(p, show_word, o));
	}
	out_end(o);
	return NULL;
}

/* The policy of a domain (3, d3), or one of Xen's own by name. */
static struct err *read_policy(struct session *s, const char *text,
			       struct policy *ret)
{
	struct domain d;
	uint64_t id;
	struct err *e = parse_domid(s, text, &id);

	if (e && err_reason(e) == ERR_USAGE) {
		err_free(e);
		return policy_named(s->xen, text, ret);
	}
	if (e)
		return e;
	ERR_TRY(domain_find(s->xen, id, &d));
	return policy_of_domain(s->xen, &d, ret);
}

static struct err *run_cpuid(struct session *s, struct out *o,
			     const struct args *a)
{
	struct policy p;
	struct err *e;

	ERR_TRY(read_policy(s, a->word[0], &p));
	e = show(o, &p, args_has(a, "l"));
	policy_release(&p);
	return e;
}

static const struct option_spec options[] = {
	{ "d", OPTION_TEXT, .value = "DOMID", .word = true,
	  .help = "the domain (3, d3, a name)" },
	{ "l", OPTION_FLAG,
	  .help = "all leaves that are not zero, as \"xen-cpuid -p\" lists them, instead of the features" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("features", feature_columns),
	COLUMNS("leaves", leaf_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the CPUID policy of a domain: the values that the domain reads by the",
	"  CPUID instruction. POLICY is one of Xen's own: raw (of the hardware), host",
	"  (used by Xen), pv_max and hvm_max (the maximum for a guest),",
	"  pv_def and hvm_def (the default). The names of the bits are those of",
	"  this build. Xen 4.4 to 4.8 keep a list of leaves that the toolstack set for",
	"  a domain, without names of bits: -l shows it.",
	NULL
};

static const char *const example[] = {
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
	.run = run_cpuid,
	.args = { .options = options, .words = { "DOMID|POLICY", .min = 1, .max = 1 } },
	.tables = tables,
	.description = description,
	.example = example,
};
