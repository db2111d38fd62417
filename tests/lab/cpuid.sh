#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# CPU policies. Oracle: hw_caps of xl info for Xen's own; a domain's policy has no feature that Xen's maximum for its type
# lacks. Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# word POLICY NAME: a word of features, in hexadecimal; requires debuginfo
word() {
    view cpuid -j "$1" | jq -r --arg word "$2" '.features[] | select(.word == $word).value'
}

# leaf POLICY LEAF REGISTER: prints the register as returned by the instruction
leaf() {
    view cpuid -l -j "$1" | jq -r --arg leaf "$2" --arg register "$3" '.leaves[] | select(.leaf == $leaf)[$register]'
}

# hw_caps: leaf 1 edx and ecx, leaf 80000001 edx without AMD's copies of leaf 1, and ecx
caps=$(sed -n 's/^hw_caps *: *//p' "$TRUTH/xl-info-n")
IFS=: read -r d1 c1 d2 c2 _ <<<"$caps"
equal "leaf 1 edx is that of hw_caps" "$d1" "$(leaf host 00000001 edx)"
equal "leaf 1 ecx is that of hw_caps" "$c1" "$(leaf host 00000001 ecx)"
equal "leaf 80000001 ecx is that of hw_caps" "$c2" "$(leaf host 80000001 ecx)"
equal "leaf 80000001 edx has that of hw_caps" "$d2" \
    "$(printf '%08x' $((0x$(leaf host 80000001 edx) & 0x$d2)))"
view doms -j | jq -r '.doms[] | "\(.domid) \(.type)"' >"$WORK/doms"
while read -r domid type; do
    [[ $type == PV ]] && most=pv_max || most=hvm_max
    told=$(leaf "$domid" 00000001 edx)
    equal "d$domid is told of nothing in leaf 1 that $most has not" 0 "$((0x$told & ~0x$(leaf "$most" 00000001 edx)))"
    if has_dwarf; then
        equal "d$domid: leaf 1 says the same as the word of features" "$told" "$(word "$domid" basic._1d)"
    else
        view cpuid "$domid" >"$WORK/out" 2>&1
        expect "d$domid: features have no names without debuginfo" 'names of features require debuginfo' "$WORK/out"
    fi
done <"$WORK/doms"
view cpuid nosuch >"$WORK/none" 2>&1
expect "a policy that is none is refused with those there are" "no policy \"nosuch\": expected a domain, or raw, host" "$WORK/none"
done_testing
