/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "extensions/support/domains.h"
#include "xen/model/dom0/xenstore.h"

static const struct column columns[] = {
	{ .key = "owner", .title = "OWNER", .help = "domain that owns the node" },
	{ .key = "perms", .title = "PERMS",
	  .help = "permissions as in xenstore-ls -p: n none, r read, w write, b both; the owner with those of all other domains, then single domains" },
	{ .key = "path", .title = "PATH", .help = "path of the node" },
	{ .key = "value", .title = "VALUE",
	  .help = "value; a NUL and a backslash in it are shown as \\x00 and \\\\" },
	{ .key = "generation", .title = NULL,
	  .help = "number of the change that wrote the node (Xen 4.9 and later)" },
	{ .key = "stale", .title = "STALE",
	  .help = "yes: a record that is no longer in the store; only with -s" },
	{ .key = "record", .title = NULL,
	  .help = "virtual address of the record in xenstored" },
};

enum { COLUMN_GENERATION = 4, COLUMN_STALE = 5, COLUMN_RECORD = 6 };

static const struct column card[] = {
	{ .key = "program", .title = "PROGRAM", .help = "name of the process in dom0" },
	{ .key = "kind", .title = "FOUND BY",
	  .help = "hash table (Xen 4.18 and later), TDB (before), scan of single records, socket (running host)" },
	{ .key = "root", .title = "PAGE TABLE",
	  .help = "machine address of the process's page table, hexadecimal" },
	{ .key = "nodes", .title = "NODES", .help = "number of nodes in the store" },
	{ .key = "stale", .title = "STALE",
	  .help = "number of records found that are no longer in it; only with -s" },
	{ .key = "bad", .title = "BAD",
	  .help = "number of records that cannot be read or are inconsistent" },
};

/* "n1,r2,b3" */
static void cell_perms(struct out *o, const struct store_node *n)
{
	size_t size = n->nr_perms * 12UL + 1, at = 0;
	char *text = malloc(size);
	uint32_t i;

	if (!text || !n->nr_perms) {
		free(text);
		out_none(o);
		return;
	}
	for (i = 0; i < n->nr_perms; i++)
		at += snprintf(text + at, size - at, "%s%c%u", i ? "," : "",
			       "nrwb"[n->perm[i].bits & (STORE_READ | STORE_WRITE)],
			       n->perm[i].domid);
	out_str(o, text);
	free(text);
}

static void cell_value(struct out *o, const struct store_node *n)
{
	char *text = malloc(4UL * n->len + 1), *to = text;
	uint32_t i;

	if (!text) {
		out_mark(o, ERR_NO_MEMORY);
		return;
	}
	for (i = 0; i < n->len; i++) {
		if (!n->value[i])
			to = stpcpy(to, "\\x00");
		else if (n->value[i] == '\\')
			to = stpcpy(to, "\\\\");
		else
			*to++ = n->value[i];
	}
	*to = '\0';
	out_str(o, text);
	free(text);
}

static void show_node(struct out *o, const struct store_node *n, bool stale)
{
	if (n->nr_perms)
		out_dec(o, n->perm[0].domid);
	else
		out_none(o);
	cell_perms(o, n);
	out_str(o, n->path);
	cell_value(o, n);
	if (n->has_generation)
		out_dec(o, n->generation);
	else
		out_none(o);
	if (stale)
		out_bool(o, n->stale);
	else
		out_none(o);
	if (n->va)
		out_hex(o, n->va);
	else
		out_none(o);
}

static void show_card(struct out *o, const struct store *st, bool stale)
{
	out_card(o, "xenstored", card, ARRAY_SIZE(card));
	if (st->kind == STORE_DAEMON)
		out_str(o, "xenstored");
	else if (*st->program)
		out_str(o, st->program);
	else
		out_none(o);
	out_str(o, store_kind_name(st->kind));
	if (st->root)
		out_hex(o, st->root);
	else
		out_none(o);
	out_dec(o, st->nr - st->stale);
	if (stale || st->kind == STORE_SCAN)
		out_dec(o, st->stale);
	else
		out_none(o);
	out_dec(o, st->bad);
	out_end(o);
}

/* Returns the requested paths; all if there are none. */
static bool is_wanted(const struct store_node *n, const char *const *path,
		      unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (store_is_below(n->path, path[i]))
			return true;
	return false;
}

static struct err *show_nodes(struct out *o, const struct store *st,
			      const char *const *path, unsigned int nr,
			      bool stale)
{
	struct column shown[ARRAY_SIZE(columns)];
	size_t i, rows = 0;

	memcpy(shown, columns, sizeof(columns));
	if (!stale)
		shown[COLUMN_STALE].title = NULL;
	out_list(o, "nodes", shown, ARRAY_SIZE(shown));
	for (i = 0; i < st->nr; i++) {
		const struct store_node *n = &st->node[i];

		ERR_TRY(interrupt_check());
		if ((n->stale && !stale) || !is_wanted(n, path, nr))
			continue;
		show_node(o, n, stale);
		rows++;
	}
	if (!rows)
		return err_new(ERR_NOT_FOUND, "no node \"%s\" in the xenstore", path[0]);
	out_end(o);
	return NULL;
}

/* Converts a word of the command line to a path: "local/domain/1/" is "/local/domain/1". */
static struct err *take_path(const char *word, char *buf, size_t size)
{
	size_t len = strlen(word);

	while (len > 1 && word[len - 1] == '/')
		len--;
	if (!len || len + 2 > size)
		return command_usage("\"%s\" is not a path of the xenstore", word);
	snprintf(buf, size, "%s%.*s", *word == '/' ? "" : "/", (int)len, word);
	return NULL;
}

static struct err *take_paths(const struct args *a, char text[][STORE_PATH_MAX],
			      const char **path, unsigned int *nr)
{
	unsigned int i;

	for (*nr = 0, i = 0; i < a->nr_words; i++, ++*nr) {
		ERR_TRY(take_path(a->word[i], text[*nr], STORE_PATH_MAX));
		path[*nr] = text[*nr];
	}
	for (i = 0; i < a->domains.nr; i++, ++*nr) {
		snprintf(text[*nr], STORE_PATH_MAX, "/local/domain/%u", a->domains.id[i]);
		path[*nr] = text[*nr];
	}
	if (!*nr)
		path[(*nr)++] = "/";
	return NULL;
}

static struct err *show_store(struct session *s, struct out *o,
			      const struct args *a, const char *const *path,
			      unsigned int nr)
{
	bool stale = args_has(a, "s");
	struct store st;
	struct err *e;

	ERR_TRY(store_read(s->xen, nr == 1 ? path[0] : "/",
			   STORE_THOROUGH | (stale ? STORE_STALE : 0), &st));
	if (args_has(a, "v"))
		show_card(o, &st, stale);
	e = show_nodes(o, &st, path, nr, stale);
	if (!e && stale && st.kind == STORE_DAEMON)
		out_note(o, "old records are not available on a running host");
	if (!e && st.bad)
		out_note(o, "%" PRIu64 " records cannot be read or are inconsistent", st.bad);
	if (!e && st.kind == STORE_SCAN)
		out_note(o, "no table of xenstored was found: nodes are from single records, and the newest of them may be missing");
	store_free(&st);
	return e;
}

#define PATHS_MAX	(ARGS_MAX + DOMAINS_MAX_GIVEN)

static struct err *run_xenstore(struct session *s, struct out *o,
				const struct args *a)
{
	char (*text)[STORE_PATH_MAX] = calloc(PATHS_MAX, sizeof(*text));
	const char *path[PATHS_MAX];
	unsigned int nr;
	struct err *e;

	if (!text)
		return err_nomem();
	e = take_paths(a, text, path, &nr);
	if (!e)
		e = show_store(s, o, a, path, nr);
	free(text);
	return e;
}

static const struct option_spec options[] = {
	{ "d", OPTION_DOMAINS, .value = "DOMID", .many = true,
	  .help = "nodes below /local/domain/DOMID" },
	{ "s", OPTION_FLAG,
	  .help = "also records in xenstored's memory that are no longer in the store" },
	{ "v", OPTION_FLAG, .help = "also the place of the store, and how it was found" },
	{ .name = NULL }
};

static const struct column_table tables[] = {
	COLUMNS("xenstored", card),
	COLUMNS("nodes", columns),
	{ .key = NULL }
};

static const char *const description[] = {
	"  Shows the xenstore: the nodes at PATH and below, or all. From a dump they",
	"  are read from the memory of the process xenstored in dom0, which is found",
	"  by its page tables; dom0's vmlinux is not required. On a running host",
	"  xenstored is queried through its socket, for at most 2 s per node.",
	"  A dump without the user pages of dom0 (makedumpfile -d 8) has no xenstore.",
	"  oxenstored is not decoded.",
	NULL
};

static const char *const example[] = {
	"    crash> xen xenstore /local/domain/1/device/vbd/51712/queue-0 /local/domain/1/name",
	"    OWNER  PERMS  PATH                                                    VALUE",
	"        1  n1,r0  /local/domain/1/device/vbd/51712/queue-0                ",
	"        1  n1,r0  /local/domain/1/device/vbd/51712/queue-0/event-channel  15",
	"        1  n1,r0  /local/domain/1/device/vbd/51712/queue-0/ring-ref       8",
	"        0  n0,r1  /local/domain/1/name                                    pv1",
	"  The disks of domain 2, from the JSON:",
	"    crash> xen xenstore -d 2 -j | jq -r '.nodes[] | select(.path | test(\"/vbd/[0-9]*/backend$\")) | .value'",
	"    /local/domain/0/backend/vbd/2/51712",
	NULL
};

const struct command command_xenstore = {
	.live = true,
	.needs = NEEDS_RECORDS,
	.run = run_xenstore,
	.args = { .options = options, .words = { .synopsis = "[PATH]..." } },
	.tables = tables,
	.description = description,
	.example = example,
};
