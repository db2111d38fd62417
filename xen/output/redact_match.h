/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Internal to redact.c: patterns of texts that identify a host. */
#ifndef XEN_REDACT_MATCH_H
#define XEN_REDACT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "redact.h"

/* Return the length of a match at "at", which is in the text from start; 0: none. */
typedef size_t redact_match_fn(const char *start, const char *at);

redact_match_fn redact_uuid, redact_mac, redact_ip, redact_mail, redact_path;
redact_match_fn redact_host, redact_serial, redact_token, redact_groups, redact_key;

/* Names of values by their first character, for speed; the same for all texts */
#define REDACT_LABELS_MAX	120

struct redact_index {
	unsigned char first[256];	/* number of a label, from 1 */
	unsigned char next[REDACT_LABELS_MAX];
};

void redact_index_init(struct redact_index *x);

/* Name of a value, which is read once for all words in it; only index is set for a new text. */
struct redact_name {
	const struct redact_index *index;
	const char *end;	/* NULL: none yet */
	const char *part;	/* the last part in it that makes its value a secret; or NULL */
	const struct redact_label *label;	/* that of part */
	size_t read;		/* bytes read so far: the measure of tests */
};

/*
 * "password=VALUE", "--password VALUE": returns the whole length; *skip: length
 * before the value. Between calls with the same n at must not decrease.
 */
size_t redact_value(const char *start, const char *at, struct redact_name *n,
		    size_t *skip, enum redact_kind *kind);

/* "mysql -pVALUE": returns the whole length; *skip: length before the value. */
size_t redact_option(const char *start, const char *at, size_t *skip, enum redact_kind *kind);

const struct redact_index *redactor_index(const struct redactor *r);

/* True for "<secret-1>" and "<secret>". */
bool redact_is_replacement(const char *at);

/* True for letters, digits and "_", and for bytes of other scripts. */
bool redact_is_word(char c);

#endif
