# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Profiles with one wrong place, on a dump without DWARF: each is refused, or each value that is wrong because of it is marked.
# A sample of the places, the same each time, or another by CHECK_SEED; --full: all of them and the profiles of other builds, on
# dumps of three versions, of which two have no DWARF at all.

CHECK_PROFILES="trixie-key-C"
CHECK_PROFILES_FULL="bookworm-key-C bullseye-key-C trixie-noguest,xen=source:bookworm:debug=n,kernel=bookworm,death=key-C"
CHECK_PROFILES_SAMPLE=15

# profiles_of RECIPE ARGUMENT...: tries the places on its dump
profiles_of() {
    local dump=$1 image=$1/xen-syms work=build/check/profiles layout
    local -a truth=()
    mkdir -p "$work"
    objcopy --remove-section=.debug_info "$image" "$work/xen-syms" || return 1
    layout=$(build/check/gcc/xenview -i "$work/xen-syms" "$dump/vmcore" xen 2>&1 |
        sed -nE 's/.*PROOF: .* layout profile ([^ ]+) .*/\1/p')
    [[ -n $layout ]] || { echo "no profile is near enough"; return 1; }
    [[ $(readelf -SW "$image") != *.debug_info* ]] || truth=(--image "$image")
    python3 tests/profiles/places.py --xenview build/check/gcc/xenview "${truth[@]}" --bare "$work/xen-syms" \
        --dump "$dump/vmcore" --layout "xen/profile/layouts/$layout" "${@:2}"
}

group_profiles() {
    local recipe
    local -a arguments=(--sample "$CHECK_PROFILES_SAMPLE" --seed "${CHECK_SEED:-7}")
    [[ -z $CHECK_FULL ]] || arguments=(--others xen/profile/layouts)
    check "xenview for profiles" build_in gcc CC=gcc build/check/gcc/xenview
    [[ -n $CHECK_OK ]] || return 0
    for recipe in $CHECK_PROFILES ${CHECK_FULL:+$CHECK_PROFILES_FULL}; do
        lab_made "$recipe"
        [[ -n $LAB_MADE ]] || continue
        check "wrong places are refused or marked, $recipe" profiles_of "$LAB_MADE" "${arguments[@]}"
        printf '   %s\n' "$(tail -n 1 "$(log_of "wrong places are refused or marked, $recipe")")"
    done
}
