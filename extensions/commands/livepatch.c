/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "xen/model/host/livepatch.h"

#include <inttypes.h>
#include <string.h>

#include "xen/symbols/build.h"
#include "extensions/support/cells.h"
#include "extensions/support/view.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void cell_name(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_text(o, ((const struct livepatch *)rec)->name);
}

static void cell_va(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	cell_object(o, ((const struct livepatch *)rec)->va);
}

static void cell_state(struct session *s, struct out *o, const void *rec)
{
	(void)s;
	out_str(o, livepatch_state_name(((const struct livepatch *)rec)->state.u));
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

static const struct view_input name_inputs[] = {
	{ NULL, offsetof(struct livepatch, name_at) },
};
static const struct view_input id_inputs[] = {
	{ NULL, offsetof(struct livepatch, id) },
	{ NULL, offsetof(struct livepatch, id_len) },
};
static const struct view_input dep_inputs[] = {
	{ NULL, offsetof(struct livepatch, dep) },
	{ NULL, offsetof(struct livepatch, dep_len) },
};

#define V(key, title, memb, as) VIEW_FIELD(key, title, struct livepatch, memb, as)
#define VC(key, title, memb, fn) VIEW_CELL_OF(key, title, struct livepatch, memb, fn)

static const struct view_column columns[] = {
	VIEW_CELL_FROM("name", "NAME", cell_name, name_inputs),
	VIEW_CELL("payload", "PAYLOAD", cell_va),
	VC("state", "STATE", state, cell_state),
	V("rc", "RC", rc, VIEW_SDEC),
	V("functions", "FUNCS", nfuncs, VIEW_DEC),
	V("symbols", "SYMS", nsyms, VIEW_DEC),
	V("text", "TEXT", text_addr, VIEW_HEX),
	V("text_size", "SIZE", text_size, VIEW_DEC),
	V("rw", NULL, rw_addr, VIEW_HEX),
	V("ro", NULL, ro_addr, VIEW_HEX),
	V("reverted", NULL, reverted, VIEW_BOOL),
	VIEW_CELL_FROM("build_id", "BUILD-ID", cell_id, id_inputs),
	VIEW_CELL_FROM("depends", "DEPENDS ON", cell_dep, dep_inputs),
};

#define FUNC_INPUT(memb) \
	{ &livepatch_func_record, offsetof(struct livepatch_func, memb) }

static const struct column_input func_inputs[] = {
	{ "function", FUNC_INPUT(name_at) },
	{ "old", FUNC_INPUT(old_addr) },
	{ "old_size", FUNC_INPUT(old_size) },
	{ "new", FUNC_INPUT(new_addr) },
	{ "new_size", FUNC_INPUT(new_size) },
};

static const struct column func_columns[] = {
	{ .key = "payload", .title = "PAYLOAD" },
	{ .key = "function", .title = "FUNCTION" },
	{ .key = "old", .title = "OLD" },
	{ .key = "old_size", .title = "SIZE" },
	{ .key = "new", .title = "NEW" },
	{ .key = "new_size", .title = "SIZE" },
};

/* Names given choose; none are all. */
static bool is_asked(const struct livepatch *l, char **names, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(names[i], l->name))
			return true;
	return !nr;
}

static void show_funcs(struct session *s, struct out *o,
		       const struct livepatch *l)
{
	struct livepatch_func f;
	unsigned int i;

	for (i = 0; l->nfuncs.state == VALUE_OK && i < l->nfuncs.u; i++) {
		struct err *e = interrupt_check();

		if (!e)
			e = livepatch_func(s->xen, l, i, &f);
		if (e) {
			out_error(o, err_prefix(e, "%s", l->name));
			return;
		}
		cell_text(o, l->name);
		cell_text(o, f.name);
		cell_hex(o, &f.old_addr);
		cell_dec(o, &f.old_size);
		cell_hex(o, &f.new_addr);
		cell_dec(o, &f.new_size);
	}
}

/* Calls row for each payload that is asked for; *shown counts them. */
static struct err *each_payload(struct session *s, struct out *o, char **names,
				int nr, struct view *view, unsigned int *shown)
{
	struct livepatches w;
	struct livepatch l;

	*shown = 0;
	ERR_TRY(livepatches_start(&w, s->xen));
	for (;;) {
		ERR_TRY(livepatches_next(&w, &l));
		if (w.done)
			return NULL;
		if (!is_asked(&l, names, nr))
			continue;
		++*shown;
		if (view)
			view_row(view, &l);
		else
			show_funcs(s, o, &l);
	}
}

/* Tells of what kept symbols from joining those of "xen sym". */
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

static struct err *run_livepatch(struct session *s, struct out *o, int argc,
				 char **argv)
{
	struct view view;
	struct livepatches w;
	unsigned int shown;
	struct err *e;

	ERR_TRY(livepatches_start(&w, s->xen));
	view_list(&view, s, o, "payloads", columns, N(columns), &livepatch_record);
	e = each_payload(s, o, argv + 1, argc - 1, &view, &shown);
	out_end(o);
	if (e)
		return e;
	if (!shown && argc > 1)
		return err_new(ERR_NOT_FOUND, "no livepatch of that name is loaded");
	if (!shown) {
		out_note(o, "no livepatch is loaded");
		return NULL;
	}
	view_plain_list(s, o, "functions", func_columns, N(func_columns),
			func_inputs, N(func_inputs));
	e = each_payload(s, o, argv + 1, argc - 1, NULL, &shown);
	if (!e)
		e = show_symbol_errors(s, o);
	out_end(o);
	return e;
}

static const char *const help[] = {
	"  Lists the livepatches that are loaded, whether they are applied, and the",
	"  functions they replace: where the old one is and where the new one.",
	"  With names only these. Their symbols join those of the hypervisor, under the",
	"  payload's name: \"xen sym PAYLOAD#FUNCTION\".",
	NULL
};

const struct command command_livepatch = {
	.live = true,
	.live_unknown = "addresses, sizes and build-ids: the hypercall tells name, state and the last result",
	.needs = NEEDS_RECORDS,
	.run_words = run_livepatch,
	.synopsis = "[-j] [NAME]...",
	.help = help,
};
