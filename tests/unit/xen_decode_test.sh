#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xen-decode: the arguments that it gives xenview, a script here; standard input without arguments.
set -uo pipefail

TREE=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
TESTS=0
export XENVIEW=$WORK/xenview
printf '#!/bin/sh\necho "xenview: $*"\ncat\n' >"$XENVIEW"
chmod 755 "$XENVIEW"

# same NAME WANTED GOT
same() {
    TESTS=$((TESTS + 1))
    if [[ $2 == "$3" ]]; then echo "ok $TESTS - $1"; else
        echo "not ok $TESTS - $1"
        printf 'wanted: %s\ngot: %s\n' "$2" "$3" | sed 's/^/# /'
    fi
}

decode() {
    "$TREE/scripts/xen-decode" "$@" 2>&1
}

same "no arguments: the text of standard input" $'xenview: -d decode\n(XEN) text' "$(echo '(XEN) text' | decode)"
same "a file" "xenview: -d decode log" "$(decode log </dev/null)"
same "an image" "xenview: -d decode -i xen-syms -j" "$(decode -i xen-syms -j </dev/null)"
same "a terminal: the usage" 1 "$(python3 -c '
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], lambda fd: os.read(fd, 4096))))' "$TREE/scripts/xen-decode" </dev/null >"$WORK/out"; echo $?)"
same "which is on the terminal" 1 "$(grep -c '^  xen-decode \[-i XEN-SYMS\]' "$WORK/out")"
same "the usage ends with the environment" 1 "$(decode --help | tail -n 1 | grep -c XENVIEW)"
echo "1..$TESTS"
