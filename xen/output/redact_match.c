/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "redact_match.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "xen/base/array.h"

bool redact_is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t hex_run(const char *at)
{
	size_t n = 0;

	while (isxdigit((unsigned char)at[n]))
		n++;
	return n;
}

size_t redact_uuid(const char *start, const char *at)
{
	static const unsigned int groups[] = { 8, 4, 4, 4, 12 };
	size_t i, len = 0;

	(void)start;
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		if (hex_run(at + len) != groups[i])
			return 0;
		len += groups[i];
		if (i + 1 < ARRAY_SIZE(groups) && at[len++] != '-')
			return 0;
	}
	return redact_is_word(at[len]) ? 0 : len;
}

/* Six groups or more: "BOOTIF=01-..." has the type of the network before them. */
size_t redact_mac(const char *start, const char *at)
{
	char between = hex_run(at) == 2 ? at[2] : '\0';
	size_t groups = 1;

	if ((between != ':' && between != '-') ||
	    (at > start && (at[-1] == ':' || at[-1] == '-')))
		return 0;
	while (at[3 * groups - 1] == between && hex_run(at + 3 * groups) == 2)
		groups++;
	if (groups < 6 || at[3 * groups - 1] == between || redact_is_word(at[3 * groups - 1]))
		return 0;
	return 3 * groups - 1;
}

static size_t ipv4(const char *start, const char *at)
{
	size_t i, len = 0;

	if (at > start && at[-1] == '.')
		return 0;
	for (i = 0; i < 4; i++) {
		size_t digits = strspn(at + len, "0123456789");

		if (!digits || digits > 3 || atoi(at + len) > 255)
			return 0;
		len += digits;
		if (i < 3 && at[len++] != '.')
			return 0;
	}
	if (redact_is_word(at[len]) || (at[len] == '.' && isdigit((unsigned char)at[len + 1])))
		return 0;
	return len;
}

/* Eight groups, or fewer with "::"; times and PCI addresses have neither. */
static size_t ipv6(const char *start, const char *at)
{
	size_t len = 0, groups = 0, run;
	bool gap = false;

	if (at > start && (at[-1] == ':' || at[-1] == '.'))
		return 0;
	for (;;) {
		run = hex_run(at + len);
		if (run > 4)
			return 0;
		groups += run > 0;
		len += run;
		if (at[len] != ':')
			break;
		if (at[len + 1] == ':') {
			if (gap)
				return 0;
			gap = true;
			len++;
		}
		len++;
	}
	/* "::ffff:10.0.0.1" */
	if (run && at[len] == '.' && (gap || groups == 7)) {
		size_t last = ipv4(start, at + len - run);

		return last ? len - run + last : 0;
	}
	if (redact_is_word(at[len]))
		return 0;
	return groups == 8 || (gap && groups > 1 && groups < 8) ? len : 0;
}

size_t redact_ip(const char *start, const char *at)
{
	size_t len;

	if (!isxdigit((unsigned char)*at) && *at != ':')
		return 0;
	len = ipv4(start, at);
	return len ? len : ipv6(start, at);
}

static bool is_mail(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._+-", c));
}

size_t redact_mail(const char *start, const char *at)
{
	size_t len = 0, host;

	if (at > start && is_mail(at[-1]))
		return 0;
	while (is_mail(at[len]))
		len++;
	if (!len || at[len] != '@')
		return 0;
	len++;
	host = len;
	while (is_mail(at[len]))
		len++;
	/* a full stop ends the sentence */
	while (len > host && (at[len - 1] == '.' || at[len - 1] == '-'))
		len--;
	return len > host ? len : 0;
}

/* Folders that are the same on all hosts, and files named after a build */
static bool is_common_path(const char *at)
{
	static const char *const folders[] = { "/proc/", "/sys/", "/usr/lib/debug/boot/xen",
					       "/boot/xen", "/boot/vmlinu" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folders); i++)
		if (!strncmp(at, folders[i], strlen(folders[i])))
			return true;
	return false;
}

/* Of the names of protocols */
#define SCHEME_MAX	16

/* "nfs://server/folder": the host, and what is on it. */
static size_t url(const char *at)
{
	size_t len = 0;

	while (len < SCHEME_MAX && (isalnum((unsigned char)at[len]) ||
				    (len && at[len] && strchr("+-.", at[len]))))
		len++;
	if (strncmp(at + len, "://", 3))
		return 0;
	return len + 3 + strcspn(at + len + 3, " \t\n\r\"',;()<>");
}

size_t redact_path(const char *start, const char *at)
{
	size_t len, i, slashes = 0;

	if (isalpha((unsigned char)*at))
		return url(at);
	if (*at != '/' || !(isalnum((unsigned char)at[1]) || (at[1] && strchr("._~", at[1]))) ||
	    (at > start && (redact_is_word(at[-1]) || strchr("./-<>", at[-1]))) ||
	    is_common_path(at))
		return 0;
	len = strcspn(at, " \t\n\r\"',;()<>");
	while (len && (at[len - 1] == ':' || at[len - 1] == '.'))
		len--;
	for (i = 0; i < len; i++)
		slashes += at[i] == '/';
	return slashes < 2 ? 0 : len;
}

/* Names of options whose value is replaced, completely or in part. */
static bool is_whole(const char *name, size_t len)
{
	static const char *const whole[] = {
		"ip", "key", "psk", "host", "hostname", "user", "username", "root", "nfsroot",
		"netconsole", "resume", "serialnumber", "vlan", "bond", "bridge", "rd.iscsi",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(whole); i++)
		if (tolower((unsigned char)*name) == whole[i][0] &&
		    strlen(whole[i]) == len && !strncasecmp(name, whole[i], len))
			return true;
	return false;
}

static bool begins_part(const char *name)
{
	static const char *const parts[] = {
		"pass", "pwd", "secret", "token", "credential", "apikey", "chap", "iscsi",
		"hostname", "_key", "-key", ".key", "initiator", "nameserver", "login",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (tolower((unsigned char)*name) == parts[i][0] &&
		    !strncasecmp(name, parts[i], strlen(parts[i])))
			return strncasecmp(name, "passthrough", 11) != 0;
	return false;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._-", c));
}

static void read_name(struct redact_name *n, const char *at)
{
	*n = (struct redact_name){ .end = at, .read = n->read };
	for (; is_name(*n->end); n->end++) {
		n->read++;
		if (begins_part(n->end))
			n->part = n->end;
	}
}

size_t redact_secret(const char *at, struct redact_name *n, size_t *skip)
{
	const char *quote;
	size_t len;

	if (!n->end || at >= n->end)
		read_name(n, at);
	len = n->end - at;
	if (!len || !((n->part && n->part >= at) || is_whole(at, len)))
		return 0;
	if (at[len] == '=')
		len++;
	else if (at[len] == ':' && at[len + 1] == ' ' && len > 3)
		len += 2;
	else
		return 0;
	quote = at[len] == '"' ? "\"" : at[len] == '\'' ? "'" : NULL;
	if (quote)
		len++;
	*skip = len;
	if (at[len] == '<')
		return 0;
	len += strcspn(at + len, quote ? quote : " \t\r\n\"");
	return len > *skip ? len : 0;
}
