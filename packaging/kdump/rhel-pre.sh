#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# RHEL's and Fedora's kdump: /etc/kdump/pre.d/xen-report.sh, executable; see rhel-kdump.conf. The exit status is always 0: a
# failure here would only cause a warning, but one of kdump_pre would cancel the dump.
/usr/share/crash-xen/kdump/xen-kdump-report
exit 0
