#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A symbol table with functions only, as in the image of Xen 4.4 to 4.9: variables are found by the notes of the dump and by
# their content. Oracles: the same commands with all symbols, and the console as xl dmesg printed it.
# Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ ! -f $LAB_DUMP/xen-syms || $(meta death) == alive || $XEN_SYMS != "$LAB_DUMP/xen-syms" ]]; then
    skip "variables by their content" "no xen-syms, or no notes of a crash"
    done_testing
    exit
fi
nm "$XEN_SYMS" | awk '$2 ~ /^[tT]$/ { print $3 }' | sort -u >"$WORK/functions"
objcopy --strip-debug --strip-unneeded --keep-symbols="$WORK/functions" "$XEN_SYMS" "$WORK/xen-syms"

# few COMMAND...: runs a command with functions only
few() {
    in_suite "$LAB_BUILD/xenview" -i "$WORK/xen-syms" "$LAB_DUMP/vmcore" "$@"
}

# symbols IMAGE: prints names and addresses of those that can be found
symbols() {
    local name
    for name in domain_list max_page dom_xen dom_io idle_pg_table stack_base __per_cpu_offset __per_cpu_start \
        per_cpu__curr_vcpu idle_vcpu; do
        printf 'sym %s\n' "$name"
    done | in_suite "$LAB_BUILD/xenview" -i "$1" "$LAB_DUMP/vmcore" 2>&1 | awk 'NF == 5 && $1 != "ADDRESS" { print $3, $1 }' | sort
}

symbols "$XEN_SYMS" >"$WORK/all"
symbols "$WORK/xen-syms" >"$WORK/found"
comm -13 "$WORK/all" "$WORK/found" >"$WORK/others"
same "each variable that is found is at its address" /dev/null "$WORK/others"
for name in domain_list stack_base __per_cpu_offset __per_cpu_start; do
    expect "$name is found" "^$name " "$WORK/found"
done

for command in doms vcpus pcpus evtchn grants; do
    view "$command" -j | jq -S 'del(.notes, .unproved) | walk(if type == "object" then del(.loaded_vcpu, .unproved) elif type == "string" then sub("^[^ ]*#"; "") else . end)' >"$WORK/want"
    few "$command" -j | jq -S 'del(.notes, .unproved) | walk(if type == "object" then del(.loaded_vcpu, .unproved) elif type == "string" then sub("^[^ ]*#"; "") else . end)' >"$WORK/got"
    same "$command" "$WORK/want" "$WORK/got"
done
few xen -j >"$WORK/xen"
equal "number of pcpus" "$(meta pcpus)" "$(jq .xen.pcpus "$WORK/xen")"
view log >"$WORK/want"
few log | grep -v '^note: ' >"$WORK/got"
same "the console ring" "$WORK/want" "$WORK/got"
equal "without options, the pcpu that crashed" "$(view bt -j | jq '[.pcpus[].pcpu]')" "$(few bt -j | jq '[.pcpus[].pcpu]')"
few bt -c 0 >"$WORK/bt" 2>&1
expect "the trace of pcpu 0" '^ *[1-9] .* (cfi|scan|frame pointer|top of stack|registers)$' "$WORK/bt"
done_testing
