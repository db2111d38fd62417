# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages that each group of tests requires: tools by command, libraries by their pkg-config name.

CHECK_COMPILED="gcc=gcc make=make pkg-config=pkg-config"
declare -A CHECK_PACKAGES=(
    [style]="$CHECK_COMPILED python3=python3-minimal"
    [scripts]="shellcheck=shellcheck python3=python3-minimal"
    [build]="$CHECK_COMPILED clang=clang"
    [unit]="$CHECK_COMPILED gdb=gdb"
    [asan]="$CHECK_COMPILED gdb=gdb"
    [fuzz]="$CHECK_COMPILED"
    [lab]="$CHECK_COMPILED jq=jq"
    [attack]="$CHECK_COMPILED python3=python3 jq=jq"
    [profiles]="$CHECK_COMPILED python3=python3-minimal jq=jq"
    [mutants]="$CHECK_COMPILED python3=python3-minimal gdb=gdb"
    [deaths]="$CHECK_COMPILED jq=jq"
    [schedulers]="$CHECK_COMPILED jq=jq"
)
CHECK_LIBRARIES="libdw=libdw-dev libelf=libelf-dev zlib=zlib1g-dev liblzma=liblzma-dev libzstd=libzstd-dev capstone=libcapstone-dev cmocka=libcmocka-dev"
# For a running host: without them make omits xen-live.so
CHECK_LIBRARIES_XEN="xencontrol=libxen-dev xenforeignmemory=libxen-dev"
# A file in /usr/include, for a package that has neither a command nor a pkg-config file
CHECK_FILES="stdio.h=libc6-dev"
CHECK_FILES_CRASH="crash/defs.h=crash"

# missing_packages GROUP...: one per line
missing_packages() {
    local group pair compiled='' libraries=$CHECK_LIBRARIES files=$CHECK_FILES
    for group; do
        for pair in ${CHECK_PACKAGES[$group]}; do
            command -v "${pair%%=*}" >/dev/null || echo "${pair#*=}"
            [[ $pair != gcc=* ]] || compiled=1
        done
        case $group in
            style) [[ -n ${CRASH_INCLUDE:-} ]] || files+=" $CHECK_FILES_CRASH" ;;
            build)
                libraries+=" $CHECK_LIBRARIES_XEN"
                [[ -n ${CRASH_INCLUDE:-} ]] || files+=" $CHECK_FILES_CRASH"
                [[ -z $CHECK_FULL ]] || lab_packages
                ;;
            unit | profiles | mutants) python_modules ;;
            asan)
                python_modules
                [[ -z $CHECK_FULL ]] || clang_runtime
                ;;
            fuzz) clang_runtime ;;
            lab | deaths | schedulers) python_modules && lab_packages ;;
        esac
    done
    [[ -n $compiled ]] || return 0
    for pair in $libraries; do
        pkg-config --exists "${pair%%=*}" 2>/dev/null || echo "${pair#*=}"
    done
    for pair in $files; do
        [[ -e /usr/include/${pair%%=*} ]] || echo "${pair#*=}"
    done
}

# clang_runtime: Debian has the sanitizers of clang in a separate package
clang_runtime() {
    command -v clang >/dev/null || echo clang
    command -v clang >/dev/null && [[ -e $(clang -print-file-name=libclang_rt.fuzzer-x86_64.a) || \
        -e $(clang -print-file-name=libclang_rt.fuzzer.a) ]] || echo libclang-rt-dev
}

# python_modules: python3-minimal lacks most of the library
python_modules() {
    python3 -c 'import json, pty' 2>/dev/null || echo python3
}

lab_packages() {
    local package
    for package in $(scripts/lab deps); do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done
}

# apt_wait SECONDS COMMAND...: apt-get, repeated while another process holds one of its locks. Lock::Timeout applies only to
# that of dpkg, and unattended upgrades of a fresh machine also hold the others.
apt_wait() {
    local limit=$((SECONDS + $1)) log
    shift
    log=$(mktemp)
    until apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@" >"$log" 2>&1; do
        if ! grep -qE 'Could not get lock|Unable to (acquire|lock)' "$log" || [[ $SECONDS -ge $limit ]]; then
            cat "$log" >&2
            rm -f "$log"
            return 1
        fi
        sleep 5
    done
    rm -f "$log"
}

# packages_ready GROUP...: installs missing packages, or ends with an error that contains
# the command to install them
packages_ready() {
    local missing
    mapfile -t missing < <(missing_packages "$@" | sort -u)
    [[ ${#missing[@]} -gt 0 ]] || return 0
    if ! command -v apt-get >/dev/null; then
        printf 'check: not a Debian system; install the equivalents of its packages %s\n' "${missing[*]}" >&2
        return 0
    fi
    if [[ -z $CHECK_INSTALL || $EUID -ne 0 ]]; then
        printf 'check: packages are missing; as root:\n\n    apt-get update && apt-get install --no-install-recommends %s\n\n' "${missing[*]}" >&2
        exit 1
    fi
    printf '== installing %s\n' "${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt_wait 600 update
    apt_wait 600 -y --no-install-recommends install "${missing[@]}"
    printf '== installed (%d s)\n' "$SECONDS"
}
