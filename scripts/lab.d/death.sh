# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kinds of host crash. dom0 causes some of them (inside/die); the others are caused here, through QEMU's monitor and, by
# death.py, through its gdb stub. Xen's code is never patched: only registers and a lock change.

declare -A LAB_DEATHS=(
    [panic]="dom0's kernel panics (sysrq c)"
    [key-C]="crash requested by debug key C"
    [lost-pcpu]="crash requested by debug key C, while a pcpu never answers"
    [page-fault]="page fault in the hypervisor: bad pointer"
    [gp-fault]="general protection fault in the hypervisor: bad pointer, not canonical"
    [wild-jump]="page fault in the hypervisor: call of a bad function pointer"
    [bug]="BUG() in the hypervisor"
    [assert]="ASSERT() in the hypervisor, debug=y builds only"
    [double-fault]="double fault: stack overflow in the hypervisor"
    [nmi]="NMI, with nmi=fatal"
    [mce]="machine check that cannot be corrected"
    [watchdog]="watchdog: pcpu 0 waits for ever for a lock, interrupts off"
    [held-lock]="watchdog: a pcpu never leaves a loop, with the scheduler's lock held"
    [alive]="none: the host lives on, and QEMU writes down its memory"
)

# format= of death=alive: command for QEMU's monitor. raw is plain memory from address 0.
declare -A LAB_FORMATS=(
    [elf]="dump-guest-memory vmcore.alive"
    [kdump]="dump-guest-memory -z vmcore.alive"
    [raw]="pmemsave 0 SIZE vmcore.alive"
)

# death_check FILE: ends the lab unless death= of RECIPE exists and is possible on this hypervisor
death_check() {
    local death=${RECIPE[death]}
    [[ -v LAB_DEATHS[$death] ]] || die "$1: unknown death '$death': one of ${!LAB_DEATHS[*]}"
    [[ $death != assert || ${RECIPE[xen]} == *debug=y ]] || die "$1: death=assert requires a hypervisor built with debug=y"
    [[ $death != alive || -v LAB_FORMATS[${RECIPE[format]:-none}] ]] || die "$1: death=alive requires format=, one of ${!LAB_FORMATS[*]}"
}

# death_xen_cmdline: options of Xen that this crash requires
death_xen_cmdline() {
    case ${RECIPE[death]} in
        nmi) echo nmi=fatal ;;
        watchdog | held-lock) echo watchdog=force watchdog_timeout=2 ;;
    esac
}

# death_from_outside DIR: called when dom0 has announced the crash
death_from_outside() {
    local dir=$1 death=${RECIPE[death]}
    case $death in
        panic | key-C) ;;
        nmi) monitor "$dir" nmi ;;
        # bank 2 of pcpu 0: valid, uncorrected, enabled, address valid, context corrupt; cache hierarchy error
        mce)
            death_by_gdb "$dir" "$death"
            monitor "$dir" "mce 0 2 0xb600000000000135 0x5 0x1234000 0x0"
            ;;
        watchdog | held-lock)
            death_by_gdb "$dir" "$death"
            death_nmis "$dir"
            ;;
        # gdb keeps running, since it keeps the lost pcpu stopped
        lost-pcpu)
            death_by_gdb "$dir" "$death" &
            LAB_PIDS+=("$!")
            ;;
        *) death_by_gdb "$dir" "$death" ;;
    esac
}

# death_alive DIR: saves the memory of the running host to DIR/vmcore and ends the machine
death_alive() {
    local dir=$1 command=${LAB_FORMATS[${RECIPE[format]}]}
    monitor "$dir" "${command/SIZE/$(numfmt --from=iec "${RECIPE[memory]}")}"
    monitor "$dir" quit
    boot_end "$dir" "format=${RECIPE[format]}"
    mv "$dir/vmcore.alive" "$dir/vmcore"
}

# death_by_gdb DIR DEATH: runs death.py
death_by_gdb() {
    local dir=$1 death=$2 xen
    need gdb
    xen=$(xen_of "${RECIPE[xen]}")
    [[ -f $xen/xen-syms ]] || die "death=$death requires a xen-syms, which xen=${RECIPE[xen]} lacks"
    if ! (cd "$dir" && PYTHONPATH=$LAB_PARTS DEATH=$death STUB=gdb DEATH_AT=${RECIPE[at]} exec timeout -k 5 "$LAB_TIMEOUT" \
        gdb -nx -q -batch -x "$LAB_PARTS/death.py" "$xen/xen-syms" >gdb.log 2>&1) && [[ $death != lost-pcpu ]]; then
        tail -n 20 "$dir/gdb.log" >&2
        die "death=$death: gdb failed, see above"
    fi
}

# QEMU lacks the performance counters that trigger the watchdog's NMIs: they are sent through the monitor.
death_nmis() {
    local dir=$1 limit=$((SECONDS + LAB_TIMEOUT))
    until grep -qa 'Executing kexec image' "$dir/serial.log"; do
        [[ $SECONDS -lt $limit ]] || boot_died "$dir" "no crash by the watchdog within $LAB_TIMEOUT s"
        monitor "$dir" nmi
        sleep 0.2
    done
}
