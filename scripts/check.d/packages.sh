# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests need from Debian, per group. Tools by command, libraries by their pkg-config name.

declare -A CHECK_PACKAGES=(
    [style]=""
    [scripts]="shellcheck=shellcheck python3=python3-minimal"
    [build]="gcc=gcc make=make pkg-config=pkg-config clang=clang"
    [unit]="gcc=gcc make=make pkg-config=pkg-config gdb=gdb"
    [asan]="gcc=gcc make=make pkg-config=pkg-config gdb=gdb"
    [fuzz]="gcc=gcc make=make pkg-config=pkg-config clang=clang"
    [lab]="gcc=gcc make=make pkg-config=pkg-config jq=jq"
    [deaths]="gcc=gcc make=make pkg-config=pkg-config jq=jq"
    [schedulers]="gcc=gcc make=make pkg-config=pkg-config jq=jq"
)
CHECK_LIBRARIES="libdw=libdw-dev libelf=libelf-dev zlib=zlib1g-dev liblzma=liblzma-dev libzstd=libzstd-dev capstone=libcapstone-dev cmocka=libcmocka-dev"
# Neither a command nor in pkg-config: a file, as gcc's search path sees it
CHECK_FILES="stdio.h=libc6-dev"

# missing_packages GROUP...: one a line
missing_packages() {
    local group pair compiled=''
    for group; do
        for pair in ${CHECK_PACKAGES[$group]}; do
            command -v "${pair%%=*}" >/dev/null || echo "${pair#*=}"
            [[ $pair != gcc=* ]] || compiled=1
        done
        case $group in
            unit | asan) python_modules ;;
            fuzz) clang_runtime ;;
            lab | deaths | schedulers) python_modules && lab_packages ;;
        esac
    done
    [[ -n $compiled ]] || return 0
    for pair in $CHECK_LIBRARIES; do
        pkg-config --exists "${pair%%=*}" 2>/dev/null || echo "${pair#*=}"
    done
    for pair in $CHECK_FILES; do
        [[ -e /usr/include/${pair%%=*} ]] || echo "${pair#*=}"
    done
}

# Debian keeps the sanitizers of clang apart from it
clang_runtime() {
    command -v clang >/dev/null && [[ -e $(clang -print-file-name=libclang_rt.fuzzer-x86_64.a) || \
        -e $(clang -print-file-name=libclang_rt.fuzzer.a) ]] || echo libclang-rt-dev
}

# python3-minimal lacks most of the library
python_modules() {
    python3 -c 'import json, pty' 2>/dev/null || echo python3
}

lab_packages() {
    local package
    for package in $(scripts/lab deps); do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done
}

# packages_ready GROUP...: installs what is missing, or stops with the line that does it
packages_ready() {
    local missing
    mapfile -t missing < <(missing_packages "$@" | sort -u)
    [[ ${#missing[@]} -gt 0 ]] || return 0
    if ! command -v apt-get >/dev/null; then
        printf 'check: this is no Debian; what its packages %s have is missing here\n' "${missing[*]}" >&2
        return 0
    fi
    if [[ -z $CHECK_INSTALL || $EUID -ne 0 ]]; then
        printf 'check: packages are missing; as root:\n\n    apt-get update && apt-get install --no-install-recommends %s\n\n' "${missing[*]}" >&2
        exit 1
    fi
    printf '== installing %s\n' "${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update
    apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
    printf '== installed (%d s)\n' "$SECONDS"
}
