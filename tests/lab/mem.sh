#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Uses of RAM. Oracles: Xen's messages at boot ("System RAM", the memory map, "Kdump"), xl info, debug keys m and q, and the recipe. All except
# free memory and a PVH dom0's pages are compared exactly.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view mem -j >"$WORK/json"
tr -d '\000\r' <"$LAB_DUMP/serial.log" >"$WORK/log"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"

# sum FILTER: pages of the uses that fit
sum() {
    jq "[.uses[] | select($1).pages] | add // 0" "$WORK/json"
}

ram=$(sed -n 's/^(XEN) System RAM: .*(\([0-9]*\)kB).*/\1/p' "$WORK/log" | head -n 1)
equal "all of RAM, as Xen printed it" "$((ram / 4))" "$(jq .ram.total "$WORK/json")"
equal "the uses add up to it" "$((ram / 4))" "$(sum true)"
equal "so does the memory map" "$((ram / 4))" "$(jq .ram.map_ram "$WORK/json")"
equal "in MiB, as xl info prints it" "$(sed -n 's/^total_memory *: //p' "$TRUTH/xl-info-n")" "$((ram / 1024))"

# "(XEN)  [0000000000100000, 0000000027fd9fff] (usable)", with a blank between on old versions
reserved=0
while read -r from to; do
    reserved=$((reserved + (16#$to + 1 + 4095) / 4096 - 16#$from / 4096))
done < <(sed -n '/Xen-e820 RAM map:/,/^(XEN) [^ ]/s/^(XEN)  *\[*\([0-9a-f]*\)[, ]*-* *\([0-9a-f]*\)\]* (reserved).*/\1 \2/p' "$WORK/log")
equal "firmware's memory, as printed" "$reserved" "$(jq .ram.reserved "$WORK/json")"

kdump=$(sed -n 's/^(XEN) Kdump: .*(\([0-9]*\)kB) at .*/\1/p' "$WORK/log" | head -n 1)
equal "the crash kernel's area, as printed" "$((${kdump:-0} / 4))" "$(sum '.group == "crash kernel"')"

# "Dom heap: 85480kB free"
free=$(sed -n 's/.*Dom heap: \([0-9]*\)kB free.*/\1/p' "$TRUTH/key-m" | tail -n 1)
got=$(($(sum '.group == "free"') * 4))
echo "printed $free KiB, got $got KiB" >"$WORK/free"
if [[ $((free > got ? free - got : got - free)) -le 1024 ]]; then ok "free memory, within 1 MiB of debug key m"; else
    not_ok "free memory: $(cat "$WORK/free")"
fi

# "outstanding_claims     : 12", in MiB
claims=$(sed -n 's/^outstanding_claims *: //p' "$TRUTH/xl-info-n")
equal "claims, in MiB as xl info prints them" "${claims:-0}" "$(jq '.ram.claimed / 256 | floor' "$WORK/json")"
equal "the domains' claims add up to them" "$(jq .ram.claimed "$WORK/json")" "$(jq '[.domains[].claimed] | add' "$WORK/json")"
if grep '^scene=.*claim' "$LAB_DUMP/recipe" >/dev/null; then
    view -j | jq -r '.statements[] | select(.about == "stands out").statement' >"$WORK/stands-out"
    expect "the verdict finds no memory left" '^heap exhausted: [0-9]+ of [0-9]+ free pages are claimed' "$WORK/stands-out"
fi

# Each domain: its pages and its pages of Xen's heap, by debug key q
pages_printed | while read -r id pages heap extra; do
    [[ $(meta dom0) == pvh && $id == 0 ]] || echo "$id $((pages + extra)) $heap $extra"
done | sort -n >"$WORK/want"
jq -r '.domains[] | "\(.domid) \(.populated) \(.xen_heap) \(.extra // 0)"' "$WORK/json" | sort -n >"$WORK/got.all"
dying | sort >"$WORK/dying"
awk 'FILENAME == ARGV[1] { gone[$1] = 1; next } !($1 in gone)' "$WORK/dying" "$WORK/want" >"$WORK/want.alive"
awk 'FILENAME == ARGV[1] { want[$1] = 1; next } $1 in want' "$WORK/want.alive" "$WORK/got.all" >"$WORK/got"
same "the pages of each domain" "$WORK/want.alive" "$WORK/got"
equal "pages by type add up to them" 0 "$(jq '[.domains[] |
    select(.writable + .no_type + .tables + .segdesc + .shared != .populated - .extra)] | length' "$WORK/json")"

# Little memory is unaccounted: pools of HVM guests are found only with members in DWARF, or in a newer profile
limit=64
has_dwarf || limit=1024
rest=$(sum '.group == "unaccounted"')
if [[ $rest -ge 0 && $rest -le $limit ]]; then ok "$rest pages are unaccounted, at most $limit"; else
    not_ok "$rest pages are unaccounted" "$WORK/json"
fi
for use in "Xen image" "frame table" M2P "page tables of Xen"; do
    equal "a line for: $use" true "$(jq --arg use "$use" 'any(.uses[]; .use == $use and .pages > 0)' "$WORK/json")"
done
done_testing
