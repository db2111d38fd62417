/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extensions/support/command.h"
#include "xen/model/memory/p2m.h"

static const struct column columns[] = {
	{ .key = "mfn", .title = "MFN", .help = "machine frame number, hexadecimal" },
	{ .key = "gfn", .title = "GFN",
	  .help = "guest frame number, hexadecimal; shared: several guests; -: no guest" },
	{ .key = "entry_va", .title = "ENTRY AT", .help = "address of the table's entry" },
	{ .key = "entry", .title = "ENTRY", .help = "the entry, hexadecimal" },
};

static void show_row(struct session *s, struct out *o, uint64_t mfn)
{
	uint64_t va, entry;
	struct err *e = m2p_lookup(s->xen, mfn, &entry, &va);

	if (e) {
		out_error(o, e);
		return;
	}
	out_hex(o, mfn);
	if (entry == M2P_SHARED)
		out_str(o, "shared");
	else if (entry & M2P_INVALID)
		out_none(o);
	else
		out_hex(o, entry);
	out_hex(o, va);
	out_hex(o, entry);
}

static struct err *run_m2p(struct session *s, struct out *o,
			   const struct args *a)
{
	struct range range[ARGS_MAX];
	unsigned int i;
	uint64_t n;

	for (i = 0; i < a->nr_words; i++)
		ERR_TRY(parse_frames(a->word[i], "MFN", &range[i]));
	out_list(o, "m2p", columns, ARRAY_SIZE(columns));
	for (i = 0; i < a->nr_words; i++) {
		for (n = 0; n <= range[i].to - range[i].from; n++) {
			ERR_TRY(interrupt_check());
			show_row(s, o, range[i].from + n);
		}
	}
	out_end(o);
	return NULL;
}

static const struct column_table tables[] = {
	COLUMNS("m2p", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the guest frame number (gfn) that Xen's machine-to-physical table",
	"  (M2P) contains for each machine frame. MFN is hexadecimal, or a range",
	"  (25f00-25f0f).",
	NULL
};

static const char *const example[] = {
	"    crash> xen m2p 25f00 27d61",
	"      MFN   GFN          ENTRY AT             ENTRY",
	"    25f00  fedf  ffff82800012f800              fedf",
	"    27d61     -  ffff82800013eb08  ffffffffffffffff",
	NULL
};

const struct command command_m2p = {
	.live = true,
	.needs = NEEDS_XEN,
	.run = run_m2p,
	.args = { .words = { "MFN...", .min = 1 } },
	.tables = tables,
	.description = description,
	.example = example,
};
