#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One crash session for hypervisor and dom0: by the launcher, by hand, compressed; after unloading, crash works as before. Oracle:
# crash's own commands and its gdb.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if ! crash_reads_kernel; then
    skip "session" "crash of $LAB_SUITE does not read Linux $(meta kernel_release)"
    done_testing
    exit 0
fi
needs_dwarf "session"

domain=$(view doms -j | jq -r '.doms[0].domain | ltrimstr("0x")')
text=$(view sym _stext | awk '/_stext/ { print $1 }')
areas="$text $domain ffff82e000000000 ffff828000000000 ffff82c000000000"

# Commands of crash and of the extension, on each kind of address.
{
    echo "xen"
    for va in $areas; do
        echo "rd $va 8"
        echo "xen rd $va 8"
    done
    echo "struct domain.domain_id,max_vcpus $domain"
    echo "xen struct domain.domain_id,max_vcpus $domain"
    echo "p hardware_domain->domain_id"
    echo "gdb x/2i 0x$text"
    echo "gdb info line *0x$text"
    echo "dis $text 2"
    echo "list domain.next_in_list -s domain.domain_id $domain"
    # Xen's symbols by name; a name that both have refers to dom0
    echo "rd hardware_domain"
    echo "rd (hardware_domain+8)"
    echo "struct list_head hardware_domain"
    echo "sym hardware_domain linux_banner no_such_symbol _stext"
    echo "sym $text"
    echo "xen sym _stext"
    echo "dis do_mmu_update 2"
    echo "dis do_mmu_update"
    echo "help xen-doms"
    echo "help xen-domain"
    echo "xen dis _stext 2"
    echo "ps"
    echo "mod"
    echo "mount"
    echo "log"
    echo "bt 1"
    echo "extend -u $LAB_BUILD/xen.so"
    echo "rd $domain"
    echo "rd hardware_domain"
    echo "sym hardware_domain"
    echo "dis do_mmu_update 2"
    echo "set -p"
    echo "p hardware_domain->domain_id"
    echo "xen doms"
    echo "sys"
    echo "quit"
} >"$WORK/commands"
xencrash >"$WORK/out"

between xen "$WORK/out" >"$WORK/xen"
expect "the banner proves the image" 'PROOF: build-id .* is in memory' "$WORK/xen"
domains=$(awk 'NR > 1' "$TRUTH/xl-list" | wc -l)
expect "the banner counts domains" "DOMAINS: $domains " "$WORK/xen"
vcpus=$(awk 'NR > 1' "$TRUTH/xl-vcpu-list" | wc -l)
expect "the banner counts vcpus" "VCPUS: $vcpus\$" "$WORK/xen"
for va in $areas; do
    between "rd $va 8" "$WORK/out" | awk '{ print $2, $3 }' >"$WORK/theirs"
    between "xen rd $va 8" "$WORK/out" | awk '{ print $2, $3 }' >"$WORK/ours"
    equal "rd $va reads four lines" 4 "$(grep -c '^[0-9a-f]* [0-9a-f]*$' "$WORK/theirs")"
    same "rd $va as the core reads it" "$WORK/ours" "$WORK/theirs"
done
between "struct domain.domain_id,max_vcpus $domain" "$WORK/out" | sed 's/,$//' >"$WORK/theirs"
between "xen struct domain.domain_id,max_vcpus $domain" "$WORK/out" >"$WORK/ours"
expect "struct on a domain" 'domain_id = 0' "$WORK/theirs"
same "struct as ours" "$WORK/ours" "$WORK/theirs"
between "p hardware_domain->domain_id" "$WORK/out" | head -1 >"$WORK/one"
expect "p of a variable of Xen" '= 0$' "$WORK/one"
between "gdb x/2i 0x$text" "$WORK/out" >"$WORK/one"
expect "gdb disassembles Xen's text with names" '<.*>:' "$WORK/one"
between "gdb info line *0x$text" "$WORK/out" >"$WORK/one"
expect "gdb knows source lines or says so" 'Line [0-9]+ of|No line number' "$WORK/one"
between "dis $text 2" "$WORK/out" >"$WORK/one"
expect "dis" "0x$text" "$WORK/one"
between "list domain.next_in_list -s domain.domain_id $domain" "$WORK/out" >"$WORK/one"
equal "list walks all domains" "$domains" "$(grep -c 'domain_id =' "$WORK/one")"
sed '/extend -u/,$d' "$WORK/out" >"$WORK/before"
variable=$(view sym hardware_domain | awk '/hardware_domain/ { print $1 }')
between "rd hardware_domain" "$WORK/before" >"$WORK/one"
expect "rd of a variable of Xen" "^$variable: +$domain " "$WORK/one"
between "rd (hardware_domain+8)" "$WORK/before" >"$WORK/one"
expect "rd of an expression" "^$(printf '%x' $((0x$variable + 8))): " "$WORK/one"
between "struct list_head hardware_domain" "$WORK/before" >"$WORK/one"
expect "struct at a variable of Xen" "next = 0x$domain," "$WORK/one"
between "sym hardware_domain linux_banner no_such_symbol _stext" "$WORK/before" >"$WORK/one"
expect "sym of a variable of Xen" "^$variable +[A-Za-z] +hardware_domain " "$WORK/one"
expect "and of one of dom0 beside it" '^f+[0-9a-f]+ \([A-Za-z]\) linux_banner' "$WORK/one"
expect "and of none" 'symbol not found: no_such_symbol' "$WORK/one"
expect "a name that both have is dom0's" '^f+[0-9a-f]+ \(T\) _stext' "$WORK/one"
refute "and not Xen's" "$text" "$WORK/one"
between "sym $text" "$WORK/before" | sed -n 's/^\([0-9a-f]*\) .*/\1/p' >"$WORK/one"
expect "sym of an address of Xen" "^$text\$" "$WORK/one"
between "xen sym _stext" "$WORK/before" >"$WORK/one"
expect "xen sym has Xen's" "^$text .* _stext " "$WORK/one"
between "dis do_mmu_update 2" "$WORK/before" >"$WORK/one"
equal "dis of a function of Xen counts" 2 "$(grep -c '<do_mmu_update[>+]' "$WORK/one")"
between "dis do_mmu_update" "$WORK/before" >"$WORK/one"
expect "dis of a whole function of Xen" '<(do_mmu_update)?\+[0-9]{4}>:' "$WORK/one"
between "help xen-domain" "$WORK/out" >"$WORK/alias"
expect "help of an alias names the command" 'Another name of "xen dom"' "$WORK/alias"
between "help xen-doms" "$WORK/out" >"$WORK/one"
expect "help of a command" '^SYNOPSIS' "$WORK/one"
between "xen dis _stext 2" "$WORK/out" >"$WORK/one"
expect "xen dis" "0x$text" "$WORK/one"

# expect_init NAME COMMAND REGEX: output of a command of crash about pid 1
expect_init() {
    between "$2" "$WORK/out" >"$WORK/one"
    if crash_finds_tasks; then
        expect "$1" "$3" "$WORK/one"
    else
        skip "$1" "crash 8.0.2 finds only active tasks in Linux 6.1"
    fi
}

# dom0, compared with its own ps. Kernel threads may start or end in between, init does not.
# With an older busybox its name is that of the program.
init=$(awk '$1 == 1 { print $NF }' "$TRUTH/ps")
expect_init "ps knows init" ps " 1 +0 .* ${init:?}\$"
between mod "$WORK/out" | awk '$2 ~ /^[a-z]/ { print $2 }' | sort >"$WORK/mods"
awk 'NR > 0 && $1 != "Module" { print $1 }' "$TRUTH/lsmod" | tr -d '\r' | sort >"$WORK/lsmod"
same "mod is lsmod" "$WORK/lsmod" "$WORK/mods"
between mount "$WORK/out" >"$WORK/one"
expect "mount" ' proc ' "$WORK/one"
between log "$WORK/out" >"$WORK/one"
expect "log" 'Linux version' "$WORK/one"
expect_init "bt of init" "bt 1" '#1 |user space'

# After the extension is unloaded, crash works as before.
sed -n '/extend -u/,$p' "$WORK/out" >"$WORK/after"
expect "unloaded" 'shared object unloaded' "$WORK/after"
between "rd $domain" "$WORK/after" >"$WORK/one"
expect "crash refuses Xen's addresses again" 'invalid' "$WORK/one"
between "rd hardware_domain" "$WORK/after" >"$WORK/one"
expect "and does not find its symbols" '^symbol not found: hardware_domain$' "$WORK/one"
between "sym hardware_domain" "$WORK/after" >"$WORK/one"
expect "nor does sym" '^symbol not found: hardware_domain$' "$WORK/one"
between "dis do_mmu_update 2" "$WORK/after" >"$WORK/one"
expect "nor does dis" '^symbol not found: do_mmu_update$' "$WORK/one"
if [[ $(meta death) != panic ]]; then
    between "set -p" "$WORK/after" >"$WORK/one"
    expect "the panic task that crash had not found is gone" 'no panic task found' "$WORK/one"
fi
between "p hardware_domain->domain_id" "$WORK/after" >"$WORK/one"
expect "gdb forgot Xen's names" 'failed|No symbol' "$WORK/one"
between "xen doms" "$WORK/after" >"$WORK/one"
expect "the command is gone" 'command not found' "$WORK/one"
between sys "$WORK/after" >"$WORK/one"
expect "and the session goes on" 'RELEASE' "$WORK/one"

# By hand: a plain session if dom0 panicked, else the deferred start.
printf 'extend %s/xen.so\nxen start\nset\nset -p\nxen\nxen vcpus\nps\nquit\n' "$LAB_BUILD" >"$WORK/commands"
crash --minimal >"$WORK/out"
between "xen vcpus" "$WORK/out" >"$WORK/one"
expect "deferred start: vcpus" '^ +0 ' "$WORK/one"
expect_init "deferred start: ps" ps " 1 +0 .* $init\$"
between xen "$WORK/out" >"$WORK/one"
expect "deferred start: the banner has dom0" "DOM0: Linux $(sed 's/+/\\+/g' <<<"$(meta kernel_release)"), [0-9]+ tasks" "$WORK/one"
between set "$WORK/out" >"$WORK/set"
expect "deferred start: the task of the context was active" 'STATE: .*\((ACTIVE|PANIC|SYSRQ)\)' "$WORK/set"
# dom0's vcpu on the pcpu of the crash
died=$(view -j | jq -r '[.statements[] | select(.about == "for").statement][0] // "" | capture("^d0v(?<id>[0-9]+)") | .id')
if [[ -n $died ]]; then
    expect "deferred start: where the host died" "CPU: $died\$" "$WORK/set"
    between "set -p" "$WORK/out" >"$WORK/one"
    same "deferred start: set -p finds it" "$WORK/set" "$WORK/one"
fi

# The session continues after ^C in the middle of a listing.
equal "interrupted three times, the session is sound" sound "$(python3 "$(dirname "$0")/interrupt.py" "$LAB_BUILD/xen.so" \
    scripts/lab in "$LAB_SUITE" crash "${LAB_CRASH_OPTIONS[@]}" --minimal -s "$LAB_DUMP/vmlinux" "$LAB_DUMP/vmcore")"

# Another kernel's vmlinux is refused before crash reads it and exits.
other=$WORK/vmlinux
other_build "$LAB_DUMP/vmlinux" "$(view kernel | sed -n 's/^ *BUILD-ID: //p')" "$other"
printf 'extend %s/xen.so\nxen start\nxen doms\nquit\n' "$LAB_BUILD" >"$WORK/commands"
in_suite crash "${LAB_CRASH_OPTIONS[@]}" --minimal -i "$WORK/commands" "$other" "$LAB_DUMP/vmcore" </dev/null >"$WORK/out" 2>&1
expect "another vmlinux is refused with both build-ids" 'is not the kernel of this dump: its build-id is' "$WORK/out"
between "xen doms" "$WORK/out" >"$WORK/one"
expect "and the session goes on" 'Domain-0' "$WORK/one"
rm -f "$other"

# The hypervisor first: xencrash recognises files by their content, and the session uses
# that image.
printf 'xen\nps\nquit\n' >"$WORK/commands"
XEN_SO=$LAB_BUILD/xen.so XENVIEW=$LAB_BUILD/xenview in_suite scripts/xencrash "$XEN_IMAGE" -i "$WORK/commands" \
    "$LAB_DUMP/vmcore" "$LAB_DUMP/vmlinux" </dev/null >"$WORK/out" 2>&1
between xen "$WORK/out" >"$WORK/one"
expect "the hypervisor first: it is the session's image" "IMAGE: $XEN_IMAGE\$" "$WORK/one"
expect_init "the hypervisor first: ps" ps " 1 +0 .* $init\$"

# Without a vmlinux the hypervisor is opened alone.
mkdir "$WORK/alone" && ln -s "$LAB_DUMP/vmcore" "$WORK/alone/vmcore"
XENCRASH_ROOT=$WORK/alone XEN_SO=$LAB_BUILD/xen.so XENVIEW=$LAB_BUILD/xenview in_suite \
    scripts/xencrash "$XEN_IMAGE" "$WORK/alone/vmcore" </dev/null >"$WORK/out" 2>&1
expect "no vmlinux: the reason" "opening only the hypervisor .*no vmlinux with debuginfo for dom0's Linux" "$WORK/out"
expect "no vmlinux: the overview" "PROOF: build-id .* is in memory" "$WORK/out"

done_testing
