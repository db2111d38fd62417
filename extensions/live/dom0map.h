/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Method B: RAM is mapped to unused addresses of a PVH dom0 and read through /dev/mem. */
#ifndef LIVE_DOM0MAP_H
#define LIVE_DOM0MAP_H

#include <stddef.h>
#include <stdint.h>

#include "xen/hypercall/live_memory_ops.h"

struct dom0_map;

/* "/dev/mem", "/proc/iomem" and the file that records the mappings; tests use others. */
extern const char *dom0_map_mem, *dom0_map_iomem, *dom0_map_record;

/* what: see live_memory_ops.h. -EBUSY: used by another session. */
int dom0_map_create(const struct live_memory_facts *facts,
		    struct dom0_map **ret, const char **what);
/*
 * After an error memory may still be mapped; the watchdog tries again at the
 * end of this process.
 */
int dom0_map_destroy(struct dom0_map *d);
/*
 * Reads whole pages within one window; -EADDRINUSE: dom0 now uses the range of
 * the windows.
 */
int dom0_map_read(struct dom0_map *d, uint64_t maddr, void *buf, size_t len);

/* Removes mappings of a session that was killed together with its watchdog. */
int dom0_map_cleanup(const struct live_memory_facts *facts,
		     unsigned int *removed);

#endif
