# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of host crash of the lab, on every build of Xen that the lab makes: cause and place, compared with the serial log.
# Crashes of Debian's own 4.20 are recipes of tests/vmcores, which the group lab runs.

# Changes of the recipe: release and debug=y builds
DEATHS_BUILDS="xen=source:trixie:debug=y,kernel=trixie
xen=source:bookworm:debug=n,kernel=bookworm
xen=source:bookworm:debug=y,kernel=bookworm"
DEATHS="key-C panic page-fault gp-fault wild-jump bug assert double-fault nmi mce watchdog lost-pcpu"

# deaths_rows: lines "RECIPE TEST..."
deaths_rows() {
    local build death
    for build in $DEATHS_BUILDS; do
        for death in $DEATHS; do
            # ASSERT() generates no code in a release build
            [[ $death == assert && $build != *debug=y* ]] || echo "trixie-noguest,$build,death=$death verdict bt"
        done
        # the domain builder of 4.17 requires more memory of dom0 than later ones
        echo "trixie-busy,$build,memory=768M,dom0_mem=320M bt regs"
    done
}

group_deaths() {
    lab_rows trixie < <(deaths_rows)
}
