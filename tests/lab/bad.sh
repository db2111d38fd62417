#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Wrong input causes exactly one line of error; damaged memory affects only the values in it. Oracle: the list of damages in this test.
# Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# one NAME REGEX COMMAND...: the command fails with one line, which matches
one() {
    local name=$1 regex=$2
    shift 2
    if view "$@" >"$WORK/out" 2>&1; then not_ok "$name (no failure)" "$WORK/out"; return; fi
    expect "$name" "$regex" "$WORK/out"
    [[ $(wc -l <"$WORK/out") -le 2 ]] || not_ok "$name: more than a line" "$WORK/out"
}

# core NAME REGEX FILE: the file is refused as a dump
core() {
    if in_suite "$LAB_BUILD/xenview" "$3" doms >"$WORK/out" 2>&1; then
        not_ok "$1 (no failure)" "$WORK/out"
    else
        expect "$1" "$2" "$WORK/out"
    fi
}

one "a command that does not exist" 'no command "bogus"' bogus
one "an option that does not exist" 'unknown option "-Z"' pcpus -Z
one "an address that is not Xen's" 'is not an address of the hypervisor' rd 1234
one "an address that is not mapped" 'is not mapped' rd ffff82c0f0000000
one "a symbol that does not exist" 'no symbol|not' rd no_such_symbol
one "an image that is not there" 'No such file' load /nonexistent/xen-syms
one "an image that is none" 'not a hypervisor' load /etc/passwd
if has_dwarf; then
    one "a domain that does not exist" 'no domain 4711' dom 4711
    one "a vcpu that does not exist" 'no vcpu 99' vcpu 0:99
    one "a pcpu that does not exist" 'no pcpu 4711' pcpu 4711
    one "a type that does not exist" 'no_such' struct no_such_struct
    one "a member that does not exist" 'no_such' struct domain.no_such
    one "an unaligned object" 'align|not|bad' dom ffff830000000001
fi

# xen-syms of another build: refused; with -f a warning in every command.
other=$WORK/xen-syms
other_build "$XEN_SYMS" "$(cat "$TRUTH/build-id")" "$other"
printf 'load %s\ndoms\nload -f %s\nsym hardware_domain\n' "$other" "$other" >"$WORK/in"
view_all <"$WORK/in" >"$WORK/out" 2>&1
expect "another build is refused, with both build-ids" 'build-id in memory is ([0-9a-f]{32}|[0-9a-f]{40}), in .* is [0-9a-f]{32,40}' "$WORK/out"
expect "by force a warning stays" '^note: WARNING: .* was loaded by force' "$WORK/out"

# Files that are not dumps.
core "no file" 'No such file' /nonexistent
core "a text" 'neither an ELF core, nor' /etc/passwd
core "a program" 'not an x86_64 ELF core|ELF core' "$LAB_BUILD/xenview"
head -c 3000000 "$LAB_DUMP/vmcore" >"$WORK/cut"
core "a truncated dump" 'is truncated' "$WORK/cut"
# without notes the hypervisor is found, too
if [[ $(head -c 4 "$LAB_DUMP/vmcore") == $'\177ELF' ]]; then
    cp --sparse=always "$LAB_DUMP/vmcore" "$WORK/zero"
    read -r offset size < <(readelf -lW "$LAB_DUMP/vmcore" | awk '$1 == "NOTE" { print $2, $5; exit }')
    dd if=/dev/zero of="$WORK/zero" bs=1 seek=$((offset)) count=$((size)) conv=notrunc status=none
    view doms -j >"$WORK/doms"
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$WORK/zero" doms -j >"$WORK/out" 2>&1
    same "without notes the domains are the same" "$WORK/doms" "$WORK/out"
    rm "$WORK/zero"
fi
rm -f "$WORK/cut"

# cpu_ms RATE TIMES: processor time of TIMES "bt -a" in one session, with one of RATE words of memory changed
cpu_ms() {
    local i user sys
    for ((i = 0; i < $2; i++)); do echo 'bt -a'; done >"$WORK/in"
    TIMEFORMAT='%U %S'
    { time XENVIEW_DAMAGE=$1:$1 XENVIEW_ATTACK=10 "${LAB_ENTER[@]}" "$LAB_BUILD/xenview-damaged" "$LAB_DUMP/vmcore" <"$WORK/in" >"$WORK/out" 2>&1; } \
        2>"$WORK/time"
    read -r user sys <"$WORK/time"
    awk "BEGIN { print 1000 * ($user + $sys) }"
}

make_damaged
# Damaged stacks: each trace ends within bounded time, and its end is marked.
slow=
open=
for rate in 2 3 5 10 20 50 100 200; do
    once=$(cpu_ms "$rate" 1)
    more=$(cpu_ms "$rate" 21)
    awk "BEGIN { exit !($more - $once <= 20 * 10 * $(meta pcpus)) }" || slow+=" 1 of $rate: $once ms once, $more ms 21 times;"
    XENVIEW_DAMAGE=$rate:$rate "${LAB_ENTER[@]}" "$LAB_BUILD/xenview-damaged" "$LAB_DUMP/vmcore" bt -a -j >"$WORK/out" 2>&1
    [[ $? -le 1 ]] && jq -e '(.errors | length > 0) or (.frames | length > 0)' "$WORK/out" >/dev/null || open+=" 1 of $rate;"
done
equal "traces of damaged stacks end within 10 ms of processor time each" "" "$slow"
equal "and say how they ended" "" "$open"
done_testing
