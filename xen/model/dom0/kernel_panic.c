/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_panic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_image.h"

/*
 * The log follows text, read-only data and data: 39 to 48 MiB in Debian's 5.10
 * to 6.12. For smaller kernels the search wraps around.
 */
#define LOG_FIRST	(32UL << 20 >> XPAGE_SHIFT)

/* panic()'s copy of the message is in .bss like the log, near it. */
#define END_BEFORE	(1UL << 20 >> XPAGE_SHIFT)

static const char mark[] = "Kernel panic - not syncing: ";
static const char end_mark[] = " ]---";

/* The image also contains the format string: a directive follows the mark. */
static bool take_message(const char *at, size_t left, struct kernel_panic *k)
{
	size_t len = strlen(mark);
	char *end;

	if (left <= len || at[len] == '%')
		return false;
	while (len < left && at[len] >= ' ' && at[len] < 0x7f)
		len++;
	if (len == strlen(mark))
		return false;
	snprintf(k->text, sizeof(k->text), "%.*s", (int)len, at);
	end = strstr(k->text, end_mark);
	if (end)
		*end = '\0';
	return true;
}

static bool look_for_record(const char *text, size_t len, struct kernel_panic *k)
{
	const char *at = text;

	while ((at = memmem(at, text + len - at, mark, strlen(mark)))) {
		if (take_message(at, text + len - at, k))
			return true;
		at++;
	}
	return false;
}

/*
 * The length of a log record (5.10+) is stored elsewhere, and bytes of an older
 * record may fill the rest of its last word. panic()'s own copy ends with a
 * NUL, which gives the end of the text.
 */
#define WORD_REST 7

/* True if the match is the log record itself. */
static bool is_record(const char *text, const char *at)
{
	size_t len = strlen(mark);

	return (size_t)(at - text) >= len && !memcmp(at - len, mark, len);
}

static bool look_for_end(const char *text, size_t len, struct kernel_panic *k)
{
	char *message = k->text + strlen(mark);
	size_t most = strlen(message), least = most - WORD_REST;
	const char *at = text;

	if (most <= WORD_REST)
		return true;
	while ((at = memmem(at, text + len - at, message, least))) {
		size_t left = text + len - at, n = least;

		while (n < most && n < left && at[n] == message[n])
			n++;
		if (n < left && !at[n] && !is_record(text, at)) {
			message[n] = '\0';
			return true;
		}
		at++;
	}
	return false;
}

static bool see_record(void *arg, const char *bytes, size_t len, uint64_t pfn)
{
	struct kernel_panic *k = arg;

	k->pfn = pfn;
	return look_for_record(bytes, len, k);
}

static bool see_end(void *arg, const char *bytes, size_t len, uint64_t pfn)
{
	(void)pfn;
	return look_for_end(bytes, len, arg);
}

/* A note may be forged: the same rules apply as for the log. */
static bool take_note(const struct notes *n, struct kernel_panic *k)
{
	size_t len = n ? strlen(n->panic.text) : 0;

	if (len < strlen(mark) || memcmp(n->panic.text, mark, strlen(mark)) ||
	    !take_message(n->panic.text, len, k))
		return false;
	k->pfn = n->panic.pfn;
	k->from_note = true;
	provenance_use_if(n->panic.unproved);
	return true;
}

static struct err *search(struct xen *x, struct kernel_panic *k)
{
	if (take_note(x->notes, k))
		return NULL;
	ERR_TRY(kernel_image_scan(x, LOG_FIRST, see_record, k));
	if (!*k->text)
		return err_new(ERR_NOT_FOUND, "no panic message in dom0's kernel image");
	return kernel_image_scan(x, k->pfn - KERNEL_IMAGE_PFN - END_BEFORE, see_end, k);
}

struct err *kernel_panic_find(struct xen *x, struct kernel_panic *ret)
{
	struct provenance before = provenance_enter();
	struct kernel_panic k = { .pfn = 0 };
	struct err *e = x->panic ? NULL : search(x, &k);

	k.unproved = provenance_leave(before);
	provenance_use_if(e && k.unproved);
	if (e)
		return e;
	if (!x->panic) {
		x->panic = malloc(sizeof(*x->panic));
		if (!x->panic)
			return err_nomem();
		*x->panic = k;
	}
	*ret = *x->panic;
	provenance_use_if(ret->unproved);
	return NULL;
}
