#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Cpu policies: Xen's own is what xl says the hardware can do, and domains are told no more than Xen gives at most.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

needs_dwarf "cpuid"
# word POLICY NAME: in hexadecimal
word() {
    view cpuid -j "$1" | jq -r --arg word "$2" '.features[] | select(.word == $word).value'
}

# hw_caps: leaf 1 edx and ecx, leaf 80000001 edx without what AMD repeats of leaf 1, and ecx
caps=$(sed -n 's/^hw_caps *: *//p' "$TRUTH/xl-info-n")
IFS=: read -r d1 c1 d2 c2 _ <<<"$caps"
equal "leaf 1 edx is that of hw_caps" "$d1" "$(word host basic._1d)"
equal "leaf 1 ecx is that of hw_caps" "$c1" "$(word host basic._1c)"
equal "leaf 80000001 ecx is that of hw_caps" "$c2" "$(word host extd.e1c)"
equal "leaf 80000001 edx has that of hw_caps" "$d2" \
    "$(printf '%08x' $((0x$(word host extd.e1d) & 0x$d2)))"
view doms -j | jq -r '.doms[] | "\(.domid) \(.type)"' >"$WORK/doms"
while read -r domid type; do
    [[ $type == PV ]] && most=pv_max || most=hvm_max
    view cpuid -l -j "$domid" >"$WORK/leaves"
    equal "d$domid: leaf 1 says the same as the word of features" "$(word "$domid" basic._1d)" \
        "$(jq -r '.leaves[] | select(.leaf == "00000001").edx' "$WORK/leaves")"
    more=$((0x$(word "$domid" basic._1d) & ~0x$(word "$most" basic._1d)))
    equal "d$domid is told of nothing in leaf 1 that $most has not" 0 "$more"
done <"$WORK/doms"
view cpuid nosuch >"$WORK/none" 2>&1
expect "a policy that is none is refused with those there are" "no policy nosuch: give a domain, or raw, host" "$WORK/none"
done_testing
