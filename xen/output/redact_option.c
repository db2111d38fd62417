/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of short options of programs: "mysql -pVALUE", "curl -u VALUE". */
#include "redact_match.h"

#include <ctype.h>
#include <string.h>

#include "xen/base/array.h"

/* Bytes in front of an option in which the name of the program has to be */
#define PROGRAM_SEEN	128

/* Start of a program's name, and the options whose values are secrets or hosts */
struct program {
	const char *name, *secrets, *hosts;
};

static const struct program programs[] = {
	{ "mysql", "pu", "h" }, { "mariadb", "pu", "h" }, { "mongo", "pu", "h" },
	{ "sshpass", "p", "" }, { "ssh", "lo", "" }, { "scp", "o", "" }, { "telnet", "l", "" },
	{ "curl", "uUbx", "" }, { "lftp", "u", "" }, { "docker", "pu", "" }, { "podman", "pu", "" },
	{ "smbclient", "UWn", "" }, { "rpcclient", "UWn", "" }, { "ldap", "wDy", "hH" },
	{ "redis-cli", "a", "h" }, { "ipmitool", "PUE", "H" }, { "psql", "U", "h" },
	{ "pg_", "U", "h" }, { "snmp", "cuAX", "" }, { "mosquitto", "uP", "h" },
	{ "zip", "P", "" }, { "7z", "p", "" }, { "rdesktop", "upd", "" }, { "sqlcmd", "UP", "S" },
	{ "openssl", "k", "" }, { "useradd", "p", "" }, { "usermod", "p", "" },
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static const struct program *program_at(const char *at)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(programs); i++)
		if (*at == programs[i].name[0] &&
		    !strncmp(at, programs[i].name, strlen(programs[i].name)))
			return &programs[i];
	return NULL;
}

/* The last program in front of an option, in the same command */
static const struct program *find_program(const char *start, const char *at)
{
	const struct program *p;
	const char *from = at;

	while (from > start && at - from < PROGRAM_SEEN && !strchr("\n;|&", from[-1])) {
		from--;
		if (from > start && (redact_is_word(from[-1]) || strchr("-.", from[-1])))
			continue;
		p = program_at(from);
		if (p)
			return p;
	}
	return NULL;
}

size_t redact_option(const char *start, const char *at, size_t *skip, enum redact_kind *kind)
{
	const struct program *p;
	const char *ends = " \t\r\n\"'", *value;
	char letter;

	if (*at != '-' || at == start || !is_blank(at[-1]) || !isalpha((unsigned char)at[1]))
		return 0;
	letter = at[1];
	p = find_program(start, at);
	if (!p || !(strchr(p->secrets, letter) || strchr(p->hosts, letter)))
		return 0;
	value = at + 2 + strspn(at + 2, " \t");
	if (*value == '"' || *value == '\'') {
		ends = *value == '"' ? "\"" : "'";
		value++;
	} else if (*value == '-' && is_blank(value[-1])) {
		return 0;
	}
	if (redact_is_replacement(value))
		return 0;
	*skip = value - at;
	*kind = strchr(p->secrets, letter) ? REDACT_SECRET : REDACT_HOST;
	value += strcspn(value, ends);
	return (size_t)(value - at) > *skip ? (size_t)(value - at) : 0;
}
