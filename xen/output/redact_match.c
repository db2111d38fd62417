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

static size_t span_of(const char *at, const char *set, size_t most)
{
	size_t n = 0;

	while (n < most && at[n] && strchr(set, at[n]))
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

/* "00000000:ffffffff -> 00000016:756e6547:6c65746e:49656e69": a leaf of CPUID, as xen-cpuid prints it */
static bool is_leaf(const char *start, const char *at)
{
	return at - start >= 3 && !strncmp(at - 3, "-> ", 3);
}

/* Groups of characters that are the same in number and size: those of volumes, licences, switches */
size_t redact_groups(const char *start, const char *at)
{
	static const struct {
		const char *set;	/* characters */
		const char *sizes;	/* of the groups */
		char between;
	} shapes[] = {
		{ "0123456789abcdefABCDEF", "\10\10\10\10", ':' },	/* md */
		{ "0123456789abcdefABCDEF", "\4\4\4", '.' },		/* MAC of switches */
		{ "0123456789", "\6\6\6\6\6\6\6\6", '-' },		/* key of a disk */
		{ "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "\5\5\5\5\5", '-' },
		{ "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
		  "\6\4\4\4\4\4\6", '-' },				/* LVM */
	};
	size_t i, g, len;

	if (is_leaf(start, at))
		return 0;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		const char *sizes = shapes[i].sizes;

		if (at > start && (at[-1] == shapes[i].between || redact_is_word(at[-1])))
			continue;
		for (g = len = 0; sizes[g]; g++) {
			size_t run = span_of(at + len, shapes[i].set, sizes[g]);

			if (run != (size_t)sizes[g] || (sizes[g + 1] && at[len + run] != shapes[i].between))
				break;
			len += run + (sizes[g + 1] != 0);
		}
		if (!sizes[g] && !redact_is_word(at[len]) &&
		    !(at[len] == shapes[i].between && redact_is_word(at[len + 1])))
			return len;
	}
	return 0;
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
		groups += run > 0;
		if (run > 4 || groups > 8)
			return 0;
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
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || (c && strchr("._+-", c));
}

static size_t mail_run(const char *at)
{
	size_t len = 0;

	while (is_mail(at[len]))
		len++;
	return len;
}

/* "mailto:user@host" has no password */
static bool is_mail_label(const char *at, size_t len)
{
	static const char *const names[] = { "mailto", "mail", "email", "e-mail", "from", "to", "cc" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == len && !strncasecmp(at, names[i], len))
			return true;
	return false;
}

/* "user@host", "user:password@host" */
size_t redact_mail(const char *start, const char *at)
{
	size_t len, host;

	if (at > start && is_mail(at[-1]))
		return 0;
	len = mail_run(at);
	if (!len)
		return 0;
	/* "host/web1@REALM", "user/password@database" */
	if (at[len] == '/')
		len += 1 + mail_run(at + len + 1);
	else if (at[len] == ':' && !is_mail_label(at, len))
		len += 1 + mail_run(at + len + 1);
	if (at[len] != '@')
		return 0;
	len++;
	host = len;
	len += mail_run(at + len);
	/* a full stop ends the sentence */
	while (len > host && (at[len - 1] == '.' || at[len - 1] == '-'))
		len--;
	return len > host ? len : 0;
}

/* ---- names of hosts ---- */

static bool is_host(char c)
{
	return redact_is_word(c) || c == '.' || c == '-';
}

static size_t host_run(const char *at)
{
	size_t len = 0;

	while (is_host(at[len]))
		len++;
	return len;
}

/* Ends of names in the network, and how many parts a name has at least with them. */
static const struct {
	const char *text;
	unsigned int parts;
} top_domains[] = {
	{ "com", 2 }, { "org", 2 }, { "net", 2 }, { "edu", 2 }, { "gov", 2 },
	{ "local", 2 }, { "localdomain", 2 }, { "lan", 2 }, { "internal", 2 },
	{ "intranet", 2 }, { "corp", 2 }, { "example", 2 },
	/* these are also words, members or suffixes of files */
	{ "info", 3 }, { "test", 3 }, { "home", 3 }, { "cloud", 3 }, { "dev", 3 }, { "io", 3 },
	{ "app", 3 }, { "de", 3 }, { "fr", 3 }, { "uk", 3 }, { "nl", 3 }, { "at", 3 },
	{ "ch", 3 }, { "it", 3 }, { "es", 3 }, { "pt", 3 }, { "se", 3 }, { "no", 3 },
	{ "fi", 3 }, { "dk", 3 }, { "be", 3 }, { "pl", 3 }, { "cz", 3 }, { "eu", 3 },
	{ "us", 3 }, { "ca", 3 }, { "au", 3 }, { "nz", 3 }, { "jp", 3 }, { "cn", 3 },
	{ "kr", 3 }, { "in", 3 }, { "sg", 3 }, { "ru", 3 }, { "ua", 3 }, { "br", 3 },
	{ "mx", 3 }, { "za", 3 }, { "ie", 3 },
};

static bool is_dotted_host(const char *at, size_t len)
{
	size_t i, parts = 1, last = 0;

	for (i = 0; i < len; i++) {
		if (at[i] == '_' || (at[i] == '.' && i == last))
			return false;
		if (at[i] == '.') {
			parts++;
			last = i + 1;
		}
	}
	for (i = 0; parts > 1 && i < ARRAY_SIZE(top_domains); i++)
		if (strlen(top_domains[i].text) == len - last &&
		    !strncasecmp(at + last, top_domains[i].text, len - last))
			return parts >= top_domains[i].parts;
	return false;
}

/* Words in front of ":/folder" that are not a host */
static bool is_path_label(const char *at, size_t len)
{
	static const char *const names[] = {
		"phy", "file", "tap", "tap2", "aio", "raw", "vhd", "vhdx", "qcow", "qcow2", "qdisk",
		"disk", "cdrom", "image", "kernel", "ramdisk", "path", "dump", "vmcore", "xen",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == len && !strncasecmp(at, names[i], len))
			return true;
	return len < 2;
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

/* "web1.example.com", and the host of "server:/folder" */
size_t redact_host(const char *start, const char *at)
{
	size_t len;

	if (!isalnum((unsigned char)*at) || (at > start && is_host(at[-1])))
		return 0;
	len = host_run(at);
	if (at[len] == ':' && at[len + 1] == '/' && isalnum((unsigned char)at[len + 2]) &&
	    !is_path_label(at, len) && !is_common_path(at + len + 1))
		return len;
	while (at[len - 1] == '.' || at[len - 1] == '-')
		len--;
	return is_dotted_host(at, len) ? len : 0;
}

/* ---- serial numbers, keys ---- */

enum charset { IN_HEX, IN_UPPER, IN_WORD, IN_ID, IN_NAME, IN_DOTS };

static bool is_base64(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/';
}

static bool is_in(enum charset set, char c)
{
	switch (set) {
	case IN_HEX:
		return isxdigit((unsigned char)c);
	case IN_UPPER:
		return isupper((unsigned char)c) || isdigit((unsigned char)c);
	case IN_WORD:
		return isalnum((unsigned char)c);
	case IN_ID:
		return isalnum((unsigned char)c) || (c && strchr("_-", c));
	case IN_DOTS:
		return isalnum((unsigned char)c) || (c && strchr("_-.", c));
	case IN_NAME:
		return isalnum((unsigned char)c) || (c && strchr("_-.:", c));
	}
	return false;
}

/* Bytes that are examined; what is no match is read again at its next word */
#define SHAPE_SEEN	256

/* A prefix, and the least number of characters and of digits after it */
struct shape {
	const char *prefix;
	enum charset set;
	size_t least, digits;
};

static size_t match_shape(const struct shape *shapes, size_t n, const char *at)
{
	size_t i, len, prefix, digits;

	for (i = 0; i < n; i++) {
		const struct shape *s = &shapes[i];

		prefix = strlen(s->prefix);
		if (*at != s->prefix[0] || strncmp(at, s->prefix, prefix))
			continue;
		for (len = prefix, digits = 0; len < SHAPE_SEEN && is_in(s->set, at[len]); len++)
			digits += isdigit((unsigned char)at[len]) != 0;
		if (len - prefix < s->least || digits < s->digits)
			continue;
		while (is_in(s->set, at[len]))
			len++;
		while (len > prefix && strchr(".:-", at[len - 1]))
			len--;
		if (len - prefix >= s->least && digits >= s->digits && !redact_is_word(at[len]))
			return len;
	}
	return 0;
}

/* "36001405...": the identifier of a disk behind its type, 3 (NAA) */
static size_t multipath(const char *start, const char *at)
{
	size_t len;

	if (*at != '3' || !at[1] || !strchr("256", at[1]) ||
	    (at > start && (redact_is_word(at[-1]) || at[-1] == '.')))
		return 0;
	len = hex_run(at);
	return (len == 17 || (len == 33 && at[1] == '6')) && !redact_is_word(at[len]) ? len : 0;
}

/* Names as in /dev/disk/by-id, and those of targets in a storage network */
size_t redact_serial(const char *start, const char *at)
{
	static const struct shape shapes[] = {
		{ "wwn-0x", IN_HEX, 16, 0 }, { "naa.", IN_HEX, 16, 0 }, { "eui.", IN_HEX, 16, 0 },
		{ "t10.", IN_DOTS, 8, 4 }, { "iqn.", IN_NAME, 8, 6 }, { "nqn.", IN_NAME, 8, 6 },
		{ "scsi-", IN_DOTS, 8, 4 }, { "ata-", IN_DOTS, 8, 4 }, { "nvme-", IN_DOTS, 8, 4 },
		{ "usb-", IN_DOTS, 8, 4 }, { "virtio-", IN_DOTS, 8, 4 }, { "mmc-", IN_DOTS, 8, 4 },
		{ "google-", IN_DOTS, 8, 4 }, { "dm-uuid-", IN_DOTS, 16, 4 },
		{ "md-uuid-", IN_NAME, 16, 4 }, { "lvm-pv-uuid-", IN_DOTS, 16, 2 },
		{ "S-1-5-21-", IN_ID, 8, 6 }, { "fc-0x", IN_HEX, 16, 0 }, { "sas-0x", IN_HEX, 16, 0 },
	};

	/* in names of /dev/disk/by-path; all are short, or have few characters between the dots */
	static const struct shape behind[] = {
		{ "naa.", IN_HEX, 16, 0 }, { "eui.", IN_HEX, 16, 0 }, { "fc-0x", IN_HEX, 16, 0 },
		{ "sas-0x", IN_HEX, 16, 0 }, { "iqn.", IN_NAME, 8, 6 }, { "nqn.", IN_NAME, 8, 6 },
	};
	size_t len = multipath(start, at);

	if (len)
		return len;
	/* a text that is none is not read again from its next word on */
	if (at > start && at[-1] == '.')
		return 0;
	if (at > start && at[-1] == '-')
		return match_shape(behind, ARRAY_SIZE(behind), at);
	return match_shape(shapes, ARRAY_SIZE(shapes), at);
}

/* Bytes of a key that are examined */
#define KEY_SEEN	128
#define KEY_MIN		32

/* Base64 without a name in front of it: of SSH, of Ceph, of certificates */
size_t redact_key(const char *start, const char *at)
{
	size_t len, upper = 0, lower = 0, digits = 0, slashes = 0;

	if (!isalnum((unsigned char)*at) ||
	    (at > start && (redact_is_word(at[-1]) || strchr("+/-.", at[-1]))))
		return 0;
	for (len = 0; len < KEY_SEEN && is_base64(at[len]); len++) {
		upper += isupper((unsigned char)at[len]) != 0;
		lower += islower((unsigned char)at[len]) != 0;
		digits += isdigit((unsigned char)at[len]) != 0;
		slashes += at[len] == '/';
	}
	if (len < KEY_MIN || upper < 4 || lower < 4 || !digits || slashes > len / 8)
		return 0;
	while (is_base64(at[len]))
		len++;
	while (at[len] == '=')
		len++;
	return redact_is_word(at[len]) ? 0 : len;
}

/* Keys that have a shape of their own: of clouds, of servers of sources, JSON web tokens */
size_t redact_token(const char *start, const char *at)
{
	static const struct shape shapes[] = {
		{ "AKIA", IN_UPPER, 16, 0 }, { "ASIA", IN_UPPER, 16, 0 }, { "AIza", IN_ID, 30, 0 },
		{ "ghp_", IN_WORD, 30, 0 }, { "gho_", IN_WORD, 30, 0 }, { "ghu_", IN_WORD, 30, 0 },
		{ "ghs_", IN_WORD, 30, 0 }, { "ghr_", IN_WORD, 30, 0 }, { "github_pat_", IN_ID, 22, 0 },
		{ "glpat-", IN_ID, 16, 0 }, { "xoxb-", IN_ID, 16, 0 }, { "xoxp-", IN_ID, 16, 0 },
		{ "sk_live_", IN_WORD, 16, 0 }, { "sk-", IN_ID, 32, 4 }, { "ya29.", IN_ID, 20, 0 },
		{ "hvs.", IN_ID, 20, 0 }, { "eyJ", IN_DOTS, 30, 0 },
	};

	if (at > start && (at[-1] == '-' || at[-1] == '.'))
		return 0;
	return match_shape(shapes, ARRAY_SIZE(shapes), at);
}

/* ---- paths ---- */

/* Of the names of protocols */
#define SCHEME_MAX	16

/* "nfs://server/folder": the host, and what is on it. */
static size_t url(const char *at)
{
	static const char *const plain[] = { "rbd:", "nbd:", "gluster:", "sheepdog:" };
	size_t len = 0, i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		if (!strncmp(at, plain[i], strlen(plain[i])) && redact_is_word(at[strlen(plain[i])]))
			return strcspn(at, " \t\n\r\"',;()<>");

	while (len < SCHEME_MAX && (isalnum((unsigned char)at[len]) ||
				    (len && at[len] && strchr("+-.", at[len]))))
		len++;
	if (strncmp(at + len, "://", 3))
		return 0;
	return len + 3 + strcspn(at + len + 3, " \t\n\r\"',;()<>");
}

/* "//host/share", "\\host\share": a folder of another host */
static size_t share(const char *start, const char *at)
{
	size_t len;

	if (at[1] != *at || !isalnum((unsigned char)at[2]) ||
	    (at > start && (redact_is_word(at[-1]) || strchr(":./\\-<>", at[-1]))))
		return 0;
	len = 2 + host_run(at + 2);
	if (at[len] != *at || !(redact_is_word(at[len + 1]) || at[len + 1] == '$'))
		return 0;
	return len + strcspn(at + len, " \t\n\r\"',;()<>");
}

/* The folder of a user, also within a path that starts with an option: "-I/home/alice" */
static bool is_home(const char *at)
{
	static const char *const folders[] = { "/home/", "/Users/", "\\Users\\" };
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		len = strlen(folders[i]);
		if (!strncmp(at, folders[i], len) && redact_is_word(at[len]))
			return true;
	}
	return false;
}

static size_t path_len(const char *at)
{
	size_t len = strcspn(at, " \t\n\r\"',;()<>");

	while (len && (at[len - 1] == ':' || at[len - 1] == '.'))
		len--;
	return len;
}

size_t redact_path(const char *start, const char *at)
{
	size_t len, i, slashes = 0;
	bool remote;

	if (isalpha((unsigned char)*at))
		return url(at);
	if (is_home(at))
		return path_len(at);
	if ((*at == '/' || *at == '\\') && at[1] == *at)
		return share(start, at);
	if (*at != '/' || !(isalnum((unsigned char)at[1]) || (at[1] && strchr("._~", at[1]))) ||
	    (at > start && (redact_is_word(at[-1]) || strchr("./->", at[-1]))) ||
	    is_common_path(at))
		return 0;
	/* "server:/folder" */
	remote = at - start > 2 && at[-1] == ':' &&
		 (at[-2] == ']' || (is_host(at[-2]) && is_host(at[-3])));
	len = path_len(at);
	for (i = 0; i < len; i++)
		slashes += at[i] == '/';
	return slashes + remote < 2 ? 0 : len;
}
