/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that recognise a guest's system. */
#ifndef XEN_MODEL_GUEST_INTERNAL_H
#define XEN_MODEL_GUEST_INTERNAL_H

#include "guest.h"

/* Frames with a note that are examined; a running kernel has one or two. */
#define CANDIDATES_MAX	16

/* Results of the scan of a domain's frames. */
struct guest_clues {
	struct clue {
		uint64_t maddr;		/* of the note */
		unsigned int len;	/* bytes of its text */
	} note[CANDIDATES_MAX];
	unsigned int nr_notes;
	/* only of a domain in whose frames texts were searched */
	enum guest_os text_os;
	uint64_t text_mfn;
	char text[96];			/* release behind the text; or "" */
	uint64_t lost;			/* frames that cannot be read */
};

/*
 * Fills clues[] of each domain: notes at the start of a page; with texts notes
 * anywhere in the page and the texts of systems too, which reads all bytes.
 */
struct err *guest_clues_read(struct xen *x, const struct guest_domains *domains,
			     bool texts, const struct page_progress *progress,
			     struct guest_clues *clues) ERR_MUST_CHECK;

/*
 * Takes the Linux kernel of the first note that it confirms, else of the first
 * one that can be parsed. False if there is none.
 */
struct err *guest_take_linux(struct guest *g, struct xen *x,
			     const struct guest_clues *clues,
			     bool *ret) ERR_MUST_CHECK;

#endif
