# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Hypervisors: Debian's binaries, and builds with DWARF from Debian's source.

# xen_of SPEC: prints the directory of a hypervisor. SPEC is SUITE or source:SUITE:debug=n or
# source:SUITE:debug=y
xen_of() {
    printf '%s/xen/%s\n' "$LAB_CACHE" "${1//:/-}"
}

# xen_suite SPEC: prints the suite of a hypervisor and of its tools
xen_suite() {
    local spec=${1#source:}
    printf '%s\n' "${spec%%:*}"
}

lab_xen() {
    local spec
    [[ $# -ge 1 ]] || die "usage: scripts/lab xen SPEC..."
    for spec; do
        xen_ready "$spec"
        xen_of "$spec"
    done
}

xen_ready() {
    local suite
    suite=$(xen_suite "$1")
    check_suite "$suite"
    case $1 in
        source:*:debug=[yn]) cached "$(xen_of "$1")" xen_build "$suite" "${1##*=}" ;;
        *:*) die "xen=$1: neither SUITE nor source:SUITE:debug=y|n" ;;
        *) cached "$(xen_of "$1")" xen_unpack "$suite" ;;
    esac
}

# Unpacks Debian's package and its -dbg, which exists from trixie on; bullseye's package itself has a xen-syms without DWARF.
xen_unpack() {
    local suite=$1 scratch=$2 package file name
    apt_ready "$suite"
    package=$(apt_in "$suite" apt-cache pkgnames xen-hypervisor-4 | grep -E '^xen-hypervisor-[0-9.]+-amd64$' | sort -V | tail -1)
    [[ -n $package ]] || die "$suite has no xen-hypervisor package"
    mkdir "$scratch/package"
    for name in "$package" "$package-dbg"; do
        [[ -n $(apt_in "$suite" apt-cache pkgnames "$name") ]] || continue
        note "$suite: unpacking $name"
        file=$(download "$suite" "$name")
        dpkg-deb -x "$file" "$scratch/package"
    done
    xen_keep "$scratch/package/boot" "$scratch"
    xen_keep "$scratch/package/usr/lib/debug/boot" "$scratch"
    xen_keep "$scratch/package/usr/lib/debug" "$scratch"
    rm -rf "$scratch/package"
    [[ -s $scratch/xen.gz ]] || die "$suite: no xen.gz in $package"
}

# xen_keep FROM TO: copies the files of a hypervisor, with names without version. bullseye compresses other files than
# xen.gz, too.
xen_keep() {
    local file name
    for file in "$1"/xen*; do
        [[ -f $file ]] || continue
        name=$(basename "$file" | sed -E 's/-[0-9]+(\.[0-9]+)+(-amd64)?//')
        mv "$file" "$2/$name"
        [[ $name != *.gz || $name == xen.gz ]] || gzip -d "$2/$name"
    done
}

xen_build() {
    local suite=$1 debug=$2 scratch=$3 tree
    root_ready "$suite"
    tree=$scratch/tree
    source_tree "$suite" xen "$tree"
    note "$suite: building xen with debug=$debug"
    xen_config "$debug" >"$scratch/fragment"
    # Names of user and host that a build stores in the image are fixed, so that it does not depend on
    # the build machine.
    if ! (cd "$tree" && lab_in "$suite" sh -c "
        set -e
        export XEN_WHOAMI=lab XEN_DOMAIN=lab XEN_HOSTNAME=lab XEN_BUILD_HOST=lab
        make -C xen defconfig
        cat '$scratch/fragment' >>xen/.config
        make -C xen olddefconfig
        make -C xen -j$(nproc)") >"$scratch/build.log" 2>&1; then
        tail -30 "$scratch/build.log" >&2
        die "$suite: building xen failed, see above"
    fi
    mv "$tree"/xen/{xen.gz,xen-syms} "$scratch/"
    mv "$tree/xen/.config" "$scratch/xen.config"
    [[ ! -f $tree/xen/xen-syms.map ]] || mv "$tree/xen/xen-syms.map" "$scratch/"
    [[ $(grep -c "^CONFIG_DEBUG=y" "$scratch/xen.config") == "$([[ $debug == y ]] && echo 1 || echo 0)" ]] ||
        die "$suite: the build ignored debug=$debug"
    rm -rf "$tree" "$scratch/fragment"
    note "$suite: xen with debug=$debug is built"
}

# xen_config DEBUG: prints settings that differ from Xen's defaults: all schedulers, since recipes select one; gdbsx, as in XCP-ng and
# SUSE.
xen_config() {
    local debug="# CONFIG_DEBUG is not set"
    [[ $1 == n ]] || debug=CONFIG_DEBUG=y
    printf '%s\n' CONFIG_EXPERT=y CONFIG_DEBUG_INFO=y CONFIG_GDBSX=y CONFIG_SCHED_CREDIT=y CONFIG_SCHED_CREDIT2=y CONFIG_SCHED_RTDS=y CONFIG_SCHED_NULL=y "$debug"
}
