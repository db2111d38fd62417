/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pictures of pcpus: the time that vcpus ran, and the vcpus over time according
 * to the trace.
 */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"

#define PCPUS_MAX 32
#define ROW 42
#define TRACK_AT 0

/* Reduces "common/kexec.c#do_sysctl+0xa10" to "do_sysctl" */
static void short_name(const char *function, char *buf, size_t size)
{
	const char *file = strchr(function, '#');
	const char *name = file ? file + 1 : function;

	snprintf(buf, size, "%.*s", (int)strcspn(name, "+"), name);
}

/*
 * The function that a pcpu executed: after the exception that stopped it, or
 * the innermost that does not belong to the crash path.
 */
static void place_of(const struct report *r, uint64_t pcpu, char *buf, size_t size)
{
	const struct sheet *bt = report_sheet(r, "bt");
	struct signature crash_path;
	bool entered = false;
	size_t k, i;

	buf[0] = '\0';
	for (k = 0; bt && k < bt->nr_sections; k++) {
		const struct sheet_section *s = &bt->section[k];

		if (strcmp(s->key, "frames") || picture_number(s, 0, "pcpu", ~0ULL) != pcpu)
			continue;
		for (i = 0; i < sheet_rows(s); i++) {
			const char *function = picture_string(s, i, "function");

			if (!strncmp(function, "---", 3)) {
				entered = true;
				continue;
			}
			if (!strcmp(picture_string(s, i, "found"), "guest")) {
				snprintf(buf, size, "in the guest");
				return;
			}
			crash_path.nr = 0;
			short_name(function, buf, size);
			/* skips a name that belongs to every crash */
			signature_add(&crash_path, buf);
			if (entered || crash_path.nr)
				return;
		}
	}
}

static void put_bars(const struct sheet_section *vcpus, uint64_t pcpu, double most,
		     unsigned int y, struct html *h)
{
	unsigned int x = TRACK_AT;
	size_t i;

	picture_rect(h, "track", TRACK_AT, y, PICTURE_WIDTH - TRACK_AT, 16, "idle");
	for (i = 0; i < sheet_rows(vcpus); i++) {
		double ns = picture_number(vcpus, i, "time_running_ns", 0);
		uint64_t domid = picture_number(vcpus, i, "domid", 0);
		unsigned int width = ns / most * (PICTURE_WIDTH - TRACK_AT);
		char text[96];

		if (picture_number(vcpus, i, "processor", ~0ULL) != pcpu || !width ||
		    x + width > PICTURE_WIDTH)
			continue;
		snprintf(text, sizeof(text), "d%lluv%llu: %.3f s", (unsigned long long)domid,
			 (unsigned long long)picture_number(vcpus, i, "vcpu_id", 0), ns / 1e9);
		picture_rect(h, picture_colour(domid), x, y, width, 16, text);
		if (width > 48) {
			text[strcspn(text, ":")] = '\0';
			picture_text(h, "on", x + 5, y + 12, text);
		}
		x += width;
	}
}

/* The longest time, of the host or of the vcpus of one pcpu. */
static double longest(const struct sheet_section *vcpus, double uptime, size_t nr)
{
	double sum[PCPUS_MAX] = { 0 };
	size_t i;

	for (i = 0; i < sheet_rows(vcpus); i++) {
		uint64_t pcpu = picture_number(vcpus, i, "processor", PCPUS_MAX);

		if (pcpu < PCPUS_MAX)
			sum[pcpu] += picture_number(vcpus, i, "time_running_ns", 0);
	}
	for (i = 0; i < nr; i++)
		uptime = sum[i] > uptime ? sum[i] : uptime;
	return uptime;
}

void picture_pcpus(const struct report *r, struct html *h)
{
	const struct sheet_section *pcpus = picture_section(r, "pcpus", "pcpus");
	const struct sheet_section *vcpus = picture_section(r, "vcpus", "vcpus");
	const struct sheet_section *sys = picture_section(r, "sys", "sys");
	size_t nr = pcpus ? sheet_rows(pcpus) : 0, i;
	char note[160] = "Bars: time that the vcpus assigned to it ran since the host started";
	double most;

	if (!nr || !vcpus)
		return;
	if (nr > PCPUS_MAX) {
		snprintf(note + strlen(note), sizeof(note) - strlen(note),
			 "; the first %d of %zu pcpus", PCPUS_MAX, nr);
		nr = PCPUS_MAX;
	}
	most = longest(vcpus, 1e9 * picture_number(sys, 0, "uptime", 1), nr);
	picture_open(h, false, "Pcpus and their vcpus", note);
	picture_svg(h, ROW * nr, "pcpus, the vcpu and function of each, and time of vcpus");
	for (i = 0; i < nr; i++) {
		uint64_t pcpu = picture_number(pcpus, i, "pcpu", i);
		char place[80], text[200];

		place_of(r, pcpu, place, sizeof(place));
		snprintf(text, sizeof(text), "pcpu %llu: %s%s%s", (unsigned long long)pcpu,
			 picture_string(pcpus, i, "runs"), *place ? ", " : "", place);
		picture_text(h, "", 0, ROW * i + 13, text);
		put_bars(vcpus, pcpu, most, ROW * i + 18, h);
	}
	html_markup(h, "</svg>\n");
	picture_close(h);
}

/* ---- over time ---- */

#define LANE 24
#define LABEL 56

struct lane {
	uint64_t since;		/* ns; 0: nothing runs */
	unsigned int domid, vcpu;
};

static void put_run(struct html *h, const struct lane *l, unsigned int i, uint64_t from,
		    uint64_t to, uint64_t end)
{
	double scale = (double)(PICTURE_WIDTH - LABEL) / (to - from ? to - from : 1);
	unsigned int x = LABEL + (l->since - from) * scale;
	unsigned int width = (end - l->since) * scale;
	char text[96];

	if (l->domid >= 32752)		/* Xen's own domains: idle */
		return;
	snprintf(text, sizeof(text), "d%uv%u on pcpu %u for %llu ns", l->domid, l->vcpu, i,
		 (unsigned long long)(end - l->since));
	picture_rect(h, picture_colour(l->domid), x, LANE * i + 2, width ? width : 1, 16, text);
}

static void put_lanes(struct html *h, const struct sheet_section *s, uint64_t from,
		      uint64_t to, unsigned int nr)
{
	struct lane lane[PCPUS_MAX] = { { 0 } };
	unsigned int i, old_dom, old_vcpu, domid, vcpu;
	size_t row;

	for (i = 0; i < nr; i++) {
		char text[32];

		snprintf(text, sizeof(text), "pcpu %u", i);
		picture_text(h, "s", 0, LANE * i + 15, text);
		picture_rect(h, "track", LABEL, LANE * i + 2, PICTURE_WIDTH - LABEL, 16, "idle");
	}
	for (row = 0; row < sheet_rows(s); row++) {
		uint64_t pcpu = picture_number(s, row, "pcpu", PCPUS_MAX);
		uint64_t ns = picture_number(s, row, "time_ns", 0);

		if (pcpu >= nr || ns < from || strcmp(picture_string(s, row, "event"), "SCHED_SWITCH") ||
		    sscanf(picture_string(s, row, "text"), "from d%uv%u to d%uv%u", &old_dom,
			   &old_vcpu, &domid, &vcpu) != 4)
			continue;
		if (lane[pcpu].since && lane[pcpu].since <= ns)
			put_run(h, &lane[pcpu], pcpu, from, to, ns);
		lane[pcpu] = (struct lane){ ns, domid, vcpu };
	}
	for (i = 0; i < nr; i++)
		if (lane[i].since && lane[i].since <= to)
			put_run(h, &lane[i], i, from, to, to);
}

/* Finds which vcpu ran on which pcpu, by the trace's records of switches. */
void picture_trace(const struct report *r, struct html *h)
{
	const struct sheet_section *s = picture_section(r, "trace", "records");
	size_t rows = s ? sheet_rows(s) : 0, row, switches = 0;
	uint64_t from, to;
	unsigned int nr = 0;
	char note[120];

	for (row = 0; row < rows; row++) {
		uint64_t pcpu = picture_number(s, row, "pcpu", 0);

		switches += !strcmp(picture_string(s, row, "event"), "SCHED_SWITCH");
		if (pcpu < PCPUS_MAX && pcpu + 1 > nr)
			nr = pcpu + 1;
	}
	if (!switches)
		return;
	from = picture_number(s, 0, "time_ns", 0);
	to = picture_number(s, rows - 1, "time_ns", 0);
	if (to <= from)
		return;
	snprintf(note, sizeof(note), "The last %llu us of the trace buffers, up to %.6f s after the start",
		 (unsigned long long)(to - from) / 1000, to / 1e9);
	picture_open(h, false, "Vcpus on pcpus over time", note);
	picture_svg(h, LANE * nr, "vcpus on pcpus over time");
	put_lanes(h, s, from, to, nr);
	html_markup(h, "</svg>\n");
	picture_close(h);
}
