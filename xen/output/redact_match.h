/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to redact.c: patterns of texts that identify a host. */
#ifndef XEN_REDACT_MATCH_H
#define XEN_REDACT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

/* Return the length of a match at "at", which is in the text from start; 0: none. */
typedef size_t redact_match_fn(const char *start, const char *at);

redact_match_fn redact_uuid, redact_mac, redact_ip, redact_mail, redact_path;

/* Name of an option, which is read once for all words in it; zeroed for a new text. */
struct redact_name {
	const char *end;	/* NULL: none yet */
	const char *part;	/* the last part in it that makes its value a secret; or NULL */
	size_t read;		/* bytes read so far: the measure of tests */
};

/*
 * "password=VALUE", "ip=...": returns the whole length; *skip: length before the
 * value. Between calls with the same n at must not decrease.
 */
size_t redact_secret(const char *at, struct redact_name *n, size_t *skip);

/* True for letters, digits and "_", and for bytes of other scripts. */
bool redact_is_word(char c);

#endif
