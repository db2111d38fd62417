#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Machine memory, translations and members of structures. Oracle: gdb, which reads the vmcore by the virtual addresses of its segments
# and the types of xen-syms by its own DWARF reader; page tables are walked in its Python (tests/lab/reader.py).
# Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if ! gdb -q -nx -batch -ex 'python print(1)' >"$WORK/out" 2>&1 || [[ $(head -n 1 "$WORK/out") != 1 ]]; then
    skip "an independent reader" "no gdb with Python on this machine"
    done_testing
    exit 0
fi
readelf -lW "$LAB_DUMP/vmcore" >"$WORK/segments" 2>/dev/null
if [[ $(grep -c ' LOAD ' "$WORK/segments") == 0 || $(meta death) == alive ]]; then
    skip "an independent reader" "gdb reads ELF cores of a crash kernel only"
    done_testing
    exit 0
fi

# reader DO FILE: prints gdb's output for the lines of FILE
reader() {
    READER_DO=$1 READER_IN=$2 READER_SEGMENTS=$WORK/segments gdb -q -nx -batch "${@:3}" -x "$(dirname "$0")/reader.py" 2>"$WORK/gdb" |
        grep -vE '^\[|^The current thread|^#0 '
}

# ours: "ADDRESS WORD WORD" of lines "ADDRESS:  WORD WORD   text"; 16 bytes that cross no line are one line
ours() { # OPTION FILE
    sed "s/.*/rd $1 & 2/" "$2" | view_all 2>&1 | sed -nE 's/^ *([0-9a-f]+):  ([0-9a-f]{16}) ([0-9a-f]{16}) .*/\1 \2 \3/p'
}

# Both ends of each segment, and 400 places between, of which one in 16 crosses a page.
awk '$1 == "LOAD" { print $4, $6 }' "$WORK/segments" | while read -r start length; do
    printf '%x\n%x\n' "$((start))" "$((start + length - 16))"
    awk -v length_="$((length))" -v start="$((start))" 'BEGIN { srand(11); for (i = 0; i < 100; i++) {
        at = int(rand() * (length_ / 4096 - 1)) * 4096 + (i % 16 ? int(rand() * 510) * 8 : 4088)
        printf "%.0f\n", start + at } }' | while read -r at; do printf '%x\n' "$at"; done
done >"$WORK/addresses"
reader machine "$WORK/addresses" -c "$LAB_DUMP/vmcore" >"$WORK/want"
ours -m "$WORK/addresses" >"$WORK/got"
zeros=$(grep -c ' 0000000000000000 0000000000000000$' "$WORK/want")
same "$(wc -l <"$WORK/want") places of machine memory, $zeros of them zero" "$WORK/want" "$WORK/got"
equal "not all are zero, and none is missing" "yes" \
    "$( ((zeros < $(wc -l <"$WORK/want") * 9 / 10)) && ! grep -q none "$WORK/want" && [[ $(wc -l <"$WORK/want") == $(wc -l <"$WORK/addresses") ]] && echo yes)"

# Virtual addresses: symbols of Xen that the running host printed, read-only and writable; the areas of the memory layout.
root=$(view sym -j idle_pg_table | jq -r '.symbols[0].address')
view sys -j >"$WORK/sys"
READER_ROOT=$(printf '%x' $((root - $(jq -r .sys.xen_virt_start "$WORK/sys") + $(jq -r .sys.xen_phys_start "$WORK/sys"))))
export READER_ROOT
{
    awk '$2 ~ /^[TtDdBbR]$/ && NR % 41 == 0 { print $1 }' "$TRUTH/xensyms" | tr -d '\r'
    awk '$2 ~ /^[Tt]$/ && NR % 97 == 0 { sub(/...$/, "ff8", $1); print $1 }' "$TRUTH/xensyms" | tr -d '\r'
    for area in ffff828000000000 ffff82e000000000 ffff830000000000; do
        for page in 0 1 17 300 4001; do printf '%x\n' $((0x$area + page * 4096 + 4088)); done
    done
    view doms -j | jq -r '.doms[] | .domain | ltrimstr("0x")'
    view vcpus -j | jq -r '.vcpus[] | .vcpu | ltrimstr("0x")'
} | sort -u >"$WORK/addresses"
reader walk "$WORK/addresses" -c "$LAB_DUMP/vmcore" >"$WORK/walked"
grep -v ' none$' "$WORK/walked" >"$WORK/want"
cut -d ' ' -f 1 "$WORK/want" >"$WORK/mapped"
ours "" "$WORK/mapped" >"$WORK/got"
same "$(wc -l <"$WORK/want") virtual addresses that the page tables map" "$WORK/want" "$WORK/got"
sed -n 's/ none$//p' "$WORK/walked" >"$WORK/unmapped"
ours "" "$WORK/unmapped" >"$WORK/got"
refute "$(wc -l <"$WORK/unmapped") that they do not map have no bytes" . "$WORK/got"
if [[ $(wc -l <"$WORK/want") -ge 100 ]]; then ok "there are many"; else not_ok "there are many" "$WORK/walked"; fi

needs_dwarf "members"
cat >"$WORK/types" <<'END'
domain arch_domain vcpu arch_vcpu page_info sched_unit sched_resource scheduler cpupool csched2_unit evtchn irq_desc timer timers
grant_table active_grant_entry cpu_info cpu_user_regs pv_vcpu pv_domain hvm_vcpu hvm_domain p2m_domain pci_dev rcu_data tasklet
cpu_time vcpu_runstate_info shared_info start_info domain_iommu livepatch_func payload t_buf
END
reader members "$WORK/types" "$XEN_SYMS" >"$WORK/members"
grep -v ' size ' "$WORK/members" | sort -u >"$WORK/want"
sed -n 's/^\([a-z0-9_]*\) size .*/struct -o \1/p' "$WORK/members" | view_all | awk '/^struct [a-z0-9_]+ \{$/ { name = $2 }
    match($0, /^ *\[[0-9]+(:[0-9]+)?\] /) { place = substr($0, RSTART, RLENGTH)
        gsub(/[^0-9]+/, " ", place)
        split(place, bits, " ")
        at = bits[1] * 8 + bits[2]; text = substr($0, RLENGTH + 1)
        sub(/;$/, "", text)
        sub(/ : [0-9]+$/, "", text)
        if (match(text, /\(\*+[a-zA-Z_0-9]+/))
            text = substr(text, RSTART, RLENGTH)
        while (sub(/\[[^]]*\]$/, "", text)) ;
        sub(/[{][^{}]*[}]/, "", text)
        if (text ~ /[{}]/) next
        sub(/.*[ *(]/, "", text)
        print name, at, text }' | sort -u >"$WORK/got"
same "$(wc -l <"$WORK/want") members of $(grep -c ' size ' "$WORK/members") structures are where gdb finds them" "$WORK/want" "$WORK/got"
if [[ $(wc -l <"$WORK/want") -ge 300 ]]; then ok "gdb found them"; else not_ok "gdb found them" "$WORK/members"; fi
done_testing
