/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's own memory, in a dump and on a running host. */
#ifndef XEN_MODEL_GUEST_MEMORY_H
#define XEN_MODEL_GUEST_MEMORY_H

#include "xen/model/domain/domain.h"
#include "xen/model/domain/vcpu.h"
#include "xen/model/xen.h"

enum guest_space {
	GUEST_VIRTUAL,		/* translated by the page tables of the vcpu */
	/* page table entries: machine addresses of a PV guest, else gfns */
	GUEST_PHYSICAL,
};

/*
 * Reads len bytes of a guest. On failure buf holds the pages before the one
 * that could not be read.
 */
struct err *guest_read(struct xen *x, const struct domain *d,
		       const struct vcpu *v, enum guest_space space,
		       uint64_t address, void *buf, size_t len) ERR_MUST_CHECK;

#endif
