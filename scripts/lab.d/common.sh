# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Shared by all parts of the lab: messages, tools of this machine, the cache and its locks.

LAB_START=$SECONDS

# note TEXT...: prints progress, with the seconds since the start
note() {
    printf '[%4ds] %s\n' $((SECONDS - LAB_START)) "$*" >&2
}

die() {
    printf 'lab: %s\n' "$*" >&2
    exit 1
}

# tool -> Debian package
declare -A LAB_TOOLS=(
    [apt-get]=apt [dpkg-deb]=dpkg [patch]=patch [curl]=curl [flock]=util-linux [tar]=tar [xz]=xz-utils
    [bwrap]=bubblewrap [cpio]=cpio [depmod]=kmod [readelf]=binutils [qemu-system-x86_64]=qemu-system-x86 [gdb]=gdb [mke2fs]=e2fsprogs [python3]=python3-minimal
)

lab_deps() {
    printf '%s\n' "${LAB_TOOLS[@]}" debian-archive-keyring | sort -u
}

# need TOOL...: ends the lab with one line that lists missing tools and their packages
need() {
    local tool missing=() packages=()
    for tool; do
        if ! command -v "$tool" >/dev/null; then
            missing+=("$tool")
            packages+=("${LAB_TOOLS[$tool]:-$tool}")
        fi
    done
    [[ ${#missing[@]} -eq 0 ]] || die "not found: ${missing[*]}; as root: apt-get install ${packages[*]}"
}

# hash_of: a short hash of stdin
hash_of() {
    sha256sum | cut -c1-10
}

# with_lock NAME COMMAND...: runs it while no other process on this cache holds the lock
with_lock() {
    local fd name=$1
    shift
    mkdir -p "$LAB_CACHE/locks"
    exec {fd}>"$LAB_CACHE/locks/$name"
    if ! flock -n "$fd"; then
        note "waiting for another lab that is working on $name"
        flock "$fd"
    fi
    "$@"
    exec {fd}>&-
}

# cached DIR COMMAND...: runs COMMAND... SCRATCH unless DIR exists, and renames SCRATCH to DIR when it has succeeded: a DIR that
# exists is complete. Must not be called where bash ignores `set -e` (if, &&, ||).
cached() {
    local dir=$1
    [[ -d $dir ]] && return
    mkdir -p "$(dirname "$dir")" "$LAB_CACHE/tmp"
    with_lock "$(basename "$(dirname "$dir")")-$(basename "$dir")" cached_locked "$@"
}

cached_locked() {
    local dir=$1 scratch
    shift
    [[ -d $dir ]] && return
    # make reads "NAME=VALUE" in the path of a target as a variable: no "=" in the path of a build tree
    scratch=$(scratch "$(basename "$dir" | tr '=' -)")
    chmod 755 "$scratch"
    "$@" "$scratch"
    mv -T "$scratch" "$dir"
}

LAB_PIDS=()

# scratch NAME: creates a directory that is deleted when this process ends
scratch() {
    mkdir -p "$LAB_CACHE/tmp"
    mktemp -d "$LAB_CACHE/tmp/$1.$$.XXXXXX"
}

# At exit, also after an error or ^C: ends QEMU and deletes unfinished directories.
lab_tidy() {
    local pid
    for pid in "${LAB_PIDS[@]}"; do
        kill "$pid" 2>/dev/null || :
    done
    [[ -n ${LAB_KEEP:-} ]] || rm -rf "$LAB_CACHE"/tmp/*".$$."*
}
trap lab_tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

lab_clean() {
    case ${1:-all} in
        dumps) rm -rf "$LAB_CACHE/dumps" ;;
        all) rm -rf "$LAB_CACHE" ;;
        *) die "clean: unknown argument '$1': 'dumps' or 'all'" ;;
    esac
}
