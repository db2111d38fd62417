/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of RAM that must not be read, by XEN_SYSCTL_page_offline_op. */
#ifndef LIVE_FRAMES_H
#define LIVE_FRAMES_H

#include <stdint.h>

#include "xen/hypercall/live_memory_ops.h"

struct frames;

int frames_open(struct frames **ret);
void frames_close(struct frames *f);
/* See struct live_memory_ops. */
int frames_sound(struct frames *f, uint64_t frame, unsigned int *n);

#endif
