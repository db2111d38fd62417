/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of the core. A function that can fail returns NULL on success or an
 * error object that its caller owns; outputs are unchanged on failure. Each
 * layer prepends its operation, so that the text is a chain from the command
 * down to the cause.
 */
#ifndef XEN_ERROR_H
#define XEN_ERROR_H

#include <signal.h>
#include <stdbool.h>

/* Reasons of failure: commands decide by the reason; the text is for users. */
enum err_reason {
	ERR_NO_MEMORY,		/* out of memory in this process */
	ERR_IO,			/* a system call failed */
	ERR_NOT_IN_DUMP,	/* the address is not in the memory source */
	ERR_EXCLUDED,		/* the page was left out by the filter of the dump */
	ERR_BAD_POINTER,	/* unmapped, non-canonical or unaligned */
	ERR_NO_SYMBOL,
	ERR_NO_TYPE,		/* no such type or member, or no type information */
	ERR_NOT_FOUND,		/* an object named by the user does not exist */
	ERR_CORRUPT,		/* input that contradicts itself */
	ERR_MISMATCH,		/* two files of different builds */
	ERR_UNSUPPORTED,
	ERR_REFUSED,		/* possible, but refused for safety */
	ERR_USAGE,		/* wrong arguments */
	ERR_INTERRUPTED,	/* ^C, or the output cannot be written */
};

struct err;

#define ERR_MUST_CHECK __attribute__((warn_unused_result))
#define ERR_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define ERR_NONNULL __attribute__((returns_nonnull))

/*
 * Creates an error. Never returns NULL: on lack of memory it is a static
 * object. Line feeds and tabs are escaped, except in a list whose lines begin
 * with two blanks, and lines of more than 4 KiB are cut.
 */
struct err *err_new(enum err_reason reason, const char *fmt, ...)
	ERR_PRINTF(2, 3) ERR_MUST_CHECK ERR_NONNULL;

/* Creates an ERR_IO error; strerror(errno_value) is appended to the text. */
struct err *err_io(int errno_value, const char *fmt, ...)
	ERR_PRINTF(2, 3) ERR_MUST_CHECK ERR_NONNULL;

/* Returns the static ERR_NO_MEMORY object. */
struct err *err_nomem(void) ERR_MUST_CHECK ERR_NONNULL;

/* Prepends "fmt: " to the text of e; NULL remains NULL. Returns e. */
struct err *err_prefix(struct err *e, const char *fmt, ...)
	ERR_PRINTF(2, 3) ERR_MUST_CHECK;
/* Without an error, which is the rule, the other arguments are not evaluated. */
#define err_prefix(e, ...) \
	({ struct err *err_ = (e); err_ ? (err_prefix)(err_, __VA_ARGS__) : NULL; })

enum err_reason err_reason(const struct err *e);
const char *err_text(const struct err *e);

/* Returns a short text of a reason for a table cell, such as "<excluded>". */
const char *err_mark(enum err_reason reason);

/* Frees e; NULL is allowed. */
void err_free(struct err *e);

/*
 * True for an error that ends every walk: an interrupt, or no memory. Any other
 * error affects one object.
 */
bool err_is_final(const struct err *e);

/* Returns a final error; frees any other and returns NULL. */
struct err *err_drop(struct err *e) ERR_MUST_CHECK;

/* Returns from the calling function when expr gives an error. */
#define ERR_TRY(expr)					\
	do {						\
		struct err *err_try_ = (expr);		\
		if (err_try_)				\
			return err_try_;		\
	} while (0)

/*
 * Set by signal handlers of the front ends. Loops over untrusted data call
 * interrupt_check() and return its ERR_INTERRUPTED.
 */
extern volatile sig_atomic_t interrupt_pending;
struct err *interrupt_check(void) ERR_MUST_CHECK;

#endif
