/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page.css and page.js, embedded by scripts/embed. */
#ifndef EXT_PAGE_FILES_H
#define EXT_PAGE_FILES_H

extern const char page_css[], page_css_hash[];	/* "sha256-..." */
extern const char page_js[], page_js_hash[];

#endif
