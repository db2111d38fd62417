/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Picture of event channels and grants between domains: the domain with most of
 * them, the hub, is on the left, the others are in a column.
 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define DOMAINS_SHOWN 16
#define ROW 44
#define HUB_X 50
#define OTHER_X 300

/* Ending of a noun after a number. */
#define PLURAL(n) ((n) == 1 ? "" : "s")

struct link {
	unsigned int channels, grants;
};

struct graph {
	uint64_t domid[DOMAINS_SHOWN];
	const char *name[DOMAINS_SHOWN];
	unsigned int nr, hub;
	struct link link[DOMAINS_SHOWN][DOMAINS_SHOWN];	/* [lower][higher] */
};

static struct link *link_of(struct graph *g, uint64_t a, uint64_t b)
{
	unsigned int i, from = DOMAINS_SHOWN, to = DOMAINS_SHOWN;

	for (i = 0; i < g->nr; i++) {
		if (g->domid[i] == a)
			from = i;
		if (g->domid[i] == b)
			to = i;
	}
	if (from == to || from == DOMAINS_SHOWN || to == DOMAINS_SHOWN)
		return NULL;
	return from < to ? &g->link[from][to] : &g->link[to][from];
}

static void count_channels(struct graph *g, const struct sheet_section *s)
{
	size_t i;

	for (i = 0; s && i < sheet_rows(s); i++) {
		uint64_t a = picture_number(s, i, "domid", 0);
		uint64_t b = picture_number(s, i, "remote_domid", a);
		struct link *l = a < b ? link_of(g, a, b) : NULL;	/* each end is a row */

		if (l && !strcmp(picture_string(s, i, "state"), "interdomain"))
			l->channels++;
	}
}

static void count_grants(struct graph *g, const struct sheet_section *s)
{
	size_t i;

	for (i = 0; s && i < sheet_rows(s); i++) {
		struct link *l = link_of(g, picture_number(s, i, "domid", 0),
					 picture_number(s, i, "to_domid", 0));

		if (l)
			l->grants++;
	}
}

/* Finds the domain with most links. */
static void find_hub(struct graph *g)
{
	unsigned int sum, most = 0, i, k;

	for (i = 0; i < g->nr; i++) {
		for (k = 0, sum = 0; k < g->nr; k++) {
			struct link *l = link_of(g, g->domid[i], g->domid[k]);

			sum += l ? l->channels + l->grants : 0;
		}
		if (sum > most) {
			most = sum;
			g->hub = i;
		}
	}
}

static void put_line(struct html *h, const char *class, unsigned int x1, unsigned int y1,
		     unsigned int x2, unsigned int y2)
{
	html_markup(h, "<path class=\"");
	html_text(h, class);
	html_markup(h, "\" stroke-width=\"2\" d=\"");
	if (x1 == x2)	/* a link between two domains of the column: an arc to the right of it */
		html_fmt(h, "M%u %u Q%u %u %u %u", x1 + 16, y1, x1 + 80, (y1 + y2) / 2,
			 x2 + 16, y2);
	else
		html_fmt(h, "M%u %u L%u %u", x1, y1, x2, y2);
	html_markup(h, "\"/>\n");
}

static void put_node(struct html *h, const struct graph *g, unsigned int i,
		     unsigned int x, unsigned int y)
{
	char text[64];

	html_markup(h, "<circle class=\"node ");
	html_text(h, picture_colour(g->domid[i]));
	html_markup(h, "\" r=\"17\" cx=\"");
	html_fmt(h, "%u", x);
	html_markup(h, "\" cy=\"");
	html_fmt(h, "%u", y);
	html_markup(h, "\"/>\n");
	snprintf(text, sizeof(text), "d%llu", (unsigned long long)g->domid[i]);
	picture_text(h, "on", x - 4 * strlen(text), y + 4, text);
	snprintf(text, sizeof(text), "%.18s", g->name[i]);
	picture_text(h, "s", i == g->hub ? (x > 40 ? x - 40 : 0) : x + 24,
		     i == g->hub ? y + 32 : y + 4, text);
}

/* Sets the place of each domain in the column; the hub is beside its middle. */
static unsigned int y_of(const struct graph *g, unsigned int i)
{
	if (i == g->hub)
		return ROW * (g->nr - 1) / 2;
	return ROW * (i - (i > g->hub)) + ROW / 2;
}

static void put_edges(struct html *h, struct graph *g)
{
	unsigned int i, k;

	for (i = 0; i < g->nr; i++) {
		for (k = i + 1; k < g->nr; k++) {
			const struct link *l = &g->link[i][k];
			unsigned int x1 = i == g->hub ? HUB_X : OTHER_X;
			unsigned int x2 = k == g->hub ? HUB_X : OTHER_X;
			unsigned int y1 = y_of(g, i), y2 = y_of(g, k);
			char text[64];

			if (!l->channels && !l->grants)
				continue;
			if (l->channels)
				put_line(h, "edge", x1, y1, x2, y2);
			if (l->grants)
				put_line(h, "edge grant", x1, y1 + 5, x2, y2 + 5);
			if (l->channels)
				snprintf(text, sizeof(text), "%u channel%s, %u grant%s",
					 l->channels, PLURAL(l->channels),
					 l->grants, PLURAL(l->grants));
			else
				snprintf(text, sizeof(text), "%u grant%s", l->grants,
					 PLURAL(l->grants));
			/*
			 * near the end in the column, where the distance of
			 * lines is larger
			 */
			if (x1 != x2)
				picture_text(h, "s", 120,
					     (i == g->hub ? y1 + 2 * y2 : y2 + 2 * y1) / 3 - 6,
					     text);
		}
	}
}

static void take_domains(struct graph *g, const struct sheet_section *doms)
{
	size_t i;

	for (i = 0; i < sheet_rows(doms) && g->nr < DOMAINS_SHOWN; i++) {
		g->domid[g->nr] = picture_number(doms, i, "domid", 0);
		g->name[g->nr++] = picture_string(doms, i, "name");
	}
}

void picture_links(const struct report *r, struct html *h)
{
	const struct sheet_section *doms = picture_section(r, "doms", "doms");
	struct graph *g = calloc(1, sizeof(*g));
	char note[160] = "Lines: event channels; dashed: grants";
	unsigned int i;

	if (g && doms) {
		take_domains(g, doms);
		count_channels(g, picture_section(r, "evtchn", "evtchns"));
		count_grants(g, picture_section(r, "grants", "grants"));
		find_hub(g);
		if (sheet_rows(doms) > g->nr)
			snprintf(note + strlen(note), sizeof(note) - strlen(note),
				 "; the first %u of %zu domains", g->nr, sheet_rows(doms));
	}
	if (g && g->nr > 1) {
		picture_open(h, false, "Channels and grants between domains", note);
		picture_svg(h, ROW * (g->nr - 1) > 90 ? ROW * (g->nr - 1) : 90,
			    "event channels and grants between domains");
		put_edges(h, g);
		for (i = 0; i < g->nr; i++)
			put_node(h, g, i, i == g->hub ? HUB_X : OTHER_X, y_of(g, i));
		html_markup(h, "</svg>\n");
		picture_close(h);
	}
	free(g);
}
