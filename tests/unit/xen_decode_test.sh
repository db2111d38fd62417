#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xen-decode: the arguments that it passes to xenview, which is a script in this test; standard input without
# arguments. The xenview that it and xen-layout use, their messages, and a full disk.
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

odd=$WORK/$'\e[31m\302\233\342\200\256\233'
for script in xen-decode xen-layout; do
    same "$script: an odd XENVIEW" "$script: XENVIEW=$WORK/?[31m??????: not an executable file" \
        "$(XENVIEW=$odd "$TREE/scripts/$script" x 2>&1)"
    same "$script: a folder as XENVIEW" "$script: XENVIEW=$WORK: not an executable file" \
        "$(XENVIEW=$WORK "$TREE/scripts/$script" x 2>&1)"
    # outside of the tree ../build/xenview may belong to another user
    mkdir -p "$WORK"/local/{bin,build,scripts,extensions/xenview}
    cp "$XENVIEW" "$WORK/local/build/"
    cp "$TREE/scripts/$script" "$WORK/local/bin/"
    same "$script: ../build of another folder than a tree's scripts" "$script: xenview not found; run make, or set XENVIEW" \
        "$(unset XENVIEW; "$WORK/local/bin/$script" x 2>&1)"
    cp "$TREE/scripts/$script" "$WORK/local/scripts/"
    touch "$WORK/local/extensions/xenview/main.c"
    same "$script: ../build of a tree" 1 "$(unset XENVIEW; "$WORK/local/scripts/$script" x 2>&1 </dev/null | grep -c '^xenview: -')"
    if [[ $(id -u) == 0 ]]; then
        chown 12345 "$WORK/local/build/xenview"
        same "$script: ../build of a tree, of another user" "$script: xenview not found; run make, or set XENVIEW" \
            "$(unset XENVIEW; "$WORK/local/scripts/$script" x 2>&1)"
    fi
    same "$script: --help on a full disk" 1 "$("$TREE/scripts/$script" --help 2>"$WORK/err" >/dev/full; echo $?)"
    rm -r "$WORK/local"
done
# programs in the current folder
mkdir "$WORK/sender"
for program in readlink dirname stat id tr sed cat; do
    printf '#!/bin/sh\ntouch "%s/hit"\n' "$WORK" >"$WORK/sender/$program"
    chmod 755 "$WORK/sender/$program"
done
printf '#!/bin/sh\necho "PATH=$PATH LD_LIBRARY_PATH=$LD_LIBRARY_PATH"\n' >"$XENVIEW"
for script in xen-decode xen-layout; do
    for path in ":/usr/bin:/bin" ".:/usr/bin:/bin" "/usr/bin::/bin" "/usr/bin:x:/bin:"; do
        same "$script: PATH $path" \
            "$script: PATH: folders relative to the current one are not searched|$script: LD_LIBRARY_PATH: folders relative to the current one are not searched|PATH=/usr/bin:/bin LD_LIBRARY_PATH=/lib" \
            "$(cd "$WORK/sender" && PATH=$path LD_LIBRARY_PATH=.:/lib "$TREE/scripts/$script" x 2>&1 </dev/null | grep -v '^#' | paste -sd '|')"
    done
    same "$script: no absolute folder" "PATH=/usr/sbin:/usr/bin:/sbin:/bin LD_LIBRARY_PATH=" \
        "$(cd "$WORK/sender" && PATH=. "$TREE/scripts/$script" x 2>/dev/null </dev/null | grep -v '^#')"
    same "$script: nothing of the current folder was executed" "" "$(find "$WORK" -name 'hit*')"
done
same "xen-layout: a full disk" "1 xen-layout: cannot write the profile" \
    "$("$TREE/scripts/xen-layout" x 2>"$WORK/err" >/dev/full </dev/null; echo "$? $(tail -n 1 "$WORK/err")")"
same "xencrash: --help on a full disk" 1 "$("$TREE/scripts/xencrash" --help 2>"$WORK/err" >/dev/full; echo $?)"
echo "1..$TESTS"
