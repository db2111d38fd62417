#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dom0's kernel in the session of each crash, also of a hypervisor without DWARF: tasks and modules, which are in memory that dom0's
# page tables map. Oracles: dom0's ps and lsmod.
# Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if ! crash_reads_kernel || ! crash_finds_tasks; then
    skip "dom0's kernel" "crash of $LAB_SUITE does not read Linux $(meta kernel_release)"
    done_testing
    exit 0
fi
printf '%s\n' ps mod 'bt 1' 'xen doms' quit >"$WORK/commands"
xencrash >"$WORK/out"
refute "no part is missing" 'only the hypervisor|hypervisor only|read error' "$WORK/out"
# threads of dom0's kernel that do not end
tr -d '\r' <"$TRUTH/ps" | awk '$2 == 2 && $NF !~ /kworker/ { print $1, substr($NF, 1, 15) }' | sort >"$WORK/want"
between ps "$WORK/out" | tr -d '>[]' | awk '$2 == 2 && $NF !~ /kworker/ { print $1, $NF }' | sort >"$WORK/got"
same "ps is dom0's" "$WORK/want" "$WORK/got"
tr -d '\r' <"$TRUTH/lsmod" | awk '$1 != "Module" { print $1 }' | sort >"$WORK/want"
between mod "$WORK/out" | awk '$2 ~ /^[a-z]/ { print $2 }' | sort >"$WORK/got"
same "mod is lsmod" "$WORK/want" "$WORK/got"
between 'bt 1' "$WORK/out" >"$WORK/one"
expect "bt of init" '#1 |user space' "$WORK/one"
between 'xen doms' "$WORK/out" >"$WORK/one"
expect "xen doms" 'Domain-0' "$WORK/one"
done_testing
