#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# xenview as a program, and objects given by the names that users know. Oracle: the names of xl list, and the
# files of this test.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# xenview ARGUMENT...: runs it without a dump as the first argument; prints output
# and errors
xenview() {
    in_suite "$LAB_BUILD/xenview" "$@" 2>&1
}

for option in -h --help; do
    xenview "$option" >"$WORK/out"
    equal "$option succeeds" 0 $?
    expect "$option shows the usage" '^Usage: xenview ' "$WORK/out"
done
for option in -V --version; do
    xenview "$option" >"$WORK/out"
    expect "$option" "^xenview $(cat VERSION)\$" "$WORK/out"
done
for option in -Z --bogus; do
    xenview "$option" "$LAB_DUMP/vmcore" doms >"$WORK/out"
    equal "$option fails" 2 $?
    expect "$option is named" "option.*${option#-*}" "$WORK/out"
done
xenview >"$WORK/out"
expect "without a dump" 'missing VMCORE' "$WORK/out"
xenview help >"$WORK/out"
expect "help without a dump lists the commands" '^ +doms +' "$WORK/out"
xenview help doms >"$WORK/out"
expect "help of a command" '^  xen doms ' "$WORK/out"
xenview help xen >"$WORK/out"
expect "help of the overview" '^  xen - ' "$WORK/out"
xenview help -j >"$WORK/out"
equal "help as JSON" true "$(jq '.commands | length > 40' "$WORK/out")"
xenview help bogus -j >"$WORK/out"
equal "help of no command as JSON" usage "$(jq -r '.errors[0].reason' "$WORK/out")"
view xen sys >"$WORK/out"
view sys >"$WORK/want"
same "a command as it is typed in crash" "$WORK/want" "$WORK/out"
view xen -j >"$WORK/out"
equal "the version in the overview's JSON" "crash-xen $(cat VERSION)" "$(jq -r .xen.program "$WORK/out")"
view doms -j >"$WORK/want"
view xen -j doms >"$WORK/out"
same "xen -j COMMAND" "$WORK/want" "$WORK/out"
view bogus -j >"$WORK/out"
equal "no command as JSON" usage "$(jq -r '.errors[0].reason' "$WORK/out")"

view xen >"$WORK/want"
view </dev/null >"$WORK/out"
same "without a command the overview" "$WORK/want" "$WORK/out"
view -j >"$WORK/out"
equal "as JSON" xen "$(jq -r .command "$WORK/out")"
printf '\ndoms\n' | view_all >"$WORK/out"
view doms >"$WORK/want"
same "commands from standard input" "$WORK/want" "$WORK/out"
printf 'doms\t"0"\r\n' | view_all >"$WORK/out"
view doms 0 >"$WORK/want"
same "words of a line with a tab, quotes and CRLF" "$WORK/want" "$WORK/out"
printf 'decode "/no such folder/a  b"\n' | view_all >"$WORK/out" 2>&1
expect "a quoted path with blanks" 'cannot open /no such folder/a  b: ' "$WORK/out"
printf 'doms | head\n' | view_all >"$WORK/out" 2>&1
equal "a pipe is explained, and nothing is run" 1 "$(wc -l <"$WORK/out")"
expect "by the shell" '^xenview: "\|" works only in a shell: ' "$WORK/out"
view source >"$WORK/out"
expect "the source of memory is named" '  Xen +in use' "$WORK/out"
refute "and not called damaged" damaged "$WORK/out"

if has_dwarf; then
    view doms -j | jq -r '.doms[] | "\(.domid) \(.domain | ltrimstr("0x"))"' >"$WORK/doms"
    while read -r id va; do
        equal "struct domain d$id" "  domain_id = $id" "$(view struct domain.domain_id "d$id")"
        equal "as by its address" "  domain_id = $id" "$(view struct domain.domain_id "$va")"
    done <"$WORK/doms"
    equal "struct vcpu d0v1" "  vcpu_id = 1" "$(view struct vcpu.vcpu_id d0v1)"
    equal "struct vcpu 0:1" "  vcpu_id = 1" "$(view struct vcpu.vcpu_id 0:1)"
    sort -n "$WORK/doms" | awk '{ print $2 }' >"$WORK/want"
    view list domain.next_in_list d0 >"$WORK/out"
    same "list from d0" "$WORK/want" "$WORK/out"
    view list domain.next_in_list hardware_domain >"$WORK/out"
    without_notes <"$WORK/out" >"$WORK/got"
    same "list from a pointer variable" "$WORK/want" "$WORK/got"
    expect "which is said" '^note: "hardware_domain" is a pointer: ' "$WORK/out"
    view struct domain.domain_id hardware_domain | without_notes >"$WORK/out"
    equal "struct of a pointer variable" "  domain_id = 0" "$(cat "$WORK/out")"
    view struct vcpu idle_vcpu >"$WORK/out" 2>&1
    expect "an array of pointers is refused" '"idle_vcpu" is an array of pointers to struct vcpu' "$WORK/out"
    equal "an expression may begin with a minus" "-1 = -1" "$(view p -1)"
fi

# Boundaries of instructions agree with objdump, in a function that Xen does not patch.
if ! view dis _stext 1 >"$WORK/out" 2>&1; then
    expect "without capstone dis says so" 'built without a disassembler' "$WORK/out"
elif has_dwarf; then
    view dis vsnprintf 200 | sed -n 's/^   0x\([0-9a-f]*\).*/\1/p' >"$WORK/got"
    va=$(head -n 1 "$WORK/got")
    objdump -d --start-address="0x$va" --stop-address="$(printf '0x%x' $((0x$va + 4096)))" "$XEN_SYMS" |
        sed -n 's/^ *\(ffff[0-9a-f]*\):\t.*\t.*/\1/p' | head -n 200 >"$WORK/want"
    same "dis: instructions begin as objdump says" "$WORK/want" "$WORK/got"
fi
done_testing
