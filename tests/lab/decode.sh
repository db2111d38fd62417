#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The log of the serial console, decoded without the dump, and refused with files of another build. Oracles: the text itself, and the
# symbols of xen-syms.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

decode() {
    XENVIEW=$LAB_BUILD/xenview in_suite scripts/xen-decode "$@" 2>&1
}

# without the terminal sequences of the firmware
log=$WORK/serial.log
sed 's/\x1b\[[=0-9;]*[A-Za-z]//g' "$LAB_DUMP/serial.log" >"$log"
decode -i "$XEN_SYMS" "$log" >"$WORK/out"
tr -d '\r' <"$log" | sed 's/ *$//' | tr -d '\000' >"$WORK/log"
# Byte for byte, including blanks and carriage returns at the ends of lines; only NULs
# are removed.
grep -av '^           | \|^note: ' "$WORK/out" >"$WORK/text"
tr -d '\000' <"$log" >"$WORK/log-full"
same "the text itself stays as it was" "$WORK/log-full" "$WORK/text"
expect "carriage returns are among it" $'\r$' "$WORK/text"

# Each address that Xen printed with a name has that name, with a file of any class.
named() {
    jq -r '.addresses[] | select(.of == "xen") | "\(.line) \(.address) \(.symbol)+\(.offset)"' | sed 's/ 0x/ /; s/+0x0$/+0/' | sort -u
}
grep -n '\[<ffff82d[0-9a-f]*>\].*+.*/0x' "$WORK/log" |
    sed -n 's/^\([0-9]*\):.*\[<\(ffff82d[0-9a-f]*\)>\] \([RSF] \)\{0,1\}\([^ ]*+[0-9a-fx]*\)\/0x.*/\1 \2 \4/p' | sort -u >"$WORK/named-truth"
decode -j -i "$XEN_SYMS" "$log" | named >"$WORK/named"
comm -23 "$WORK/named-truth" "$WORK/named" >"$WORK/missing"
if [[ -s $WORK/named-truth ]]; then
    same "every name in it is the image's" /dev/null "$WORK/missing"
else
    skip "every name in it is the image's" "the log has no traces"
fi
decode -j -i "$XEN_IMAGE" "$log" | named >"$WORK/named-image"
same "$(basename "$XEN_IMAGE") knows the same" "$WORK/named" "$WORK/named-image"

if readelf -S "$XEN_SYMS" | grep debug_info >/dev/null; then
    # lines are compared with those of binutils' addr2line
    decode -j -i "$XEN_SYMS" "$log" |
        jq -r '.addresses[] | select(.of == "xen" and .file_line != null) | "\(.address) \(.function) \(.file):\(.file_line)"' |
        grep -v ':0$' | sort -u >"$WORK/lines"
    while read -r address function where; do
        for at in "$address" "$(printf '0x%x' $((address - 1)))"; do
            addr2line -i -f -e "$XEN_SYMS" "$at" | paste - -
            # guest_walk.c is compiled for 2, 3 and 4 levels; binutils prints the name of the unit,
            # guest_walk_4.c
            addr2line -i -f -e "$XEN_SYMS" "$at" | paste - - | sed -E 's/_[234]\.c:/.c:/'
        done | grep -E "^${function}[[:space:]].*${where##*/}( |\$)" >/dev/null || echo "$address $function $where"
    done <"$WORK/lines" >"$WORK/lines-wrong"
    if [[ -s $WORK/lines ]]; then
        same "its lines are those of addr2line" /dev/null "$WORK/lines-wrong"
    elif [[ -s $WORK/named-truth ]]; then
        not_ok "it has source lines"
    else
        skip "its lines are those of addr2line" "the log has no traces"
    fi
    sed 's/Linux version [0-9.]*/Linux version 1.2.3/' "$WORK/log" >"$WORK/other-kernel"
    decode -i "$XEN_SYMS" -k "$LAB_DUMP/vmlinux" "$WORK/other-kernel" >"$WORK/kernel"
    refute "another kernel's addresses are left alone" '^           \| ffffffff' "$WORK/kernel"
    expect "and it is said why" 'its kernel differs: the text has "Linux version 1.2.3' "$WORK/kernel"
    if grep 'guest (d0v' "$TRUTH/key-d" >/dev/null; then
        # the lab's livepatch changes the version, which differs from the image's then
        version=$(sed -n 's/^(XEN) Xen version \([^ ]*\) .*/\1/p' "$LAB_DUMP/serial.log" | head -n 1)
        sed "s/Xen-[0-9.]*\.livepatched/Xen-$version/" "$TRUTH/key-d" >"$WORK/registers"
        decode -i "$XEN_SYMS" -k "$LAB_DUMP/System.map" "$WORK/registers" >"$WORK/key-d"
        expect "dom0's addresses by System.map" '^           \| ffffffff[0-9a-f]* [a-z_0-9A-Z]*\+0x' "$WORK/key-d"
    else
        skip "dom0's addresses by System.map" "dom0 was on no pcpu when key d was pressed"
    fi
else
    skip "its lines are those of addr2line" "no DWARF of this Xen exists"
fi

# Output of debug keys without a crash is listed: every domain, vcpu, channel and grant in Xen's own
# text.
cat "$TRUTH"/key-{q,e,g} >"$WORK/keys"
decode -j "$WORK/keys" >"$WORK/keys.json"
listed() {
    jq -r "$1" "$WORK/keys.json" >"$WORK/key-rows"
}
listed '.key_vcpus[] | "\(.vcpu) \(.pcpu)"'
awk '/VCPU information/ { sub(/:$/, ""); d = $NF } /  VCPU[0-9]+: CPU/ { gsub(/[^0-9]/, "", $2); gsub(/[^0-9]/, "", $3); print "d" d "v" $2 " " $3 }' \
    "$WORK/keys" >"$WORK/key-truth"
same "debug key q: each vcpu and its pcpu" "$WORK/key-truth" "$WORK/key-rows"
listed '.key_evtchns[] | "\(.domid) \(.port) \(.pending)\(.masked)"'
awk '/Event channel information/ { sub(/:$/, ""); d = $NF } /\[[01]\/[01]\// { split($0, a, /[][\/]/); print d " " $2 " " a[2] a[3] }' \
    "$WORK/keys" >"$WORK/key-truth"
same "debug key e: each channel" "$WORK/key-truth" "$WORK/key-rows"
listed '.key_grants[] | "\(.ref) \(.mapper) \(.mfn)"'
sed -n 's/^(XEN) \[\(0x[0-9a-f]*\)\] *\([0-9]*\) 0x0*\([0-9a-f]*\) .*/\1 \2 \3/p' "$WORK/keys" |
    while read -r ref mapper mfn; do printf '%d %s 0x%s\n' "$ref" "$mapper" "$mfn"; done >"$WORK/key-truth"
same "debug key g: each grant in use" "$WORK/key-truth" "$WORK/key-rows"

# Problems found in the output of keys: those made by the scene, and none on other hosts. The keys are pressed before the last step
# of a scene.
cat "$TRUTH"/key-{q,e,g,i,r,m,H} >"$WORK/keys"
decode -j "$WORK/keys" >"$WORK/keys.json"
jq -r '.stands_out[]?.statement' "$WORK/keys.json" | sort >"$WORK/stands-out"
case $(grep '^scene=' "$LAB_DUMP/recipe") in
    *stuck*)
        grep -v '^d2 .*the domain is paused$' "$WORK/stands-out" >"$WORK/others"
        equal "keys: the paused guest does not take its disk's event" 1 \
            "$(grep -c "^d2 does not take the event of port 9 " "$WORK/stands-out")"
        expect "keys: d3 does not take the event that is masked" '^d3 does not take the event of port 9 .*masked' "$WORK/others"
        equal "keys: no other statement" 1 "$(wc -l <"$WORK/others")"
        ;;
    *starved*)
        equal "keys: guests wait for the pcpu to which they are pinned" 0 "$(grep -vc 'waits for pcpu 0, to which it is pinned, while pcpu 1 is idle' "$WORK/stands-out")"
        ;;
    *held*)
        expect "keys: a zombie, whose grant dom0 maps" '^zombie domain d3, pages left: [0-9]*, d0 maps grant 0$' "$WORK/stands-out"
        equal "keys: no other statement" 1 "$(wc -l <"$WORK/stands-out")"
        ;;
    *) equal "keys: nothing stands out" "" "$(cat "$WORK/stands-out")" ;;
esac

# The same text with another build-id, then without its header, and with moved functions.
sed 's/build-id: [0-9a-f]\{8\}/build-id: 00000000/' "$WORK/log" >"$WORK/other-id"
if decode -i "$XEN_SYMS" "$WORK/other-id" >"$WORK/refused"; then
    not_ok "another build-id is refused" "$WORK/refused"
else
    expect "another build-id is refused" 'text is not from this build: the text has build-id 00000000' "$WORK/refused"
fi
if [[ -s $WORK/named-truth ]]; then
    grep '\[<ffff82d[0-9a-f]*>\].*+.*/0x' "$WORK/log" | sed 's/\[<ffff82d0\([0-9a-f]*\).>\]/[<ffff82d0\1f>]/' >"$WORK/moved"
    if decode -i "$XEN_SYMS" "$WORK/moved" >"$WORK/refused"; then
        not_ok "functions elsewhere are refused" "$WORK/refused"
    else
        expect "functions elsewhere are refused" 'text is not from this build: at ffff82d.* the text has .*, the image has ' "$WORK/refused"
    fi
    if decode -f -i "$XEN_SYMS" "$WORK/moved" >"$WORK/forced"; then ok "unless it is forced"; else not_ok "unless it is forced" "$WORK/forced"; fi
fi
done_testing
