/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Restores the lines that Xen printed from console text in the forms in which
 * it is passed on: UTF-16, CR and CRLF line ends, NULs and terminal escapes,
 * HTML, quoted-printable, quoted mail, lines wrapped by a terminal or by mail,
 * several messages in one line.
 */
#ifndef XEN_MODEL_CONSOLE_TEXT_H
#define XEN_MODEL_CONSOLE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "xen/base/error.h"

/* A line of the source, in UTF-8, without its end; not NUL-terminated. */
struct source_text {
	const char *start;
	size_t len;
	size_t returns;		/* number of carriage returns after the line, within bytes */
};

/* One message of the console. */
struct console_message {
	const char *text;	/* without prefix, time stamp and trailing blanks */
	size_t first, nr;	/* lines of the source that contain it, from index 0 */
	bool is_xen;		/* it has the prefix "(XEN)" */
	bool is_guest;		/* before that the prefix of a guest, "(d1)": the guest may print any text */
};

struct console_text {
	struct source_text *source;
	size_t nr_sources;
	struct console_message *message;
	size_t nr_messages;
	bool has_prefix;	/* at least one message was printed by Xen */
	char *bytes;		/* storage of source */
	char *clean;		/* storage of message */
};

/* Limit of lines, and of messages: 256 MiB of 32 bytes each; Xen's are longer. */
#define CONSOLE_LINES_MAX	(8U << 20)

/*
 * Reads len bytes of text, which the caller continues to own. Requires memory
 * of about three times len and 56 bytes per line. ERR_UNSUPPORTED: too many
 * lines. ERR_INTERRUPTED on ^C.
 */
struct err *console_text_read(const char *bytes, size_t len,
			      struct console_text **ret) ERR_MUST_CHECK;
void console_text_free(struct console_text *t);

/*
 * The version in a message that contains it, "4.20.5-pre" and the rest of its
 * line; NULL: none. *is_banner: true for the first line of a boot, which the
 * build-id follows; false for the head of a register dump. Both forms: Xen 4.4
 * to 4.22, drivers/char/console.c and arch/x86/traps.c.
 */
const char *console_message_version(const char *text, bool *is_banner);
/* The text after "build-id: "; NULL: the message has none. */
const char *console_message_build_id(const char *text);

#endif
