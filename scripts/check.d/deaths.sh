# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every death the lab knows, on every build of Xen that we make: what died and where, held against the serial log. On Debian's own
# 4.20 the deaths are recipes of tests/vmcores, which the group lab takes.

# Changes of the recipe: a release and two debug=y builds
DEATHS_BUILDS="xen=source:trixie:debug=y,kernel=trixie
xen=source:bookworm:debug=n,kernel=bookworm
xen=source:bookworm:debug=y,kernel=bookworm"
DEATHS="key-C panic page-fault gp-fault wild-jump bug assert double-fault nmi mce watchdog lost-pcpu"

# deaths_rows: lines "RECIPE TEST..."
deaths_rows() {
    local build death
    for build in $DEATHS_BUILDS; do
        for death in $DEATHS; do
            # ASSERT() is no code in a release build
            [[ $death == assert && $build != *debug=y* ]] || echo "trixie-noguest,$build,death=$death verdict bt"
        done
        # the 4.17 domain builder needs more of dom0 than later ones
        echo "trixie-busy,$build,memory=768M,dom0_mem=320M bt regs"
    done
}

group_deaths() {
    lab_rows trixie < <(deaths_rows)
}
