/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces in texts what identifies a host, its users and guests: the same text
 * by the same replacement throughout, "<uuid-1>", "<name-2>".
 */
#ifndef XEN_REDACT_H
#define XEN_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "xen/base/error.h"

enum redact_kind {
	REDACT_NAME,		/* learned: of a domain, a host */
	REDACT_UUID,
	REDACT_MAC,
	REDACT_IP,		/* IPv4 and IPv6 */
	REDACT_MAIL,		/* user@host, as in the line of the version that names who compiled it */
	REDACT_SECRET,		/* value of password=, ip=, hostname= ... */
	REDACT_PATH,		/* of a file, as it may name a user or a customer */
	NR_REDACT
};

struct redactor;

struct err *redactor_create(struct redactor **ret) ERR_MUST_CHECK;
void redactor_destroy(struct redactor *r);	/* NULL is allowed */

/*
 * A text to be replaced wherever it stands as a word of its own. Texts of one
 * character are not learned. False: out of memory.
 */
bool redactor_learn(struct redactor *r, const char *text);

/* A copy of text with replacements, to be freed; NULL: out of memory. */
char *redactor_text(struct redactor *r, const char *text);

/* Number of different texts of a kind that were replaced so far. */
size_t redactor_count(const struct redactor *r, enum redact_kind kind);
const char *redact_kind_name(enum redact_kind kind);	/* "UUIDs" */

#endif
