# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A running host: the same machine as for a dump, but dom0 has a whole Debian with crash, vmlinux and xen-syms, and runs a job in it.

# The second disk is a root with the files in the places of Debian's debug packages.
LAB_LIVE_MEMORY="memory=2700M dom0_mem=1600M"
LAB_LIVE_TIMEOUT=${LAB_LIVE_TIMEOUT:-1800}

# lab_live NAME DIR [SUITE]: boots the machine of a recipe and runs DIR/job in dom0 as /host/job, in the Debian of SUITE, by default
# that of Xen; its /host/out becomes DIR/out. DIR/guest.initrd, if there is one, is the initrd of the recipe's guests, which print
# "LAB-GUEST: up".
lab_live() {
    [[ $# == [23] && -x ${2:-}/job ]] || die "usage: scripts/lab live NAME DIR [SUITE], with an executable DIR/job"
    local name=$1 dir=$2 suite setting
    need mke2fs
    recipe_read "$name"
    if [[ $name != *dom0_mem=* ]]; then
        for setting in $LAB_LIVE_MEMORY; do
            recipe_set live "$setting"
        done
    fi
    suite=${3:-$(xen_suite "${RECIPE[xen]}")}
    check_suite "$suite"
    recipe_ready
    root_ready "$suite"
    cached "$(live_disk "$suite")" live_make_disk "$suite"
    live_run "$name" "$dir" "$suite"
}

# live_disk SUITE: prints the directory of the disk with that Debian for RECIPE's xen and kernel
live_disk() {
    printf '%s/live/%s-%s\n' "$LAB_CACHE" "$(basename "$(xen_of "${RECIPE[xen]}")")" \
        "$( (root_of "$1"; kernel_of "${RECIPE[kernel]}"; echo 2) | hash_of)"
}

# live_tools TREE ROOT SUITE: replaces Xen's tools in TREE, a Debian of another suite, by those of ROOT, of SUITE, with the libraries that
# TREE lacks. The hypervisor refuses administrative calls of other versions.
live_tools() {
    local tree=$1 root=$2 libraries=$1/libraries
    note "Xen's tools are those of $3"
    rm -rf "$tree"/usr/lib/xen-[0-9]*
    cp -al "$root"/usr/lib/xen-[0-9]* "$tree/usr/lib/"
    mkdir "$libraries"
    ln -s ../usr/lib/x86_64-linux-gnu "$libraries/lib"
    initramfs_libraries "$libraries" "$root" "$(echo "$root"/usr/lib/xen-[0-9]*/bin/xl)"
    rm -r "$libraries"
}

live_make_disk() {
    local suite=$1 scratch=$2 tree=$2/tree xen debug version release
    note "$suite: making a disk with crash, vmlinux and xen-syms"
    cp -al "$(root_of "$suite")" "$tree"
    xen=$(xen_suite "${RECIPE[xen]}")
    [[ $xen == "$suite" ]] || live_tools "$tree" "$(root_of "$xen")" "$xen"
    release=$(kernel_package "${RECIPE[kernel]}")
    release=${release#linux-image-}
    debug=$tree/usr/lib/debug
    version=$(basename "$(echo "$tree"/usr/lib/xen-[0-9]*)")
    mkdir -p "$debug/boot" "$tree"/{boot,host,lib/modules,var/log/xen,var/lib/xen}
    ln "$(kernel_of "${RECIPE[kernel]}")/vmlinux" "$debug/boot/vmlinux-$release"
    ln "$(xen_of "${RECIPE[xen]}")/xen.gz" "$tree/boot/$version-amd64.gz"
    [[ ! -f $(xen_of "${RECIPE[xen]}")/xen-syms ]] || ln "$(xen_of "${RECIPE[xen]}")/xen-syms" "$debug/boot/xen-syms-${version#xen-}-amd64"
    rm -rf "$tree"/usr/share/{doc,man,locale,info} "$tree"/usr/lib/gcc
    mke2fs -q -t ext4 -E root_owner=0:0 -O ^has_journal -m 0 -d "$tree" "$scratch/disk" 2G
    rm -rf "$tree"
}

live_run() {
    local name=$1 dir=$2 suite=$3 work
    work=$(scratch live)
    dump_job "$work/job"
    printf '. /lab/live\n' >"$work/job/job"
    cp "$LAB_PARTS/inside/live" "$work/job/live"
    live_job "$work" "$dir"
    echo "megabytes=$(($(stat -c %s "$work/job.tar") / 1048576 + 1))" >>"$work/job/recipe"
    [[ ! -f $dir/guest.initrd ]] || cp "$dir/guest.initrd" "$work/"
    initramfs_dom0 "$work" "$work/dom0.initrd"
    live_modules "$work" >>"$work/dom0.initrd"
    cp --sparse=always "$(live_disk "$suite")/disk" "$work/vmcore"
    boot "$work"
    LAB_TIMEOUT=$LAB_LIVE_TIMEOUT
    ln -sfn "$work" "$dir/machine"
    boot_until "$name" "$work" live_job 'dom0 and guests' 'LAB: live' 'the job' 'LAB: job ended'
    cp "$work/serial.log" "$dir/serial.log"
    monitor "$work" quit
    boot_end "$work" "$name"
    rm -rf "$dir/out" "$dir/machine"
    mkdir "$dir/out"
    tar -xf "$work/truth.img" -C "$dir/out" --no-same-owner
    sed -n 's/.*LAB: job ended: \([0-9]*\).*/\1/p' "$dir/serial.log" | {
        read -r status
        note "$name: the job ended with status $status"
        return "$status"
    }
}

# live_job WORK DIR: the first disk, with the job
live_job() {
    [[ -f $1/job.tar ]] || tar -cf "$1/job.tar" --exclude ./out -C "$2" .
    cp "$1/job.tar" "$1/truth.img"
    truncate -s 512M "$1/truth.img"
}

# live_modules DIR: writes a second archive for the initrd, with the modules required to
# mount the disk
live_modules() {
    local dir=$1 kernel name
    kernel=$(kernel_of "${RECIPE[kernel]}")
    mkdir -p "$dir/more/lib/modules"
    cp "$kernel/modules/order.ext4" "$dir/more/lib/modules/"
    while read -r name; do
        cp "$kernel/modules/$name" "$dir/more/lib/modules/"
    done <"$kernel/modules/order.ext4"
    initramfs_pack "$dir/more" "$dir/more.cpio"
    cat "$dir/more.cpio"
}
