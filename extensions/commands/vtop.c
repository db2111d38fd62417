/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <unistd.h>

#include "extensions/support/command.h"
#include "p2m.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static const struct column vtop_columns[] = {
	{ .key = "va", .title = "VIRTUAL" },
	{ .key = "maddr", .title = "MACHINE" },
	{ .key = "region", .title = "REGION" },
	{ .key = "page", .title = "PAGE" },
};

static const struct column step_columns[] = {
	{ .key = "level", .title = "LEVEL" },
	{ .key = "at", .title = "ENTRY AT" },
	{ .key = "entry", .title = "ENTRY" },
	{ .key = "flags", .title = "FLAGS" },
};

static const struct {
	uint64_t bit;
	const char *name;
} pte_flags[] = {
	{ 1ULL << 0, "P" }, { 1ULL << 1, "RW" }, { 1ULL << 2, "US" },
	{ 1ULL << 3, "PWT" }, { 1ULL << 4, "PCD" }, { 1ULL << 5, "A" },
	{ 1ULL << 6, "D" }, { 1ULL << 7, "PSE" }, { 1ULL << 8, "G" },
	{ 1ULL << 63, "NX" },
};

static void cell_pte_flags(struct out *o, uint64_t entry)
{
	char text[64];
	size_t i, n = 0;

	text[0] = 0;
	for (i = 0; i < N(pte_flags); i++)
		if (entry & pte_flags[i].bit)
			n += snprintf(text + n, sizeof(text) - n, "%s%s",
				      n ? "|" : "", pte_flags[i].name);
	out_str(o, text);
}

static struct err *vtop_one(struct session *s, struct out *o, uint64_t va)
{
	struct space *space = s->xen->space;
	struct walk walk;
	struct err *e = space_walk(space, space_params(space)->root, va, &walk);
	unsigned int i;

	out_list(o, "vtop", vtop_columns, N(vtop_columns));
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
	out_list(o, "steps", step_columns, N(step_columns));
	for (i = 0; i < walk.steps; i++) {
		out_str(o, walk.step[i].level);
		out_hex(o, walk.step[i].entry_maddr);
		out_hex(o, walk.step[i].entry);
		cell_pte_flags(o, walk.step[i].entry);
	}
	out_end(o);
	return e;
}

static struct err *run_vtop(struct session *s, struct out *o, int argc,
			    char **argv)
{
	const char *vcpu = NULL;
	uint64_t va;
	int c;

	while ((c = getopt(argc, argv, "d:")) != -1) {
		if (c != 'd')
			return command_usage("unknown option");
		vcpu = optarg;
	}
	if (optind != argc - 1)
		return command_usage("which address?");
	if (!vcpu && !xen_reads_memory(s->xen))
		return err_new(ERR_UNSUPPORTED,
			       "the running hypervisor shows its page tables to nobody; -d DOMID translates an address of a guest");
	if (vcpu && xen_reads_memory(s->xen) && !records_known(s->xen->records))
		return err_new(ERR_NO_TYPE,
			       "addresses of guests need the hypervisor's types; give a xen-syms with debuginfo with \"xen load FILE\"");
	if (vcpu)
		return guest_vtop(s, o, vcpu, argv[optind]);
	ERR_TRY(parse_address(s, argv[optind], &va));
	return vtop_one(s, o, va);
}

static const struct column m2p_columns[] = {
	{ .key = "mfn", .title = "MFN" },
	{ .key = "gfn", .title = "GFN" },
	{ .key = "entry_va", .title = "ENTRY AT" },
	{ .key = "entry", .title = "ENTRY" },
};

static void m2p_row(struct session *s, struct out *o, uint64_t mfn)
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

static struct err *run_m2p(struct session *s, struct out *o, int argc,
			   char **argv)
{
	uint64_t mfn;
	int i;

	if (argc < 2)
		return command_usage("which mfn?");
	for (i = 1; i < argc; i++)
		ERR_TRY(parse_hex(argv[i], &mfn));
	out_list(o, "m2p", m2p_columns, N(m2p_columns));
	for (i = 1; i < argc && !interrupt_pending; i++) {
		err_free(parse_hex(argv[i], &mfn));
		m2p_row(s, o, mfn);
	}
	out_end(o);
	return interrupt_check();
}

static const char *const help_vtop[] = {
	"  Translates an address of the hypervisor through its own page tables",
	"  (idle_pg_table) and shows each entry on the way. Addresses that differ per",
	"  vcpu (per-domain and linear page table areas) are those of the idle vcpu.",
	"  ADDRESS is hexadecimal, or a symbol of the hypervisor with +offset.",
	"    -d DOMID[:VCPU]   an address of this guest, by the page tables of its vcpu (0",
	"               when none is said): of a PV guest those of its kernel, of an HVM or",
	"               PVH guest its own and then Xen's (EPT, NPT), each step shown",
	"",
	"EXAMPLE",
	"    crash> xen vtop hardware_domain",
	"             VIRTUAL   MACHINE  REGION     PAGE",
	"    ffff82d040463850  27c63850  Xen image  4 KiB",
	"",
	"    LEVEL  ENTRY AT             ENTRY  FLAGS",
	"    L4     27c76828          27c75063  P|RW|A|D",
	"    L3     27c75a08          27c72063  P|RW|A|D",
	"    L2     27c72010          27fd8063  P|RW|A|D",
	"    L1     27fd8318  8000000027c63163  P|RW|A|D|G|NX",
	NULL
};

const struct command command_vtop = {
	.live = true,
	.live_unknown = "machine addresses of a guest that Xen translates",
	.needs = NEEDS_XEN,
	.run_words = run_vtop,
	.synopsis = "[-j] [-d DOMID[:VCPU]] ADDRESS",
	.help = help_vtop,
};

static const char *const help_m2p[] = {
	"  Shows the guest frame number (gfn) that Xen's machine-to-physical table has",
	"  for machine frames. \"-\" is a frame of no guest, or of the hypervisor.",
	"",
	"EXAMPLE",
	"    crash> xen m2p 25f00 27d61",
	"      MFN   GFN          ENTRY AT             ENTRY",
	"    25f00  fedf  ffff82800012f800              fedf",
	"    27d61     -  ffff82800013eb08  ffffffffffffffff",
	NULL
};

const struct command command_m2p = {
	.live = true,
	.needs = NEEDS_XEN,
	.run_words = run_m2p,
	.synopsis = "[-j] MFN...",
	.help = help_m2p,
};
