# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Groups that compile and run. Warnings are errors.

CHECK_SANITIZERS="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"

# build_in NAME ARGUMENT...: make in a separate directory, so that groups do not share objects
build_in() {
    local name=$1
    shift
    make -j"$(nproc)" B="build/check/$name" WERROR=1 "$@"
}

# The oldest available compiler, for --full. The minimum is gcc 4.8, which is no longer in any suite
# (style_old_compiler).
CHECK_OLDEST_SUITE=bullseye

group_build() {
    local compiler
    for compiler in gcc clang; do
        check "core and unit tests, $compiler" build_in "$compiler" CC="$compiler" unit-bins
        check "xen.so, xenview and xen-live.so, $compiler" build_all "$compiler"
    done
    check "xen.so and xenview require no libdw after 0.158" build_old_libdw build/check/gcc/{xen.so,xenview}
    check "xen.so, each fallback for an older crash" scripts/abi -w all "${CRASH_INCLUDE:-/usr/include/crash}"
    check "xen.so refers to no other names than those of crash 7.1.3" build_old_crash
    check "xen.so, headers of every crash at hand" build_abi
    [[ -z $CHECK_FULL ]] ||
        check "all, by the compiler of $CHECK_OLDEST_SUITE" lab_build "$CHECK_OLDEST_SUITE"
}

# build_all COMPILER: everything that make builds; the libraries for a running host are installed, so that xen-live.so is
# required, too
build_all() {
    build_in "$1" CC="$1" all && [[ -e build/check/$1/xen-live.so ]]
}

# build_old_libdw FILE...: a binary that refers to a later version of a symbol does not start with the libdw of SLES 12. Versions of
# libelf begin with 1.
build_old_libdw() {
    local file late bad=0
    for file; do
        late=$(readelf -V "$file" | grep -oE 'Name: ELFUTILS_0\.[0-9]+' | awk -F. '$2 > 158')
        [[ -z $late ]] || { printf '%s: %s\n' "$file" "$late"; bad=1; }
        readelf -V "$file" | grep -q 'Name: ELFUTILS_0' || { printf '%s: no version of libdw\n' "$file"; bad=1; }
    done
    return $bad
}

# The names of crash that xen.so requires in any release: crash 7.1.3 has all of them. Others are called in #ifdef HAVE_FEATURE or
# as weak symbols: crash loads no extension with an undefined one.
CHECK_OLDEST_CRASH="OFFSET_verify argcnt args close_tmpfile datatype_info dev_init display_sys_stats do_radix_tree fp
    gdb_pass_through help_init hexadecimal is_task_active kernel_init kt machdep module_init net_init offset_table output_open pc
    proc_kcore_init read_dev_mem read_in_kernel_config read_memory_device read_proc_kcore read_string readmem register_extension
    set_context show_context symbol_exists symbol_value task_init task_to_context tt value_search vfs_init vm_init vt
    x86_64_IS_VMALLOC_ADDR x86_64_init"

# build_old_crash: names of CHECK_OLDEST_CRASH and of libraries, in the objects that "scripts/abi -w all" compiled
build_old_crash() {
    local late objects libc
    objects=build/abi/$(basename "${CRASH_INCLUDE:-/usr/include/crash}")/extensions/crash
    libc=$(gcc -print-file-name=libc.so.6)
    late=$(nm -u "$objects"/*.o | awk '$1 == "U" { print $2 }' | sort -u | grep -vxFf <(
        nm --defined-only build/check/gcc/xen.so | awk '{ print $NF }'
        nm -D build/check/gcc/xen.so "$libc" | sed -n 's/.* \([^ @]*\)@.*/\1/p'
        tr -s ' ' '\n' <<<"$CHECK_OLDEST_CRASH" | grep .))
    [[ -z $late ]] || printf 'not in crash 7.1.3: %s\n' "$late"
    [[ -z $late && -e $objects/machine.o ]]
}

# build_abi: the headers of this system's crash and of those in the roots of the lab
build_abi() {
    local dirs=() dir link
    mkdir -p build/check/headers
    for dir in "${CRASH_INCLUDE:-/usr/include/crash}" "${CRASH_XEN_CACHE:-$HOME/.cache/crash-xen}"/roots/*/usr/include/crash; do
        [[ -e $dir/defs.h ]] || continue
        link=$(basename "${dir%/usr/include/crash}")
        link=build/check/headers/${link:-this-system}
        ln -sfn "$dir" "$link"
        dirs+=("$link")
    done
    scripts/abi "${dirs[@]}"
}

# run_units BUILD-DIRECTORY
run_units() {
    local test
    for test in build/check/"$1"/tests/unit/*_test; do
        [[ -x $test ]] || continue
        beside tap_count "$(basename "$test")" "$test"
    done
    check_gather
}

group_unit() {
    local test
    # all: scripts that run at the same time would each build what they test
    check "build" build_in gcc CC=gcc all unit-bins
    [[ -z $CHECK_OK ]] || CMOCKA_MESSAGE_OUTPUT=TAP run_units gcc
    for test in tests/unit/*_test.sh; do
        beside tap_count "$(basename "$test")" env B=build/check/gcc bash "$test"
    done
    check_gather
}

# sanitized_units COMPILER BUILD
sanitized_units() {
    check "build with $1" build_in "$2" CC="$1" SAN="$CHECK_SANITIZERS" CFLAGS="-O1 -g" unit-bins
    [[ -z $CHECK_OK ]] ||
        CMOCKA_MESSAGE_OUTPUT=TAP ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1 run_units "$2"
}

group_asan() {
    sanitized_units gcc asan
    # sees some that gcc does not
    [[ -z $CHECK_FULL ]] || sanitized_units clang asan-clang
}

group_fuzz() {
    local fuzzer name seeds seconds=5
    [[ -z $CHECK_FULL ]] || seconds=120
    check "build" build_in fuzz CC=clang \
        SAN="-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" CFLAGS="-O1 -g" fuzz-bins
    [[ -n $CHECK_OK ]] || return 0
    for fuzzer in build/check/fuzz/tests/fuzz/*_fuzz; do
        [[ -x $fuzzer ]] || continue
        name=$(basename "$fuzzer" _fuzz)
        for seeds in tests/fuzz/seeds/"$name"/*; do
            [[ -f $seeds ]] || continue
            beside status_count "$name: seed $(basename "$seeds")" "$fuzzer" "$seeds"
        done
        beside status_count "$name: $seconds s of new input" env B=build/check/fuzz scripts/fuzz -s "$seconds" "$name"
    done
    check_gather
}
