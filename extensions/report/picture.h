/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to the pictures of a report. */
#ifndef EXT_PICTURE_H
#define EXT_PICTURE_H

#include "report.h"
#include "xen/output/html.h"

/* Width of a picture with text in units, about the pixels of a narrow screen */
#define PICTURE_WIDTH 440

/* drawing.c */

/* Returns a section of a part; NULL: there is none. */
const struct sheet_section *picture_section(const struct report *r, const char *part,
					    const char *section);
/*
 * Like the functions of sheet.h; reading a cell that is marked counts as a use
 * (provenance.h).
 */
const struct cell *picture_cell(const struct sheet_section *s, size_t row, const char *key);
uint64_t picture_number(const struct sheet_section *s, size_t row, const char *key,
			uint64_t otherwise);
const char *picture_string(const struct sheet_section *s, size_t row, const char *key);
/* Returns the class of a domain's colour: "f0" to "f7". */
const char *picture_colour(uint64_t domid);
/* Opens a figure with a caption; note: in small print, or "". */
void picture_open(struct html *h, bool wide, const char *caption, const char *note);
/* Ends the figure, with a mark if something unproved was used. */
void picture_close(struct html *h);
void picture_svg(struct html *h, unsigned int height, const char *label);
void picture_rect(struct html *h, const char *class, unsigned int x, unsigned int y,
		  unsigned int width, unsigned int height, const char *title);
void picture_text(struct html *h, const char *class, unsigned int x, unsigned int y,
		  const char *text);

/* picture_pcpus.c */
void picture_pcpus(const struct report *r, struct html *h);
void picture_trace(const struct report *r, struct html *h);
/* picture_waits.c */
void picture_waits(const struct report *r, struct html *h);
/* picture_links.c */
void picture_links(const struct report *r, struct html *h);

#endif
