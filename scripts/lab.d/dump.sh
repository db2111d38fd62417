# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# From a recipe to a dump: makes or finds the parts, boots the host, crashes it, and arranges the files.

# recipe_ready: makes or finds the files of the host of RECIPE
recipe_ready() {
    local suite
    suite=$(xen_suite "${RECIPE[xen]}")
    xen_ready "${RECIPE[xen]}"
    root_ready "$suite"
    root_ready "$(kexec_suite "$suite")"
    qemu_ready "$suite"
    kernel_ready "${RECIPE[kernel]}"
    scene_ready
}

lab_dump() {
    local name dir
    [[ $# -ge 1 ]] || die "usage: scripts/lab dump NAME..."
    for name; do
        recipe_read "$name"
        dir=$(dump_of "$name")
        if [[ ! -d $dir ]]; then
            recipe_ready
            firmware_ready
            cached "$dir" dump_make "$name"
        fi
        printf '%s\n' "$dir"
    done
}

dump_make() {
    local name=$1 dir=$2 start=$SECONDS
    note "$name: building dom0"
    dump_job "$dir/job"
    initramfs_dom0 "$dir" "$dir/dom0.initrd"
    truncate -s 64M "$dir/truth.img"
    truncate -s 64G "$dir/vmcore"
    boot "$dir"
    dump_live "$name" "$dir"
    if [[ ${RECIPE[death]} == alive ]]; then
        death_alive "$dir"
    else
        death_from_outside "$dir"
        dump_saved "$name" "$dir"
    fi
    dump_finish "$name" "$dir"
    note "$name: done in $((SECONDS - start)) s"
}

# dump_live NAME DIR: waits until the host is about to crash
dump_live() {
    boot_until "$1" "$2" : dom0 'LAB: up' 'toolstack, guests and truth' 'LAB: dying'
}

# dump_saved NAME DIR: waits for the crash kernel, which prints the size of the dump
dump_saved() {
    local name=$1 dir=$2
    wait_for "$dir" "$name: the crash kernel" 'LAB: saving'
    wait_for "$dir" "$name: vmcore" 'LAB: saved'
    boot_end "$dir" "$name"
    truncate -s "$(sed -n 's/.*LAB: saved \([0-9]*\) bytes.*/\1/p' "$dir/serial.log")" "$dir/vmcore"
}

# dump_job DIR: files for this run's dom0: recipe, job, and a configuration for each guest. A word of guests= is TYPE[:VCPUS].
dump_job() {
    local dir=$1 word name number=0
    mkdir "$dir"
    recipe_text >"$dir/recipe"
    printf '. /lab/truth\n. /lab/die\n' >"$dir/job"
    for word in ${RECIPE[guests]}; do
        number=$((number + 1))
        name=${word%%:*}$number
        {
            printf 'name="%s"\ntype="%s"\n' "$name" "${word%%:*}"
            if [[ ${word%%:*} == hvm ]]; then
                hvm_guest
            else
                printf 'kernel="/boot/vmlinuz"\nramdisk="/boot/guest.initrd"\nextra="console=hvc0 rdinit=/init%s%s"\n' \
                    "${RECIPE[busy]:+ lab.busy}" "$(scene_guest_args "$number")"
            fi
            printf 'memory=%s\nvcpus=%s\n' "${RECIPE[guest_mem]}" "$([[ $word == *:* ]] && echo "${word#*:}" || echo 1)"
            printf 'on_crash="preserve"\n'
            scene_guest "$number"
        } >"$dir/$name.cfg"
    done
}

dump_finish() {
    local name=$1 dir=$2 kernel xen
    kernel=$(kernel_of "${RECIPE[kernel]}")
    xen=$(xen_of "${RECIPE[xen]}")
    mkdir "$dir/truth"
    tar -xf "$dir/truth.img" -C "$dir/truth" --no-same-owner
    hex_of "$dir/truth/build-id.bin" >"$dir/truth/build-id"
    rm -rf "$dir"/{truth.img,dom0.initrd,job,xen,vmlinuz,esp,firmware,vars.fd,monitor.in,monitor.out,gdb,qemu.log,gdb.log}
    ln "$kernel"/{vmlinux,System.map} "$dir/"
    ln "$xen"/xen* "$dir/"
    recipe_text >"$dir/recipe"
    dump_meta "$dir" >"$dir/truth/meta"
    dump_check "$dir"
}

dump_meta() {
    local truth=$1/truth
    printf 'xen_version=%s\nxen_suite=%s\nxen=%s\n' "$(awk '$1 == "xen_version" { print $3 }' "$truth/xl-info-n")" \
        "$(xen_suite "${RECIPE[xen]}")" "${RECIPE[xen]}"
    printf 'kernel_release=%s\nbuild_id=%s\n' "$(cat "$truth/kernel-release")" "$(cat "$truth/build-id")"
    printf 'pcpus=%s\nmemory=%s\nguests=%q\nsched=%s\n' "${RECIPE[pcpus]}" "${RECIPE[memory]}" "${RECIPE[guests]}" \
        "$(awk '$1 == "xen_scheduler" { print $3 }' "$truth/xl-info-n")"
    printf 'death=%s\nbusy=%s\ncrash_time=%s\n' "${RECIPE[death]}" "${RECIPE[busy]}" "$(cat "$truth/crash-time")"
}

hex_of() {
    od -An -v -tx1 "$1" | tr -d ' \n'
}

# dump_check DIR: ends the lab unless the host ran the builds of the recipe, and vmlinux and xen-syms belong to them
dump_check() {
    local dir=$1 want
    want=$(sed -n 's/^sched=//p' "$dir/truth/meta")
    [[ ${RECIPE[sched]:-$want} == "$want" ]] || die "sched=${RECIPE[sched]}: this hypervisor is built without it and runs $want"
    for want in "$dir"/truth/key-*; do
        [[ -s $want ]] || die "$(basename "$want") is empty: the console ring wrapped; raise conring_size="
    done
    want=$(build_id "$dir/vmlinux")
    hex_of "$dir/truth/kernel-notes" | grep "$want" >/dev/null || die "$dir/vmlinux (build-id $want) is not the kernel that ran"
    # xen.efi has its build-id in a separate section: searching the bytes is
    # sufficient
    if [[ ${RECIPE[firmware]} == efi ]]; then
        LC_ALL=C grep -qUaP "$(sed 's/../\\x&/g' "$dir/truth/build-id")" "$dir/xen.efi" || die "$dir/xen.efi is not the hypervisor that ran"
        return
    fi
    [[ -f $dir/xen-syms ]] || return 0
    want=$(build_id "$dir/xen-syms")
    [[ $want == "$(cat "$dir/truth/build-id")" ]] || die "$dir/xen-syms (build-id $want) is not the hypervisor that ran"
}
