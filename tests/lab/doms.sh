#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Domains. Oracles: xl list, xl list -l and debug key q, recorded just before the crash.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view doms -j >"$WORK/json"
view doms | without_notes >"$WORK/text"
tr -d '\r' <"$TRUTH/xl-list" >"$WORK/xl-list"
sed 's/^(XEN) //; s/\r$//' "$TRUTH/key-q" >"$WORK/key"

# rows FILTER: one line for each domain of the JSON
rows() {
    jq -r ".doms[] | [$1] | map(tostring) | join(\" \")" "$WORK/json"
}

# key_q REGEX: "domid value" by a sed expression with one group, per domain
key_q() {
    sed -nE "s/^General information for domain ([0-9]+):/domain \1/p; s/.*$1.*/value \1/p" "$WORK/key" |
        awk '$1 == "domain" { id = $2 } $1 == "value" { print id, $2 }'
}

equal "no error" 0 "$(jq '.errors | length' "$WORK/json")"
awk 'NR > 1 { print $2 }' "$WORK/xl-list" >"$WORK/want"
rows .domid >"$WORK/got"
same "ids, in their order" "$WORK/want" "$WORK/got"
awk 'NR > 1 { print $2, $7 }' "$WORK/xl-list" >"$WORK/want"
rows '.domid, .uuid' >"$WORK/got"
same "UUIDs" "$WORK/want" "$WORK/got"
# Names are those of the xenstore; xl prints "(null)" for a domain whose folder is gone. A host without xenstored has none.
awk 'NR > 1 { print $2, $1 == "(null)" ? "null" : $1 }' "$WORK/xl-list" >"$WORK/want"
rows '.domid, .name' >"$WORK/got"
if jq -r '.notes[]' "$WORK/json" | grep -q '^names of domains are not available'; then
    equal "names: a reason is given only where there is no xenstore" "" "$(cat "$TRUTH/xenstore-ls" 2>/dev/null)"
else
    same "names" "$WORK/want" "$WORK/got"
    while read -r id name; do
        [[ $name != null ]] || continue
        equal "domain $id by its name" "$id" "$(view doms -d "$name" -j | jq '.doms[].domid')"
        equal "domain $id: a vcpu by its name" "d${id}v0" "$(view vcpu "$name:0" | sed -n 's/^ *NAME~*: //p')"
    done <"$WORK/want"
fi
view doms -d no-such-name >"$WORK/out" 2>&1
expect "a name that no domain has" '"no-such-name" is (neither a DOMID \(3 or d3\) nor the name of a domain|not a DOMID \(3 or d3\); names)' "$WORK/out"
# xl has no configuration of a domain that is being destroyed
jq -r '.[] | "\(.domid) \(.config.c_info.type | ascii_upcase)"' "$TRUTH/xl-list-l" >"$WORK/want"
rows '.domid, .type' | grep -vxE "($(dying)) .*" >"$WORK/got"
if [[ -s $WORK/want || ! -s $TRUTH/xl-list-l.err ]]; then
    same "types: PV, PVH, HVM" "$WORK/want" "$WORK/got"
else
    skip "types: PV, PVH, HVM" "xl list -l said: $(head -n 1 "$TRUTH/xl-list-l.err")"
fi
awk 'NR > 1 { print $2, $4 }' "$WORK/xl-list" >"$WORK/want"
rows '.domid, .vcpus' >"$WORK/got"
same "number of vcpus" "$WORK/want" "$WORK/got"
awk 'NR > 1 { print $2, $3 }' "$WORK/xl-list" >"$WORK/want"
rows '.domid, (.tot_pages / 256 | floor)' >"$WORK/got"
same "memory in MiB" "$WORK/want" "$WORK/got"

# Running and blocked change from one moment to the next, the rest of the state does not.
awk 'NR > 1 { print $2, substr($5, 3) }' "$WORK/xl-list" >"$WORK/want"
rows '.domid, .state[2:]' >"$WORK/got"
same "paused, shut down and why, dying" "$WORK/want" "$WORK/got"

# xl's time is older than that of the dump, and rounded.
awk 'NR > 1 { print $2, $6 }' "$WORK/xl-list" >"$WORK/xl-time"
rows '.domid, .cpu_time_ns' >"$WORK/time"
equal "cpu times have gone on from what xl said" "" "$(join "$WORK/xl-time" "$WORK/time" |
    awk '{ now = $3 / 1e9; if (now < $2 - 0.06 || now > $2 + 60) printf "domain %s: %s, was %s; ", $1, now, $2 }
         END { if (!NR) print "nothing to compare" }')"

# Debug key q
pages_printed | awk '{ print $1, $2 + $4 }' >"$WORK/want"
rows '.domid, .tot_pages' >"$WORK/got"
same "pages" "$WORK/want" "$WORK/got"
key_q 'max_pages=([0-9]+)' >"$WORK/want"
rows '.domid, .max_pages' >"$WORK/got"
same "max_pages" "$WORK/want" "$WORK/got"

# card ID: a domain's card, as JSON
card() {
    view dom "$1" -j | jq .dom
}

# pool_of DOMID: the number of its cpupool, by xl; a domain that is being destroyed is in the first
pool_of() {
    awk -v name="$(jq -r ".[] | select(.domid == $1).config.c_info.pool_name // empty" "$TRUTH/xl-list-l")" \
        'NR > 1 && $1 == name { pool = NR - 2 } END { print pool + 0 }' "$TRUTH/xl-cpupool-list"
}

for id in $(rows .domid); do
    card "$id" >"$WORK/card"
    for pair in 'xenheap_pages xenheap_pages=([0-9]+)' 'pause_count pause_count=([0-9]+)'; do
        key_q "${pair#* }" | awk -v id="$id" '$1 == id { print $2; exit }' >"$WORK/want"
        jq ".${pair%% *}" "$WORK/card" >"$WORK/got"
        same "domain $id: ${pair%% *}" "$WORK/want" "$WORK/got"
    done
    # Xen before 4.14 has none
    equal "domain $id: extra pages" "$(pages_printed | awk -v id="$id" '$1 == id { print $4 }')" "$(jq '.extra_pages // 0' "$WORK/card")"
    key_q 'vm_assist=0*([0-9a-f]+)' | awk -v id="$id" '$1 == id { print "0x" $2 }' >"$WORK/want"
    jq -r .vm_assist "$WORK/card" >"$WORK/got"
    same "domain $id: vm_assist" "$WORK/want" "$WORK/got"
    equal "domain $id: cpupool" "$(pool_of "$id")" "$(jq .cpupool "$WORK/card")"
    address=$(jq -r .domain "$WORK/card")
    view dom "$id" >"$WORK/want"
    view dom "${address#0x}" >"$WORK/got"
    same "domain $id by its address" "$WORK/want" "$WORK/got"
    view doms -d "$id" | without_notes | tail -n +2 | tr -s ' ' >"$WORK/got"
    awk -v id="$id" '$1 == id' "$WORK/text" | tr -s ' ' >"$WORK/want"
    sed -i 's/^ //' "$WORK/want" "$WORK/got"
    same "doms -d $id is its row" "$WORK/want" "$WORK/got"
done

# Text and JSON agree.
rows '.domid, (.domain | ltrimstr("0x")), .state, .type, .max_pages, .tot_pages, .vcpus' >"$WORK/want"
awk 'NR > 1 { print $1, $2, $3, $4, $5, $6, $7 }' "$WORK/text" >"$WORK/got"
same "text is JSON" "$WORK/want" "$WORK/got"
expect "the columns of crash's hypervisor mode come first" \
    '^ *DID~? +DOMAIN~? +ST~? +T~? +MAXPAGE~? +TOTPAGE~? +VCPU~? +SHARED_I~? +P2M_MFN~? ' "$WORK/text"

# P2M frame of a PV guest; that of dom0 is also in the crash note.
equal "P2M_MFN of PV domains only" "" "$(rows '.type, .frame_lists_mfn' | awk '($1 == "PV") != ($2 != "null")')"

# System domains
view doms -a -j | jq -r '.doms[] | select(.domid >= 32752) | "\(.domid) \(.type)"' >"$WORK/got"
expect "the idle domain" '^32767 idle$' "$WORK/got"
expect "dom_xen" '^32754 xen$' "$WORK/got"
expect "dom_io" '^32753 io$' "$WORK/got"
equal "idle vcpus" "$(meta pcpus)" "$(view doms -d 32767 -j | jq '.doms[0].vcpus')"

# Domains that do not exist
view dom 4711 -j >"$WORK/out"
equal "an unknown domain is an error in JSON" not_found "$(jq -r '.errors[0].reason' "$WORK/out")"
view doms -d 4711 >"$WORK/out" 2>&1
expect "an unknown domain of -d" 'no domain 4711; there are 0' "$WORK/out"
equal "and no heading before it" 1 "$(without_notes <"$WORK/out" | grep -c .)"
view doms --sort -TOTPAGE -j | jq -r '.doms[].tot_pages' >"$WORK/got"
rows .tot_pages | sort -rn >"$WORK/want"
same "--sort -TOTPAGE: the domain with the most memory first" "$WORK/want" "$WORK/got"
view dom d0 -j | jq .dom.domid >"$WORK/got"
equal "dom d0" 0 "$(cat "$WORK/got")"
view doms extra >"$WORK/out" 2>&1
expect "an argument too many" 'Usage: xen doms' "$WORK/out"
done_testing
