#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Cpupools, schedulers, units and their parameters. Oracle: the constant parts of debug key r.
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

# key r of a pool: the lines below its heading; the pool's part of a list of the command
of_pool() { # POOL
    awk -v pool="Cpupool $1:" '/^Cpupool [0-9]+:$/ { on = $0 == pool } on' "$WORK/key"
}
units() { # POOL FIELD...: [DOMID.UNIT] of those that are not idle, with these fields
    jq -r ".units[] | select(.pool == $1 and .domid < 32752) | \"\(.domid).\(.vcpu_id)\" + $2" "$WORK/json" | sort
}
queues() { # POOL FIELD
    jq -r ".queues[] | select(.pool == $1 and (.queue | startswith(\"runq\"))) | $2" "$WORK/json"
}
ranges() { # "0-1,3" is 0 1 3
    tr ',' '\n' | awk -F - 'NF { for (i = $1; i <= $NF; i++) print i + 0 }'
}

# constant values; credit prints only units that were active
compare_credit2() { # POOL
    sed -n 's/^\t *[0-9]*: \[\([0-9]*\.[0-9]*\)\].*\[w=\([0-9]*\)\].*/\1 \2/p' "$WORK/pool" | sort -u >"$WORK/want"
    units "$1" '" \(.weight)"' >"$WORK/got"
    same "pool $1, credit2: every unit and its weight" "$WORK/want" "$WORK/got"
    sed -n 's/^\tDomain: \([0-9]*\) w \([0-9]*\) c \([0-9]*\) v .*/\1 \2 \3/p' "$WORK/pool" | sort -u >"$WORK/want"
    units "$1" '" \(.weight) \(.cap)"' | sed 's/\.[0-9]*//' | sort -u >"$WORK/got"
    same "pool $1, credit2: weight and cap of its domains" "$WORK/want" "$WORK/got"
    grep -cE '^Runqueue [0-9]+:$' "$WORK/pool" | awk '{ print $1 / 2 }' >"$WORK/want"
    queues "$1" .queue | wc -l >"$WORK/got"
    same "pool $1, credit2: as many run queues" "$WORK/want" "$WORK/got"
    sed -n 's/^\tmax_weight *= \([0-9]*\)$/\1/p' "$WORK/pool" >"$WORK/want"
    queues "$1" 'select(.max_weight).max_weight' >"$WORK/got"
    same "pool $1, credit2: max_weight of the run queues" "$WORK/want" "$WORK/got"
}

compare_credit() { # POOL
    grep -o '\[[0-9]*\.[0-9]*\] pri=[-0-9]* flags=[0-9a-f]* cpu=[0-9]* credit=[-0-9]* \[w=[0-9]*,cap=[0-9]*\]' "$WORK/pool" |
        sed 's/^\[\([^]]*\)\].*\[w=\([0-9]*\),cap=\([0-9]*\)\]/\1 \2 \3/' | sort -u >"$WORK/want"
    units "$1" '" \(.weight) \(.cap)"' >"$WORK/all"
    # the kind of the others is not printed
    if ! grep -q . "$WORK/want"; then
        skip "pool $1, credit: every active unit, its weight and cap" "none was active"
        return
    fi
    comm -23 "$WORK/want" "$WORK/all" >"$WORK/missing"
    equal "pool $1, credit: every active unit, its weight and cap" "" "$(tr '\n' ';' <"$WORK/missing")"
}

compare_rtds() { # POOL
    sed -n 's/^\[ *\([0-9]*\)\.\([0-9]*\) *\] cpu [0-9]*, (\([0-9]*\), \([0-9]*\)),.*/\1.\2 \3 \4/p' "$WORK/pool" |
        sort -u >"$WORK/want"
    units "$1" '" \(.period_ns) \(.budget_ns)"' >"$WORK/got"
    same "pool $1, rtds: every unit, its period and budget" "$WORK/want" "$WORK/got"
}

compare_null() { # POOL
    sed -n 's/^\t *[0-9]*: \[\([0-9]*\.[0-9]*\)\] pcpu=\([-0-9]*\)$/\1 \2/p' "$WORK/pool" | sort -u >"$WORK/want"
    units "$1" '" \(.pcpu)"' >"$WORK/got"
    same "pool $1, null: every unit and its pcpu" "$WORK/want" "$WORK/got"
}

while read -r pool; do
    of_pool "$pool" >"$WORK/pool"
    sed -n 's/^Cpus: //p' "$WORK/pool" | head -n 1 | ranges >"$WORK/want"
    jq -r ".pcpus[] | select(.pool == $pool).pcpu" "$WORK/json" >"$WORK/got"
    same "pool $pool: its pcpus" "$WORK/want" "$WORK/got"
    scheduler=$(sed -n 's/^Scheduler: .* (\(.*\))$/\1/p' "$WORK/pool" | head -n 1)
    if declare -F "compare_$scheduler" >/dev/null; then
        "compare_$scheduler" "$pool"
    else
        skip "pool $pool: units" "key r does not print them for $scheduler"
    fi
done < <(sed -n 's/^Cpupool \([0-9]*\):$/\1/p' "$WORK/key")

# invariants of the listing
view vcpus -a -j >"$WORK/vcpus"
jq -r '.vcpus[] | select(.domid < 32752) | "\(.domid).\(.vcpu_id)"' "$WORK/vcpus" | sort >"$WORK/want"
jq -r '.units[] | select(.domid < 32752) | .domid as $d | range(.vcpu_id; .vcpu_id + .vcpus) | "\($d).\(.)"' \
    "$WORK/json" | sort >"$WORK/got"
same "every vcpu is in one unit" "$WORK/want" "$WORK/got"
jq -r '.units[].unit' "$WORK/json" | sort | uniq -d >"$WORK/got"
refute "no two units are one" . "$WORK/got"
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
        # these crashes occur while a vcpu is woken
        refute "nothing contradicts itself but a vcpu that was being woken" . <(grep -v 'is runnable, but' "$WORK/problems")
        ;;
    *)
        refute "nothing contradicts itself" . "$WORK/problems"
        ;;
esac
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
expect "pcpus as crash's hypervisor mode shows them" '^CPU +SCH-DATA +SCH-PRIV~? +CUR-VCPU +IDL-VCPU ' "$WORK/text"
done_testing
