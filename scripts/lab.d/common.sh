# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What every part of the lab needs: messages, the tools of this machine, the cache and its locks.

LAB_START=$SECONDS

# note TEXT...: progress, with the time since the start
note() {
    printf '[%4ds] %s\n' $((SECONDS - LAB_START)) "$*" >&2
}

die() {
    printf 'lab: %s\n' "$*" >&2
    exit 1
}

# tool -> Debian package that has it
declare -A LAB_TOOLS=(
    [apt-get]=apt [dpkg-deb]=dpkg [patch]=patch [curl]=curl [flock]=util-linux [tar]=tar [xz]=xz-utils
    [bwrap]=bubblewrap [cpio]=cpio [depmod]=kmod [readelf]=binutils [qemu-system-x86_64]=qemu-system-x86 [gdb]=gdb [mke2fs]=e2fsprogs [python3]=python3-minimal
)

lab_deps() {
    printf '%s\n' "${LAB_TOOLS[@]}" debian-archive-keyring | sort -u
}

# need TOOL...: stops with one line that names everything missing
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

# hash_of: a short name for what is on stdin
hash_of() {
    sha256sum | cut -c1-10
}

# with_lock NAME COMMAND...: one process at a time, on this cache
with_lock() {
    local fd name=$1
    shift
    mkdir -p "$LAB_CACHE/locks"
    exec {fd}>"$LAB_CACHE/locks/$name"
    if ! flock -n "$fd"; then
        note "waiting for another lab to finish $name"
        flock "$fd"
    fi
    "$@"
    exec {fd}>&-
}

# cached DIR COMMAND...: makes DIR by running COMMAND... SCRATCH, once. DIR appears only when the command has
# succeeded, so that whatever exists is complete. Do not call it where bash ignores `set -e` (if, &&, ||).
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
    # make takes "NAME=VALUE" in a path of its targets for a variable: no build tree may have it in its name
    scratch=$(scratch "$(basename "$dir" | tr '=' -)")
    chmod 755 "$scratch"
    "$@" "$scratch"
    mv -T "$scratch" "$dir"
}

LAB_PIDS=()

# scratch NAME: a fresh directory that goes away with this process
scratch() {
    mkdir -p "$LAB_CACHE/tmp"
    mktemp -d "$LAB_CACHE/tmp/$1.$$.XXXXXX"
}

# Runs at exit, also after an error or ^C: no half-made thing and no QEMU stays behind.
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
        *) die "clean: '$1' is neither 'dumps' nor 'all'" ;;
    esac
}
