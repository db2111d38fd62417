# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Linux kernels for dom0, the guests and the crash kernel: vmlinuz, the required modules, and vmlinux with DWARF.

# In loading order, dependencies are put in front; built-in ones are skipped
LAB_MODULES_CRASH="virtio_pci virtio_blk"
LAB_MODULES_DOM0="$LAB_MODULES_CRASH xen-evtchn xen-privcmd xen-gntdev xenfs"
LAB_MODULES_EXT4="crc32c_generic ext4"

# kernel_package SPEC: SPEC is SUITE or SUITE:PACKAGE; prints the name of the linux-image package
kernel_package() {
    local suite=${1%%:*} package=
    [[ $1 != *:* ]] || package=${1#*:}
    [[ -n $package ]] || package=$(depends_of "$suite" linux-image-amd64 '^linux-image-[0-9]')
    [[ -n $package ]] || die "$suite has no linux-image-amd64"
    printf '%s\n' "$package"
}

# kernel_of SPEC: prints the directory of that kernel
kernel_of() {
    local package
    package=$(kernel_package "$1")
    printf '%s/kernels/%s-%s\n' "$LAB_CACHE" "${package#linux-image-}" "$(echo "$LAB_MODULES_DOM0 $LAB_MODULES_EXT4" | hash_of)"
}

kernel_ready() {
    local package dir
    package=$(kernel_package "$1")
    dir=$(kernel_of "$1")
    cached "$dir" kernel_make "${1%%:*}" "$package"
}

kernel_make() {
    local suite=$1 package=$2 scratch=$3
    kernel_make_image "$suite" "$package" crash dom0 ext4 "$scratch"
    kernel_make_debug "$suite" "$package" "$scratch"
}

# kernel_parts SUITE PACKAGE: prints the packages with the kernel's files. Since 7.x linux-image is empty and
# depends on them.
kernel_parts() {
    local release=${2#linux-image-} part split=
    for part in base binary modules; do
        part=$(depends_of "$1" "$2" "^linux-$part-${release//+/[+]}\$")
        [[ -z $part ]] || split+=$part$'\n'
    done
    printf '%s' "${split:-$2$'\n'}"
}

# kernel_make_image SUITE PACKAGE ROLE... SCRATCH: vmlinuz, and the modules of LAB_MODULES_ROLE
kernel_make_image() {
    local suite=$1 package=$2 scratch=${!#} part file release=${2#linux-image-}
    need depmod xz
    mkdir "$scratch/package"
    for part in $(kernel_parts "$suite" "$package"); do
        note "$suite: unpacking $part"
        file=$(download "$suite" "$part")
        dpkg-deb --fsys-tarfile "$file" | tar -x -C "$scratch/package" --no-same-owner --wildcards './boot/*' '*/modules/*/vmlinuz' \
            '*/modules/*/config' '*/kernel/drivers/virtio/*' '*/kernel/drivers/block/*' '*/kernel/drivers/net/xen-net*' \
            '*/kernel/drivers/xen/*' '*/kernel/drivers/md/dm-mod.ko*' '*/kernel/drivers/dax/*' '*/kernel/fs/ext4/*' '*/kernel/fs/jbd2/*' '*/kernel/fs/mbcache.ko*' '*/kernel/lib/*' \
            '*/kernel/crypto/crc*' 2>/dev/null || :
    done
    for file in vmlinuz config; do
        part=$(find "$scratch/package" \( -path "*/boot/$file-$release" -o -path "*/modules/$release/$file" \) -print -quit)
        [[ -n $part ]] || die "$suite: $package has no $file"
        mv "$part" "$scratch/$file"
    done
    kernel_make_modules "$release" "$scratch" "${@:3:$#-3}"
    rm -rf "$scratch/package"
}

# kernel_make_modules RELEASE SCRATCH ROLE...: modules/*.ko, uncompressed, and in modules/order.ROLE their loading order
kernel_make_modules() {
    local release=$1 scratch=$2 base=$2/package tree role names
    tree=$(find "$base" -type d -path "*/modules/$release")
    [[ -n $tree ]] || die "linux-image-$release has no modules"
    if [[ $tree != "$base/lib/"* ]]; then
        mkdir -p "$base/lib/modules"
        ln -s "$tree" "$base/lib/modules/"
    fi
    find "$tree" -name '*.ko.xz' -exec xz -dq {} +
    touch "$tree"/modules.{order,builtin,builtin.modinfo}
    depmod -b "$base" "$release"
    mkdir "$scratch/modules"
    for role in "${@:3}"; do
        names=LAB_MODULES_${role^^}
        kernel_order "$tree" "$scratch/modules" "$role" "${!names}"
    done
}

kernel_order() {
    local tree=$1 dir=$2 order=$2/order.$3 name line file
    : >"$order"
    for name in $4; do
        line=$(grep -m 1 "/${name//-/[-_]}\.ko:" "$tree/modules.dep") || continue
        # shellcheck disable=SC2086 # a line of modules.dep is a list of words, the deepest dependency last
        for file in $(printf '%s\n' ${line/:/} | tac); do
            grep -qx "${file##*/}" "$order" || printf '%s\n' "${file##*/}" >>"$order"
            cp "$tree/$file" "$dir/"
        done
    done
}

# The debug package has a gigabyte of modules after vmlinux and System.map: it is read as a stream, which ends after these two
# files. This saves most of the download, but the package cannot be hashed: instead, the build-id of vmlinux is compared with
# that of the dump.
kernel_make_debug() {
    local suite=$1 package=$2 scratch=$3 release=${2#linux-image-} url members
    need curl
    url=$(apt_in "$suite" apt-get -qq download --print-uris "$package-dbg" | cut -d "'" -f 2)
    [[ -n $url ]] || die "$suite has no $package-dbg"
    note "$release: downloading vmlinux"
    members=("./usr/lib/debug/boot/System.map-$release" "./usr/lib/debug/boot/vmlinux-$release")
    [[ $(kernel_parts "$suite" "$package") == "$package" ]] ||
        members=("./usr/lib/debug/lib/modules/$release/"{System.map,vmlinux})
    curl -sf --retry 3 "$url" 2>/dev/null | dpkg-deb --fsys-tarfile - 2>/dev/null |
        tar -x -C "$scratch" --no-same-owner --occurrence=1 --transform "s,.*/,," --transform "s,-$release$,," \
            "${members[@]}" || :
    [[ -s $scratch/vmlinux ]] || die "$url: no vmlinux extracted"
    readelf -S "$scratch/vmlinux" 2>/dev/null | grep debug_info >/dev/null || die "$url: its vmlinux has no DWARF"
    note "$release: vmlinux is extracted"
}

# build_id FILE: prints the GNU build-id of an ELF file in hexadecimal
build_id() {
    readelf -n "$1" 2>/dev/null | awk '/Build ID:/ { print $3; exit }'
}
