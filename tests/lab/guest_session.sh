#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A crash session on a guest, with the dump of its host (xencrash -d). Oracles: for log, processes and mounts the output of the
# guest on its console before the host crashed; for all output of crash plain crash on the core that "xen extract" writes. By
# default on one guest, a PV one on trixie and a PVH one on others; with CHECK_FULL=1 on all.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# guest_crash OPTION...: the launcher on this dump, commands from $WORK/commands
guest_crash() {
    XEN_SO=$LAB_BUILD/xen.so XENVIEW=$LAB_BUILD/xenview in_suite scripts/xencrash -i "$WORK/commands" "$@" </dev/null 2>&1
}

# Sessions that do not open a kernel
: >"$WORK/commands"
guest_crash -d 99 "$LAB_DUMP/vmcore" >"$WORK/out"
expect "no such domain" 'xencrash: -d 99: no domain 99; there are 0' "$WORK/out"
guest_crash -d nosuch "$LAB_DUMP/vmcore" >"$WORK/out"
expect "no such name" 'xencrash: -d nosuch: ' "$WORK/out"
guest_crash -d 32767 "$LAB_DUMP/vmcore" >"$WORK/out"
expect "not a guest" 'xencrash: -d 32767: ' "$WORK/out"

# up: prints names and ids of the guests that started and whose vmlinux is available
up() {
    tr -d '\r' <"$TRUTH/xl-list" | awk 'NR > 1 && $2 > 0 { print $1, $2 }' | while read -r name domid; do
        grep -q 'LAB-GUEST: up' "$TRUTH/console-$name" 2>/dev/null && echo "$name $domid"
    done
}
up >"$WORK/up"
if [[ -z ${CHECK_FULL:-} ]]; then
    if [[ $LAB_SUITE == trixie ]]; then sed -i 1q "$WORK/up"; else sed -i '$!d' "$WORK/up"; fi
fi
if [[ ! -s $WORK/up ]]; then
    skip "a guest" "none came up in this dump"
    done_testing
    exit 0
fi
if ! crash_reads_kernel; then
    skip "a guest" "crash of $LAB_SUITE does not read Linux $(meta kernel_release)"
    done_testing
    exit 0
fi

other=$(in_suite find /usr/lib/debug -name '*.debug' -path '*build-id*' -print -quit 2>/dev/null)
guest_crash -d "$(awk '{ print $2; exit }' "$WORK/up")" "$LAB_DUMP/vmcore" "${other:-$LAB_BUILD/xenview}" >"$WORK/out"
expect "another file instead of its vmlinux" 'xencrash: .*(build-id|neither a memory dump nor a kernel)' "$WORK/out"

printf '%s\n' 'bt -a' ps log mod mount 'files 1' 'vm 1' 'kmem -i' dev net 'bt 1' >"$WORK/list"
while read -r name domid <&3; do
    # The session by name; some of xen's commands, then crash's own
    {
        echo xen
        echo "xen vcpus -d $domid"
        echo "xen regs -v $domid:0"
        echo "rd hardware_domain"
        echo "xen sym hardware_domain"
        cat "$WORK/list"
        echo quit
    } >"$WORK/commands"
    guest_crash -d "$name" "$LAB_DUMP/vmcore" >"$WORK/session" &
    rm -f "$WORK/core"
    view extract -d "$domid" "$WORK/core" -j >"$WORK/extract" 2>&1
    plain=''
    if crash_finds_tasks && [[ $(jq '[.notes[] | select(test("xen_start_info|no Linux"))] | length' "$WORK/extract") == 0 ]]; then
        plain=1
        { cat "$WORK/list"; echo quit; } >"$WORK/plain-commands"
        in_suite crash -i "$WORK/plain-commands" "$LAB_DUMP/vmlinux" "$WORK/core" </dev/null >"$WORK/plain" 2>&1
    fi
    wait
    between xen "$WORK/session" >"$WORK/one"
    expect "$name: the overview has the host's verdict" 'VERDICT~?: .' "$WORK/one"
    expect "$name: and the guest" "GUEST: d$domid.*, Linux [0-9].*, [0-9]+ tasks" "$WORK/one"
    between "xen vcpus -d $domid" "$WORK/session" >"$WORK/one"
    expect "$name: xen vcpus" "^ +0 .* $domid " "$WORK/one"
    between "xen sym hardware_domain" "$WORK/session" | awk '/hardware_domain/ { print $1 }' >"$WORK/sym"
    between "rd hardware_domain" "$WORK/session" >"$WORK/one"
    expect "$name: rd of a variable of Xen" "^$(cat "$WORK/sym"): +ffff83" "$WORK/one"

    # The guest's own output. crash 8.0.2 finds only active tasks in Linux 6.1.
    console "$name" >"$WORK/console"
    between log "$WORK/session" >"$WORK/lines"
    as_console "$WORK/lines" >"$WORK/one"
    in_order "$name: log has the lines of its console" "$WORK/console" "$WORK/one"
    if crash_finds_tasks; then
        between ps "$WORK/session" >"$WORK/one"
        expect "$name: ps has its init" '^>? +1 +0 .* (init|busybox) *$' "$WORK/one"
        between mount "$WORK/session" >"$WORK/one"
        # as its init does (scripts/lab.d/inside/guest-init)
        expect "$name: mount has what its init mounted" ' proc +proc +/proc' "$WORK/one"
        expect "$name: and its /dev" ' devtmpfs +dev +/dev' "$WORK/one"
        # as in Xen's records, also of a task in user mode
        rip=$(between "xen regs -v $domid:0" "$WORK/session" | sed -n 's/.*RIP~*: *\([0-9a-f]\{16\}\).*/\1/p' | head -n 1)
        rsp=$(between "xen regs -v $domid:0" "$WORK/session" | sed -n 's/.*RSP~*: *\([0-9a-f]\{16\}\).*/\1/p' | head -n 1)
        between "bt -a" "$WORK/session" >"$WORK/one"
        if [[ $rsp == fffffe* ]]; then
            skip "$name: bt -a begins at the true registers" "the vcpu was at the first instructions of an entry, on a stack that crash does not search"
        else
            expect "$name: bt -a begins at the true registers" "RIP: ${rip:-none}" "$WORK/one"
        fi
    fi

    # plain crash on the extracted core
    if [[ -z $plain ]]; then
        skip "$name: the same as plain crash on its core" "crash does not open that core"
        continue
    fi
    while read -r command; do
        between "$command" "$WORK/session" >"$WORK/got"
        between "$command" "$WORK/plain" >"$WORK/want"
        equal "$name: $command has output" 1 "$(($(wc -l <"$WORK/want") > 0))"
        # of a task in user mode plain crash prints the frames of an earlier entry into the kernel
        if [[ $command == bt* ]] && grep -q 'exception RIP: user space' "$WORK/got"; then
            skip "$name: $command as in plain crash on the extracted core" "the task was in user mode"
            continue
        fi
        same "$name: $command as in plain crash on the extracted core" "$WORK/want" "$WORK/got"
    done <"$WORK/list"
done 3<"$WORK/up"
done_testing
