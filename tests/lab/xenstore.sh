#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The xenstore, node by node, and its names. Oracles, recorded just before the crash: xenstored's own answers through its socket
# (xenstore-ls); xl list for the names.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

if [[ ! -s $TRUTH/xenstore-ls ]]; then
    view xenstore >"$WORK/out" 2>&1
    expect "a host without xenstored" 'no process xenstored found in dom0' "$WORK/out"
    done_testing
    exit
fi

truth_store ' = ' | LC_ALL=C sort >"$WORK/want"

view xenstore -j >"$WORK/json"
equal "no error" 0 "$(jq '.errors | length' "$WORK/json")"
jq -r '.nodes[] | select(.path != "/") | "\(.path) = \(.value)"' "$WORK/json" | LC_ALL=C sort >"$WORK/all"

# The recipe runs xl after xenstore-ls: the first read of dom0's memory size writes these nodes, with generations above all others.
# Domains that were being destroyed may have lost their nodes since.
gone=$(dying | paste -sd '|')
skipped="^/(local/domain|libxl|vm)/(${gone:-none})(/| )"
if ! grep -q '^/local/domain/0/memory = ' "$WORK/want"; then
    skipped+='|^/local/domain/0/memory(/(static-max|target))? = '
    equal "nodes written after xenstore-ls" "" "$(jq -r '([.nodes[] | select(.path | test("^/local/domain/0(/memory.*)?$") | not) | .generation // 0] | max) as $max |
        .nodes[] | select(.path | startswith("/local/domain/0/memory/")) | select(.generation != null and .generation <= $max) | .path' "$WORK/json")"
fi
grep -vE "$skipped" "$WORK/all" >"$WORK/got"
grep -vE "$skipped" "$WORK/want" >"$WORK/wanted"
# xenstore-ls shortens values to the width of a terminal: 'x\...'
awk 'FILENAME == ARGV[1] { if (sub(/\\\.\.\.$/, "")) short[$1] = $0; next }
    $1 in short && index($0, short[$1]) == 1 { $0 = short[$1] "\\..." } { print }' "$WORK/wanted" "$WORK/got" >"$WORK/shortened"
same "nodes and values" "$WORK/wanted" "$WORK/shortened"
equal "more than a hundred nodes" 1 "$(($(wc -l <"$WORK/wanted") > 100))"

# Permissions: libxl gives a domain's folder to dom0, readable by the domain, and its data to the domain.
for id in $(jq -r '.[].domid' "$TRUTH/xl-list-l"); do
    ((id)) || continue
    equal "domain $id: owner of its folder" "0 n0,r$id" \
        "$(jq -r ".nodes[] | select(.path == \"/local/domain/$id\") | \"\(.owner) \(.perms)\"" "$WORK/json")"
    equal "domain $id: owner of its data" "$id n$id" \
        "$(jq -r ".nodes[] | select(.path == \"/local/domain/$id/data\") | \"\(.owner) \(.perms)\"" "$WORK/json")"
    view xenstore -d "$id" -j | jq -r '.nodes[].path' >"$WORK/got"
    jq -r ".nodes[].path | select(startswith(\"/local/domain/$id/\") or . == \"/local/domain/$id\")" "$WORK/json" >"$WORK/want"
    same "domain $id: its nodes by -d" "$WORK/want" "$WORK/got"
done

view xenstore /local/domain/0/name -j | jq -r '.nodes[] | "\(.path) \(.value)"' >"$WORK/got"
equal "a single node" "/local/domain/0/name Domain-0" "$(cat "$WORK/got")"
view xenstore tool/ >"$WORK/got"
expect "a path without its first and with a last slash" '^ +0 +n0 +/tool/xenstored' "$WORK/got"
view xenstore /no/such/node -j | jq -r '.errors[0].reason' >"$WORK/got"
equal "a path that does not exist" not_found "$(cat "$WORK/got")"

# Old records are not counted as nodes, and no node is old.
view xenstore -s -j >"$WORK/stale"
jq -r '.nodes[] | select(.stale | not) | "\(.path) = \(.value)"' "$WORK/stale" | grep -v '^/ = ' | LC_ALL=C sort >"$WORK/got"
same "with old records: the same nodes" "$WORK/all" "$WORK/got"
jq -r '.nodes[] | select(.stale) | .record' "$WORK/stale" | sort >"$WORK/old"
jq -r '.nodes[].record' "$WORK/json" | sort >"$WORK/live"
equal "old records are others" "" "$(comm -12 "$WORK/old" "$WORK/live")"

view xenstore -v / -j >"$WORK/card"
equal "the process" xenstored "$(jq -r .xenstored.program "$WORK/card")"
equal "number of nodes" "$(jq '.nodes | length' "$WORK/json")" "$(jq .xenstored.nodes "$WORK/card")"
equal "no bad record" 0 "$(jq .xenstored.bad "$WORK/card")"

# Names in every list of domains. Oracle: xl list.
tr -d '\r' <"$TRUTH/xl-list" | awk 'NR > 1 && $1 != "(null)" { print $2, $1 }' | grep -v "^(${gone:-none}) " | sort -u >"$WORK/names"
# names_in COMMAND KEY: lines "DOMID NAME" of a list, each once
names_in() {
    view_all <<<"$1 -j" | jq -r "$2 | select(.domain_name != null and .domid < 32752) | \"\(.domid) \(.domain_name)\"" | sort -u
}
for list in 'evtchn .domains[]' 'evtchn .evtchns[]' 'grants .tables[]' 'sched .units[]' 'mem .domains[]' 'vcpus .vcpus[]'; do
    names_in "${list% *}" "${list#* }" >"$WORK/got"
    same "names in ${list% *} ${list#* }" <(grep -f <(sed 's/^\([0-9]*\) .*/^\1 /' "$WORK/got") "$WORK/names") "$WORK/got"
    equal "of dom0, too" "0 Domain-0" "$(grep '^0 ' "$WORK/got")"
done
id=$(awk '$1 { print $1; exit }' "$WORK/names")
name=$(awk -v id="$id" '$1 == id { print $2 }' "$WORK/names")
for command in evtchn grants sched mem waits bt regs vcpus doms log rd vtop; do
    case $command in
        rd | vtop) words='ffffffff81000000' ;;
        *) words='' ;;
    esac
    echo "$command -d $id -j $words" >>"$WORK/by-id"
    echo "$command -d $name -j $words" >>"$WORK/by-name"
done
printf 'guest %s\ndom %s\nxenstore -d %s\n' "$id" "$id" "$id" >>"$WORK/by-id"
printf 'guest %s\ndom %s\nxenstore -d %s\n' "$name" "$name" "$name" >>"$WORK/by-name"
view_all <"$WORK/by-id" >"$WORK/want" 2>&1
view_all <"$WORK/by-name" >"$WORK/got" 2>&1
if has_dwarf; then
    same "-d takes the name in all commands" "$WORK/want" "$WORK/got"
else
    # the lookup of the name is based on unproved places, and so is all output after
    # it
    equal "-d takes the name in all commands" "$(grep -c '"domid"' "$WORK/want")" "$(grep -c '"domid"' "$WORK/got")"
fi
equal "none of which refuses it" 0 "$(grep -c 'is not a DOMID\|is neither a' "$WORK/got")"

# The list of dom0's pages is damaged at its head: its page tables are found by the frame table.
at=$(view p '&hardware_domain->page_list' | grep -oE 'ffff[0-9a-f]+' | head -n 1)
maddr=$(view vtop "${at:-0}" -j | jq -r '.vtop[0].maddr // empty')
[[ -z $maddr ]] || offset=$(readelf -lW "$LAB_DUMP/vmcore" 2>/dev/null | while read -r kind file _ paddr size _; do
    if [[ $kind == LOAD ]] && ((maddr >= paddr && maddr < paddr + size)); then echo $((file + maddr - paddr)); fi
done)
if [[ -n ${offset:-} ]]; then
    cp --sparse=always "$LAB_DUMP/vmcore" "$WORK/vmcore"
    printf '\377\377\377\177' | dd of="$WORK/vmcore" bs=1 seek="$offset" conv=notrunc status=none
    in_suite "$LAB_BUILD/xenview" -i "$XEN_SYMS" "$WORK/vmcore" xenstore -j | jq -r '.nodes[] | "\(.path) = \(.value)"' |
        grep -v '^/ = ' | LC_ALL=C sort >"$WORK/got"
    same "all nodes with a damaged list of dom0's pages" "$WORK/all" "$WORK/got"
    rm "$WORK/vmcore"
fi
done_testing
