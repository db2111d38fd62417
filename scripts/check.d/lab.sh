# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests on real dumps. Each test of tests/lab runs on each dump, in each crash it is meant for.

# Without --full; all others of tests/vmcores come with it.
CHECK_RECIPES="trixie-panic trixie-key-C"
# The Debian whose crash opens the dumps.
CHECK_SUITES="trixie"
CHECK_SUITES_FULL="trixie bookworm sid"

lab_recipes() {
    if [[ -n $CHECK_FULL ]]; then
        find tests/vmcores -name '*.recipe' -printf '%f\n' | sed 's/\.recipe$//' | sort
    else
        printf '%s\n' $CHECK_RECIPES
    fi
}

# lab_build SUITE: xen.so for that Debian's crash, by that Debian's compiler
lab_build() {
    scripts/lab in "$1" make -j"$(nproc)" B="build/check/lab-$1" all
}

group_lab() {
    local suite suites=$CHECK_SUITES recipe dump test log
    [[ -z $CHECK_FULL ]] || suites=$CHECK_SUITES_FULL
    for suite in $suites; do
        check "$suite: xen.so against its crash" lab_build "$suite"
        [[ -n $CHECK_OK ]] || suites=${suites/$suite/}
    done
    for recipe in $(lab_recipes); do
        log=$(log_of "dump $recipe")
        printf '   %s: making or finding the dump\n' "$recipe"
        if dump=$(scripts/lab dump "$recipe" 2>"$log" </dev/null); then
            pass "$recipe: the dump is made"
        else
            fail "$recipe: the dump is made" "$log"
            continue
        fi
        for suite in $suites; do
            for test in tests/lab/*.sh; do
                [[ $test != */lib.sh ]] || continue
                LAB_DUMP=$dump LAB_SUITE=$suite LAB_BUILD=$CHECK_TREE/build/check/lab-$suite \
                    check_tap "$recipe, crash of $suite: $(basename "$test" .sh)" bash "$test"
            done
        done
    done
}
