/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces texts that identify a host, its users and guests; equal texts have
 * the same replacement throughout, "<uuid-1>", "<name-2>".
 */
#ifndef XEN_REDACT_H
#define XEN_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "xen/base/error.h"

enum redact_kind {
	REDACT_NAME,		/* learned: name of a domain or a host */
	REDACT_UUID,
	REDACT_MAC,
	REDACT_IP,		/* IPv4 and IPv6 */
	REDACT_MAIL,		/* user@host, as in the version line, which contains the compiler's user */
	REDACT_HOST,		/* "web1.example.com", "server:/folder", value of hostname= ... */
	REDACT_SERIAL,		/* serial numbers, and names of disks that contain one */
	REDACT_SECRET,		/* value of password=, ip=, ... and keys of clouds */
	REDACT_PATH,		/* path of a file, which may contain the name of a user or a customer */
	NR_REDACT
};

struct redactor;

struct err *redactor_create(struct redactor **ret) ERR_MUST_CHECK;
void redactor_destroy(struct redactor *r);	/* NULL is allowed */

/*
 * Adds a text to be replaced wherever it is a word of its own. Texts of one
 * character are ignored. False: out of memory.
 */
bool redactor_learn(struct redactor *r, const char *text);

/*
 * Learns names of hosts and users that a text gives away: "web1" of
 * "web1.example.com" or "Linux web1 6.1", "alice" of "/home/alice". False: out of
 * memory.
 */
bool redactor_learn_text(struct redactor *r, const char *text);

/* Returns a copy of text with replacements; the caller frees it. NULL: out of memory. */
char *redactor_text(struct redactor *r, const char *text);

/* Number of different texts of a kind that were replaced so far. */
size_t redactor_count(const struct redactor *r, enum redact_kind kind);
const char *redact_kind_name(enum redact_kind kind);	/* "UUIDs" */

#endif
