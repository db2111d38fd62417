/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_panic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../address/p2m.h"

/* As kernel.c has it: where every PV kernel is, and how far it may reach. */
#define START_PFN	(16UL << 20 >> XPAGE_SHIFT)
#define IMAGE_PAGES	(64UL << 20 >> XPAGE_SHIFT)

/* A message that crosses a page is not missed: pages overlap by this much. */
#define OVERLAP		256

static const char mark[] = "Kernel panic - not syncing: ";
static const char end_mark[] = " ]---";

/* The format string is in the image, too, and has a directive behind the mark. */
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
 * A record of the log (5.10+) says elsewhere how long it is; up to its next
 * word there are bytes of an older one. panic() keeps the same text for itself,
 * with a NUL behind it: from there is the end.
 */
#define WORD_REST 7

/* Whether it is the record itself that was found again. */
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

typedef bool (*look_fn)(const char *text, size_t len, struct kernel_panic *k);

/* Shows look all pages of the kernel's image, until it returns true. */
static bool scan(struct xen *x, uint64_t list, char *bytes, look_fn look,
		 struct kernel_panic *k, uint64_t *at)
{
	uint64_t pfn, mfn;

	memset(bytes, 0, OVERLAP + XPAGE_SIZE);
	for (pfn = START_PFN; pfn < START_PFN + IMAGE_PAGES && !interrupt_pending;
	     pfn++) {
		struct err *e = p2m_list_lookup(x->memory, list, pfn, &mfn);

		memcpy(bytes, bytes + XPAGE_SIZE, OVERLAP);
		if (!e)
			e = memory_read(x->memory, mfn << XPAGE_SHIFT, bytes + OVERLAP,
					XPAGE_SIZE);
		if (e)
			memset(bytes + OVERLAP, 0, XPAGE_SIZE);
		err_free(e);
		*at = pfn;
		if (look(bytes, OVERLAP + XPAGE_SIZE, k))
			return true;
	}
	return false;
}

struct err *kernel_panic_find(struct xen *x, struct kernel_panic *ret)
{
	uint64_t list = x->notes ? x->notes->crash_info.dom0_p2m_mfn : 0, mfn, pfn;
	struct kernel_panic k = { .pfn = 0 };
	bool found;
	char *bytes;

	ERR_TRY(err_prefix(p2m_list_lookup(x->memory, list, START_PFN, &mfn), "dom0"));
	bytes = malloc(OVERLAP + XPAGE_SIZE);
	if (!bytes)
		return err_nomem();
	found = scan(x, list, bytes, look_for_record, &k, &k.pfn);
	if (found)
		scan(x, list, bytes, look_for_end, &k, &pfn);
	free(bytes);
	ERR_TRY(interrupt_check());
	if (!found)
		return err_new(ERR_NOT_FOUND, "no panic message in dom0's kernel image");
	*ret = k;
	return NULL;
}
