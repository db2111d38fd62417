/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest_internal.h"

#include <ctype.h>
#include <string.h>

#include "xen/base/bytes.h"
#include "xen/base/text_filter.h"

/* Of a note, with its end. */
static const char note_mark[] = "VMCOREINFO";

struct searching {
	struct text_filter filter;	/* of the mark and of all texts */
	struct guest_clues *clues;
};

/* A text that the image of a system contains, and the number that follows it. */
static const struct os_text {
	enum guest_os os;
	const char *text;
	bool release;			/* followed by the release */
} os_texts[] = {
	{ GUEST_LINUX, "Linux version ", true },
	{ GUEST_FREEBSD, "@(#)FreeBSD ", true },
	{ GUEST_NETBSD, "@(#)NetBSD ", true },
	{ GUEST_SOLO5, "Solo5: Xen console:", false },
	{ GUEST_MINIOS, "Xen Minimal OS!", false },
	{ GUEST_FIRMWARE, "HVM Loader\n", false },
};

static void take_note(struct guest_notes *n, uint64_t maddr, unsigned int len)
{
	if (n->nr < CANDIDATES_MAX)
		n->note[n->nr++] = (struct clue){ maddr, len };
}

void guest_clues_note(struct guest_notes *n, uint64_t mfn, const void *page)
{
	unsigned int len;

	if (vmcoreinfo_header(page, &len))
		take_note(n, mfn << XPAGE_SHIFT, len);
}

/* Up to Linux 4.12 the note is an array in .bss. */
static void find_notes(struct guest_clues *c, uint64_t mfn, const char *page)
{
	const char *at = page, *end = page + XPAGE_SIZE;
	unsigned int len;

	while ((at = memmem(at, end - at, note_mark, sizeof(note_mark)))) {
		const char *note = at - 12;

		if (note > page && end - note > VMCOREINFO_HEADER &&
		    vmcoreinfo_header(note, &len))
			take_note(&c->inner, (mfn << XPAGE_SHIFT) + (note - page), len);
		at++;
	}
}

/* Sources of these texts contain formats there: a release begins with a digit. */
static bool take_text(struct guest_clues *c, const struct os_text *t,
		      uint64_t mfn, const char *at, size_t left)
{
	size_t n = 0;

	at += strlen(t->text);
	left -= strlen(t->text);
	if (t->release && (!left || !isdigit((unsigned char)*at)))
		return false;
	while (t->release && n < left && n + 1 < sizeof(c->text) &&
	       isgraph((unsigned char)at[n]))
		n++;
	memcpy(c->text, at, n);
	c->text[n] = '\0';
	c->text_os = t->os;
	c->text_mfn = mfn;
	return true;
}

/* Texts that come first in the table replace later ones. */
static void find_texts(struct guest_clues *c, uint64_t mfn, const char *page)
{
	const char *end = page + XPAGE_SIZE;

	for (size_t i = 0; i < ARRAY_SIZE(os_texts); i++) {
		const struct os_text *t = &os_texts[i];
		const char *at = page;

		if (t->os == c->text_os)
			return;
		while ((at = memmem(at, end - at, t->text, strlen(t->text)))) {
			if (take_text(c, t, mfn, at, end - at))
				return;
			at++;
		}
	}
}

static struct err *look_at_frame(void *arg, unsigned int nr,
				 struct memory *memory, uint64_t mfn,
				 enum page_kind kind)
{
	struct searching *s = arg;
	struct guest_clues *c = &s->clues[nr];
	const void *page;
	struct err *e = memory_borrow_page(memory, mfn << XPAGE_SHIFT, &page);

	(void)kind;
	c->frames++;
	if (e) {
		c->lost += !err_is_final(e);
		return err_drop(e);
	}
	c->zeros += is_zeros(page, XPAGE_SIZE);
	guest_clues_note(&c->first, mfn, page);
	if (text_filter_may_contain(&s->filter, page, XPAGE_SIZE)) {
		find_notes(c, mfn, page);
		find_texts(c, mfn, page);
	}
	return NULL;
}

struct err *guest_clues_read(struct xen *x, const struct guest_domains *domains,
			     const struct page_progress *progress,
			     struct guest_clues *clues)
{
	struct searching s = { .clues = clues };

	text_filter_add(&s.filter, note_mark, sizeof(note_mark));
	for (size_t i = 0; i < ARRAY_SIZE(os_texts); i++)
		text_filter_add(&s.filter, os_texts[i].text, strlen(os_texts[i].text));
	memset(clues, 0, domains->nr * sizeof(*clues));
	return guest_scan(x, domains, look_at_frame, &s, progress);
}
