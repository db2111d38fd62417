/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files that recognise a guest's system. */
#ifndef XEN_MODEL_GUEST_INTERNAL_H
#define XEN_MODEL_GUEST_INTERNAL_H

#include "guest.h"
#include "xen/model/memory/p2m.h"

/* Maximum number of frames with a note to examine; a running kernel has one or two. */
#define CANDIDATES_MAX	16

struct guest_notes {
	struct clue {
		uint64_t maddr;		/* mfn of the frame with the note */
		unsigned int len;	/* length of its text, bytes */
	} note[CANDIDATES_MAX];
	unsigned int nr;
};

/* Results of the scan of a domain's frames. */
struct guest_clues {
	struct guest_notes first;	/* with which a page begins */
	struct guest_notes inner;	/* at other places of a page */
	enum guest_os text_os;
	uint64_t text_mfn;
	char text[96];			/* release after the text; or "" */
	uint64_t frames;		/* number of frames that were searched */
	uint64_t lost;			/* number of these that cannot be read */
	uint64_t zeros;			/* number of frames that have only zeros */
};

/* Fills clues[] of each domain, from all bytes of its frames. */
struct err *guest_clues_read(struct xen *x, const struct guest_domains *domains,
			     const struct page_progress *progress,
			     struct guest_clues *clues) ERR_MUST_CHECK;

/* Adds the note with which the page of a frame begins, if there is one. */
void guest_clues_note(struct guest_notes *n, uint64_t mfn, const void *page);

/* A search for notes by the gfns of one domain, where a kernel mostly has them first. */
struct guest_first {
	const struct domain *domain;
	const struct page_progress *progress;
	struct p2m p2m;
	unsigned int range;		/* of gfns, by its number */
	uint64_t gfn;			/* next one */
	unsigned int gap;		/* number of table entries without a frame before it */
	unsigned int notes;		/* at most CANDIDATES_MAX: a guest may fill its memory with them */
	bool done;
};

/*
 * Fails like p2m_open(). Done at once if the source lists the frames itself.
 * progress may be NULL.
 */
struct err *guest_first_start(struct xen *x, const struct domain *d,
			      const struct page_progress *progress,
			      struct guest_first *ret) ERR_MUST_CHECK;
/* Returns the next note; without one s->done is set. Fails like p2m_lookup(). */
struct err *guest_first_next(struct guest_first *s,
			     struct guest_notes *ret) ERR_MUST_CHECK;

/*
 * Uses the Linux kernel of the first note that its memory confirms, else that
 * of the first note that can be parsed. False if there is none.
 */
struct err *guest_take_linux(struct guest *g, struct xen *x,
			     const struct guest_notes *notes,
			     bool *ret) ERR_MUST_CHECK;

#endif
