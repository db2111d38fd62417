/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of a console text, and the addresses in them. */
#include "decode_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "death.h"

void decode_line_read(const char *at, const char *end, struct decode_line *ret)
{
	const char *stop = memchr(at, '\n', end - at), *text;
	unsigned int len;

	ret->start = at;
	ret->end = stop ? stop : end;
	ret->next = stop ? stop + 1 : NULL;
	text = console_line(ret->start, ret->end, &len);
	if (!text) {
		text = ret->start;
		len = ret->end - ret->start;
	}
	snprintf(ret->text, sizeof(ret->text), "%.*s", (int)len, text);
}

/* The suffix of a name: "+0x18/0x240", or "+0/0x130" at its start. */
static bool take_offset(const char *at, struct mention *m, const char **end)
{
	char *next;

	if (*at != '+')
		return false;
	m->offset = strtoull(at + 1, &next, 16);
	if (next == at + 1 || *next != '/')
		return false;
	m->size = strtoull(next + 1, &next, 16);
	*end = next;
	return true;
}

/* Optional text after an address: " R ", " in Xen: ", a name with its offset. */
static void take_name(const char **at, struct mention *m)
{
	static const char in_xen[] = "in Xen: ";
	const char *p = *at, *end;
	size_t len;

	while (*p == ' ')
		p++;
	if (strchr("RSF", *p) && *p && p[1] == ' ') {
		m->mark = *p;
		p += 2;
	}
	if (!strncmp(p, in_xen, strlen(in_xen)))
		p += strlen(in_xen);
	len = strcspn(p, "+ \t");
	if (!len || len >= sizeof(m->name) || !take_offset(p + len, m, &end))
		return;
	memcpy(m->name, p, len);
	m->name[len] = '\0';
	m->is_named = true;
	/* a livepatch follows its name with " [payload]" */
	m->is_livepatch = end[0] == ' ' && end[1] == '[';
	*at = end;
}

/* The selector of "e008:" before at, if it starts a word; else 0. */
static unsigned int selector_before(const char *text, const char *at)
{
	if (at - text < 5 || at[-1] != ':' || hex_digits(at - 5) != 4 ||
	    (at - text > 5 && isalnum((unsigned char)at[-6])))
		return 0;
	return strtoul(at - 5, NULL, 16);
}

bool mention_next(const char **at, struct mention *ret)
{
	const char *text = *at, *p;

	for (p = text; *p; p++) {
		bool framed = !strncmp(p, "[<", 2);
		const char *hex = framed ? p + 2 : p;
		unsigned int digits = hex_digits(hex), cs = selector_before(text, p);

		/* all other digits are numbers or parts of words */
		if (framed ? digits < 8 || strncmp(hex + digits, ">]", 2) :
			     digits != 16 || !cs)
			continue;
		memset(ret, 0, sizeof(*ret));
		ret->va = strtoull(hex, NULL, 16);
		ret->cs = cs;
		*at = hex + digits + (framed ? 2 : 0);
		take_name(at, ret);
		return true;
	}
	return false;
}
