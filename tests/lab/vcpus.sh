#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vcpus. Oracles: xl vcpu-list and debug key q, recorded just before the crash.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view vcpus -j >"$WORK/json"
view vcpus | without_notes >"$WORK/text"
tr -d '\r' <"$TRUTH/xl-vcpu-list" >"$WORK/xl"
sed 's/^(XEN) //; s/\r$//' "$TRUTH/key-q" >"$WORK/key"
pcpus=$(meta pcpus)

# unmarked: removes the marks of values that are not proved: the way to a vcpu by its id has more members than by its address
unmarked() {
    without_notes | sed 's/^ *//; s/~: /: /'
}

# vcpus of a unit, by key r: two where whole cores are scheduled; Xen 4.12 and older have no units
unit=$(sed -nE 's/.*Scheduling granularity: [a-z]+, ([0-9]+) CPU.*/\1/p' "$TRUTH/key-r" | head -n 1)
: "${unit:=1}"

# rows FILTER: one line for each vcpu of the JSON
rows() {
    jq -r ".vcpus[] | [$1] | map(tostring) | join(\" \")" "$WORK/json"
}

equal "no error" 0 "$(jq '.errors | length' "$WORK/json")"
awk 'NR > 1 { print $2, $3 }' "$WORK/xl" >"$WORK/want"
rows '.domid, .vcpu_id' >"$WORK/got"
same "domains and numbers" "$WORK/want" "$WORK/got"
if [[ -s $TRUTH/xenstore-ls ]]; then
    awk 'NR > 1 { print $2, $1 == "(null)" ? "null" : $1 }' "$WORK/xl" >"$WORK/want"
    rows '.domid, .domain_name' >"$WORK/got"
    same "names of domains" "$WORK/want" "$WORK/got"
fi
awk -F '  +' 'NR > 1 { print $NF }' "$WORK/xl" | sed 's,.* \([^ ]* / [^ ]*\)$,\1,; s,/ ,,' >"$WORK/want"
rows '.hard_affinity, .soft_affinity' >"$WORK/got"
same "affinities of xl" "$WORK/want" "$WORK/got"

# Key q prints them as sets of existing pcpus, once for a unit.
sed -nE 's/.*affinities: hard=\{([^}]*)\} soft=\{([^}]*)\}.*/\1 \2/p' "$WORK/key" >"$WORK/want"
all=0-$((pcpus - 1))
[[ $pcpus -gt 1 ]] || all=0
rows "select(.vcpu_id % $unit == 0) | .hard_affinity, .soft_affinity" | grep . | sed "s/\\ball\\b/$all/g" >"$WORK/got"
same "affinities of debug key q" "$WORK/want" "$WORK/got"

# xl's time is older than that of the dump, and rounded.
awk 'NR > 1 { print $2 ":" $3, $6 }' "$WORK/xl" | sort >"$WORK/xl-time"
rows '"\(.domid):\(.vcpu_id)", .time_running_ns' | sort >"$WORK/time"
equal "times have gone on from what xl said" "" "$(join "$WORK/xl-time" "$WORK/time" |
    awk '{ now = $3 / 1e9; if (now < $2 - 0.06 || now > $2 + 60) printf "%s: %s, was %s; ", $1, now, $2 }
         END { if (!NR) print "nothing to compare" }')"
equal "pcpus are those of the host" "" "$(rows .processor | awk -v n="$pcpus" '$1 >= n; END { if (!NR) print "none" }')"

# Members of one vcpu agree with each other.
for id in $(rows '"\(.domid):\(.vcpu_id)"'); do
    view vcpu "$id" -j | jq .vcpu >"$WORK/card"
    equal "vcpu $id: the card is the row's" \
        "$(jq -c --arg id "$id" '.vcpus[] | select("\(.domid):\(.vcpu_id)" == $id) | [.vcpu, .domain, .processor, .runstate, .state]' "$WORK/json")" \
        "$(jq -c '[.vcpu, .domain, .processor, .runstate, .state]' "$WORK/card")"
    # a pcpu that was stopped, from outside or by another's NMI, may be in the middle of a switch, where the one is set before the
    # other: then the state is new
    if [[ $(meta death) != alive && $(jq '.in_state_ns >= 1000000' "$WORK/card") == true ]]; then
        equal "vcpu $id: running in its runstate, or not at all" \
            "$(jq -r .is_running "$WORK/card")" "$(jq -r '.runstate == "running"' "$WORK/card")"
    fi
    # Xen's clock at the crash cannot be before any vcpu's last change, and the times of the states add up
    # to it
    equal "vcpu $id: the times of its states fill its life" true \
        "$(jq '.time_running_ns + .time_runnable_ns + .time_blocked_ns + .time_offline_ns <= .since_ns' "$WORK/card")"
    address=$(jq -r .vcpu "$WORK/card")
    view vcpu "$id" | unmarked >"$WORK/want"
    view vcpu "${address#0x}" | unmarked >"$WORK/got"
    same "vcpu $id by its address" "$WORK/want" "$WORK/got"
    view vcpu "d${id/:/v}" | unmarked >"$WORK/got"
    same "vcpu $id as Xen writes it" "$WORK/want" "$WORK/got"
done

# The same members, read by xen struct.
if has_dwarf; then
    address=$(jq -r '.vcpus[0].vcpu' "$WORK/json")
    view struct vcpu.vcpu_id,processor "${address#0x}" >"$WORK/out"
    expect "xen struct: vcpu_id" "vcpu_id = $(jq '.vcpus[0].vcpu_id' "$WORK/json")" "$WORK/out"
    expect "xen struct: processor" "processor = $(jq '.vcpus[0].processor' "$WORK/json")" "$WORK/out"
fi

# Idle vcpus: one for each pcpu, bound to it, or to the first pcpu of its unit.
view vcpus -d 32767 -j | jq -r '.vcpus[] | "\(.vcpu_id) \(.processor) \(.hard_affinity)"' >"$WORK/got"
for ((i = 0; i < pcpus; i++)); do
    if [[ $pcpus -gt 1 ]]; then echo "$i $i $((i - i % unit))"; else echo "$i $i all"; fi
done >"$WORK/want"
same "idle vcpus are bound to their pcpus" "$WORK/want" "$WORK/got"
view vcpus -a -j | jq -r '.vcpus[] | "\(.domid) \(.vcpu_id)"' >"$WORK/got"
{ rows '.domid, .vcpu_id'; for ((i = 0; i < pcpus; i++)); do echo "32767 $i"; done; } >"$WORK/want"
same "-a adds them" "$WORK/want" "$WORK/got"

# Filters
for ((i = 0; i < pcpus; i++)); do
    rows '.processor, .domid, .vcpu_id' | awk -v c="$i" '$1 == c' >"$WORK/want"
    view vcpus -c "$i" -j | jq -r '.vcpus[] | "\(.processor) \(.domid) \(.vcpu_id)"' >"$WORK/got"
    same "-c $i" "$WORK/want" "$WORK/got"
done
rows '.domid, .vcpu_id' | awk '$1 == 0' >"$WORK/want"
view vcpus -d 0 -j | jq -r '.vcpus[] | "\(.domid) \(.vcpu_id)"' >"$WORK/got"
same "-d 0" "$WORK/want" "$WORK/got"

# Text and JSON agree.
rows '.vcpu_id, .processor, (.vcpu | ltrimstr("0x")), .type, .domid, (.domain | ltrimstr("0x")), .state' >"$WORK/want"
awk 'NR > 1 { print $1, $2, $3, $5, $6, $7, $8 }' "$WORK/text" >"$WORK/got"
same "text is JSON" "$WORK/want" "$WORK/got"
expect "the columns of crash's hypervisor mode come first" '^ *VCID~? +PCID~? +VCPU~? +ST~? +T~? +DOMID~? +DOMAIN~? ' "$WORK/text"

# One "now": no vcpu changed its state after it.
mapfile -t names < <(jq -r '.vcpus[] | "\(.domid):\(.vcpu_id)"' "$WORK/json")
view vcpu "${names[@]}" >"$WORK/out"
latest=$(sed -n 's/^ *SINCE~*: \([0-9]*\).*/\1/p' "$WORK/out" | sort -n | tail -n 1)
equal "UPTIME is not before a SINCE" true "$(view sys -j | jq ".sys.uptime >= $latest")"
equal "each vcpu has a time in its state" "${#names[@]}" "$(jq '[.vcpus[].in_state_ns | numbers] | length' "$WORK/json")"

# vcpus that do not exist
view vcpus -c 4711 >"$WORK/out" 2>&1
expect "an unknown pcpu" 'no pcpu 4711' "$WORK/out"
view vcpu 0:99 >"$WORK/out" 2>&1
expect "an unknown vcpu" 'domain 0 has no vcpu 99' "$WORK/out"
view vcpu 0:0x >"$WORK/out" 2>&1
expect "no vcpu at all" 'neither a vcpu \(1:0 or d1v0\) nor an address' "$WORK/out"
view vcpu d0 >"$WORK/out" 2>&1
expect "a domain" '"d0" is a domain; its first vcpu is d0v0' "$WORK/out"
done_testing
