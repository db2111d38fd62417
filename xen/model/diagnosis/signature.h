/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signature of a crash: equal for the same fault on other hosts and builds, so
 * that duplicates can be found. It consists of the kind of the crash and of
 * function names, never of addresses, offsets or the build.
 */
#ifndef XEN_MODEL_SIGNATURE_H
#define XEN_MODEL_SIGNATURE_H

#include "verdict.h"

#define SIGNATURE_NAMES 5
#define SIGNATURE_NAME 80

struct signature {
	const char *kind;		/* "page-fault", "dom0-panic" ...; static */
	/*
	 * Functions from the place of the crash outwards, without suffixes such
	 * as ".isra.0"
	 */
	char name[SIGNATURE_NAMES][SIGNATURE_NAME];
	unsigned int nr;
	bool proved;			/* false: frames were found by a scan of the stack */
	char message[160];		/* panic message of dom0's kernel, numbers replaced by "#"; or "" */
	uint64_t hash;	/* FNV-1a of kind, first name (none of an NMI or machine check), and message */
	bool unproved;			/* based on something unproved (xen/base/provenance.h) */
};

/*
 * Uses the frames found by registers, .debug_frame or frame pointers, up to the
 * first that was found otherwise; in a build without .debug_frame also those
 * found by a scan, and then the signature is unproved. Fails only with
 * ERR_INTERRUPTED and ERR_NO_MEMORY; without symbols there are no names.
 */
struct err *signature_read(struct xen *x, const struct verdict *v,
			   struct signature *ret) ERR_MUST_CHECK;

/* Adds a function of the trace; false: further names are not accepted. */
bool signature_add(struct signature *s, const char *function);
/* Replaces the message, with numbers as "#"; the hash stays. */
void signature_set_message(struct signature *s, const char *message);
/* Computes the hash. message: of dom0's kernel, or "". */
void signature_finish(struct signature *s, enum death kind, const char *message);

/* "page-fault in do_foo" */
const char *signature_text(const struct signature *s, char *buf, size_t size);

#endif
