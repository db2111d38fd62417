/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_UNPACK_H
#define XEN_UNPACK_H

#include <stdint.h>

#include "xen/base/error.h"

/*
 * Unpacks one page of a compressed kdump to the XPAGE_SIZE bytes at page. flags
 * are those of its descriptor (crash's diskdump.h): 0 means not packed. The
 * text of ERR_UNSUPPORTED contains the missing library; ERR_CORRUPT if the
 * result is not one page.
 */
struct err *unpack_page(uint32_t flags, const void *from, uint32_t size,
			void *page) ERR_MUST_CHECK;

#endif
