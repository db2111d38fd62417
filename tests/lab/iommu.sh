#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Tables of an IOMMU. Oracle: the output of debug key o; the tables of a translated domain agree with
# its P2M.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

# mapped DOMID ARGUMENT...: "DFN MFN" for each frame in the first words of stdin; with -i also the permissions
mapped() {
    local words
    words=$(printf ' %s' "$@")
    awk '{ print $1 }' | xargs -n 50 | sed "s/^/p2m -j$words /" | view_all |
        jq -r '.p2m[] | "\(.gfn) \(.mfn) \(.type)"' | sed 's/0x//g'
}

cat "$TRUTH"/key-o* 2>/dev/null | tr -d '\r' | awk '/IOMMU d[0-9]+ table|VT-D\] d[0-9]+ table/ { match($0, /d[0-9]+ table/); d = substr($0, RSTART + 1) + 0 }
    / dfn: / { sub(/.*dfn: /, ""); print d, $1, $3, $4 }' | sed -E 's/ 0+([0-9a-f])/ \1/g' >"$WORK/told"
for id in $(cut -d ' ' -f 1 "$WORK/told" | uniq); do
    sed -n "s/^$id //p" "$WORK/told" >"$WORK/want"
    mapped -i "$id" <"$WORK/want" >"$WORK/got"
    same "domain $id: what key o printed ($(wc -l <"$WORK/want") entries)" "$WORK/want" "$WORK/got"
    view p2m -j -i "$id" "$(head -n 1 "$WORK/want" | cut -d ' ' -f 1)" >"$WORK/json"
    levels=$(tr -d '\r' <"$TRUTH/key-o" | sed -n "s/.* d$id table has \([0-9]*\) levels.*/\1/p")
    equal "domain $id: the walk begins at level $levels" "L$levels" "$(jq -r '.steps[0].level' "$WORK/json")"
    echo fffffffff | mapped -i "$id" >"$WORK/got"
    equal "domain $id: a frame beyond all" "fffffffff null none" "$(cat "$WORK/got")"
done
if [[ $(sed -n 's/^scene=//p' "$LAB_DUMP/recipe") == *iommu* ]]; then
    expect "key o printed tables" . "$WORK/told"
fi

# A PVH dom0 accesses its devices only through the IOMMU.
if [[ $(sed -n 's/^dom0=//p' "$LAB_DUMP/recipe") == pvh ]]; then
    seq 4096 511 65536 | xargs printf '%x\n' >"$WORK/frames"
    mapped 0 <"$WORK/frames" | grep ' ram_rw$' | cut -d ' ' -f 1,2 >"$WORK/want"
    mapped -i 0 <"$WORK/want" | cut -d ' ' -f 1,2 >"$WORK/got"
    expect "dom0 has memory" . "$WORK/want"
    same "dom0's devices get at dom0's memory" "$WORK/want" "$WORK/got"
elif [[ ! -s $WORK/told ]]; then
    view p2m -i 0 1000 >"$WORK/out" 2>&1
    expect "a machine without an IOMMU" 'no IOMMU for the domain|1000 +1000 +(VT-d|AMD IOMMU)' "$WORK/out"
fi
done_testing
