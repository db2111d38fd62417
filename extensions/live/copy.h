/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Method D: a program in a helper domain copies the memory mapped into it. */
#ifndef LIVE_COPY_H
#define LIVE_COPY_H

#include "helper.h"

struct copier;

/* what: see live_memory_ops.h */
int copier_create(const struct live_memory_facts *facts, struct copier **ret,
		  const char **what);
/* For errors see helper_destroy(). */
int copier_destroy(struct copier *c);
/* Reads whole pages within one window; -ETIMEDOUT if the program does not answer. */
int copier_read(struct copier *c, uint64_t maddr, void *buf, size_t len);

#endif
