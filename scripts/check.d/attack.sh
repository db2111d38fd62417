# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Damaged memory: all commands, with a memory limit, then with sanitizers. --full: 10^5 commands each.

CHECK_ATTACK_RECIPE=trixie-key-C

group_attack() {
    local build
    local -a limit=(--seconds 30)
    [[ -z $CHECK_FULL ]] || limit=(--seconds 0 --commands 100000)
    check "xenview with damaged memory" build_in gcc CC=gcc build/check/gcc/xenview-damaged
    [[ -n $CHECK_OK ]] || return 0
    check "the same with sanitizers" build_in asan CC=gcc SAN="$CHECK_SANITIZERS" CFLAGS="-O1 -g" build/check/asan/xenview-damaged
    [[ -n $CHECK_OK ]] || return 0
    lab_made "$CHECK_ATTACK_RECIPE"
    [[ -n $LAB_MADE ]] || return 0
    check "^C at any read ends each command" tests/attack/interrupt build/check/gcc/xenview-damaged "$LAB_MADE/vmcore"
    printf '   %s\n' "$(tail -n 1 "$(log_of "^C at any read ends each command")")"
    for build in gcc asan; do
        # sanitizers require more memory
        [[ $build == gcc ]] || limit+=(--memory 0 --limit 60)
        check "all commands on damaged memory, $build" tests/attack/attack "build/check/$build/xenview-damaged" "$LAB_MADE/vmcore" \
            "${limit[@]}"
        printf '   %s: %s\n' "$build" "$(tail -n 1 "$(log_of "all commands on damaged memory, $build")")"
    done
}
