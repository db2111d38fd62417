/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_UNPACK_H
#define XEN_UNPACK_H

#include <stdint.h>

#include "xen/base/error.h"

/*
 * Unpacks one page (XPAGE_SIZE bytes at page) out of a compressed kdump. flags
 * are those of its descriptor (crash's diskdump.h): 0 is not packed.
 * ERR_UNSUPPORTED names the library that is missing, ERR_CORRUPT is any page
 * that does not become one.
 */
struct err *unpack_page(uint32_t flags, const void *from, uint32_t size,
			void *page) ERR_MUST_CHECK;

#endif
