# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# scene=: drivers, programs and configuration for each of its words; inside/scene acts on them.

LAB_MODULES_GUEST="xen-blkfront xen-netfront"
LAB_MODULES_BACKEND="brd xen-blkback xen-netback"
# For scene=stuck, in addition to the list above
LAB_MODULES_STUCK="dm-mod"
# For scene=frozen: for the guest whose frontend is a program
LAB_MODULES_FROZEN="xen-evtchn xenfs xen-gntalloc"

# scene_has WORD: RECIPE's scene has that word; a word may have an argument, WORD:ARGUMENT
scene_has() {
    [[ " ${RECIPE[scene]} " =~ " $1"[\ :] ]]
}

# scene_kernel SPEC: prints the directory with the drivers of both ends of a disk and a
# network
scene_kernel() {
    local stuck=''
    ! scene_has stuck || stuck=" $LAB_MODULES_STUCK"
    ! scene_has frozen || stuck+=" $LAB_MODULES_FROZEN"
    printf '%s-drivers-%s\n' "$(kernel_of "$1")" "$(echo "$LAB_MODULES_GUEST $LAB_MODULES_BACKEND$stuck" | hash_of)"
}

# Reads RECIPE.
scene_ready() {
    local roles=(guest backend)
    ! scene_has stuck || roles+=(stuck)
    ! scene_has frozen || roles+=(frozen)
    ! scene_has io || cached "$(scene_kernel "${RECIPE[kernel]}")" kernel_make_image "${RECIPE[kernel]%%:*}" "$(kernel_package "${RECIPE[kernel]}")" "${roles[@]}"
}

# scene_guest_args NUMBER: prints parameters for the command line of that guest
scene_guest_args() {
    ! scene_has io || printf ' LAB_NET=10.0.%d' "$1"
    # stuck changes the masks of event channels where the 2-level ABI has them
    ! scene_has stuck || printf ' LAB_STUCK=yes xen.fifo_events=0'
    ! scene_has qdisk || printf ' LAB_STUCK=yes'
    ! scene_has frozen || printf ' LAB_STUCK=%s' "$([[ $1 == 3 ]] && echo front || echo yes)"
}

# scene_guest NUMBER: prints further lines of a guest's configuration. With pool, guests from the second on are in the second
# cpupool.
scene_guest() {
    local disk=''
    if scene_has qdisk && [[ $1 == 1 ]]; then
        qemu_config
        disk="format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=/dev/ram1"
    elif scene_has stuck; then
        disk="phy:/dev/dm-$(($1 - 1)),xvda,w"
    elif scene_has io; then
        disk="phy:/dev/ram$1,xvda,w"
    fi
    [[ -z $disk ]] || printf "disk=['%s']\nvif=['script=/lab/hotplug,ip=10.0.%d.1']\n" "$disk" "$1"
    if scene_has iommu; then
        printf 'passthrough="enabled"\n'
    fi
    if scene_has pool && [[ $1 -gt 1 ]]; then
        printf 'pool="second"\n'
    fi
}

# scene_tree TREE ROOT KERNEL: adds the files for RECIPE's scene to dom0's initrd
scene_tree() {
    local tree=$1 root=$2 kernel=$3 suite name
    suite=$(xen_suite "${RECIPE[xen]}")
    cp "$LAB_PARTS/inside/scene" "$tree/lab/"
    if scene_has io; then
        mkdir -p "$tree/lib/modules/backend" "$tree/etc/xen/scripts"
        cp "$kernel/modules/order.backend" "$tree/lib/modules/backend/order"
        while read -r name; do
            cp "$kernel/modules/$name" "$tree/lib/modules/backend/"
        done <"$kernel/modules/order.backend"
        if scene_has stuck; then
            scene_stuck "$tree" "$root" "$suite" "$kernel"
        fi
        install -m 755 "$LAB_PARTS/inside/hotplug" "$tree/lab/hotplug"
        ln -s /lab/hotplug "$tree/etc/xen/scripts/block"
    fi
    if scene_has claim || scene_has storm; then
        scene_program "$tree" "$root" "$suite" stuck -lxenctrl -lxenforeignmemory
    fi
    if scene_has channels || scene_has held; then
        scene_program "$tree" "$root" "$suite" hold -lxengnttab -lxenevtchn
    fi
    if scene_has domains; then
        scene_program "$tree" "$root" "$suite" crowd -lxenctrl -lxenforeignmemory -lxengnttab -lxenstore
    fi
    if scene_has livepatch; then
        scene_livepatch "$suite" "$tree/lab/lab.livepatch"
        initramfs_programs "$tree" "$root" "$root"/usr/lib/xen-*/bin/xen-livepatch
    fi
}

# scene_stuck TREE ROOT SUITE KERNEL: adds the device mapper, and the program that blocks
# devices
scene_stuck() {
    local tree=$1 root=$2 suite=$3 kernel=$4 name
    while read -r name; do
        cp "$kernel/modules/$name" "$tree/lib/modules/backend/"
        echo "$name" >>"$tree/lib/modules/backend/order"
    done <"$kernel/modules/order.stuck"
    scene_program "$tree" "$root" "$suite" stuck -lxenctrl -lxenforeignmemory
}

# scene_program TREE ROOT SUITE NAME LIBRARY...: compiles sources/NAME.c to
# TREE/lab/NAME
scene_program() {
    local tree=$1 root=$2 suite=$3 name=$4
    (cd "$LAB_PARTS/sources" && lab_in "$suite" cc -O -Wall -o "/tmp/lab-$name.$$" "$name.c" "${@:5}") >&2
    mv "/tmp/lab-$name.$$" "$tree/lab/$name"
    initramfs_programs "$tree" "$root" "$tree/lab/$name"
}

# scene_guest_tree TREE ROOT: adds the files for RECIPE's scene to the guests' initrd
scene_guest_tree() {
    local tree=$1 root=$2 name kernel
    scene_has frozen || return 0
    kernel=$(scene_kernel "${RECIPE[kernel]}")
    while read -r name; do
        cp "$kernel/modules/$name" "$tree/lib/modules/"
        echo "$name" >>"$tree/lib/modules/order"
    done <"$kernel/modules/order.frozen"
    (cd "$LAB_PARTS/sources" && lab_in "$(xen_suite "${RECIPE[xen]}")" cc -O -Wall -o "/tmp/lab-front.$$" front.c -lxengnttab -lxenevtchn -lxenstore) >&2
    initramfs_programs "$tree" "$root" "/tmp/lab-front.$$"
    mv "$tree/sbin/lab-front.$$" "$tree/sbin/lab-front"
    rm "/tmp/lab-front.$$"
}

# scene_livepatch SUITE OUT: makes a payload that replaces xen_extra_version(), bound to the hypervisor by its
# build-id.
scene_livepatch() {
    local xen id
    xen=$(xen_of "${RECIPE[xen]}")
    id=$(build_id "$xen/xen-syms" | sed 's/../,0x&/g; s/^,//')
    sed "s/@XEN_BUILD_ID@/$id/" "$LAB_PARTS/sources/livepatch.s" >"/tmp/lab-livepatch.$$.s"
    (cd /tmp && lab_in "$1" cc -c -o "/tmp/lab-livepatch.$$.o" "/tmp/lab-livepatch.$$.s") >&2
    mv "/tmp/lab-livepatch.$$.o" "$2"
    rm "/tmp/lab-livepatch.$$.s"
}
