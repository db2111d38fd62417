#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Cores of single domains, opened by crash without the extension, and the core of the hypervisor alone. Oracles: dom0's ps and a
# guest's console, recorded just before the crash; for the core of the hypervisor the outputs on the whole dump.
# By default crash opens only the core of dom0: guest_session.sh opens that of a guest. With CHECK_FULL=1 also drgn and gdb
# on the cores: the tasks of crash's ps.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# core_session CORE: commands from $WORK/commands
core_session() {
    in_suite crash -s -i "$WORK/commands" "$LAB_DUMP/vmlinux" "$1" </dev/null 2>&1
}

# extract DOMID: $WORK/core
extract() {
    rm -f "$WORK/core"
    view extract -d "$1" "$WORK/core" -j >"$WORK/extract" 2>&1
}

# tasks_of OPTION: "PID PPID TASK COMM" by crash's ps on the core
tasks_of() {
    printf 'ps %s\nquit\n' "$1" >"$WORK/ps"
    in_suite crash -s -i "$WORK/ps" "$LAB_DUMP/vmlinux" "$WORK/core" </dev/null 2>/dev/null |
        sed 's/^>/ /' | awk '$1 ~ /^[0-9]+$/ && $1 > 0 && $4 ~ /^ffff/ { gsub(/[][]/, "", $9); print $1, $2, $4, $9 }' | sort
}

# debuggers NAME DOMID: drgn and gdb find the same tasks in $WORK/core as crash. gdb has to be given the offset of a moved kernel.
debuggers() {
    tasks_of '' >"$WORK/want"
    equal "$1: crash has tasks" 1 "$(($(wc -l <"$WORK/want") > 20))"
    scripts/lab debug trixie python3 tests/lab/tasks_drgn.py "$WORK/core" "$LAB_DUMP/vmlinux" >"$WORK/drgn" 2>&1
    sed -n 's/^task //p' "$WORK/drgn" | sort >"$WORK/got"
    same "$1: drgn has the tasks that crash's ps has" "$WORK/want" "$WORK/got"
    if [[ $1 != Domain-0 ]]; then
        sed -n 's/^log //p' "$WORK/drgn" >"$WORK/got"
        in_order "$1: drgn's log has the lines of its console" "$WORK/console" "$WORK/got"
    fi
    tasks_of -G >"$WORK/want"
    scripts/lab debug trixie gdb -nx -batch -ex "symbol-file -o 0x$(kernel_offset "$2") $LAB_DUMP/vmlinux" -ex "core-file $WORK/core" \
        -x tests/lab/tasks.gdb >"$WORK/gdb" 2>&1
    sed -n 's/^task //p' "$WORK/gdb" | sort >"$WORK/got"
    same "$1: gdb has the processes that crash's ps -G has" "$WORK/want" "$WORK/got"
}

printf 'ps\nlog\nbt -a\nquit\n' >"$WORK/commands"
reads=''
crash_reads_kernel && crash_finds_tasks && reads=1
tr -d '\r' <"$TRUTH/xl-list" | awk 'NR > 1 { print $1, $2 }' >"$WORK/domains"
while read -r name domid <&3; do
    extract "$domid"
    if [[ $name != Domain-0 ]] && ! grep -q 'LAB-GUEST: up' "$TRUTH/console-$name" 2>/dev/null; then
        continue   # a domain without memory, or whose kernel did not come up
    fi
    equal "$name: no error" 0 "$(jq '.errors | length' "$WORK/extract")"
    pages=$(jq .extract.pages "$WORK/extract")
    equal "$name: all pages of its memory that Xen counts" 1 "$((pages + 8 >= $(view doms -j | jq ".doms[] | select(.domid == $domid).tot_pages")))"
    equal "$name: none of them is unreadable" 0 "$(jq .extract.unreadable "$WORK/extract")"
    equal "$name: bytes that are not zero" 1 "$(($(stat -c %b "$WORK/core") * 512 > 1000000))"
    view extract -d "$domid" "$WORK/core" >"$WORK/again" 2>&1
    expect "$name: a file that exists is not replaced" 'File exists' "$WORK/again"
    # that a layout profile was used does not concern the core
    note=$(jq -r '[.notes[] | select(startswith("~") | not)][0] // empty' "$WORK/extract")
    if [[ -z $reads || -n $note ]]; then
        skip "$name: crash opens the core" "${note:-crash of this suite does not read the kernel}"
        continue
    fi
    type=$(jq -r .extract.type "$WORK/extract")
    if [[ $name != Domain-0 && " ${compressed:-} " != *" $type "* ]] && in_suite sh -c 'command -v makedumpfile' >/dev/null; then
        # The compressed form: makedumpfile, which reads both forms, copies the same pages from
        # them. One guest of each type: HVM and PVH guests have pages above their kernel's memory.
        compressed+=" $type"
        rm -f "$WORK/packed"
        view extract -z -d "$name" "$WORK/packed" -j >"$WORK/out" 2>&1
        equal "$name: compressed" 0 "$(jq .extract.unreadable "$WORK/out")"
        above=$(jq -r '.notes[]' "$WORK/out" | sed -n 's/^left out: \([0-9]*\) pages .*above the memory of the kernel.*/\1/p')
        equal "$name: with all pages, or a number of those left out" "$pages" "$(($(jq .extract.pages "$WORK/out") + ${above:-0}))"
        for options in '-l -d 1' '-c -d 31'; do
            for form in core packed; do
                # shellcheck disable=SC2086 # two options and a number
                in_suite makedumpfile $options "$WORK/$form" "$WORK/$form.copy" >"$WORK/out" 2>&1 || not_ok "$name: makedumpfile $options" "$WORK/out"
            done
            equal "$name: makedumpfile $options finds the same in it" "$(sha256sum <"$WORK/core.copy")" "$(sha256sum <"$WORK/packed.copy")"
            rm -f "$WORK"/*.copy
        done
        rm -f "$WORK/packed"
    fi
    [[ -n ${CHECK_FULL:-} || $name == Domain-0 ]] || continue
    core_session "$WORK/core" >"$WORK/session"
    if [[ $name == Domain-0 ]]; then
        # kernel threads and other tasks that existed before and after
        awk 'NR > 1 && $5 ~ /^[a-z]/ && $5 !~ /^(ps|kworker)/ { print $1 }' "$TRUTH/ps" | sort >"$WORK/pids"
        sed 's/^>//' "$WORK/session" | awk '$1 ~ /^[0-9]+$/ && $2 ~ /^[0-9]+$/ && $4 ~ /^ffff/ { print $1 }' | sort >"$WORK/got"
        equal "$name: crash's ps has the processes of its own" "" "$(comm -23 "$WORK/pids" "$WORK/got" | head -n 3)"
    else
        console "$name" >"$WORK/console"
        as_console "$WORK/session" >"$WORK/lines"
        in_order "$name: crash's log has the lines of its console" "$WORK/console" "$WORK/lines"
        # named as dom0's own, which is the same program
        init=$(awk '$1 == 1 { print $NF }' "$TRUTH/ps")
        expect "$name: crash's ps has its init" "^>? +1 +0 .* ${init:-init} *\$" "$WORK/session"
        expect "$name: bt begins at its registers" '(exception RIP|RIP): ' "$WORK/session"
    fi
    [[ -z ${CHECK_FULL:-} ]] || debuggers "$name" "$domid"
done 3<"$WORK/domains"

# The hypervisor alone: the same output, and no memory of a domain. Names of domains are in dom0's memory.
rm -f "$WORK/core"
view extract -x "$WORK/core" -j >"$WORK/extract" 2>&1
equal "-x: no error" 0 "$(jq '.errors | length' "$WORK/extract")"
printf '%s\n' pcpus 'bt -a' 'sched -a -j' 'grants -j' 'timers -a' 'locks -a' page heap irqs pci log softirqs rcu clocks 'cpuid 0' livepatch \
    config notes 'm2p 1000-1010' 'vtop hardware_domain' >"$WORK/list"
view doms -j | jq -r '.doms[] | select(.type == "PVH") | "p2m \(.domid) 0-100"' >>"$WORK/list"
# on CORE: the outputs of the list, without names of domains, which are in dom0's memory
on() {
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$1" <"$WORK/list" 2>&1 |
        sed -E 's/, "domain_name": ("[^"]*"|null)//; /"notes": \[\],/d; /"notes": \[$/,/^  \],/d'
}
on "$LAB_DUMP/vmcore" >"$WORK/want"
on "$WORK/core" >"$WORK/got"
equal "-x: the commands have output" 1 "$(($(wc -l <"$WORK/want") > 200))"
same "-x: all of them answer as on the dump" "$WORK/want" "$WORK/got"
# vcpus_on CORE: without the names of their domains
vcpus_on() {
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$1" vcpus -j | jq 'del(.vcpus[].domain_name, .notes)'
}
vcpus_on "$LAB_DUMP/vmcore" >"$WORK/want"
vcpus_on "$WORK/core" >"$WORK/got"
same "-x: vcpus, but for the names of their domains" "$WORK/want" "$WORK/got"
kept=$(jq .extract.frames "$WORK/extract")
size=$(stat -c %s "$WORK/core")
equal "-x: the file has the frames, headers and notes" 1 "$((size >= kept * 4096 && size < kept * 4096 + 1000000))"
# verdict_on CORE: the verdict and the signature of the report
verdict_on() {
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$1" report -j | jq '.head.report, .head.signature, .head.functions'
}
verdict_on "$LAB_DUMP/vmcore" >"$WORK/want"
verdict_on "$WORK/core" >"$WORK/got"
same "-x: verdict and signature" "$WORK/want" "$WORK/got"
# texts of every Linux kernel, its command line, and output of guests
for text in 'Run %s as init process' 'Freeing unused kernel image' rdinit=/init LAB-GUEST; do
    if LC_ALL=C grep -aqF "$text" "$LAB_DUMP/vmcore"; then
        equal "-x: nothing of a domain: $text" 0 "$(LC_ALL=C grep -acF "$text" "$WORK/core")"
    fi
done

# With dom0 (-X): names, xenstore and kernel of dom0 give the same output as on the dump, compressed; the memory of
# guests is not available.
rm -f "$WORK/core"
view extract -Xz "$WORK/core" -j >"$WORK/extract" 2>&1
equal "-X: no error" 0 "$(jq '.errors | length' "$WORK/extract")"
equal "-X: dom0's pages" 1 "$(($(jq .extract.dom0 "$WORK/extract") + 8 >= $(view doms -j | jq '.doms[] | select(.domid == 0).tot_pages')))"
printf '%s\n' 'doms -j' 'vcpus -j' xenstore 'guest 0' 'log -d 0' 'grants -j' 'evtchn -d 0 -j' 'bt -a' 'rd -d 0 ffffffff81000000 8' >"$WORK/list"
both() {
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$1" <"$WORK/list" 2>&1
}
both "$LAB_DUMP/vmcore" >"$WORK/want"
both "$WORK/core" >"$WORK/got"
same "-X: all of them answer as on the dump" "$WORK/want" "$WORK/got"
equal "-X: names, too" "$(grep -c '"name": "' "$WORK/want")" "$(grep -c '"name": "' "$WORK/got")"
awk '$1 != "Domain-0" { print "rd -d " $2 " ffffffff81000000" }' "$WORK/domains" >"$WORK/list"
if grep -q rd "$WORK/list"; then
    both "$WORK/core" >"$WORK/got"
    refute "-X: no byte of a guest's kernel" '^ffffffff81000000:  [0-9a-f]' "$WORK/got"
fi
view extract "$WORK/none" >"$WORK/out" 2>&1
expect "without a domain" 'missing "-d DOMID", "-x" or "-X"' "$WORK/out"
view extract -d 0 /nosuch/core >"$WORK/out" 2>&1
expect "a folder that does not exist" '/nosuch/core: No such file' "$WORK/out"
done_testing
