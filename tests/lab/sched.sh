#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What does not move in what debug key r printed: cpupools, schedulers, which units there are, with which parameters.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

sed 's/^(XEN) //; s/\r$//' "$TRUTH/key-r" >"$WORK/key"
view sched -a >"$WORK/text"
view sched -a -j >"$WORK/json"

# cpupools
sed -n 's/^Scheduler: \(.*\) (\(.*\))$/\2 \1/p' "$WORK/key" >"$WORK/want"
jq -r '.cpupools[] | .scheduler + " " + .name' "$WORK/json" >"$WORK/got"
same "the schedulers of the cpupools" "$WORK/want" "$WORK/got"
sed -n 's/^Cpupool \([0-9]*\):$/\1/p' "$WORK/key" >"$WORK/want"
jq -r '.cpupools[].pool' "$WORK/json" >"$WORK/got"
same "the ids of the cpupools" "$WORK/want" "$WORK/got"
sed -n 's/^Scheduling granularity: \([a-z]*\),.*/\1/p' "$WORK/key" >"$WORK/want"
if [[ -s $WORK/want ]]; then
    jq -r '.cpupools[].granularity' "$WORK/json" >"$WORK/got"
    same "granularity" "$WORK/want" "$WORK/got"
else
    skip "granularity" "this Xen does not say"
fi
equal "as many domains as there are" "$(jq '.doms | map(select(.domid < 32752)) | length' <(view doms -j))" \
    "$(jq '[.cpupools[].domains] | add' "$WORK/json")"

# units: [DOMID.UNIT] with what is printed of each; credit prints only those that were active
units() { # FIELD...: of units that are not idle
    jq -r ".units[] | select(.domid < 32752) | \"\\(.domid).\\(.vcpu_id)\" + $1" "$WORK/json" | sort
}
case $(sed -n 's/^Scheduler: .* (\(.*\))$/\1/p' "$WORK/key" | head -n 1) in
    credit2)
        sed -n 's/^\t *[0-9]*: \[\([0-9]*\.[0-9]*\)\].*\[w=\([0-9]*\)\].*/\1 \2/p' "$WORK/key" | sort -u >"$WORK/want"
        units '" \(.weight)"' >"$WORK/got"
        same "credit2: every unit and its weight" "$WORK/want" "$WORK/got"
        grep -cE '^Runqueue [0-9]+:$' "$WORK/key" | awk '{ print $1 / 2 }' >"$WORK/want"
        jq '[.queues[] | select(.queue | startswith("runq"))] | length' "$WORK/json" >"$WORK/got"
        same "credit2: as many run queues" "$WORK/want" "$WORK/got"
        sed -n 's/^\tmax_weight *= \([0-9]*\)$/\1/p' "$WORK/key" >"$WORK/want"
        jq -r '.queues[] | select(.max_weight) | .max_weight' "$WORK/json" >"$WORK/got"
        same "credit2: max_weight of the run queues" "$WORK/want" "$WORK/got"
        ;;
    credit)
        grep -o '\[[0-9]*\.[0-9]*\] pri=[-0-9]* flags=[0-9a-f]* cpu=[0-9]* credit=[-0-9]* \[w=[0-9]*,cap=[0-9]*\]' "$WORK/key" |
            sed 's/^\[\([^]]*\)\].*\[w=\([0-9]*\),cap=\([0-9]*\)\]/\1 \2 \3/' | sort -u >"$WORK/want"
        units '" \(.weight) \(.cap)"' >"$WORK/all"
        if [[ -s $WORK/want ]]; then ok "credit: key r printed units"; else not_ok "credit: key r printed units" "$WORK/key"; fi
        comm -23 "$WORK/want" "$WORK/all" >"$WORK/missing"
        equal "credit: every active unit, its weight and cap" "" "$(tr '\n' ';' <"$WORK/missing")"
        ;;
    rtds)
        sed -n 's/^\[ *\([0-9]*\)\.\([0-9]*\) *\] cpu [0-9]*, (\([0-9]*\), \([0-9]*\)),.*/\1.\2 \3 \4/p' "$WORK/key" |
            sort -u >"$WORK/want"
        units '" \(.period_ns) \(.budget_ns)"' >"$WORK/got"
        same "rtds: every unit, its period and budget" "$WORK/want" "$WORK/got"
        ;;
    null)
        sed -n 's/^\t *[0-9]*: \[\([0-9]*\.[0-9]*\)\] pcpu=\([-0-9]*\)$/\1 \2/p' "$WORK/key" | sort -u >"$WORK/want"
        units '" \(.pcpu)"' >"$WORK/got"
        same "null: every unit and its pcpu" "$WORK/want" "$WORK/got"
        ;;
    *)
        skip "units" "key r does not print them for this scheduler"
        ;;
esac

# what must agree in itself
view vcpus -a -j >"$WORK/vcpus"
jq -r '.vcpus[] | select(.domid < 32752) | "\(.domid).\(.vcpu_id)"' "$WORK/vcpus" | sort >"$WORK/want"
jq -r '.units[] | select(.domid < 32752) | .domid as $d | range(.vcpu_id; .vcpu_id + .vcpus) | "\($d).\(.)"' \
    "$WORK/json" | sort >"$WORK/got"
same "every vcpu is in one unit" "$WORK/want" "$WORK/got"
equal "as many pcpus as there are" "$(meta pcpus)" "$(jq '.pcpus | length' "$WORK/json")"
jq -r '.pcpus[] | select(.runs == null) | .pcpu' "$WORK/json" >"$WORK/got"
equal "every pcpu runs something" "" "$(tr '\n' ' ' <"$WORK/got")"
jq -r '.pcpus[].runs' "$WORK/json" | sort -u >"$WORK/want"
jq -r '.units[] | select(.place == "runs") | .name' "$WORK/json" | sort -u >"$WORK/got"
same "units that run are those that pcpus run" "$WORK/want" "$WORK/got"
jq -r '.units[] | select(.runstate == "runnable" and .place == "sleeps" and .domid < 32752) | .name' "$WORK/json" >"$WORK/nowhere"
jq -r '.problems[]?' "$WORK/json" >"$WORK/problems"
case $(meta death) in
    page-fault | double-fault | wild-jump | bug | assert)
        # these accidents happen where a vcpu is woken
        refute "nothing contradicts itself but a vcpu that was being woken" . <(grep -v 'is runnable, but' "$WORK/problems")
        ;;
    *)
        refute "nothing contradicts itself" . "$WORK/problems"
        ;;
esac
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
expect "pcpus as crash's hypervisor mode shows them" '^CPU +SCH-DATA +SCH-PRIV~? +CUR-VCPU +IDL-VCPU ' "$WORK/text"
done_testing
