/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot_menu.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "xen/base/array.h"
#include "xen/base/file.h"

/* Limit of the size of a menu. */
#define MENU_MAX	(1UL << 20)
/* Limit of a title, of which each entry has a copy. */
#define TITLE_MAX	256

#define BLANKS		" \t\r"

enum keyword { KEY_NONE, KEY_TITLE, KEY_QUOTED_TITLE, KEY_XEN };

static const struct {
	const char *word;
	enum keyword key;
} keywords[] = {
	{ "title", KEY_TITLE },			/* GRUB legacy */
	{ "kernel", KEY_XEN },
	{ "menuentry", KEY_QUOTED_TITLE },	/* GRUB 2 */
	{ "multiboot", KEY_XEN },
	{ "multiboot2", KEY_XEN },
};

/* Finds the next word of text: returns its start and, in *len, its length; 0 at the end. */
static const char *word(const char *text, size_t *len)
{
	text += strspn(text, BLANKS);
	*len = strcspn(text, BLANKS);
	return text;
}

static enum keyword keyword_of(const char *text, const char **rest)
{
	size_t len;
	const char *first = word(text, &len);

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (strlen(keywords[i].word) == len && !memcmp(keywords[i].word, first, len)) {
			*rest = first + len + strspn(first + len, BLANKS);
			return keywords[i].key;
		}
	return KEY_NONE;
}

/* Returns the text between quotes, or up to the first blank. */
static char *quoted(const char *text)
{
	size_t len = TITLE_MAX;
	const char *end;

	if (*text != '\'' && *text != '"') {
		len = strcspn(text, BLANKS "{");
	} else {
		end = strchr(text + 1, *text);
		text++;
		if (end)
			len = end - text;
	}
	return strndup(text, len < TITLE_MAX ? len : TITLE_MAX);
}

/* GRUB legacy puts the disk before the path, and has options of its own. */
static const char *skip_to_path(const char *text)
{
	size_t len;

	for (text = word(text, &len); len && *text == '-'; text = word(text + len, &len))
		;
	return *text == '(' && memchr(text, ')', len) ? strchr(text, ')') + 1 : text;
}

static bool names_xen(const char *path, size_t len)
{
	const char *base = path + len;

	while (base > path && base[-1] != '/')
		base--;
	return path + len - base >= 3 && !memcmp(base, "xen", 3);
}

static struct err *add_entry(struct boot_menu *m, const char *title,
			     const char *path, size_t len, const char *menu,
			     unsigned int line)
{
	struct boot_entry *e;

	if (!ARRAY_GROW(m->entry, m->nr))
		return err_nomem();
	e = &m->entry[m->nr++];
	*e = (struct boot_entry){
		.title = strdup(title), .xen = strndup(path, len),
		.options = strdup(path + len + strspn(path + len, BLANKS)),
		.menu = strdup(menu), .line = line,
	};
	return e->title && e->xen && e->options && e->menu ? NULL : err_nomem();
}

/* State of the reader: menu, line and title of the entry. */
struct reader {
	struct boot_menu *menu;
	const char *path;
	unsigned int line, title_line;
	char *title;
};

static struct err *read_line(struct reader *r, const char *text)
{
	const char *rest = text, *path;
	enum keyword key = keyword_of(text, &rest);
	size_t len;

	switch (key) {
	case KEY_TITLE:
	case KEY_QUOTED_TITLE:
		free(r->title);
		r->title = key == KEY_TITLE ? strndup(rest, TITLE_MAX) : quoted(rest);
		r->title_line = r->line;
		return r->title ? NULL : err_nomem();
	case KEY_XEN:
		path = skip_to_path(rest);
		len = strcspn(path, BLANKS);
		if (!r->title || !names_xen(path, len))
			return NULL;
		return add_entry(r->menu, r->title, path, len, r->path, r->title_line);
	case KEY_NONE:
		break;
	}
	return NULL;
}

struct err *boot_menu_parse(struct boot_menu *m, const char *text, size_t len,
			    const char *path)
{
	struct reader r = { .menu = m, .path = path };
	struct err *e = NULL;

	while (len && !e) {
		const char *end = memchr(text, '\n', len);
		size_t size = end ? (size_t)(end - text) : len, n = size;
		char *line;

		while (n && strchr(BLANKS, text[n - 1]))
			n--;
		line = strndup(text, n);
		r.line++;
		e = line ? read_line(&r, line) : err_nomem();
		free(line);
		text += end ? size + 1 : size;
		len -= end ? size + 1 : size;
	}
	free(r.title);
	return e;
}

struct err *boot_menu_read(struct boot_menu *m, const char *path)
{
	struct file *file;
	struct err *e;

	ERR_TRY(file_open(path, &file));
	e = file_want(file, MENU_MAX + 1);
	if (!e && file_size(file) > MENU_MAX)
		e = err_new(ERR_CORRUPT, "%s is too large for a boot menu", path);
	if (!e)
		e = boot_menu_parse(m, (const char *)file_data(file), file_size(file), path);
	file_close(file);
	return e;
}

void boot_menu_clear(struct boot_menu *m)
{
	for (size_t i = 0; i < m->nr; i++) {
		free(m->entry[i].title);
		free(m->entry[i].xen);
		free(m->entry[i].options);
		free(m->entry[i].menu);
	}
	free(m->entry);
	*m = (struct boot_menu){ .nr = 0 };
}

/* Returns the next word that is significant. */
static const char *option(const char *text, size_t *len)
{
	static const char placeholder[] = "placeholder";

	for (text = word(text, len); *len; text = word(text + *len, len)) {
		if (*text == '$' ||
		    (*len == strlen(placeholder) && !memcmp(text, placeholder, *len)))
			continue;
		break;
	}
	return text;
}

bool boot_entry_has_options(const struct boot_entry *e, const char *command_line)
{
	const char *a = e->options, *b = command_line;
	size_t a_len, b_len;

	do {
		a = option(a, &a_len);
		b = option(b, &b_len);
		if (a_len != b_len || memcmp(a, b, a_len))
			return false;
		a += a_len;
		b += b_len;
	} while (a_len);
	return true;
}
