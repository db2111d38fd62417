/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Symbols as text, one per line: "address type name". That is xen-syms.map
 * (made by nm up to 4.16, by tools/symbols --xensyms from 4.17),
 * /proc/xen/xensyms of a dom0, System.map and /proc/kallsyms.
 */
#include "build.h"
#include "map.h"

#include <ctype.h>
#include <string.h>

#include "xen/base/file.h"

#define NAME_MAX_LEN 512

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t skip_blanks(const char *p, size_t i, size_t len)
{
	while (i < len && (p[i] == ' ' || p[i] == '\t'))
		i++;
	return i;
}

bool map_parse_line(const char *p, size_t len, struct map_line *ret)
{
	struct map_line m = { 0 };
	size_t i = skip_blanks(p, 0, len), digits = 0, start;

	if (len - i >= 2 && p[i] == '0' && (p[i + 1] | 0x20) == 'x')
		i += 2;
	for (; i < len && hex_digit(p[i]) >= 0; i++, digits++)
		m.addr = m.addr << 4 | (unsigned int)hex_digit(p[i]);
	if (digits < 1 || digits > 16)
		return false;
	start = i;
	i = skip_blanks(p, i, len);
	if (i == start || i >= len ||
	    !(isalpha((unsigned char)p[i]) || p[i] == '?'))
		return false;
	m.type = p[i++];
	start = i;
	i = skip_blanks(p, i, len);
	if (i == start)
		return false;
	m.name = p + i;
	while (i < len && !isspace((unsigned char)p[i]))
		i++;
	m.name_len = p + i - m.name;
	if (!m.name_len || m.name_len >= NAME_MAX_LEN)
		return false;
	*ret = m;
	return true;
}

static struct err *add_line(struct symbols *s, const struct map_line *m)
{
	char name[NAME_MAX_LEN];

	/* undefined symbols, and symbols for debuggers */
	if (m->type == 'U' || m->type == 'N')
		return NULL;
	memcpy(name, m->name, m->name_len);
	name[m->name_len] = '\0';
	return symbols_add_full(s, m->addr, m->type, name, NULL);
}

static struct err *parse_lines(struct symbols *s, const char *text, size_t len)
{
	size_t lines = 0, bad = 0;

	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - text) - at : len - at;
		struct map_line m;

		if (!(lines++ & 0xfff))
			ERR_TRY(interrupt_check());
		if (map_parse_line(text + at, n, &m))
			ERR_TRY(add_line(s, &m));
		else
			bad++;
		at += n + 1;
	}
	/* nm also prints lines without an address, for undefined symbols */
	if (bad > lines / 2)
		return err_new(ERR_CORRUPT,
			       "not a symbol map: %zu of %zu lines are not \"address type name\"",
			       bad, lines);
	return NULL;
}

/*
 * Linux shows zeros to readers without the right to see addresses: such a table
 * would give wrong names.
 */
static struct err *check_addresses(const struct symbols *s)
{
	const struct symbol *last;

	if (!symbols_count(s))
		return NULL;
	last = symbols_nth(s, symbols_count(s) - 1);
	if (!last->addr && symbols_count(s) > 1)
		return err_new(ERR_UNSUPPORTED,
			       "all addresses are 0: hidden by the kernel, read the file as root");
	return NULL;
}

struct err *symbols_from_map_text(const char *text, size_t len,
				  struct symbols **ret)
{
	struct symbols *s;
	struct err *e;

	ERR_TRY(symbols_create(&s));
	e = parse_lines(s, text, len);
	if (!e)
		e = symbols_finish(s);
	if (!e)
		e = check_addresses(s);
	if (e) {
		symbols_destroy(s);
		return e;
	}
	*ret = s;
	return NULL;
}

struct err *symbols_from_map(const char *path, struct symbols **ret)
{
	struct file *f;
	struct err *e;

	ERR_TRY(file_open(path, &f));
	e = file_want(f, SIZE_MAX);
	if (!e)
		e = err_prefix(symbols_from_map_text((const char *)file_data(f),
						     file_size(f), ret),
			       "%s", path);
	file_close(f);
	return e;
}
