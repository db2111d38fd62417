/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signature of a crash: equal for the same fault on other hosts and builds, so
 * that duplicates are found. It is made of the kind of the crash and of
 * function names, never of addresses, offsets or the build.
 */
#ifndef XEN_MODEL_SIGNATURE_H
#define XEN_MODEL_SIGNATURE_H

#include "verdict.h"

#define SIGNATURE_NAMES 5
#define SIGNATURE_NAME 80

struct signature {
	const char *kind;		/* "page-fault", "dom0-panic" ...; static */
	/* Functions from the place of the crash outwards, without ".isra.0" */
	char name[SIGNATURE_NAMES][SIGNATURE_NAME];
	unsigned int nr;
	bool proved;			/* false: of frames found by a scan of the stack */
	char message[160];		/* of dom0's kernel, numbers as "#"; or "" */
	uint64_t hash;			/* FNV-1a of the above */
	bool unproved;			/* made of something unproved (xen/base/provenance.h) */
};

/*
 * Frames found by registers, .debug_frame or frame pointers give names, up to the
 * first that was found otherwise; a build without .debug_frame also those found
 * by a scan, and then the signature is not proved. Fails only with
 * ERR_INTERRUPTED and ERR_NO_MEMORY; without symbols there are no names.
 */
struct err *signature_read(struct xen *x, const struct verdict *v,
			   struct signature *ret) ERR_MUST_CHECK;

/* Adds a function of the trace; false: no more names are taken after it. */
bool signature_add(struct signature *s, const char *function);
/* Computes the hash. message: of dom0's kernel, or "". */
void signature_finish(struct signature *s, enum death kind, const char *message);

/* "page-fault in do_foo" */
const char *signature_text(const struct signature *s, char *buf, size_t size);

#endif
