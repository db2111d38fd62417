# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The three small systems of a host: dom0 with Xen's tools, the guests, and the crash kernel that saves the dump.

# Programs of dom0. Those in Xen's private directory are listed without the
# directory.
LAB_DOM0_XEN="xl xenstored xenconsoled xen-init-dom0"
LAB_DOM0_PROGRAMS="kexec xenstore-ls xenstore-read xenstore-write"

# kexec_suite SUITE: suite of dom0's kexec; bullseye's has no support for Xen
kexec_suite() {
    [[ $1 == bullseye ]] && echo bookworm || echo "$1"
}

# initramfs_dom0 DIR OUT: writes dom0's initrd to OUT. DIR/job has the files of this run: the recipe, configurations of the guests,
# and the script `job`, which dom0 runs when the guests are up. DIR/guest.initrd replaces the guests' initrd.
# Reads RECIPE.
initramfs_dom0() {
    local dir=$1 out=$2 suite root kernel drivers tree=$1/dom0 name programs=()
    suite=$(xen_suite "${RECIPE[xen]}")
    root=$(root_of "$suite")
    kernel=$(kernel_of "${RECIPE[kernel]}")
    drivers=$(scene_kernel "${RECIPE[kernel]}")
    initramfs_base "$tree" "$root" "$kernel" dom0
    cp "$LAB_PARTS"/inside/{truth,die} "$tree/lab/"
    cp "$dir"/job/* "$tree/lab/"
    [[ -z ${RECIPE[scene]} ]] || scene_tree "$tree" "$root" "$drivers"
    for name in $LAB_DOM0_XEN; do
        programs+=("$root"/usr/lib/xen-*/bin/"$name")
    done
    for name in $LAB_DOM0_PROGRAMS; do
        programs+=("$(find "$root/usr/bin" "$root/usr/sbin" -name "$name")")
    done
    initramfs_programs "$tree" "$root" "${programs[@]}"
    initramfs_kexec "$tree" "$suite"
    mkdir -p "$tree"/{boot,var/log/xen/console,var/lib/xen,var/lib/xenstored,var/lock,etc/xen}
    : >"$tree/etc/xen/xl.conf"
    ln "$kernel/vmlinuz" "$tree/boot/vmlinuz"
    initramfs_base "$dir/crash" "$root" "$kernel" crash
    initramfs_pack "$dir/crash" "$tree/boot/crash.initrd"
    scene_has io || drivers=$kernel
    initramfs_base "$dir/guest" "$root" "$drivers" guest
    scene_guest_tree "$dir/guest" "$root"
    initramfs_pack "$dir/guest" "$tree/boot/guest.initrd"
    [[ ! -f $dir/guest.initrd ]] || mv "$dir/guest.initrd" "$tree/boot/"
    ! qemu_has || qemu_tree "$tree" "$suite"
    ! hvm_has || hvm_tree "$dir" "$tree" "$suite"
    initramfs_pack "$tree" "$out"
    rm -rf "$tree" "$dir/crash" "$dir/guest"
}

# initramfs_kexec TREE SUITE: kexec of another suite (kexec_suite), with its libraries, in TREE/kexec. libxenctrl must be of SUITE,
# since Xen refuses administrative calls of other versions; the functions that kexec uses are the same.
initramfs_kexec() {
    local tree=$1/kexec suite=$2 other root library
    other=$(kexec_suite "$suite")
    [[ $other != "$suite" ]] || return 0
    root=$(root_of "$other")
    initramfs_programs "$tree" "$root" "$root/usr/sbin/kexec"
    library=$(find "$tree/lib" -name 'libxenctrl.so.*')
    cp -L "$(root_of "$suite")"/usr/lib/x86_64-linux-gnu/libxenctrl.so.?.?? "$library"
    initramfs_libraries "$tree" "$root" "$library"
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

# initramfs_programs TREE ROOT FILE...: programs of a root into TREE/sbin, with their libraries in TREE/lib
initramfs_programs() {
    local tree=$1 root=$2 file libraries=$2/usr/lib/x86_64-linux-gnu
    mkdir -p "$tree"/{sbin,lib,lib64}
    for file in "${@:3}"; do
        cp -L "$file" "$tree/sbin/"
        initramfs_libraries "$tree" "$root" "$file"
    done
    # opened by glibc when a thread is cancelled
    cp -L "$libraries/libgcc_s.so.1" "$tree/lib/"
    cp -L "$libraries/ld-linux-x86-64.so.2" "$tree/lib64/"
}

# initramfs_libraries TREE ROOT FILE: the shared libraries of FILE, and theirs
initramfs_libraries() {
    local tree=$1 root=$2 library found
    for library in $(readelf -d "$3" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        [[ ! -e $tree/lib/$library && $library != ld-linux* ]] || continue
        found=$(find "$root/usr/lib" -name "$library" -print -quit)
        [[ -n $found ]] || die "$library, required by $3, is not in $root"
        cp -L "$found" "$tree/lib/"
        initramfs_libraries "$tree" "$root" "$found"
    done
}

initramfs_pack() {
    (cd "$1" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) | gzip -1 >"$2"
}
