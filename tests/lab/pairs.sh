#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The build in memory: of all that the lab has (release and debug=y, other point releases, xen.efi) the right one is chosen, each
# wrong one is refused with the reason, and the code in memory equals only that of the right ones, byte by byte. Oracle: the recipe,
# which contains the booted build. Default: one dump
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

specs=trixie
[[ -z ${CHECK_FULL:-} ]] || specs="trixie source:trixie:debug=n source:trixie:debug=y sid bookworm source:bookworm:debug=n source:bookworm:debug=y bullseye"
[[ " $specs " == *" $(meta xen) "* ]] || specs+=" $(meta xen)"

# is_efi FILE: true for files of xen.efi, which firmware starts
is_efi() {
    [[ $(basename "$1") == *.efi* ]] && echo yes || echo no
}

# All builds in one directory with the dump. A file is right if it belongs to the package and the link (xen.gz or xen.efi) that
# ran.
mkdir "$WORK/all"
ln -s "$LAB_DUMP/vmcore" "$WORK/all/vmcore"
for spec in $specs; do
    dir=$(scripts/lab xen "$spec") || not_ok "$spec can be made"
    for file in "$dir"/xen{-syms,-syms.map,.gz,.efi,.efi.elf,.efi.map}; do
        [[ -f $file ]] || continue
        name=$(basename "$file")
        link=$WORK/all/${name%%.*}-${spec//[:=]/-}
        [[ $name != *.* ]] || link+=.${name#*.}
        ln -s "$file" "$link"
        fits=no
        [[ $spec != "$(meta xen)" || $(is_efi "$name") != "$(is_efi "$XEN_SYMS")" ]] || fits=yes
        printf '%s %s\n' "$link" "$fits"
    done
done | sort >"$WORK/want"
for fits in yes no; do
    expect "there are files that should be: $fits" " $fits\$" "$WORK/want"
done

in_suite "$LAB_BUILD/xenview" "$WORK/all/vmcore" files -t -j "$WORK/all" >"$WORK/files.json"
jq -r '.files[] | "\(.path) \(.match)"' "$WORK/files.json" | sort >"$WORK/got"
same "$(wc -l <"$WORK/want") files: which are the build in memory" "$WORK/want" "$WORK/got"
equal "each of the others with the first difference" "" \
    "$(jq -r '.files[] | select(.match == "no") | select(.verdict | test(" in memory( is |,)") | not) | "\(.path): \(.verdict)"' "$WORK/files.json")"
equal "no error" 0 "$(jq '.errors | length' "$WORK/files.json")"

# The code: for files that contain it, more than a megabyte is compared.
jq -r '.texts[] | "\(.path) \(if .unexplained == 0 then "yes" else "no" end)"' "$WORK/files.json" | sort >"$WORK/got"
grep -v '\.map ' "$WORK/want" >"$WORK/want-texts"
same "the code in memory is that of the right files alone" "$WORK/want-texts" "$WORK/got"
equal "all of it was compared" "" \
    "$(jq -r '.texts[] | select(.unexplained == 0) | select(.compared < 1048576 or .unreadable != 0 or .places < 1000) | .path' "$WORK/files.json")"

# The choice among all; then each by name.
in_suite "$LAB_BUILD/xenview" "$WORK/all/vmcore" xen >"$WORK/out"
image=$(sed -n 's/^ *IMAGE: //p' "$WORK/out")
if cmp -s "$image" "$XEN_SYMS"; then ok "the right one is taken out of all"; else not_ok "the right one is taken out of all" "$WORK/out"; fi
while read -r file fits; do
    view load "$file" >"$WORK/out" 2>&1
    status=$?
    if [[ $fits == yes ]]; then
        equal "$(basename "$file") is taken" 0 "$status"
    else
        expect "$(basename "$file") is refused with the reason" "^xen load: .*$(basename "$file"): .* in memory( is |,)" "$WORK/out"
    fi
done <"$WORK/want"
done_testing
