# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Inserts mistakes into a copy of the sources, one at a time: a unit test has to fail for each. Three at random; --full:
# all.

group_mutants() {
    local -a arguments=(--sample 3)
    [[ -z $CHECK_FULL ]] || arguments=()
    check "mistakes are noticed" python3 tests/mutants/run.py "${arguments[@]}"
    printf '   %s\n' "$(tail -n 1 "$(log_of "mistakes are noticed")")"
}
