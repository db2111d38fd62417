#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Registers of every vcpu: rip is in the text of its kernel or its user, and cr3 maps it. Oracle: System.map of the guests' kernel.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"


# All guests of the lab run dom0's kernel. kernel_symbol NAME: its address
kernel_symbol() {
    awk -v name="$1" '$3 == name { print $1; exit }' "$LAB_DUMP/System.map"
}

declare -A stext etext banner
while read -r domid; do
    offset=$(kernel_offset "$domid")
    stext[$domid]=$(moved "$(kernel_symbol _stext)" "$offset")
    etext[$domid]=$(moved "$(kernel_symbol _etext)" "$offset")
    banner[$domid]=$(moved "$(kernel_symbol linux_banner)" "$offset")
done < <(awk 'NR > 1 { print $2 }' "$TRUTH/xl-list")

# text_of RIP DOMID: the text that an address belongs to. Addresses of 16 digits are compared as strings.
text_of() {
    if [[ ! $1 < ${stext[$2]} && $1 < ${etext[$2]} ]]; then
        echo kernel
    elif [[ $1 == ffffffffc* ]]; then
        echo module
    elif [[ $1 == 00007* || $1 == 00000* ]]; then
        echo user
    else
        echo none
    fi
}

# maps CR3: the page tables the walk (in $WORK/walk) began with are those at cr3. While a PV guest is in user mode, cr3 refers to
# the tables of its user, whose lower levels are those of its kernel.
maps() {
    local root entry at
    root=$(jq -r '.vtop[0].root' "$WORK/walk")
    [[ $(($1 & ~0xfff)) -ne $((root)) ]] || return 0
    at=$(jq -r '.steps[0].at' "$WORK/walk")
    entry=$(view rd -m "$(printf '%x' $((($1 & ~0xfff) | (at & 0xfff))))" 1 | awk '{ print $2 }')
    [[ $((0x$entry)) -eq $(($(jq -r ".steps[0].entry" "$WORK/walk"))) ]]
}

# check_vcpu DOMID:VCPU
check_vcpu() {
    local rip cr3 cs text level flags fault
    view regs -v "$1" -j >"$WORK/regs"
    IFS=' ' read -r rip cr3 cs fault < <(jq -r '.vcpus[0] | [.rip, .cr3, .cs, .error_code] | map(tostring) | join(" ")' "$WORK/regs")
    if [[ $rip != 0x* || $cr3 != 0x* || $cs != 0x* ]]; then
        not_ok "vcpu $1 has registers" "$WORK/regs"
        return
    fi
    text=$(text_of "$(printf '%016x' "$rip")" "${1%:*}")
    equal "vcpu $1: rip is in text" "" "$([[ $text != none ]] || echo "$rip is in none")"
    # PV kernels are recognised by their selector (FLAT_KERNEL_CS), others by their privilege
    level=$((cs & 3))
    [[ $((cs)) -ne $((0xe033)) ]] || level=0
    equal "vcpu $1: cs is of the same mode" "$([[ $text == user ]] && echo 3 || echo 0)" "$level"
    view vtop -d "$1" "${rip#0x}" -j >"$WORK/walk"
    # a domain that is being destroyed keeps only its registers
    if dying | grep -x "${1%:*}" >"$WORK/dying"; then
        equal "vcpu $1: its page tables are gone" not_found "$(jq -r '.errors[0].reason' "$WORK/walk")"
        return
    fi
    # the error code of a page fault by fetching an instruction of a user (architecture manuals, vector 14): its kernel has yet
    # to read the page
    if [[ $text == user && $fault == 0x14 ]]; then
        equal "vcpu $1: rip is not yet mapped" bad_pointer "$(jq -r '.errors[0].reason' "$WORK/walk")"
        text=fault
    else
        equal "vcpu $1: rip is mapped" null "$(jq -r 'if .vtop[0].maddr then null else .errors end' "$WORK/walk")"
    fi
    if maps "$cr3"; then ok "vcpu $1: cr3 maps it"; else not_ok "vcpu $1: cr3 maps it (cr3 is $cr3)" "$WORK/walk"; fi
    flags=$(jq -r '.steps[].flags' "$WORK/walk")
    refute "vcpu $1: it is executable" '(^|\|)NX(\||$)' <(echo "$flags")
    if [[ $text == user ]]; then
        equal "vcpu $1: the user may run it" "" "$(grep -v '|US' <<<"$flags")"
    fi
    view rd -a -d "$1" "${banner[${1%:*}]}" 64 >"$WORK/banner"
    expect "vcpu $1: its page tables lead to its kernel" 'Linux version' "$WORK/banner"
}

view vcpus -j | jq -r '.vcpus[] | select(.domid < 32752) | "\(.domid):\(.vcpu_id)"' >"$WORK/vcpus"
equal "every vcpu there was" "$(awk 'NR > 1' "$TRUTH/xl-vcpu-list" | wc -l)" "$(wc -l <"$WORK/vcpus")"
while read -r vcpu <&3; do
    check_vcpu "$vcpu"
done 3<"$WORK/vcpus"

# With busy= the guests were running at the crash: not all vcpus may be asleep.
if [[ $(meta busy) == y ]]; then
    while read -r domid <&3; do
        view regs -d "$domid" -j | jq -r '.vcpus[].where' >"$WORK/where"
        expect "domain $domid was running" 'running on pcpu' "$WORK/where"
    done 3< <(cut -d : -f 1 "$WORK/vcpus" | sort -u)
fi
done_testing
