#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An extension built for another crash is refused at load, in one line, and the session continues. Oracle: crash's own messages.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

found=
for build in "$(dirname "$LAB_BUILD")"/lab-*; do
    [[ $build != "$LAB_BUILD" && -e $build/xen.so ]] || continue
    found=1 name=${build##*/lab-}
    printf 'extend %s/xen.so\nxen\neval 4711\nquit\n' "$build" >"$WORK/commands"
    crash --minimal >"$WORK/out"
    between "extend $build/xen.so" "$WORK/out" | grep 'xen' >"$WORK/said"
    expect "xen.so for the crash of $name is refused" 'built with the headers of another crash: .* rebuild with make CRASH_INCLUDE=' "$WORK/said"
    equal "$name: in one line, and crash says that it did not take it" 2 "$(wc -l <"$WORK/said")"
    between xen "$WORK/out" >"$WORK/one"
    expect "$name: there is no command" 'command not (found|available)' "$WORK/one"
    between "eval 4711" "$WORK/out" >"$WORK/one"
    expect "$name: the session goes on" 'decimal: 4711' "$WORK/one"
done
[[ -n $found ]] || skip "xen.so for another crash" "none was built beside this one"
done_testing
