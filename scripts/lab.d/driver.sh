# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# crash.ko, the driver of /dev/crash, from the source of Debian's crash, for one of the lab's kernels.

# lab_driver KERNEL: prints its path; KERNEL is SUITE or SUITE:PACKAGE
lab_driver() {
    [[ $# -eq 1 ]] || die "usage: scripts/lab driver SUITE[:PACKAGE]"
    check_suite "${1%%:*}"
    driver_ready "$1"
    printf '%s/crash.ko\n' "$(driver_of "$1")"
}

driver_of() {
    local package
    package=$(kernel_package "$1")
    printf '%s/drivers/%s\n' "$LAB_CACHE" "${package#linux-image-}"
}

driver_ready() {
    root_ready "${1%%:*}"
    cached "$(driver_of "$1")" driver_make "${1%%:*}" "$(kernel_package "$1")"
}

# The kernel's headers refer to each other by absolute paths, so they go into a copy of the suite's root.
driver_make() {
    local suite=$1 release=${2#linux-image-} scratch=$3 root=$3/root
    cp -al "$(root_of "$suite")" "$root"
    unpack_closure "$suite" "$scratch/headers" "linux-headers-$release"
    cp -an "$scratch"/headers/usr/{src,lib,bin} "$root/usr/"
    source_tree "$suite" crash "$scratch/crash"
    mv "$scratch/crash/memory_driver" "$root/usr/src/"
    note "$suite: building crash.ko for Linux $release"
    if ! bwrap --bind "$root" / --bind /proc /proc --dev-bind /dev /dev --chdir /usr/src/memory_driver --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin \
        --unsetenv APT_CONFIG --die-with-parent -- make -s KVER="$release" >"$scratch/build.log" 2>&1; then
        tail -30 "$scratch/build.log" >&2
        die "$suite: building crash.ko failed, see above"
    fi
    mv "$root/usr/src/memory_driver/crash.ko" "$scratch/"
    rm -rf "$root" "$scratch"/{headers,crash}
}
