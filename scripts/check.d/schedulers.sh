# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every scheduler on every build of Xen made from source: all listings, compared with the output of the running host.
# Debian's own builds are recipes of tests/vmcores, which the group lab runs.

SCHEDULERS_BUILDS="src414-key-C src414-debug-key-C src417-key-C src417-debug-key-C src420-debug-key-C"
# Changes of the recipe, one for each scheduler; "-": credit2, the default
SCHEDULERS="- sched=credit"
# Schedulers of debug=y builds only. rtds prints more in these builds than fits into a console ring of the usual size, null
# requires a pcpu for each vcpu, and arinc653 runs guests only in slots of a schedule.
SCHEDULERS_DEBUG="sched=rtds,conring_size=1m
sched=null,pcpus=4,xen_cmdline=dom0_max_vcpus=2
sched=arinc653,guests=,death=panic"
SCHEDULERS_TESTS="truth doms vcpus sched evtchn grants memory timers clocks livepatch locks iommu cpuid regs bt verdict"

# schedulers_rows: lines "RECIPE TEST..."
schedulers_rows() {
    local build change
    for build in $SCHEDULERS_BUILDS; do
        for change in $SCHEDULERS $([[ $build != *-debug-* ]] || echo "$SCHEDULERS_DEBUG"); do
            [[ $change == - ]] && change=$build || change=$build,$change
            echo "$change $SCHEDULERS_TESTS"
        done
    done
}

group_schedulers() {
    lab_rows trixie < <(schedulers_rows)
}
