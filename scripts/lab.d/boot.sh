# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A Xen host in QEMU: its start, its serial line, its monitor.

# Seconds without output on the serial line after which a machine counts as hung
LAB_TIMEOUT=${LAB_TIMEOUT:-600}

# boot DIR: starts the machine of RECIPE from DIR/dom0.initrd. DIR gets serial.log, and the socket of the gdb stub.
boot() {
    local dir=$1
    need qemu-system-x86_64
    gzip -dc "$(xen_of "${RECIPE[xen]}")/xen.gz" >"$dir/xen"
    ln -s "$(kernel_of "${RECIPE[kernel]}")/vmlinuz" "$dir/vmlinuz"
    [[ ${RECIPE[firmware]} != efi ]] || boot_esp "$dir"
    boot_start "$dir"
}

boot_start() {
    local dir=$1
    : >"$dir/serial.log"
    rm -f "$dir"/monitor.{in,out}
    mkfifo "$dir"/monitor.{in,out}
    boot_qemu "$dir" >"$dir/qemu.log" 2>&1 &
    LAB_QEMU=$!
    LAB_PIDS+=("$LAB_QEMU")
}

# boot_again DIR: restarts the machine
boot_again() {
    kill "$LAB_QEMU" 2>/dev/null || :
    wait "$LAB_QEMU" || :
    LAB_PIDS=()
    boot_start "$1"
}

# TCG, not KVM: nested KVM does not boot Xen everywhere, and a dump should not depend on the machine.
# The directory is the current one: a path in QEMU's options must not contain commas, and that of a socket must be short.
# timeout ends a machine whose lab was killed.
boot_qemu() {
    local system machine disk=virtio-blk-pci
    cd "$1"
    # words of QEMU's command line
    read -ra machine <<<"${RECIPE[machine]//SIZE/${RECIPE[memory]}}"
    system=(-kernel xen -append "$(boot_xen_cmdline)" -initrd "vmlinuz $(boot_dom0_cmdline),dom0.initrd")
    # shellcheck disable=SC2054 # the commas are QEMU's
    [[ ${RECIPE[firmware]} != efi ]] || system=(-drive if=pflash,format=raw,readonly=on,file=firmware/OVMF_CODE_4M.fd
        -drive if=pflash,format=raw,file=vars.fd -drive if=ide,format=raw,file=fat:rw:esp)
    # a PVH dom0 reaches devices through an IOMMU, which a virtio disk bypasses by default
    if [[ ${RECIPE[dom0]} == pvh ]]; then
        machine+=(-M q35 -device "amd-iommu,intremap=on")
        disk+=,disable-legacy=on,iommu_platform=on
    fi
    exec timeout 3600 qemu-system-x86_64 -accel tcg,thread=multi -cpu qemu64,+svm,+npt -m "${RECIPE[memory]}" -smp "${RECIPE[pcpus]}" -no-reboot \
        -nodefaults -display none -chardev file,id=com1,path=serial.log -serial chardev:com1 \
        -chardev pipe,id=monitor,path=monitor -mon monitor -gdb unix:gdb,server=on,wait=off \
        "${machine[@]}" \
        -drive file=truth.img,if=none,id=truth,format=raw,cache=unsafe -device "$disk,drive=truth" \
        -drive file=vmcore,if=none,id=vmcore,format=raw,cache=unsafe,discard=unmap,detect-zeroes=unmap -device "$disk,drive=vmcore" \
        "${system[@]}"
}

# boot_esp DIR: system partition for firmware=efi: xen.efi, its configuration, kernel and initrd
boot_esp() {
    local dir=$1 esp=$1/esp xen
    xen=$(xen_of "${RECIPE[xen]}")
    [[ -f $xen/xen.efi ]] || die "firmware=efi requires a xen.efi, which xen=${RECIPE[xen]} lacks"
    ln -s "$LAB_CACHE/firmware/$LAB_FIRMWARE_SUITE" "$dir/firmware"
    cp "$dir/firmware/OVMF_VARS_4M.fd" "$dir/vars.fd"
    mkdir -p "$esp/EFI/BOOT"
    cp "$xen/xen.efi" "$esp/EFI/BOOT/BOOTX64.EFI"
    cp -L "$dir/vmlinuz" "$esp/EFI/BOOT/vmlinuz"
    cp "$dir/dom0.initrd" "$esp/EFI/BOOT/initrd"
    printf '[global]\ndefault=xen\n[xen]\noptions=%s\nkernel=vmlinuz console=hvc0 %s\nramdisk=initrd\n' \
        "$(boot_xen_cmdline)" "${RECIPE[dom0_cmdline]}" >"$esp/EFI/BOOT/BOOTX64.cfg"
}

# Suite of the firmware, independent of the booted system
LAB_FIRMWARE_SUITE=trixie

firmware_ready() {
    [[ -z ${RECIPE[firmware]} ]] || cached "$LAB_CACHE/firmware/$LAB_FIRMWARE_SUITE" firmware_make
}

firmware_make() {
    local scratch=$1 file
    file=$(download "$LAB_FIRMWARE_SUITE" ovmf)
    dpkg-deb --fsys-tarfile "$file" | tar -x -C "$scratch" --no-same-owner --transform 's,.*/,,' --wildcards '*/OVMF_*_4M.fd'
}

boot_xen_cmdline() {
    local line="com1=115200,8n1 console=com1 loglvl=all guest_loglvl=all conring_size=${RECIPE[conring_size]}"
    line+=" dom0_mem=${RECIPE[dom0_mem]},max:${RECIPE[dom0_mem]} ${RECIPE[crashkernel]:+crashkernel=${RECIPE[crashkernel]}} ${RECIPE[sched]:+sched=${RECIPE[sched]}} ${RECIPE[dom0]:+dom0=${RECIPE[dom0]}} $(death_xen_cmdline) ${RECIPE[xen_cmdline]}"
    printf '%s\n' "$line"
}

# A comma ends a module in QEMU's -initrd unless it is doubled
boot_dom0_cmdline() {
    local line="console=hvc0 ${RECIPE[dom0_cmdline]}"
    printf '%s\n' "${line//,/,,}"
}

# monitor DIR COMMAND: sends a command to QEMU's monitor
monitor() {
    printf '%s\n' "$2" >"$1/monitor.in"
}

# wait_for DIR WHAT PATTERN: returns when the serial log matches; the lab ends if the machine ends, fails or hangs
wait_for() {
    local dir=$1 what=$2 pattern=$3 size=0 now limit=$((SECONDS + LAB_TIMEOUT))
    note "waiting for $what"
    until grep -qaE -- "$pattern" "$dir/serial.log"; do
        ! grep -qa 'LAB: failed' "$dir/serial.log" || boot_died "$dir" "$what: $(grep -am 1 -o 'LAB: failed.*' "$dir/serial.log")"
        kill -0 "$LAB_QEMU" 2>/dev/null || grep -qaE -- "$pattern" "$dir/serial.log" || boot_died "$dir" "$what: the machine ended"
        now=$(stat -c %s "$dir/serial.log")
        if [[ $now -ne $size ]]; then
            size=$now
            limit=$((SECONDS + LAB_TIMEOUT))
        fi
        [[ $SECONDS -lt $limit ]] || boot_died "$dir" "$what: silent for $LAB_TIMEOUT s (LAB_TIMEOUT)"
        sleep 0.2
    done
}

# boot_until NAME DIR RESTORE (WHAT PATTERN)...: waits for each pattern in turn. On a very busy machine the emulated processor has
# been seen to lose a guest: truth/ then describes another host than the dump, and a job another guest. The host is started again,
# with its disk as RESTORE DIR makes it.
boot_until() {
    local name=$1 dir=$2 restore=$3 start word
    shift 3
    for start in 1 2 3 4 5; do
        [[ $start == 1 ]] || {
            note "$name: a guest died by a triple fault: starting again"
            "$restore" "$dir"
            boot_again "$dir"
        }
        for ((word = 1; word < $#; word += 2)); do
            wait_for "$dir" "$name: ${!word}" "${@:word + 1:1}"
        done
        guest_died "$dir/serial.log" || return 0
    done
    boot_died "$dir" "$name: a guest died by a triple fault in each of five starts"
}

# guest_died LOG: a guest died after all were up; a job that creates guests prints the mark again when they are. Xen 4.14 prints
# nothing about a triple fault, but while a dump is made no guest is created except in place of one that died.
guest_died() {
    awk '/LAB: (truth:|live,)/ { on = 1 } /LAB: truth:/ { dump = 1 } /LAB: live,/ { died = 0 } on && /Triple fault - invoking HVM shutdown/ { died = 1 }
        dump && /HVM[0-9]+ restore: CPU/ { died = 1 } END { exit !died }' "$1"
}

boot_died() {
    tail -n 40 "$1/serial.log" "$1/qemu.log" >&2
    die "$2; the end of the serial log is above"
}

# boot_end DIR WHAT: waits until the machine has powered off
boot_end() {
    local limit=$((SECONDS + LAB_TIMEOUT))
    while kill -0 "$LAB_QEMU" 2>/dev/null; do
        [[ $SECONDS -lt $limit ]] || boot_died "$1" "$2: the machine did not end"
        sleep 0.1
    done
    wait "$LAB_QEMU" || :
    LAB_PIDS=()
}
