# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages in a fresh, minimal Debian: installed, used, removed.

DEBIAN_MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
DEBIAN_SECURITY=${DEBIAN_SECURITY:-http://deb.debian.org/debian-security}

# Packages of the fresh system besides the minimal ones
DEBIAN_TOOLS="man-db bash-completion"

# debian_root SUITE DIR: unpacks a minimal system into the empty DIR; its packages are those of the release and its updates
debian_root() {
    debian_end "$2"
    rm -rf "$2"
    mkdir -p "$2"
    tar -xf "build/package/$1/base.tar" -C "$2"
    printf 'deb %s main\n' "$DEBIAN_MIRROR $1" >"$2/etc/apt/sources.list"
    [[ $1 == sid ]] || printf 'deb %s main\n' "$DEBIAN_MIRROR $1-updates" "$DEBIAN_SECURITY $1-security" >>"$2/etc/apt/sources.list"
    mount -t proc proc "$2/proc"
    mount -t tmpfs tmpfs "$2/run"
    mount -t tmpfs tmpfs "$2/tmp"
    mount --rbind /dev "$2/dev"
    mount --make-rslave "$2/dev"
}

# debian_end DIR: unmounts everything below it
debian_end() {
    local mounted
    while IFS= read -r mounted; do
        umount -l "$mounted"
    done < <(awk -v dir="$(readlink -f "$1")/" 'index($2, dir) == 1 { print $2 }' /proc/mounts | tac)
}

# debian_in DIR COMMAND...
debian_in() {
    local dir=$1
    shift
    chroot "$dir" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# debian_base SUITE: makes build/package/SUITE/base.tar, a minimal system with apt set up
debian_base() {
    local dir=build/package/$1
    [[ -f $dir/base.tar ]] && return
    need debootstrap
    mkdir -p "$dir"
    debian_end "$dir/base"
    rm -rf "$dir/base"
    debootstrap --variant=minbase "$1" "$dir/base" "$DEBIAN_MIRROR" >"$dir/debootstrap.log" 2>&1 || { tail "$dir/debootstrap.log" >&2; return 1; }
    # for a machine behind a proxy, or with local host names
    cp -L /etc/resolv.conf /etc/hosts "$dir/base/etc/"
    cp -L /etc/apt/apt.conf.d/* "$dir/base/etc/apt/apt.conf.d/" 2>/dev/null || :
    tar -C "$dir/base" -cf "$dir/base.new" .
    mv "$dir/base.new" "$dir/base.tar"
    rm -rf "$dir/base"
}

# debian_packages SUITE: builds the packages in a system of that suite, into build/package/SUITE/deb; build-dep installs missing
# packages
debian_packages() {
    local dir=build/package/$1 root=build/package/$1/build
    debian_root "$1" "$root"
    mkdir -p "$root/src"
    deb_source "$root/src"
    debian_in "$root" sh -ec 'apt-get -qq update
        apt-get -qq -y --no-install-recommends install dpkg-dev fakeroot >/dev/null
        cd /src/crash-xen-*/
        apt-get -qq -y --no-install-recommends build-dep ./ >/dev/null
        dpkg-buildpackage -b -us -uc' >"$dir/build.log" 2>&1 || { tail -n 30 "$dir/build.log" >&2; return 1; }
    rm -rf "$dir/deb"
    mkdir "$dir/deb"
    cp "$root"/src/*.deb "$root"/src/*.changes "$dir/deb/"
    debian_end "$root"
    rm -rf "$root"
}

# debian_test SUITE DUMP: TAP lines; DUMP contains vmcore, vmlinux and xen-syms
debian_test() {
    local dir=build/package/$1 root=build/package/$1/fresh
    debian_root "$1" "$root"
    mkdir "$root/run/dump" "$root/run/deb"
    mount --bind -o ro "$(readlink -f "$2")" "$root/run/dump"
    cp "$dir"/deb/crash-xen_*.deb "$dir"/deb/xenview_*.deb "$dir"/deb/crash-xen-live_*.deb scripts/package.d/inside "$root/run/deb/"
    debian_in "$root" bash /run/deb/inside "$DEBIAN_TOOLS"
    debian_end "$root"
    rm -rf "$root"
}

# package_test SUITE DUMP
package_test() {
    [[ $# -eq 2 && -f $2/vmcore ]] || { usage >&2; exit 2; }
    [[ $EUID -eq 0 ]] || { echo "package: test: permission denied (must be root, for chroot)" >&2; exit 1; }
    # shellcheck disable=SC2064 # the current value
    trap "debian_end build/package/$1/build; debian_end build/package/$1/fresh" EXIT
    debian_base "$1"
    [[ -d build/package/$1/deb ]] || debian_packages "$1"
    debian_test "$1" "$2" | tee "build/package/$1/test.log"
    ! grep -q '^not ok' "build/package/$1/test.log"
}
