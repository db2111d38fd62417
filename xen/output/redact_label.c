/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that are recognized by the name in front of them: "password=VALUE". */
#include "redact_match.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "xen/base/array.h"

#define PART	(1U << 0)	/* also inside of a longer name */
#define EQUAL	(1U << 1)	/* only in front of "=" */
#define BLANK	(1U << 2)	/* a blank is enough in front of the value */
#define DIGITS	(1U << 3)	/* value has six characters or more, a digit among them */
#define DOTTED	(1U << 4)	/* value is a list of "example.com" */
#define LINE	(1U << 5)	/* value extends to the end of the line or of the quoted text */
#define TEXT	(1U << 6)	/* numbers are not values: ports, pcpus */
#define HARMLESS (1U << 7)	/* a word that contains another label */

struct redact_label {
	const char *text;
	enum redact_kind kind;
	unsigned int flags;
};

/* Of two labels that match, the first counts. A label may contain a blank. */
static const struct redact_label labels[] = {
	{ "passthrough", 0, HARMLESS }, { "passed", 0, HARMLESS }, { "passes", 0, HARMLESS },
	{ "passing", 0, HARMLESS }, { "passive", 0, HARMLESS }, { "bypass", 0, HARMLESS },
	{ "compass", 0, HARMLESS },
	{ "pass", REDACT_SECRET, PART }, { "pwd", REDACT_SECRET, PART },
	{ "secret", REDACT_SECRET, PART }, { "token", REDACT_SECRET, PART },
	{ "credential", REDACT_SECRET, PART }, { "apikey", REDACT_SECRET, PART },
	{ "chap", REDACT_SECRET, PART }, { "login", REDACT_SECRET, PART },
	{ "_key", REDACT_SECRET, PART }, { "-key", REDACT_SECRET, PART },
	{ ".key", REDACT_SECRET, PART }, { "iscsi", REDACT_SECRET, PART },
	{ "initiator", REDACT_SECRET, PART }, { "nameserver", REDACT_SECRET, PART | BLANK },
	{ "authorization", REDACT_SECRET, PART | LINE }, { "bearer", REDACT_SECRET, BLANK | DIGITS },
	{ "-p", REDACT_SECRET, BLANK | TEXT }, { "-u", REDACT_SECRET, BLANK | TEXT },
	{ "rootpw", REDACT_SECRET, PART }, { "pw", REDACT_SECRET, 0 }, { "pin", REDACT_SECRET, EQUAL },
	{ "auth", REDACT_SECRET, EQUAL }, { "cookie", REDACT_SECRET, PART | LINE },
	{ "community", REDACT_SECRET, EQUAL }, { "luks", REDACT_SECRET, PART | EQUAL },
	{ "cryptdevice", REDACT_SECRET, EQUAL }, { "netroot", REDACT_SECRET, EQUAL },
	{ "_psk", REDACT_SECRET, PART }, { "_user", REDACT_SECRET, PART | EQUAL },
	{ "logname", REDACT_SECRET, EQUAL }, { "mac", REDACT_MAC, DIGITS }, { "hwaddr", REDACT_MAC, DIGITS },
	{ "uuid", REDACT_UUID, PART | EQUAL },
	{ "lv", REDACT_SERIAL, EQUAL }, { "vg", REDACT_SERIAL, EQUAL },
	{ "zfs", REDACT_SERIAL, EQUAL }, { "bootfs", REDACT_SERIAL, EQUAL },
	{ "partlabel", REDACT_SERIAL, EQUAL },
	{ "ip", REDACT_SECRET, 0 }, { "key", REDACT_SECRET, 0 }, { "psk", REDACT_SECRET, 0 },
	{ "user", REDACT_SECRET, 0 }, { "username", REDACT_SECRET, 0 },
	{ "root", REDACT_SECRET, 0 }, { "nfsroot", REDACT_SECRET, 0 },
	{ "netconsole", REDACT_SECRET, 0 }, { "resume", REDACT_SECRET, 0 },
	{ "vlan", REDACT_SECRET, 0 }, { "bond", REDACT_SECRET, 0 }, { "bridge", REDACT_SECRET, 0 },
	{ "hostname", REDACT_HOST, PART }, { "host", REDACT_HOST, 0 },
	{ "server", REDACT_HOST, EQUAL }, { "fqdn", REDACT_HOST, 0 },
	{ "nodename", REDACT_HOST, 0 }, { "_host", REDACT_HOST, PART | EQUAL },
	{ "proxy", REDACT_HOST, PART | EQUAL }, { "ntp", REDACT_HOST, EQUAL },
	{ "guest", REDACT_NAME, EQUAL }, { "realm", REDACT_HOST, EQUAL }, { "workgroup", REDACT_HOST, EQUAL },
	{ "dc", REDACT_HOST, EQUAL }, { "ou", REDACT_HOST, EQUAL }, { "cn", REDACT_HOST, EQUAL },
	{ "search", REDACT_HOST, BLANK | DOTTED }, { "domain", REDACT_HOST, BLANK | DOTTED },
	{ "serial number", REDACT_SERIAL, BLANK | DIGITS }, { "serial no", REDACT_SERIAL, BLANK | DIGITS },
	{ "serial", REDACT_SERIAL, PART | DIGITS }, { "sn", REDACT_SERIAL, DIGITS },
	{ "s/n", REDACT_SERIAL, BLANK | DIGITS }, { "service tag", REDACT_SERIAL, BLANK | DIGITS },
	{ "asset tag", REDACT_SERIAL, BLANK | DIGITS }, { "asset_tag", REDACT_SERIAL, PART | DIGITS },
	{ "wwn", REDACT_SERIAL, BLANK | DIGITS }, { "wwid", REDACT_SERIAL, BLANK | DIGITS },
	{ "port_name", REDACT_SERIAL, BLANK | DIGITS }, { "node_name", REDACT_SERIAL, BLANK | DIGITS },
	{ "wwpn", REDACT_SERIAL, BLANK | DIGITS }, { "wwnn", REDACT_SERIAL, BLANK | DIGITS },
};

/* Bytes in which a digit has to be */
#define VALUE_SEEN	128

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._-", c));
}

_Static_assert(ARRAY_SIZE(labels) <= REDACT_LABELS_MAX, "room for all labels");

void redact_index_init(struct redact_index *x)
{
	size_t i;

	memset(x, 0, sizeof(*x));
	for (i = ARRAY_SIZE(labels); i; i--) {
		unsigned char c = labels[i - 1].text[0];

		x->next[i - 1] = x->first[c];
		x->first[c] = i;
	}
}

/* The first label with one of the flags (0: any, to the end of its word) at the position */
static const struct redact_label *label_at(const struct redact_index *x, const char *at,
					   unsigned int flags)
{
	unsigned int i;

	for (i = x->first[tolower((unsigned char)*at)]; i; i = x->next[i - 1]) {
		const struct redact_label *l = &labels[i - 1];
		size_t len = strlen(l->text);

		if ((!flags || l->flags & flags) && !strncasecmp(at, l->text, len) &&
		    (flags || !is_name(at[len])))
			return l;
	}
	return NULL;
}

static void read_name(struct redact_name *n, const char *at)
{
	n->end = at;
	while (is_name(*n->end)) {
		const struct redact_label *l = label_at(n->index, n->end, PART | HARMLESS);
		size_t len = 1;

		if (l && l->flags & HARMLESS) {
			len = strlen(l->text);
		} else if (l) {
			n->part = n->end;
			n->label = l;
		}
		n->end += len;
		n->read += len;
	}
}

/* "--password VALUE", "-password VALUE" */
static bool is_option(const char *start, const char *at)
{
	if (*at != '-' && at > start && at[-1] == '-')
		at--;
	if (*at != '-')
		return false;
	if (at > start && at[-1] == '-')
		at--;
	return at == start || !is_name(at[-1]);
}

/* Length between a name and its value; 0: the name has none. */
static size_t separator(const struct redact_label *l, const char *name, size_t len, bool option)
{
	const char *end = name + len;
	size_t quote = (*end == '"' || *end == '\'') && end[1] == ':', n = quote;

	n += strspn(end + n, " ");
	if (end[n] == '=' && end[n + 1] != '=')
		return n + 1 + strspn(end + n + 1, " ") * (n > quote);
	/* "Serial Number : X" */
	if (!quote && n && end[n] == ':' && end[n + 1] == ' ' && !(l->flags & EQUAL) && len > 3)
		return n + 1 + strspn(end + n + 1, " ");
	if (end[quote] != ':')
		return n && (option || l->flags & BLANK) ? n : 0;
	n = strspn(end + quote + 1, " ");
	if (l->flags & EQUAL || (len <= 3 && !(l->flags & DIGITS)))
		return 0;
	/* not "std::x", and not "secret.c:12" */
	if (!n && !quote && (!(l->flags & (PART | DIGITS)) || strchr(":/", end[1]) ||
			     (len > 2 && end[-2] == '.')))
		return 0;
	return quote + 1 + n;
}

/* "example.com lab.example": length of all such words; 0: none */
static size_t dotted(const char *at)
{
	size_t all = 0, len, i, letters;
	bool dot;

	for (;;) {
		size_t blanks = all ? strspn(at + all, " ") : 0;

		letters = 0;
		dot = false;
		for (i = len = all + blanks; isalnum((unsigned char)at[len]) ||
		     (at[len] && strchr(".-", at[len])); len++) {
			dot |= at[len] == '.' && len > i;
			letters = isalpha((unsigned char)at[len]) ? letters + 1 : 0;
		}
		if (!dot || letters < 2 || redact_is_word(at[len]) || at[len - letters - 1] != '.')
			return all;
		all = len;
	}
}

/* Reads a part only, since a value that is none is read again at its next word. */
static bool is_value(const struct redact_label *l, const char *at, size_t len)
{
	size_t i, digits = 0, other = 0;

	for (i = 0; i < len && i < VALUE_SEEN; i++) {
		digits += isdigit((unsigned char)at[i]) != 0;
		other += !isdigit((unsigned char)at[i]) && !strchr(",-.:", at[i]);
	}
	return (!(l->flags & DIGITS) || (digits && len >= 6)) && (!(l->flags & TEXT) || other);
}

static size_t value_len(const struct redact_label *l, const char *at, const char *quote)
{
	const char *ends = quote ? quote : l->flags & LINE ? "\r\n\"'" : " \t\r\n\"";
	size_t len;

	if (l->flags & DOTTED)
		return dotted(at);
	for (len = 0; len < VALUE_SEEN && at[len] && !strchr(ends, at[len]); len++)
		;
	if (!is_value(l, at, len))
		return 0;
	len += strcspn(at + len, ends);
	while (!quote && len && strchr(",;)]}'", at[len - 1]))
		len--;
	return len;
}

/* The label at the position, or in the name that continues there; *end: end of its text */
static const struct redact_label *find_label(struct redact_name *n, const char *at,
					     const char **end)
{
	const struct redact_label *l = label_at(n->index, at, 0);

	if (!n->end || at >= n->end)
		read_name(n, at);
	if (l && !(l->flags & HARMLESS)) {
		*end = at + strlen(l->text);
		return l;
	}
	/* a part of an earlier name is in front of this one */
	if (!n->part || n->part < at)
		return NULL;
	/* The first position of a name permits most: it is not tried again. */
	n->part = NULL;
	*end = n->end;
	return n->label;
}

size_t redact_value(const char *start, const char *at, struct redact_name *n,
		    size_t *skip, enum redact_kind *kind)
{
	const struct redact_label *l;
	const char *end, *quote;
	bool option;
	size_t len;

	l = find_label(n, at, &end);
	option = l && is_option(start, at);
	if (!l || (l->flags & TEXT && !option))
		return 0;
	len = separator(l, at, end - at, option);
	if (!len)
		return 0;
	len += end - at;
	quote = at[len] == '"' ? "\"" : at[len] == '\'' ? "'" : NULL;
	*skip = len + (quote != NULL);
	/* replaced already, or the name of the next option */
	if (redact_is_replacement(at + *skip) || (at[len - 1] == ' ' && at[len] == '-'))
		return 0;
	*kind = l->kind;
	len = value_len(l, at + *skip, quote);
	return len ? *skip + len : 0;
}
