/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements of the pictures: figures, rectangles, texts, colours of domains. */
#include "picture.h"

#include "xen/base/array.h"

const struct sheet_section *picture_section(const struct report *r, const char *part,
					    const char *section)
{
	const struct sheet *sh = report_sheet(r, part);

	return sh ? sheet_section(sh, section) : NULL;
}

static void use(const struct sheet_section *s, size_t row, const char *key)
{
	provenance_use_if(sheet_unproved(s, row, key));
}

const struct cell *picture_cell(const struct sheet_section *s, size_t row, const char *key)
{
	use(s, row, key);
	return sheet_cell(s, row, key);
}

uint64_t picture_number(const struct sheet_section *s, size_t row, const char *key,
			uint64_t otherwise)
{
	use(s, row, key);
	return sheet_number(s, row, key, otherwise);
}

const char *picture_string(const struct sheet_section *s, size_t row, const char *key)
{
	use(s, row, key);
	return sheet_text(s, row, key);
}

const char *picture_colour(uint64_t domid)
{
	static const char *const classes[] = {
		"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7",
	};

	return classes[domid % ARRAY_SIZE(classes)];
}

void picture_open(struct html *h, bool wide, const char *caption, const char *note)
{
	html_markup(h, "<figure");
	if (wide)
		html_markup(h, " class=\"wide\"");
	html_markup(h, "><figcaption>");
	html_text(h, caption);
	if (*note) {
		html_markup(h, "<small>");
		html_text(h, note);
		html_markup(h, "</small>");
	}
	html_markup(h, "</figcaption>\n");
}

void picture_close(struct html *h)
{
	if (provenance_unproved())
		html_markup(h, "<small>~ drawn from values that nothing on this dump proved</small>");
	html_markup(h, "</figure>\n");
}

void picture_svg(struct html *h, unsigned int height, const char *label)
{
	html_markup(h, "<svg class=\"drawn\" role=\"img\" viewBox=\"0 0 ");
	html_fmt(h, "%d %u", PICTURE_WIDTH, height);
	html_markup(h, "\" aria-label=\"");
	html_text(h, label);
	html_markup(h, "\">\n");
}

/* Starts an element "<NAME class=... x=... y=...", which the caller closes. */
static void begin_element(struct html *h, const char *name, const char *class,
			  unsigned int x, unsigned int y)
{
	html_markup(h, "<");
	html_text(h, name);
	html_markup(h, " class=\"");
	html_text(h, class);
	html_markup(h, "\" x=\"");
	html_fmt(h, "%u", x);
	html_markup(h, "\" y=\"");
	html_fmt(h, "%u", y);
}

void picture_rect(struct html *h, const char *class, unsigned int x, unsigned int y,
		  unsigned int width, unsigned int height, const char *title)
{
	begin_element(h, "rect", class, x, y);
	html_markup(h, "\" width=\"");
	html_fmt(h, "%u", width);
	html_markup(h, "\" height=\"");
	html_fmt(h, "%u", height);
	html_markup(h, "\"><title>");
	html_text(h, title);
	html_markup(h, "</title></rect>\n");
}

void picture_text(struct html *h, const char *class, unsigned int x, unsigned int y,
		  const char *text)
{
	begin_element(h, "text", class, x, y);
	html_markup(h, "\">");
	html_text(h, text);
	html_markup(h, "</text>\n");
}
