/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "version.h"

const char crash_xen_version[] = CRASH_XEN_VERSION;
