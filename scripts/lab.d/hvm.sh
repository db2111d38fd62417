# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU in dom0. Guests of type hvm: device model, firmware, and a disk with a boot loader. Only these run a kernel that placed
# itself (KASLR). PV guests: the backend of a disk.

LAB_HVM_PACKAGES="base-files bash coreutils dash libc-bin qemu-system-xen seabios grub-common grub-pc-bin xorriso"

# hvm_packages SUITE: prints the packages. Debian 11 has no build of QEMU for Xen only.
hvm_packages() {
    if [[ $1 == bullseye ]]; then
        echo "${LAB_HVM_PACKAGES/qemu-system-xen/qemu-system-x86 qemu-system-data}"
    else
        echo "$LAB_HVM_PACKAGES"
    fi
}

# qemu_root SUITE: prints the directory of the root with the programs
qemu_root() {
    local LAB_ROOT_PACKAGES
    LAB_ROOT_PACKAGES=$(hvm_packages "$1")
    root_of "$1"
}

# qemu_program SUITE: prints the path of the program
qemu_program() {
    local program
    program=$(qemu_root "$1")/usr/libexec/xen-qemu-system-i386
    [[ -e $program ]] || program=$(qemu_root "$1")/usr/bin/qemu-system-i386
    echo "$program"
}

hvm_has() {
    [[ " ${RECIPE[guests]}" == *" hvm"* ]]
}

qemu_has() {
    hvm_has || scene_has qdisk
}

# qemu_ready SUITE: makes the root with the programs
qemu_ready() {
    local LAB_ROOT_PACKAGES
    LAB_ROOT_PACKAGES=$(hvm_packages "$1")
    ! qemu_has || root_ready "$1"
}

# qemu_config: prints the line of a guest's configuration that names the program. Reads RECIPE.
qemu_config() {
    printf 'device_model_override="/sbin/%s"\n' "$(basename "$(qemu_program "$(xen_suite "${RECIPE[xen]}")")")"
}

# qemu_tree TREE SUITE: adds the program to dom0's initrd
qemu_tree() {
    local tree=$1 suite=$2 root
    root=$(qemu_root "$suite")
    initramfs_programs "$tree" "$root" "$(qemu_program "$suite")"
    install -D -m 644 -t "$tree/usr/share/qemu/keymaps" "$root/usr/share/qemu/keymaps/en-us"
    # where the program searches for it relative to its own folder
    ln -s usr/share "$tree/share"
}

# hvm_guest: prints lines of a guest's configuration
hvm_guest() {
    qemu_config
    printf 'firmware_override="/boot/hvmloader"\nbios_path_override="/boot/bios"\n'
    # SeaBIOS and the boot loader read AHCI by DMA; a CD, by port I/O, takes minutes in emulation
    printf 'disk=["format=raw,vdev=hda,backendtype=qdisk,access=rw,target=/boot/guest.iso"]\nhdtype="ahci"\nboot="c"\n'
    printf 'vga="none"\nvnc=0\nsdl=0\nusb=0\n'
}

# hvm_tree DIR TREE SUITE: adds the firmware and, from the guests' kernel and initrd in TREE/boot, their disk to dom0's initrd
hvm_tree() {
    local LAB_ROOT_PACKAGES
    local disk=$1/disk tree=$2 suite=$3 root
    LAB_ROOT_PACKAGES=$(hvm_packages "$suite")
    root=$(root_of "$suite")
    cp "$root"/usr/lib/xen-*/boot/hvmloader "$tree/boot/hvmloader"
    cp "$root/usr/share/seabios/bios-256k.bin" "$tree/boot/bios"
    mkdir -p "$disk/boot/grub"
    cp "$tree"/boot/{vmlinuz,guest.initrd} "$disk/boot/"
    # pci=noearly: on AMD's processors Linux searches 256 buses for an AGP bridge, by port I/O that QEMU in dom0 answers
    cat >"$disk/boot/grub/grub.cfg" <<'GRUB'
linux /boot/vmlinuz console=hvc0 rdinit=/init pci=noearly
initrd /boot/guest.initrd
boot
GRUB
    (cd "$1" && lab_in "$suite" grub-mkrescue -d /usr/lib/grub/i386-pc -o guest.iso disk) >"$1/iso.log" 2>&1 || {
        tail -n 20 "$1/iso.log" >&2
        die "the guests' disk cannot be made, see above"
    }
    mv "$1/guest.iso" "$tree/boot/"
    rm -r "$disk" "$1/iso.log"
}
