# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by the shell tests: results as TAP; N is the number of tests, FAILED the number of failed ones.
N=0 FAILED=0

# ok NAME COMMAND...: one test, by the exit status. If it fails, prints $WORK/out, if it exists.
ok() {
    local name=$1
    shift
    N=$((N + 1))
    if "$@"; then
        printf 'ok %d - %s\n' "$N" "$name"
    else
        printf 'not ok %d - %s\n' "$N" "$name"
        FAILED=$((FAILED + 1))
        [[ ! -s $WORK/out ]] || sed 's/^/# /' "$WORK/out" | head -n 20
    fi
}
