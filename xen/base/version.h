/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XEN_BASE_VERSION_H
#define XEN_BASE_VERSION_H

/* The release of crash-xen, from the file VERSION. */
extern const char crash_xen_version[];

#endif
