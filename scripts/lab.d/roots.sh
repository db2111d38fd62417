# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Small Debian systems, one per suite: they run that suite's crash, compile against its headers, and have Xen's tools.

LAB_ROOT_PACKAGES="base-files bash bsdutils coreutils dash debianutils diffutils file findutils gawk grep gzip hostname libc-bin mawk
    ncurses-base procps sed tar util-linux xz-utils zstd bison flex python3-minimal gcc libc6-dev make pkg-config
    crash makedumpfile libdw-dev libelf-dev zlib1g-dev liblzma-dev libzstd-dev libcapstone-dev libcmocka-dev busybox-static kexec-tools xenstore-utils libxen-dev"

# Debuggers that are not used in a build, in a separate root
LAB_DEBUGGER_PACKAGES="base-files bash coreutils dash libc-bin python3 python3-drgn gdb"

lab_root() {
    [[ $# -eq 1 ]] || die "usage: scripts/lab root SUITE"
    check_suite "$1"
    root_ready "$1"
    root_of "$1"
}

# root_of SUITE: prints the directory of that root
root_of() {
    printf '%s/roots/%s-%s\n' "$LAB_CACHE" "$1" "$(printf '%s' "$LAB_ROOT_PACKAGES" | hash_of)"
}

root_ready() {
    cached "$(root_of "$1")" root_make "$1"
}

root_make() {
    local suite=$1 root=$2 utils packages
    read -ra packages <<<"${LAB_ROOT_PACKAGES//$'\n'/ }"
    apt_ready "$suite"
    utils=$(apt_in "$suite" apt-cache pkgnames xen-utils-4 | sort -V | tail -1)
    unpack_closure "$suite" "$root" "${packages[@]}" "$utils"
    root_finish "$root"
    note "$suite: root is ready, $(du -sh "$root" | cut -f1)"
}

# lab_debug SUITE COMMAND...: like "in", in the root with the debuggers
lab_debug() {
    local LAB_ROOT_PACKAGES=$LAB_DEBUGGER_PACKAGES
    lab_in "$@"
}

# root_finish ROOT: applies the required effects of maintainer scripts
root_finish() {
    local root=$1
    mkdir -p "$root"/{etc,tmp,root,proc,dev,sys,run,var/tmp}
    [[ -e $root/usr/bin/cc ]] || ln -s gcc "$root/usr/bin/cc"
    [[ -e $root/usr/bin/awk ]] || ln -s gawk "$root/usr/bin/awk"
    printf 'root:x:0:0:root:/root:/bin/bash\n' >"$root/etc/passwd"
    printf 'root:x:0:\n' >"$root/etc/group"
}

# root_command SUITE: sets COMMAND to the words before a command that run it inside. The directories of the caller keep their paths, so
# that no file name has to be translated.
root_command() {
    local suite=$1 root mounts=() dir
    need bwrap
    check_suite "$suite"
    root_ready "$suite"
    root=$(root_of "$suite")
    for dir in "$LAB_TREE" "$LAB_CACHE" "$PWD"; do
        mounts+=(--bind "$dir" "$dir")
    done
    COMMAND=(bwrap --tmpfs / --ro-bind "$root/usr" /usr --ro-bind "$root/etc" /etc --dir /var/tmp
        --symlink usr/bin /bin --symlink usr/sbin /sbin --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/lib32 /lib32
        --dir /root --dir /run --bind /tmp /tmp --bind /proc /proc --dev-bind /dev /dev --ro-bind /sys /sys "${mounts[@]}" --chdir "$PWD"
        --setenv PATH /usr/sbin:/usr/bin:/sbin:/bin --setenv LC_ALL "$LC_ALL" --unsetenv APT_CONFIG --die-with-parent --)
}

lab_in() {
    [[ $# -ge 2 ]] || die "usage: scripts/lab in SUITE COMMAND..."
    local COMMAND
    root_command "$1"
    # ^C and the end of a terminal are sent to all its processes: they would end bwrap, which kills the command without
    # its cleanup, so only the command receives them
    trap '' HUP INT QUIT
    exec "${COMMAND[@]}" env --default-signal=HUP,INT,QUIT "${@:2}"
}

lab_enter() {
    [[ $# -eq 1 ]] || die "usage: scripts/lab enter SUITE"
    local COMMAND
    root_command "$1"
    printf '%s\0' "${COMMAND[@]}"
}
