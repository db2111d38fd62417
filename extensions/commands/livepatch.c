/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/host/livepatch.h"

#include <inttypes.h>
#include <string.h>

#include "xen/symbols/build.h"
#include "extensions/support/cells.h"
#include "extensions/support/view.h"

static void cell_name(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_text_at(o, &((const struct livepatch *)rec)->name_at,
		     ((const struct livepatch *)rec)->name);
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct livepatch *)rec)->va);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, livepatch_state_name(value_of(&((const struct livepatch *)rec)->state)));
}

static void cell_id(struct session *s, struct out *o, const void *rec)
{
	const struct livepatch *l = rec;
	char text[2 * BUILD_ID_MAX + 1];

	cell_text(o, livepatch_build_id(s->xen, &l->id, &l->id_len, text,
					sizeof(text)));
}

static void cell_dep(struct session *s, struct out *o, const void *rec)
{
	const struct livepatch *l = rec;
	char text[2 * BUILD_ID_MAX + 1];

	cell_text(o, livepatch_build_id(s->xen, &l->dep, &l->dep_len, text,
					sizeof(text)));
}

#define V(key, title, memb, as, help) \
	VIEW_FIELD(key, title, struct livepatch, memb, as, help)
#define VC(key, title, memb, fn, help) \
	VIEW_CELL_OF(key, title, struct livepatch, memb, fn, help)

static const struct view_column columns[] = {
	VIEW_CELL("name", "NAME", cell_name, "name of the payload"),
	VIEW_CELL("payload", "PAYLOAD", cell_va, "address of its struct payload"),
	VC("state", "STATE", state, cell_state, "checked: loaded, not in effect; applied: in effect"),
	V("rc", "RC", rc, VIEW_SDEC, "result of the last action: 0, or -errno of Xen"),
	V("functions", "FUNCTIONS", nfuncs, VIEW_DEC, "number of functions it replaces"),
	V("symbols", "SYMBOLS", nsyms, VIEW_DEC, "number of symbols it adds"),
	V("text", "TEXT", text_addr, VIEW_HEX, "address of its code"),
	V("text_size", "TEXT SIZE", text_size, VIEW_DEC, "size of its code, in bytes"),
	V("rw", NULL, rw_addr, VIEW_HEX, "address of its writable data"),
	V("ro", NULL, ro_addr, VIEW_HEX, "address of its read-only data"),
	V("reverted", NULL, reverted, VIEW_BOOL, "true if it was applied and reverted"),
	VIEW_CELL("build_id", "BUILD-ID", cell_id,
		  "build-id of the payload, hexadecimal"),
	VIEW_CELL("depends", "DEPENDS ON", cell_dep,
		  "build-id of the hypervisor or payload that it requires"),
};

static const struct column func_columns[] = {
	{ .key = "payload", .title = "PAYLOAD", .help = "name of the payload" },
	{ .key = "function", .title = "FUNCTION", .help = "name of the function" },
	{ .key = "old", .title = "OLD", .help = "address of the function replaced" },
	{ .key = "old_size", .title = "OLD SIZE", .help = "its size, in bytes" },
	{ .key = "new", .title = "NEW", .help = "address of the new function" },
	{ .key = "new_size", .title = "NEW SIZE", .help = "its size, in bytes" },
};

/* Without names, all livepatches are listed. */
static bool is_wanted(const struct livepatch *l, const struct args *a)
{
	unsigned int i;

	for (i = 0; i < a->nr_words; i++)
		if (!strcmp(a->word[i], l->name))
			return true;
	return !a->nr_words;
}

static void show_funcs(struct session *s, struct out *o,
		       const struct livepatch *l)
{
	struct livepatch_func f;
	unsigned int i;

	for (i = 0; value_ok(&l->nfuncs) && i < value_of(&l->nfuncs); i++) {
		struct err *e = interrupt_check();

		if (!e)
			e = livepatch_func(s->xen, l, i, &f);
		if (e) {
			out_error(o, err_prefix(e, "%s", l->name));
			return;
		}
		cell_text_at(o, &l->name_at, l->name);
		cell_text_at(o, &f.name_at, f.name);
		cell_hex(o, &f.old_addr);
		cell_dec(o, &f.old_size);
		cell_hex(o, &f.new_addr);
		cell_dec(o, &f.new_size);
	}
}

/* Shows each selected payload, or without a view its functions; counts them. */
static struct err *each_payload(struct session *s, struct out *o,
				const struct args *a, struct view *view,
				unsigned int *shown)
{
	struct livepatches w;
	struct livepatch l;

	*shown = 0;
	ERR_TRY(livepatches_start(&w, s->xen));
	for (;;) {
		ERR_TRY(livepatches_next(&w, &l));
		if (w.done)
			return NULL;
		if (!is_wanted(&l, a))
			continue;
		++*shown;
		if (view)
			view_row(view, &l);
		else
			show_funcs(s, o, &l);
	}
}

/* Shows why symbols of a payload are missing in "xen sym". */
static struct err *show_symbol_errors(struct session *s, struct out *o)
{
	struct symbols *made;
	struct livepatches w;
	struct livepatch l;
	unsigned int nr;
	struct err *e;

	ERR_TRY(livepatches_start(&w, s->xen));
	ERR_TRY(symbols_create(&made));
	while (!(e = livepatches_next(&w, &l)) && !w.done) {
		struct err *lost = livepatch_add_symbols(s->xen, &l, made, &nr);

		if (lost)
			out_error(o, lost);
	}
	symbols_destroy(made);
	return e;
}

static struct err *run_livepatch(struct session *s, struct out *o,
				 const struct args *a)
{
	struct view view;
	struct livepatches w;
	unsigned int shown;
	struct err *e;

	ERR_TRY(livepatches_start(&w, s->xen));
	view_list(&view, s, o, "payloads", columns, ARRAY_SIZE(columns),
		  &livepatch_record);
	ERR_TRY(each_payload(s, o, a, &view, &shown));
	if (!shown && a->nr_words)
		return err_new(ERR_NOT_FOUND, "no livepatch \"%s\" is loaded",
			       a->word[0]);
	out_end(o);
	if (!shown)
		return NULL;
	out_list(o, "functions", func_columns, ARRAY_SIZE(func_columns));
	e = each_payload(s, o, a, NULL, &shown);
	if (!e)
		e = show_symbol_errors(s, o);
	out_end(o);
	return e;
}

static const struct column_table tables[] = {
	VIEWS("payloads", columns),
	COLUMNS("functions", func_columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Lists the livepatches (payloads) that are loaded, and the functions that",
	"  they replace. With NAME, only these payloads. Their symbols are added to",
	"  those of the hypervisor under the payload's name: \"xen sym",
	"  PAYLOAD#FUNCTION\".",
	NULL
};

const struct command command_livepatch = {
	.live = true,
	.live_unknown = "addresses, sizes and build-ids: the hypercall returns name, state and last result",
	.needs = NEEDS_RECORDS,
	.run = run_livepatch,
	.args = { .words = { "[NAME]...", .max = 0 } },
	.tables = tables,
	.description = description,
};
