#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# RHEL's and Fedora's kdump: /etc/kdump/pre.d/xen-report.sh, executable; see rhel-kdump.conf. A failure here would only warn,
# one of kdump_pre would cancel the dump: always 0.
/usr/share/crash-xen/kdump/xen-kdump-report
exit 0
