/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures of the HTML form, as SVG from the sheets: memory and NUMA nodes. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

/* ---- memory by owner ---- */

/* Number of domains with pieces of their own; the smaller ones share one piece. */
#define OWNERS 14
#define STRIP 10000U
#define STRIPS 3
#define MIB_PAGES 256
#define OTHER_PAGES "other pages of domains"	/* also pools and dom_io */

struct piece {
	const char *class;
	char label[96];
	uint64_t pages;
};

/* "639 MiB (163705 pages)" */
static uint64_t pages_of(const char *text)
{
	const char *at = strchr(text, '(');

	return at ? strtoull(at + 1, NULL, 10) : 0;
}

static int more_pages(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	return x->pages > y->pages ? -1 : x->pages < y->pages;
}

/* Makes one piece per domain, the largest first; nr: number of elements of piece[]. */
static size_t domain_pieces(const struct sheet_section *doms, struct piece *piece)
{
	size_t i, nr = sheet_rows(doms);

	for (i = 0; i < nr; i++) {
		uint64_t id = picture_number(doms, i, "domid", 0);
		const char *name = picture_string(doms, i, "name");

		piece[i].class = picture_colour(id);
		piece[i].pages = picture_number(doms, i, "tot_pages", 0);
		snprintf(piece[i].label, sizeof(piece[i].label), "d%llu%s%.60s%s",
			 (unsigned long long)id, *name ? " (" : "", name, *name ? ")" : "");
	}
	array_sort(piece, nr, sizeof(*piece), more_pages);
	for (i = OWNERS + 1; i < nr; i++)
		piece[OWNERS].pages += piece[i].pages;
	if (nr > OWNERS) {
		piece[OWNERS].class = "f7";
		snprintf(piece[OWNERS].label, sizeof(piece[OWNERS].label),
			 "%zu other domains", nr - OWNERS);
		nr = OWNERS + 1;
	}
	return nr;
}

/* Makes one piece of those smaller than below pages, whose sum is total. */
static void put_pieces(struct html *h, const struct piece *piece, size_t nr,
		       uint64_t below, uint64_t total)
{
	uint64_t sum = 0;
	size_t i;

	html_markup(h, "<svg class=\"strip\" role=\"img\" aria-label=\"memory by owner\" preserveAspectRatio=\"none\" viewBox=\"0 0 10000 40\">\n");
	for (i = 0; i < nr; i++) {
		unsigned int from = (double)sum / total * STRIP, to;

		if (piece[i].pages >= below)
			continue;
		sum += piece[i].pages;
		to = (double)sum / total * STRIP;
		if (to > from)
			picture_rect(h, piece[i].class, from, 0,
				     to - from > 30 ? to - from - 15 : to - from, 40,
				     piece[i].label);
	}
	html_markup(h, "</svg>\n");
}

static uint64_t sum_below(const struct piece *piece, size_t nr, uint64_t below,
			  unsigned int *pieces)
{
	uint64_t sum = 0;
	size_t i;

	*pieces = 0;
	for (i = 0; i < nr; i++) {
		if (piece[i].pages && piece[i].pages < below) {
			sum += piece[i].pages;
			(*pieces)++;
		}
	}
	return sum;
}

/*
 * Draws all pieces, then those of less than 2 % again on a separate strip, and
 * so on: on a host with 1 TiB the 4 GiB of dom0 are on the second strip, and
 * Xen's heap on the third.
 */
static void put_strips(struct html *h, const struct piece *piece, size_t nr, uint64_t total)
{
	uint64_t below = UINT64_MAX, part = total;
	unsigned int level, pieces;

	for (level = 0; level < STRIPS; level++) {
		if (level) {
			html_markup(h, "<p class=\"enlarged\">");
			html_fmt(h, "Of these the pieces below 2 %%, together %llu.%llu MiB, %.0f times larger:",
				 (unsigned long long)part >> 8,
				 (unsigned long long)(part & 0xff) * 10 >> 8,
				 (double)total / part);
			html_markup(h, "</p>\n");
		}
		put_pieces(h, piece, nr, below, part);
		below = part / 50;
		part = sum_below(piece, nr, below, &pieces);
		if (pieces < 2 || part < MIB_PAGES)
			break;
	}
}

static void put_legend(struct html *h, const struct piece *piece, size_t nr, uint64_t total)
{
	size_t i;

	html_markup(h, "<ul class=\"legend\">\n");
	for (i = 0; i < nr; i++) {
		uint64_t kib = piece[i].pages << 2;

		html_markup(h, "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect width=\"10\" height=\"10\" class=\"");
		html_text(h, piece[i].class);
		html_markup(h, "\"/></svg>");
		html_fmt(h, "%s: %llu %s, %.1f %%", piece[i].label,
			 (unsigned long long)(kib < 1024 ? kib : kib >> 10),
			 kib < 1024 ? "KiB" : "MiB", 100.0 * piece[i].pages / total);
		html_markup(h, "</li>\n");
	}
	html_markup(h, "</ul>\n");
}

/* A row of the command mem for one domain: "d1", not "dom_io: first MiB" */
static bool is_one_domain(const struct sheet_section *uses, size_t row)
{
	const char *use = picture_string(uses, row, "use");

	return !strcmp(picture_string(uses, row, "group"), "domain") &&
	       use[0] == 'd' && use[1] >= '0' && use[1] <= '9';
}

/*
 * Pages of domains that are not in their totals of allocated pages, such as the
 * shared info; domain_pages: the sum of these totals
 */
static uint64_t extra_pages(const struct sheet_section *uses, uint64_t domain_pages)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < sheet_rows(uses); i++)
		if (is_one_domain(uses, i))
			sum += picture_number(uses, i, "pages", 0);
	return sum > domain_pages ? sum - domain_pages : 0;
}

/* Groups of the command mem except its domains, in its order. */
static size_t group_pieces(const struct sheet_section *uses, uint64_t domain_pages,
			   struct piece *piece)
{
	static const char *const classes[][2] = {
		{ "free", "free" }, { "crash kernel", "f7" }, { "unaccounted", "f5" },
		{ "Xen heap", "f6" }, { OTHER_PAGES, "f4" },
	};
	uint64_t extra = extra_pages(uses, domain_pages);
	size_t i, k, c, nr = 0;

	if (extra)
		piece[nr++] = (struct piece){ "f4", OTHER_PAGES, extra };
	for (i = 0; i < sheet_rows(uses); i++) {
		const char *group = picture_string(uses, i, "group");

		if (is_one_domain(uses, i))
			continue;
		if (!strcmp(group, "domain"))
			group = OTHER_PAGES;
		for (k = 0; k < nr && strcmp(piece[k].label, group); k++)
			;
		if (k == nr) {
			snprintf(piece[nr].label, sizeof(piece[nr].label), "%s", group);
			piece[nr].class = "rest";
			for (c = 0; c < ARRAY_SIZE(classes); c++)
				if (!strcmp(classes[c][0], group))
					piece[nr].class = classes[c][1];
			nr++;
		}
		piece[k].pages += picture_number(uses, i, "pages", 0);
	}
	return nr;
}

/* Without the command mem: free pages, and the rest of the total. */
static size_t rest_pieces(const struct sheet_section *sys, uint64_t used, uint64_t total,
			  struct piece *piece)
{
	uint64_t free_pages = pages_of(picture_string(sys, 0, "free"));

	piece[0] = (struct piece){ "free", "free", free_pages };
	used += free_pages;
	if (used >= total)
		return 1;
	piece[1] = (struct piece){ "rest", "Xen, the crash kernel and the rest", total - used };
	return 2;
}

static void picture_memory(const struct report *r, struct html *h)
{
	const struct sheet_section *sys = picture_section(r, "sys", "sys");
	const struct sheet_section *doms = picture_section(r, "doms", "doms");
	const struct sheet_section *uses = picture_section(r, "mem", "uses");
	uint64_t total = pages_of(picture_string(sys, 0, "memory")), used = 0;
	struct piece *piece;
	size_t nr, i;

	if (!total || !doms)
		return;
	piece = calloc(sheet_rows(doms) + (uses ? sheet_rows(uses) : 0) + 2, sizeof(*piece));
	if (!piece)
		return;
	nr = domain_pieces(doms, piece);
	for (i = 0; i < nr; i++)
		used += piece[i].pages;
	if (uses && sheet_rows(uses))
		nr += group_pieces(uses, used, piece + nr);
	else
		nr += rest_pieces(sys, used, total, piece + nr);
	for (i = 0, used = 0; i < nr; i++)
		used += piece[i].pages;
	picture_open(h, true, "Machine memory by owner", "");
	total = used > total ? used : total;
	put_strips(h, piece, nr, total);
	put_legend(h, piece, nr, total);
	picture_close(h);
	free(piece);
}

/* ---- NUMA ---- */

#define NODES 16

static void picture_nodes(const struct report *r, struct html *h)
{
	const struct sheet_section *s = picture_section(r, "heap", "heap");
	uint64_t kib[NODES] = { 0 }, most = 0;
	unsigned int nr = 0, i, y = 0;
	const struct sheet *sh = report_sheet(r, "heap");
	size_t row;

	/* the first list of the command: a row for each zone of each node */
	s = sh && sh->nr_sections ? &sh->section[0] : s;
	for (row = 0; s && row < sheet_rows(s); row++) {
		uint64_t node = picture_number(s, row, "node", NODES);

		if (node >= NODES)
			continue;
		kib[node] += picture_number(s, row, "kib", 4 * picture_number(s, row, "pages", 0));
		nr = node + 1 > nr ? node + 1 : nr;
		most = kib[node] > most ? kib[node] : most;
	}
	if (nr < 2 || !most)
		return;
	picture_open(h, false, "Free memory by NUMA node", "");
	picture_svg(h, 26 * nr, "free memory by node");
	for (i = 0; i < nr; i++, y += 26) {
		char text[64];

		snprintf(text, sizeof(text), "node %u", i);
		picture_text(h, "", 0, y + 15, text);
		picture_rect(h, "track", 60, y + 2, 280, 18, text);
		picture_rect(h, picture_colour(i), 60, y + 2, kib[i] * 280 / most, 18, text);
		snprintf(text, sizeof(text), "%llu MiB", (unsigned long long)kib[i] >> 10);
		picture_text(h, "s", 348, y + 15, text);
	}
	html_markup(h, "</svg>\n");
	picture_close(h);
}

void report_pictures(const struct report *r, struct html *h)
{
	static void (*const pictures[])(const struct report *r, struct html *h) = {
		picture_memory, picture_pcpus, picture_waits, picture_links,
		picture_trace, picture_nodes,
	};
	size_t i;

	html_markup(h, "<details class=\"part\" id=\"pictures\" open><summary><h2>Pictures</h2></summary>\n<div class=\"pictures\">\n");
	for (i = 0; i < ARRAY_SIZE(pictures); i++) {
		/*
		 * picture_close() marks a picture that is based on something
		 * unproved
		 */
		struct provenance before = provenance_enter();

		pictures[i](r, h);
		provenance_drop(before);
	}
	html_markup(h, "</div></details>\n");
}
