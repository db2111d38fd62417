# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tests on dumps of real hosts: each test of tests/lab on each dump, with each version of crash.

# Lines "RECIPE SUITE...": a dump, and the suites whose crash opens it. --full: all of tests/vmcores by all suites.
CHECK_PAIRS="trixie-key-C trixie
trixie-panic sid"
CHECK_SUITES_FULL="trixie bookworm sid"
# Recipes of large hosts, with --full, and the tests that compare their lists
CHECK_FIGURES="trixie-thousand many evtchn grants mem
trixie-64 truth doms evtchn clocks bt verdict"
# The oldest crash, with --full, on a kernel that it reads
CHECK_OLDEST="bullseye-key-C dom0 tasks doms bt"

lab_pairs() {
    if [[ -n $CHECK_FULL ]]; then
        # recipes for measurements have separate tests: CHECK_FIGURES
        grep -L 'scripts/bench scale' tests/vmcores/*.recipe | sed "s,.*/,,; s/\.recipe\$/ $CHECK_SUITES_FULL/" | sort
    else
        printf '%s\n' "$CHECK_PAIRS"
    fi
}

# lab_build SUITE: builds xen.so for the suite's crash with the suite's compiler
lab_build() {
    scripts/lab in "$1" make -j"$(nproc)" B="build/check/lab-$1" WERROR=1 all
}

# lab_asan SUITE: builds xenview with sanitizers, for the tests of one suite: once for each dump is enough
declare -A LAB_ASAN
lab_asan() {
    check "xenview with sanitizers" build_in asan CC=gcc SAN="$CHECK_SANITIZERS" CFLAGS="-O1 -g" build/check/asan/xenview-damaged
    [[ -z $CHECK_OK ]] || LAB_ASAN[$1]=$CHECK_TREE/build/check/asan/xenview-damaged
}

# lab_dump RECIPE LOG: makes or finds the dump and prints its directory; progress goes to stderr
lab_dump() {
    scripts/lab dump "$1" 2> >(tee "$2" | sed 's/^/   /' >&2) </dev/null
}

# lab_made RECIPE: counts the making of its dump as a test; sets LAB_MADE to the directory, empty on failure
lab_made() {
    printf '   %s: making or finding the dump\n' "$1"
    if LAB_MADE=$(lab_dump "$1" "$(log_of "dump $1")"); then
        pass "$1: the dump is made"
    else
        LAB_MADE=''
        fail "$1: the dump is made" "$(log_of "dump $1")"
    fi
}

# lab_test RECIPE DUMP SUITE FILE: starts the tests of a file
lab_test() {
    beside lab_count "$1, crash of $3: $(basename "$4" .sh)" env CHECK_FULL="$CHECK_FULL" LAB_DUMP="$2" LAB_SUITE="$3" \
        LAB_BUILD="$CHECK_TREE/build/check/lab-$3" LAB_ASAN="${LAB_ASAN[$3]:-}" bash "$4"
}

# lab_count NAME LOG STATUS SECONDS
lab_count() {
    local passed=$PASSED failed=$FAILED skipped=$SKIPPED
    tap_count "$1" "$2" "$3"
    printf '   %s: %s (%d s)\n' "$1" "$(counts $((PASSED - passed)) $((FAILED - failed)) $((SKIPPED - skipped)))" "$4"
}

# lab_rows SUITE <ROWS: runs lines "RECIPE TEST..." with the xenview of that suite
lab_rows() {
    local suite=$1 recipe tests test
    check "$suite: xenview" lab_build "$suite"
    [[ -n $CHECK_OK ]] || return 0
    while read -r recipe tests <&3; do
        lab_made "$recipe"
        [[ -n $LAB_MADE ]] || continue
        for test in $tests; do
            lab_test "$recipe" "$LAB_MADE" "$suite" "tests/lab/$test.sh"
        done
        check_gather
    done 3<&0
}

# lab_tests NUMBER-OF-PAIR: the test files to run. Without --full those marked "Default: one dump" run on the first one only.
lab_tests() {
    local test
    for test in tests/lab/*.sh; do
        [[ $test != */lib.sh ]] || continue
        [[ -z $CHECK_FULL && $1 -gt 1 ]] && grep -q '^# Default: one dump' "$test" || printf '%s\n' "$test"
    done
}

group_lab() {
    local suite recipe suites test pair=0 failed=' '
    for suite in $(lab_pairs | cut -d ' ' -f 2- | tr ' ' '\n' | awk '!seen[$0]++'); do
        printf '   %s: xen.so, against its crash\n' "$suite"
        check "$suite: xen.so against its crash" lab_build "$suite"
        [[ -n $CHECK_OK ]] || failed+="$suite "
    done
    lab_asan "$(lab_pairs | awk '{ print $2; exit }')"
    while read -r recipe suites <&3; do
        lab_made "$recipe"
        [[ -n $LAB_MADE ]] || continue
        pair=$((pair + 1))
        for suite in $suites; do
            [[ $failed != *" $suite "* ]] || continue
            for test in $(lab_tests $pair); do
                lab_test "$recipe" "$LAB_MADE" "$suite" "$test"
            done
        done
        check_gather
    done 3< <(lab_pairs)
    [[ -n $CHECK_FULL ]] || return 0
    lab_rows trixie <<<"$CHECK_FIGURES"
    lab_rows bullseye <<<"$CHECK_OLDEST"
}
