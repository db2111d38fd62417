# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A host whose crash kernel boots Debian's own kdump set-up: kdump-tools loads it in dom0, and saves the dump in it.

LAB_KDUMP_PACKAGES="base-files bash bsdutils coreutils dash debianutils diffutils e2fsprogs file findutils grep gzip hostname libc-bin mawk ncurses-base
    procps sed tar util-linux xz-utils zstd mount systemd-sysv udev kmod initramfs-tools-core busybox-static kexec-tools makedumpfile kdump-tools
    time libdw-dev libcapstone-dev"
# Modules required in the crash kernel of a host of the lab
LAB_KDUMP_MODULES="virtio_pci virtio_blk ext4"
LAB_KDUMP_TIMEOUT=${LAB_KDUMP_TIMEOUT:-600}
LAB_KDUMP_RESERVE=192M

# lab_kdump NAME DIR: boots the host of a recipe, with DIR/root copied over the system of its crash kernel, and crashes it.
# The /var/crash of that system is copied to DIR/out, its console output to DIR/serial.log.
lab_kdump() {
    [[ $# -eq 2 && -d ${2:-} ]] || die "usage: scripts/lab kdump NAME DIR"
    local name=$1 dir=$2 suite
    need mke2fs depmod
    recipe_read "$name"
    [[ ${RECIPE[death]} != alive && ${RECIPE[dom0]} != pvh ]] || die "$name: no crash kernel with death=alive or dom0=pvh"
    kdump_recipe "$name"
    recipe_ready
    suite=$(xen_suite "${RECIPE[xen]}")
    cached "$(kdump_root)" kdump_make_root "$suite"
    kdump_run "$name" "$dir"
}

# kdump_recipe NAME: memory for the larger crash kernel, and the parameters that kdump-tools reads from
# dom0's command line
kdump_recipe() {
    local mib
    mib=$(($(numfmt --from=iec "${RECIPE[memory]}") / 1048576 + 128))
    recipe_set "$1" "memory=${mib}M"
    recipe_set "$1" "crashkernel=$LAB_KDUMP_RESERVE"
    recipe_set "$1" "dom0_cmdline=${RECIPE[dom0_cmdline]} root=/dev/vdb rw crashkernel=$LAB_KDUMP_RESERVE"
}

kdump_release() {
    local package
    package=$(kernel_package "${RECIPE[kernel]}")
    printf '%s\n' "${package#linux-image-}"
}

# kdump_root: the directory of the system of RECIPE's xen and kernel
kdump_root() {
    printf '%s/kdump/%s-%s\n' "$LAB_CACHE" "$(xen_suite "${RECIPE[xen]}")" \
        "$(printf '%s\n' 1 "$LAB_KDUMP_PACKAGES" "$LAB_KDUMP_MODULES" "$(kdump_release)" "$(xen_of "${RECIPE[xen]}")" | hash_of)"
}

kdump_make_root() {
    local suite=$1 root=$2 packages release
    read -ra packages <<<"${LAB_KDUMP_PACKAGES//$'\n'/ }"
    release=$(kdump_release)
    unpack_closure "$suite" "$root" "${packages[@]}"
    root_finish "$root"
    kdump_kernel "$suite" "$root" "$release"
    kdump_symbols "$root"
    kdump_configure "$root"
    kdump_initrd "$suite" "$root" "$release"
}

# kdump_kernel SUITE ROOT RELEASE: copies the files of the kernel's package, including the modules that
# kernel_make_image() uses
kdump_kernel() {
    local suite=$1 root=$2 release=$3 part file
    for part in $(kernel_parts "$suite" "linux-image-$release"); do
        note "$suite: unpacking $part"
        file=$(download "$suite" "$part")
        dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root" --no-same-owner --keep-directory-symlink --wildcards './boot/*' \
            '*/modules/*/modules.*' '*/kernel/drivers/virtio/*' '*/kernel/drivers/block/*' '*/kernel/fs/ext4/*' '*/kernel/fs/jbd2/*' \
            '*/kernel/fs/mbcache.ko*' '*/kernel/lib/*' '*/kernel/crypto/*' 2>/dev/null || :
    done
    [[ -f $root/boot/vmlinuz-$release ]] || die "$suite: linux-image-$release has no /boot/vmlinuz-$release"
    depmod -b "$root" "$release"
}

# kdump_symbols ROOT: copies the hypervisor and its symbols to the places of their
# packages
kdump_symbols() {
    local root=$1 xen name
    xen=$(xen_of "${RECIPE[xen]}")
    name=$(xen_suite "${RECIPE[xen]}")-amd64
    mkdir -p "$root/usr/lib/debug/boot"
    cp "$xen/xen.gz" "$root/boot/xen-$name.gz"
    [[ ! -f $xen/xen-syms ]] || cp "$xen/xen-syms" "$root/usr/lib/debug/boot/xen-syms-$name"
}

# kdump_configure ROOT: configures the system like an administrator, and like the
# packages' scripts
kdump_configure() {
    local root=$1
    mkdir -p "$root"/{var/crash,var/lib/kdump,var/log,etc/default,etc/systemd/system/basic.target.wants}
    printf 'lab\n' >"$root/etc/hostname"
    printf '%032d\n' 1 >"$root/etc/machine-id"
    printf '/dev/vdb / ext4 defaults 0 1\n' >"$root/etc/fstab"
    ln -sfn mawk "$root/usr/bin/awk"
    ln -s /usr/lib/systemd/system/kdump-tools.service "$root/etc/systemd/system/basic.target.wants/"
    {
        cat "$root/usr/share/kdump-tools/kdump-tools.conf"
        printf 'MAKEDUMP_ARGS="-c -X -d 1"\n'
        # the crash kernel does not have dom0's console=hvc0
        printf 'KDUMP_CMDLINE_APPEND="reset_devices systemd.unit=kdump-tools-dump.service nr_cpus=1 irqpoll usbcore.nousb console=ttyS0,115200 panic=1"\n'
    } >"$root/etc/default/kdump-tools"
    grep -q '^USE_KDUMP=' "$root/etc/default/kdump-tools" || printf 'USE_KDUMP=1\n' >>"$root/etc/default/kdump-tools"
}

# kdump_initrd SUITE ROOT RELEASE: runs kdump-tools' script that makes the initrd of the crash kernel. The script would detect
# the modules of the mounted disk; here they are listed.
kdump_initrd() {
    local suite=$1 root=$2 release=$3
    mkdir -p "$root/etc/initramfs-tools/conf.d"
    printf 'MODULES=list\nFSTYPE=ext4\n' >"$root/etc/initramfs-tools/conf.d/lab"
    # shellcheck disable=SC2086 # a list of words
    printf '%s\n' $LAB_KDUMP_MODULES >>"$root/etc/initramfs-tools/modules"
    [[ ! -f $root/etc/kdump/sysctl.conf ]] || cp "$root/etc/kdump/sysctl.conf" "$root/var/lib/kdump/latest_sysctls-$release"
    # without ischroot, which would delay the initrd to the first start
    if ! bwrap --bind "$root" / --bind /proc /proc --dev-bind /dev /dev --tmpfs /tmp --ro-bind /dev/null /usr/bin/ischroot \
        --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin --unsetenv APT_CONFIG --die-with-parent -- \
        env LC_ALL=C sh -c "ldconfig; systemd-hwdb update; touch /etc/.updated /var/.updated; exec /etc/kernel/postinst.d/kdump-tools $release" >"$root/var/log/initrd.log" 2>&1 ||
        [[ ! -s $root/var/lib/kdump/initrd.img-$release ]]; then
        tail -20 "$root/var/log/initrd.log" >&2
        die "$suite: no initrd by kdump-tools, see above"
    fi
}

kdump_run() {
    local name=$1 dir=$2 work
    work=$(scratch kdump)
    dump_job "$work/job"
    printf '. /lab/kdump\n. /lab/die\n' >"$work/job/job"
    cp "$LAB_PARTS/inside/kdump" "$work/job/kdump"
    initramfs_dom0 "$work" "$work/dom0.initrd"
    live_modules "$work" >>"$work/dom0.initrd"
    kdump_disk "$dir" "$work"
    truncate -s 1M "$work/truth.img"
    boot "$work"
    LAB_TIMEOUT=$LAB_KDUMP_TIMEOUT
    dump_live "$name" "$work"
    death_from_outside "$work"
    wait_for "$work" "$name: the crash kernel" 'systemd\[1\]|Begin: |Run /init'
    wait_for "$work" "$name: kdump-tools" 'saved vmcore in'
    boot_end "$work" "$name"
    cp "$work/serial.log" "$dir/serial.log"
    kdump_results "$work/vmcore" "$dir"
}

# kdump_disk DIR WORK: makes the disk of the host, with DIR/root copied over the
# system. With guests the dump is complete: the report includes their rings, and pages of zeros.
kdump_disk() {
    local dir=$1 work=$2 file=$2/tree/etc/default/kdump-tools
    cp -al "$(kdump_root)" "$work/tree"
    if [[ -n ${RECIPE[guests]} ]]; then
        sed 's/-c -X -d 1/-c -d 0/' "$file" >"$file.new"
        mv "$file.new" "$file"
    fi
    # files of the cache have links: they are replaced, never written to
    [[ ! -d $dir/root ]] || cp -a --remove-destination "$dir/root/." "$work/tree/"
    mke2fs -q -t ext4 -E root_owner=0:0 -m 0 -d "$work/tree" "$work/vmcore" 2G
    rm -rf "$work/tree"
}

# kdump_results DISK DIR: copies /var/crash to DIR/out, after replaying the journal of the file
# system
kdump_results() {
    local disk=$1 dir=$2
    e2fsck -fy "$disk" >"$dir/fsck.log" 2>&1 || [[ $? -lt 4 ]] || die "$disk: the file system is damaged, see $dir/fsck.log"
    rm -rf "${dir:?}"/{out,var}
    mkdir "$dir/var"
    debugfs -R "rdump /var/crash $dir/var" "$disk" >>"$dir/fsck.log" 2>&1
    mv "$dir/var/crash" "$dir/out"
    rmdir "$dir/var"
}
