/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Picture of the waits: lines lead from the waiter, on the left, to the holder
 * of the object it waits for, so that a chain ends with its cause. A line that
 * leads back to the left, as in a cycle, is dashed.
 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define EDGES_MAX 12
#define NODES_MAX (2 * EDGES_MAX)
#define LEVELS 3
#define BOX 122
#define GAP ((PICTURE_WIDTH - LEVELS * BOX) / (LEVELS - 1))
#define HEIGHT 36
#define ROW 48

/* Number of characters of a name and of the line below it that fit into a box */
#define NAME_MAX 17
#define DETAIL_MAX 20

struct node {
	const char *name;
	unsigned int level, row;
	size_t wait;			/* row of the part; only for those that wait */
	bool waits;
};

struct waits {
	const struct sheet_section *s;
	struct node node[NODES_MAX];
	unsigned int nr;
	struct {
		unsigned int from, to;
	} edge[EDGES_MAX];
	unsigned int nr_edges;
};

static unsigned int node_of(struct waits *w, const char *name)
{
	unsigned int i;

	for (i = 0; i < w->nr && strcmp(w->node[i].name, name); i++)
		;
	if (i == w->nr)
		w->node[w->nr++] = (struct node){ .name = name };
	return i;
}

static void take_edges(struct waits *w)
{
	size_t i;

	for (i = 0; i < sheet_rows(w->s) && w->nr_edges < EDGES_MAX; i++) {
		const char *who = picture_string(w->s, i, "who");
		const char *holder = picture_string(w->s, i, "holder");
		unsigned int from, to;

		if (!*holder)
			holder = picture_string(w->s, i, "what");
		if (!*who || !*holder || !strcmp(who, holder))
			continue;
		from = node_of(w, who);
		to = node_of(w, holder);
		if (!w->node[from].waits)
			w->node[from].wait = i;
		w->node[from].waits = true;
		w->edge[w->nr_edges].from = from;
		w->edge[w->nr_edges++].to = to;
	}
}

/* A node is to the right of those that wait for it; a cycle ends at the last level. */
static void place_nodes(struct waits *w)
{
	unsigned int rows[LEVELS] = { 0 }, i, k;

	for (k = 1; k < LEVELS; k++) {
		for (i = 0; i < w->nr_edges; i++) {
			const struct node *from = &w->node[w->edge[i].from];
			struct node *to = &w->node[w->edge[i].to];

			if (from->level == k - 1 && to->level < k)
				to->level = k;
		}
	}
	for (i = 0; i < w->nr; i++)
		w->node[i].row = rows[w->node[i].level]++;
}

/* The name without its file, truncated. */
static void put_name(struct html *h, const char *class, unsigned int x, unsigned int y,
		     const char *name, unsigned int most)
{
	const char *file = strchr(name, '#');
	char text[48];

	name = file && file[1] ? file + 1 : name;
	snprintf(text, sizeof(text), strlen(name) > most ? "%.*s..." : "%.*s",
		 (int)(strlen(name) > most ? most - 2 : most), name);
	picture_text(h, class, x, y, text);
}

static void put_node(struct html *h, const struct waits *w, const struct node *n)
{
	unsigned int x = n->level * (BOX + GAP), y = n->row * ROW + 2;
	const char *what = picture_string(w->s, n->wait, "what");
	const struct cell *most = picture_cell(w->s, n->wait, "most_ns");
	uint64_t ns = picture_number(w->s, n->wait, "most_ns",
				   picture_number(w->s, n->wait, "least_ns", 0));
	char title[300], detail[96];

	snprintf(title, sizeof(title), "%.120s%s%.120s", n->name, n->waits ? " waits for " : "",
		 n->waits ? what : "");
	picture_rect(h, n->waits ? "box" : "box end", x, y, BOX, HEIGHT, title);
	put_name(h, "", x + 6, y + 15, n->name, NAME_MAX);
	if (!n->waits)
		return;
	if (ns)
		snprintf(detail, sizeof(detail), "%llu.%03llu s%s: %.60s",
			 (unsigned long long)ns / 1000000000,
			 (unsigned long long)ns / 1000000 % 1000,
			 most && most->kind == CELL_NONE ? " or more" : "", what);
	else
		snprintf(detail, sizeof(detail), "for %.80s", what);
	put_name(h, "s", x + 6, y + 29, detail, DETAIL_MAX);
}

static void put_edge(struct html *h, const struct node *from, const struct node *to)
{
	bool back = to->level <= from->level;
	unsigned int x1 = from->level * (BOX + GAP) + BOX;
	unsigned int x2 = to->level * (BOX + GAP) + (back ? BOX : 0);
	unsigned int y1 = from->row * ROW + HEIGHT / 2 + 2, y2 = to->row * ROW + HEIGHT / 2 + 2;

	html_markup(h, "<path class=\"");
	html_text(h, back ? "edge grant" : "edge");
	html_markup(h, "\" stroke-width=\"2\" d=\"");
	if (back)	/* an arc around both boxes */
		html_fmt(h, "M%u %u Q%u %u %u %u", x1, y1, (x1 > x2 ? x1 : x2) + GAP,
			 (y1 + y2) / 2 + 8, x2, y2 + 8);
	else
		html_fmt(h, "M%u %u L%u %u", x1, y1, x2 - 7, y2);
	html_markup(h, "\"/>\n<path class=\"arrow\" d=\"");
	if (back)
		html_fmt(h, "M%u %u l9 -4 v8 z", x2, y2 + 8);
	else
		html_fmt(h, "M%u %u l-9 -4 v8 z", x2, y2);
	html_markup(h, "\"/>\n");
}

void picture_waits(const struct report *r, struct html *h)
{
	struct waits *w = calloc(1, sizeof(*w));
	char note[160] = "From left to right: each waits for the next";
	unsigned int i, rows = 0;

	if (w)
		w->s = picture_section(r, "waits", "waits");
	if (w && w->s)
		take_edges(w);
	if (w && w->nr_edges) {
		place_nodes(w);
		for (i = 0; i < w->nr; i++)
			rows = w->node[i].row + 1 > rows ? w->node[i].row + 1 : rows;
		if (sheet_rows(w->s) > w->nr_edges)
			snprintf(note + strlen(note), sizeof(note) - strlen(note),
				 "; %u of %zu waits", w->nr_edges, sheet_rows(w->s));
		picture_open(h, false, "Waits", note);
		picture_svg(h, rows * ROW, "waiters and holders");
		for (i = 0; i < w->nr_edges; i++)
			put_edge(h, &w->node[w->edge[i].from], &w->node[w->edge[i].to]);
		for (i = 0; i < w->nr; i++)
			put_node(h, w, &w->node[i]);
		html_markup(h, "</svg>\n");
		picture_close(h);
	}
	free(w);
}
