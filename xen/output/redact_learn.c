/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names that a text gives away as those of a host or a user: the first part of
 * "web1.example.com", "hostname=web1", "alice@web1", "Linux web1 6.1", "/home/alice".
 * They are replaced where they stand alone, too.
 */
#include "redact_match.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "xen/base/array.h"

/* Limits of a learned name */
#define NAME_MIN	3
#define NAME_MAX	64

/* Words that are no secret, and would be missed in a report */
static const char *const common[] = {
	"localhost", "root", "admin", "user", "users", "nobody", "guest", "host", "hosts", "node",
	"server", "client", "dom0", "domu", "domain", "xen", "kernel", "linux", "debian", "ubuntu",
	"centos", "redhat", "suse", "fedora", "build", "builder", "buildd", "mockbuild", "abuild",
	"debian-kernel", "www", "mail", "ftp", "git", "lists", "bugs", "docs", "support", "mirror",
	"wiki", "cloud", "time", "pool", "ntp", "dns", "smtp", "proxy", "gateway", "router", "test",
	"none", "null", "unknown", "default", "shared", "public", "true", "false", "yes", "off",
	"idle", "credit", "credit2", "rtds", "arinc653", "core", "memory", "page", "panic", "crash",
	"kexec", "dump", "vcpu", "pcpu", "version", "console", "serial", "local", "dhcp", "any",
	"both", "auto", "eth0", "lost", "from", "the", "and", "enable", "enabled", "disable", "disabled",
};

/* Hosts of those who make and distribute the software */
static const char *const makers[] = {
	"xen.org", "xenproject.org", "kernel.org", "debian.org", "ubuntu.com", "suse.com", "suse.de",
	"opensuse.org", "redhat.com", "fedoraproject.org", "centos.org", "oracle.com", "citrix.com",
	"xcp-ng.org", "qubes-os.org", "gnu.org", "github.com", "intel.com", "amd.com",
};

static bool is_name(char c)
{
	return redact_is_word(c) || c == '-';
}

static bool is_common(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(common); i++)
		if (!strcasecmp(name, common[i]))
			return true;
	return false;
}

static bool is_maker(const char *at, size_t len)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(makers); i++) {
		n = strlen(makers[i]);
		if (len >= n && !strncasecmp(at + len - n, makers[i], n) &&
		    (len == n || at[len - n - 1] == '.'))
			return true;
	}
	return false;
}

/* Learns the name at the position up to its first "."; one without a letter is a number. */
static bool learn_name(struct redactor *r, const char *at)
{
	char name[NAME_MAX + 1];
	size_t len, letters = 0;

	for (len = 0; len <= NAME_MAX && is_name(at[len]); len++)
		letters += !isdigit((unsigned char)at[len]);
	while (len && at[len - 1] == '-')
		len--;
	if (len < NAME_MIN || len > NAME_MAX || !letters)
		return true;
	memcpy(name, at, len);
	name[len] = '\0';
	return is_common(name) || redactor_learn(r, name);
}

static bool learn_mail(struct redactor *r, const char *at, size_t len)
{
	const char *host = memchr(at, '@', len);

	if (is_maker(at, len))
		return true;
	return learn_name(r, at) && (!host || learn_name(r, host + 1));
}

/* "ip=CLIENT:SERVER:GATEWAY:MASK:HOSTNAME:DEVICE:..." */
static bool learn_ip(struct redactor *r, const char *at)
{
	unsigned int field;
	size_t len;

	for (field = 0; field < 4; field++) {
		for (len = 0; len < NAME_MAX && at[len] && !strchr(": \t\r\n", at[len]); len++)
			;
		at += len;
		if (*at++ != ':')
			return true;
	}
	return learn_name(r, at);
}

/* Texts in front of a name */
static const struct {
	const char *text;
	char next;		/* follows the name, with a digit behind it; or 0 */
} before[] = {
	{ "/home/", 0 }, { "/Users/", 0 }, { "\\Users\\", 0 }, { "hostname to <", 0 },
	{ "Hostname set to <", 0 }, { "Linux ", ' ' },
};

static bool learn_before(struct redactor *r, const char *at)
{
	size_t i, len, n;

	for (i = 0; i < ARRAY_SIZE(before); i++) {
		n = strlen(before[i].text);
		if (*at != before[i].text[0] || strncmp(at, before[i].text, n))
			continue;
		for (len = n; len <= n + NAME_MAX && (is_name(at[len]) || at[len] == '.'); len++)
			;
		if (before[i].next && (at[len] != before[i].next || !isdigit((unsigned char)at[len + 1])))
			continue;
		return learn_name(r, at + n);
	}
	return true;
}

/* "hostname=web1", "realm=CORP". *end: a value is not read again from within. */
static bool learn_value(struct redactor *r, const char *text, const char *at,
			struct redact_name *name, const char **end)
{
	enum redact_kind kind;
	size_t skip, len;

	if (at < *end)
		return true;
	len = redact_value(text, at, name, &skip, &kind);
	*end = at + len;
	if (!len || kind != REDACT_HOST)
		return true;
	if (at[skip - 1] != '=' && strncasecmp(at, "hostname", 8) && strncasecmp(at, "fqdn", 4))
		return true;
	return learn_name(r, at + skip);
}

/* "/pci@i0cf8/drive@0": devices in a path of firmware, not users; "nfs://alice@web1" has one */
static bool is_device(const char *text, const char *at)
{
	return at > text && at[-1] == '/' && !(at - text > 1 && at[-2] == '/');
}

bool redactor_learn_text(struct redactor *r, const char *text)
{
	struct redact_name name = { .index = redactor_index(r) };
	const char *at, *end = text;
	bool ok = true;
	size_t len;

	for (at = text; *at && ok; at++) {
		if (at > text && redact_is_word(at[-1]) && redact_is_word(*at))
			continue;
		ok = learn_before(r, at) && learn_value(r, text, at, &name, &end);
		if (!ok || !redact_is_word(*at))
			continue;
		if (!strncmp(at, "ip=", 3))
			ok = learn_ip(r, at + 3);
		len = is_device(text, at) ? 0 : redact_mail(text, at);
		if (len) {
			ok = ok && learn_mail(r, at, len);
			continue;
		}
		len = redact_host(text, at);
		if (len && memchr(at, '.', len) && !is_maker(at, len))
			ok = ok && learn_name(r, at);
	}
	return ok;
}
