#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels of domains, their logs and symbols. Oracles, recorded just before the crash: the consoles of the guests, the notes of dom0's
# kernel and its /proc/kallsyms.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# domid_of NAME: the id of a domain by its name in xl list
domid_of() {
    tr -d '\r' <"$TRUTH/xl-list" | awk -v name="$1" '$1 == name { print $2 }'
}

# of_guest DOMID FIELD: prints a field of a row
of_guest() {
    jq -r --argjson d "$1" ".guests[] | select(.domid == \$d).$2" "$WORK/guests"
}

release=$(cat "$TRUTH/kernel-release")
view guest -j >"$WORK/guests"
equal "no error" 0 "$(jq '.errors | length' "$WORK/guests")"
view doms -j | jq -r '.doms[].domid' >"$WORK/want"
jq -r '.guests[].domid' "$WORK/guests" >"$WORK/got"
same "each domain has a row" "$WORK/want" "$WORK/got"
equal "dom0 runs the kernel of uname -r" "$release" "$(of_guest 0 release)"
equal "its build-id is that of /sys/kernel/notes" \
    "$(od -An -v -tx1 "$TRUTH/kernel-notes" | tr -d ' \n' | grep -oE '040000001400000003000000474e5500.{40}' | head -n 1 | tail -c 41)" \
    "$(of_guest 0 build_id)"
# addresses of a PV kernel are never random
stext=$(awk '$3 == "_stext" { print $1 }' "$TRUTH/proc-kallsyms")
view guest -i 0 >"$WORK/info"
expect "dom0's VMCOREINFO has its _stext" "^SYMBOL\\(_stext\\)=$stext\$" "$WORK/info"
view log -d 0 >"$WORK/log"
expect "dom0's log begins with its banner" "^\\[ +0\\.000000\\] Linux version ${release//+/.} " "$WORK/log"
in_log=0
for file in "$TRUTH"/console-*; do
    [[ -s $file ]] || continue
    name=${file##*/console-}
    domid=$(domid_of "$name")
    grep -q 'LAB-GUEST: up' "$file" && [[ -n $domid ]] || continue
    equal "$name: release as on its console" "$(console "$name" | sed -n 's/.*\] Linux version \([^ ]*\).*/\1/p' | head -n 1)" "$(of_guest "$domid" release)"
    expect "$name: confirmed by its own uts name" confirmed <(of_guest "$domid" found)
    view log -d "$domid" >"$WORK/log" 2>&1
    console "$name" >"$WORK/console"
    in_order "$name: its log has the lines of its console" "$WORK/console" "$WORK/log"
    view log -n 2 -d "$domid" >"$WORK/last"
    grep "^\[" "$WORK/log" | tail -n 2 >"$WORK/want"
    same "$name: its last lines" "$WORK/want" <(grep "^\[" "$WORK/last")
    in_log=$((in_log + $(wc -l <"$WORK/console")))
    version=$(sed -n 's/.*\] Linux version [^#]*\(#.*\)/\1/p' "$WORK/console" | head -n 1)
    equal "$name: version as in its banner" "$version" "$(of_guest "$domid" version)"
done
[[ $in_log -eq 0 ]] || ok "$in_log lines of consoles were compared"

# VMCOREINFO lists kallsyms since Linux 6.0; in earlier kernels the table is searched for. Addresses without leading zeros; modules are not in the kernel's own table
plain() {
    awk '{ sub(/^0+/, "", $1); print ($1 == "" ? 0 : $1), $2, $3 }' | LC_ALL=C sort
}
grep -v '\[' "$TRUTH/proc-kallsyms" | plain >"$WORK/want"
view sym -d 0 -l | without_notes | tail -n +2 | grep . | plain >"$WORK/got"
same "symbols of dom0 are those of /proc/kallsyms" "$WORK/want" "$WORK/got"
for file in "$TRUTH"/console-*; do
    name=${file##*/console-}
    [[ -s $file ]] && domid=$(domid_of "$name") && [[ -n $domid ]] || continue
    banner=$(view sym -j -d "$domid" linux_banner | jq -r '.symbols[0].address')
    view rd -a -d "$domid" "$banner" 64 | sed 's/^ *[0-9a-f]*:  //' | tr -d '\n' | head -c 40 >"$WORK/got"
    console "$name" | sed -n 's/.*\] \(Linux version .*\)/\1/p' | head -n 1 | head -c 40 >"$WORK/want"
    same "$name: its banner, by symbol and page tables" "$WORK/want" "$WORK/got"
    view regs -j -d "$domid" >"$WORK/regs"
    # a vcpu in the kernel is in one of its functions
    jq -r '.vcpus[] | select(.rip >= "0xffffffff81000000" and .symbol == null).rip' "$WORK/regs" >"$WORK/got"
    equal "$name: registers in the kernel have a name" "" "$(cat "$WORK/got")"
done
view log -d 7777 >"$WORK/out" 2>&1
expect "a domain that does not exist" "no domain 7777" "$WORK/out"
done_testing
