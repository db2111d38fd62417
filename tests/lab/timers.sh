#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Timers, softirqs and RCU of each pcpu. Oracle: debug key a for timers; the others by their own invariants.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view timers -a -j >"$WORK/json"

# The set of armed timers changes; each armed one still exists, with its function and argument.
sed -n 's/\r$//; s/.* timer=\([0-9a-f]*\) cb=\([^(]*\)(\([0-9a-f]*\)).*/\1 \2 \3/p' "$TRUTH/key-a" | sort -u >"$WORK/want"
jq -r '.timers[] | "\(.timer | ltrimstr("0x")) \(.function) \(.data | ltrimstr("0x"))"' "$WORK/json" |
    while read -r timer function data; do printf '%s %s %016x\n' "$timer" "$function" "0x$data"; done | sort -u >"$WORK/got"
if [[ -s $WORK/want ]]; then ok "key a printed timers"; else not_ok "key a printed timers" "$TRUTH/key-a"; fi
comm -23 "$WORK/want" "$WORK/got" >"$WORK/missing"
refute "every timer that was armed is still known" . "$WORK/missing"
jq -r '.timers[] | select(.where == "heap") | "\(.pcpu) \(.expires_ns)"' "$WORK/json" >"$WORK/heap"
awk '!($1 in first) { first[$1] = $2 } $2 < first[$1] { print }' "$WORK/heap" >"$WORK/early"
refute "the first of a heap expires first" . "$WORK/early"
for cpu in $(jq -r '.pcpus[].pcpu' "$WORK/json"); do
    equal "pcpu $cpu: as many as its heap holds" "$(jq ".pcpus[] | select(.pcpu == $cpu).armed" "$WORK/json")" \
        "$(awk -v cpu="$cpu" '$1 == cpu' "$WORK/heap" | wc -l)"
done
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"

view softirqs -j >"$WORK/softirqs"
equal "softirqs of every pcpu" "$(meta pcpus)" "$(jq '.pcpus | length' "$WORK/softirqs")"
jq -r '.pcpus[] | select(.softirqs_pending == null) | .pcpu' "$WORK/softirqs" >"$WORK/unknown"
refute "each with its pending bits" . "$WORK/unknown"
jq -r '.tasklets[] | select(.function == null or (.function | startswith("0x"))) | .tasklet' "$WORK/softirqs" >"$WORK/unknown"
refute "tasklets have functions" . "$WORK/unknown"
equal "no errors of softirqs" 0 "$(jq '.errors | length' "$WORK/softirqs")"

view rcu -j >"$WORK/rcu"
equal "RCU of every pcpu" "$(meta pcpus)" "$(jq '.pcpus | length' "$WORK/rcu")"
jq -r '.pcpus[] | select(.rcu_data == null or .qlen == null or .runs == null) | .pcpu' "$WORK/rcu" >"$WORK/unknown"
refute "each with its queue and who runs there" . "$WORK/unknown"
# a pcpu's batch is never ahead of the host's; a grace period in progress waits for pcpus that exist
jq -r '.rcu.cur as $cur | .pcpus[] | select(.quiescbatch > $cur) | .pcpu' "$WORK/rcu" >"$WORK/ahead"
refute "no pcpu is ahead of RCU" . "$WORK/ahead"
equal "a grace period is under way when its number is not the completed one" \
    "$(jq '.rcu.cur != .rcu.completed' "$WORK/rcu")" "$(jq '.rcu.active' "$WORK/rcu")"
equal "it waits for those that hold it up" "$(jq '.rcu.active and .rcu.waits_for != "none"' "$WORK/rcu")" \
    "$(jq 'any(.pcpus[]; .state == "holds up")' "$WORK/rcu")"
for cpu in $(jq -r '.pcpus[].pcpu' "$WORK/rcu"); do
    equal "pcpu $cpu: as many callbacks as it counts" "$(jq ".pcpus[] | select(.pcpu == $cpu).qlen" "$WORK/rcu")" \
        "$(jq "[.callbacks[] | select(.pcpu == $cpu)] | length" "$WORK/rcu")"
done
equal "no errors of rcu" 0 "$(jq '.errors | length' "$WORK/rcu")"
done_testing
