# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The three small systems inside: dom0 with Xen's tools, the guests, and the crash kernel that saves the dump.

# Programs of dom0. Those in Xen's private directory are named without it.
LAB_DOM0_XEN="xl xenstored xenconsoled xen-init-dom0 xen-mceinj xenctx"
LAB_DOM0_PROGRAMS="kexec xenstore-ls xenstore-read xenstore-write"

# initramfs_dom0 DIR OUT: OUT becomes dom0's whole initrd. DIR/job holds what belongs to this run: the recipe and guest configurations.
# Reads RECIPE.
initramfs_dom0() {
    local dir=$1 out=$2 root kernel tree=$1/dom0
    root=$(root_of "$(xen_suite "${RECIPE[xen]}")")
    kernel=$(kernel_of "${RECIPE[kernel]}")
    initramfs_base "$tree" "$root" "$kernel" dom0
    cp "$LAB_PARTS"/inside/{truth,die} "$tree/lab/"
    cp "$dir"/job/* "$tree/lab/"
    initramfs_programs "$tree" "$root"
    mkdir -p "$tree"/{boot,var/log/xen/console,var/lib/xen,var/lib/xenstored,var/lock,etc/xen}
    : >"$tree/etc/xen/xl.conf"
    ln "$kernel/vmlinuz" "$tree/boot/vmlinuz"
    initramfs_base "$dir/crash" "$root" "$kernel" crash
    initramfs_pack "$dir/crash" "$tree/boot/crash.initrd"
    initramfs_base "$dir/guest" "$root" "$kernel" guest
    initramfs_pack "$dir/guest" "$tree/boot/guest.initrd"
    initramfs_pack "$tree" "$out"
    rm -rf "$tree" "$dir/crash" "$dir/guest"
}

# initramfs_base TREE ROOT KERNEL ROLE: busybox, the modules of that role, and inside/ROLE-init as /init
initramfs_base() {
    local tree=$1 root=$2 kernel=$3 role=$4 name
    mkdir -p "$tree"/{bin,sbin,dev,proc,sys,tmp,run,lab,lib/modules}
    cp "$root/usr/bin/busybox" "$tree/bin/"
    cp "$LAB_PARTS/inside/$role-init" "$tree/init"
    chmod 755 "$tree/init"
    [[ -f $kernel/modules/order.$role ]] || return 0
    cp "$kernel/modules/order.$role" "$tree/lib/modules/order"
    while read -r name; do
        cp "$kernel/modules/$name" "$tree/lib/modules/"
    done <"$kernel/modules/order.$role"
}

initramfs_programs() {
    local tree=$1 root=$2 name files=()
    for name in $LAB_DOM0_XEN; do
        files+=("$root"/usr/lib/xen-*/bin/"$name")
    done
    for name in $LAB_DOM0_PROGRAMS; do
        files+=("$(find "$root/usr/bin" "$root/usr/sbin" -name "$name")")
    done
    for name in "${files[@]}"; do
        cp -L "$name" "$tree/sbin/"
        initramfs_libraries "$tree" "$root" "$name"
    done
    # glibc opens this one by name when a thread is cancelled
    cp -L "$(find "$root/usr/lib" -name libgcc_s.so.1 -path '*x86_64*' -print -quit)" "$tree/lib/"
    mkdir -p "$tree/lib64"
    cp -L "$root/usr/lib64/ld-linux-x86-64.so.2" "$tree/lib64/"
}

# initramfs_libraries TREE ROOT FILE: the shared libraries FILE needs, and what those need
initramfs_libraries() {
    local tree=$1 root=$2 library found
    for library in $(readelf -d "$3" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        [[ ! -e $tree/lib/$library && $library != ld-linux* ]] || continue
        found=$(find "$root/usr/lib" -name "$library" -print -quit)
        [[ -n $found ]] || die "$library, needed by $3, is not in $root"
        cp -L "$found" "$tree/lib/"
        initramfs_libraries "$tree" "$root" "$found"
    done
}

initramfs_pack() {
    (cd "$1" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) | gzip -1 >"$2"
}
