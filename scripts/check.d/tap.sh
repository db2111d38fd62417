# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Counts of tests. Programs with several tests print TAP lines: "ok 1 - name", "not ok 2 - name", "# SKIP reason".

PASSED=0 FAILED=0 SKIPPED=0
GROUP='' CHECK_OK=''

# counts PASSED FAILED SKIPPED
counts() {
    printf '%d passed, %d failed' "$1" "$2"
    [[ $3 -eq 0 ]] || printf ', %d skipped' "$3"
    printf '\n'
}

pass() {
    PASSED=$((PASSED + 1))
    [[ -z $CHECK_VERBOSE ]] || printf 'passed: %s: %s\n' "$GROUP" "$1"
}

# fail TEXT [LOG]: prints the end of the log
fail() {
    FAILED=$((FAILED + 1))
    printf 'FAILED: %s: %s\n' "$GROUP" "$1"
    [[ $# -lt 2 ]] || tail -n 30 "$2" | sed 's/^/    /'
}

skip() {
    SKIPPED=$((SKIPPED + 1))
    printf 'skipped: %s: %s: %s\n' "$GROUP" "$1" "$2"
}

# log_of NAME: path of the log of a test
log_of() {
    printf '%s/%s-%s.log\n' "$CHECK_LOGS" "$GROUP" "${1//[^A-Za-z0-9._-]/_}"
}

# check NAME COMMAND...: one test, by its exit status; prints its output if it fails. CHECK_OK is empty afterwards if it failed.
check() {
    local name=$1 log
    log=$(log_of "$name")
    shift
    CHECK_OK=1
    if "$@" >"$log" 2>&1 </dev/null; then
        pass "$name"
    else
        CHECK_OK=''
        fail "$name" "$log"
    fi
}

# test_logged LOG COMMAND...: runs a test with a limit of time; its status is that of the command, or of timeout
test_logged() {
    timeout --kill-after=10 "${CHECK_TIMEOUT:-2400}" "${@:2}" >"$1" 2>&1 </dev/null
}

# Tests that run in parallel, one for each processor. CHECK_BESIDE contains a function and a name for each test that was
# started.
CHECK_BESIDE=()

# beside COUNT NAME COMMAND...: starts a test as soon as a processor is free. check_gather counts it with COUNT NAME LOG STATUS.
beside() {
    local count=$1 name=$2 log
    log=$(log_of "$name")
    while [[ $(jobs -rp | wc -l) -ge $(nproc) ]]; do
        wait -n || true
    done
    {
        start=$SECONDS status=0
        test_logged "$log" "${@:3}" || status=$?
        printf '%d %d\n' "$status" $((SECONDS - start)) >"$log.status"
    } &
    CHECK_BESIDE+=("$count" "$name")
}

# check_gather: waits for the tests started by beside, and counts them in the order in which they were started
check_gather() {
    local log status seconds
    wait
    set -- "${CHECK_BESIDE[@]}"
    CHECK_BESIDE=()
    while [[ $# -gt 0 ]]; do
        log=$(log_of "$2")
        status=1 seconds=0
        [[ ! -e $log.status ]] || read -r status seconds <"$log.status"
        "$1" "$2" "$log" "$status" "$seconds"
        shift 2
    done
}

# status_count NAME LOG STATUS: one test, by its exit status
status_count() {
    if [[ $3 -eq 0 ]]; then
        pass "$1"
    else
        fail "$1" "$2"
    fi
}

# tap_count NAME LOG STATUS: the tests of a program that prints TAP. If it crashes, hangs or stops early, each test it did not run has
# failed.
tap_count() {
    local name=$1 log=$2 status=$3 line planned=0 seen=0 failed=$FAILED why='' lines=0
    case $status in
        124) why=' (took too long)' ;;
        137) why=' (killed)' ;;
    esac
    while IFS= read -r line || [[ -n $line ]]; do
        if [[ $line =~ ^1\.\.([0-9]+)$ ]]; then
            planned=$((planned + BASH_REMATCH[1]))
        elif [[ $line =~ ^(not\ )?ok\ ?[0-9]*\ *-?\ *(.*)$ ]]; then
            seen=$((seen + 1))
            lines=20
            tap_line "$name" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" && lines=0
        elif [[ $lines -gt 0 && $line == \#* ]]; then
            # comment lines after a failed test give the reason
            printf '    %s\n' "$line"
            lines=$((lines - 1))
        fi
    done <"$log"
    if [[ $seen -lt $planned ]]; then
        FAILED=$((FAILED + planned - seen - 1))
        fail "$name: stopped after $seen of $planned tests, status $status$why" "$log"
    elif [[ $seen -eq 0 ]]; then
        fail "$name: ran no test, status $status$why" "$log"
    elif [[ $status -ne 0 && $FAILED -eq $failed ]]; then
        fail "$name: status $status$why though no test failed" "$log"
    fi
}

# tap_line NAME NOT TEXT: counts one test; fails if the test failed
tap_line() {
    local name=$1 not=$2 text=$3
    # cmocka 1.1.5 writes "not ok 2 # SKIP name"
    if [[ $text =~ ^(.*)#\ *[Ss][Kk][Ii][Pp]\ *(.*)$ ]]; then
        skip "$name${BASH_REMATCH[1]:+: ${BASH_REMATCH[1]% }}" "${BASH_REMATCH[2]:-no reason given}"
    elif [[ -n $not ]]; then
        fail "$name: $text"
        return 1
    else
        pass "$name: $text"
    fi
}
