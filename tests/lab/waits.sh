#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Waits. Oracles: the recipe of the host (dom0 capped to 1 percent of a pcpu; the pcpu whose timer lock was taken away), the pins that
# xl vcpu-list printed, the domains that xl list printed as dying, the serial console; in other dumps, that nothing stands out.
# shellcheck source=tests/lab/lib.sh
. "$(dirname "$0")/lib.sh"

view waits -j >"$WORK/json"
view vcpus -j >"$WORK/vcpus"
view -j >"$WORK/xen"
equal "no errors" 0 "$(jq '.errors | length' "$WORK/json")"
jq -r '.notes[] | select(test("not examined"))' "$WORK/json" >"$WORK/missing"
if has_dwarf; then
    refute "everything was examined" . "$WORK/missing"
fi

# waiters KIND: prints the waiters of that kind, sorted
waiters() {
    jq -r --arg kind "$1" '.waits[] | select(.kind == $kind).who' "$WORK/json" | sort
}

jq -r '.vcpus[] | select(.runstate == "runnable") | "d\(.domid)v\(.vcpu_id)"' "$WORK/vcpus" | sort >"$WORK/want"
waiters pcpu >"$WORK/got"
same "every runnable vcpu waits for a pcpu" "$WORK/want" "$WORK/got"
equal "the longest first" true "$(jq '[.waits[].least_ns | select(. != null)] | . == (sort | reverse)' "$WORK/json")"
equal "no upper bound below the lower one" 0 "$(jq '[.waits[] | select(.most_ns != null and .most_ns < .least_ns)] | length' "$WORK/json")"

dying | sed 's/^/d/' | sort >"$WORK/want"
waiters references >"$WORK/got"
same "the domains that are dying" "$WORK/want" "$WORK/got"
for id in $(dying); do
    jq -r ".waits[] | select(.kind == \"references\" and .domid == $id) | .holder + \": \" + .because" "$WORK/json" >"$WORK/dying"
    expect "domain $id waits for dom0, which maps its grant" "^d0: .*d0 maps grant 0" "$WORK/dying"
done

if [[ $(meta death) == held-lock ]]; then
    jq -c '.waits[] | select(.kind == "lock")' "$WORK/json" >"$WORK/spins"
    equal "all pcpus but one wait for a lock" $(($(meta pcpus) - 1)) "$(jq -r .who "$WORK/spins" | sort -u | wc -l)"
    equal "it is one lock" 1 "$(jq -r .what "$WORK/spins" | sort -u | wc -l)"
    # only the pcpu whose registers the recipe changed is in udelay()
    view bt -a -j | jq -r '.frames[] | select(.function | test("^(__)?udelay")).pcpu' | sort -u >"$WORK/there"
    equal "its holder is the pcpu in udelay()" "probably pcpu $(cat "$WORK/there")" "$(jq -r .holder "$WORK/spins" | sort -u)"
    jq -r .because "$WORK/spins" >"$WORK/because"
    expect "and that is the reason" 'the only other one in the hypervisor, in (__)?udelay\+.*, interrupts disabled' "$WORK/because"
elif [[ $(meta death) == watchdog ]]; then
    stuck=$(tr -d '\000\r' <"$LAB_DUMP/serial.log" | sed -n 's/.*Watchdog timer detects that CPU\([0-9]*\) is stuck.*/\1/p')
    equal "the pcpu that the watchdog found stuck waits for its timers" "pcpu $stuck lock pcpu $stuck timers.lock" \
        "$(jq -r '.waits[] | select(.kind == "lock") | "\(.who) \(.what)"' "$WORK/json")"
    # the recipe writes to the lock; a pcpu that waits for the stuck one to flush its TLB is no holder
    equal "the lock has no holder" null "$(jq -r '.waits[] | select(.kind == "lock").holder' "$WORK/json")"
    view waits | awk '$1 == "lock"' >"$WORK/spins"
    refute "nor does the list show one" 'probably' "$WORK/spins"
    # a time of the crash is in memory only if the other pcpu went on
    if jq -r '.waits[] | select(.kind == "lock").because' "$WORK/json" | grep -q 'waits for other pcpus'; then
        skip "it has not served them for a while" "the other pcpu waits, too: none noted the time"
    else
        equal "it has not served them for a while" true "$(jq '.waits[] | select(.kind == "lock").least_ns > 250000000' "$WORK/json")"
    fi
elif has_dwarf; then
    waiters lock >"$WORK/locks"
    jq -r '.statements[] | select(.about == "stands out").statement' "$WORK/xen" | grep -c 'waits for a .*lock' >"$WORK/spins"
    equal "as many wait for locks as the traces show" "$(cat "$WORK/spins")" "$(wc -l <"$WORK/locks")"
fi

jq -r '.statements[] | select(.about == "stands out").statement' "$WORK/xen" >"$WORK/stands-out"
if grep '^scene=.*starved' "$LAB_DUMP/recipe" >/dev/null; then
    # NAME ID VCPU CPU STATE TIME HARD / SOFT
    awk '$2 == 0 { print "d0v" $3 }' "$TRUTH/xl-vcpu-list" | sort >"$WORK/want"
    waiters cap >"$WORK/parked"
    expect "a vcpu of dom0 is parked" '^d0v' "$WORK/parked"
    equal "none of another domain is" "" "$(grep -v '^d0v' "$WORK/parked")"
    jq -r '.waits[] | select(.kind == "cap").what' "$WORK/json" | sort -u >"$WORK/cap"
    equal "by the cap that it was given" "its cap of 1 percent of a pcpu" "$(cat "$WORK/cap")"
    pin=$(awk '$2 == 0 && $3 == 0 { print $7 }' "$TRUTH/xl-vcpu-list")
    equal "each is pinned as xl says" 0 "$(jq --arg pin "pinned to pcpu $pin" \
        '[.waits[] | select((.kind == "cap" or .kind == "pcpu") and (.because | contains($pin) | not))] | length' "$WORK/json")"
    expect "the verdict says so" '^d0v[0-9]+ is held back by its cap of 1 percent of a pcpu' "$WORK/stands-out"
    expect "and that dom0 was slow" '^dom0 was slow: d0v' "$WORK/stands-out"
else
    refute "no host of the lab is starved" 'is starved|held back|was slow|lost event' "$WORK/stands-out"
    waiters "lost event" >"$WORK/lost"
    refute "no event is lost" . "$WORK/lost"
fi

# dom0's tasks, in a session: those that crash's own ps marks as active on that cpu, "> 123 1 0 ffff888003c10000 RU 0.0 1 2 name"
if ! jq -e 'any(.waits[]; .domid == 0 and (.kind == "pcpu" or .kind == "cap"))' "$WORK/json" >/dev/null || ! crash_reads_kernel || ! crash_finds_tasks; then
    skip "tasks of dom0 that wait" "needs a vcpu of dom0 that waits, and a kernel that crash reads"
else
    printf 'xen waits -j -d 0\nps -A\nquit\n' >"$WORK/commands"
    xencrash >"$WORK/session"
    sed -n '/^{$/,/^}$/p' "$WORK/session" | jq -r '.waits[] | select(.kind == "cap" or .kind == "pcpu") | "\(.who | ltrimstr("d0v")) \(.task)"' | sort >"$WORK/got"
    awk '$1 == ">" { print $4, $2, $NF }' "$WORK/session" | tr -d '[]' | awk '{ print $1, $2 " (" $3 ")" }' | sort >"$WORK/active"
    awk 'FILENAME == ARGV[1] { cpu[$1] = 1; next } $1 in cpu' "$WORK/got" "$WORK/active" >"$WORK/want"
    if [[ -s $WORK/active ]]; then
        same "tasks of dom0 that wait with their vcpus" "$WORK/want" "$WORK/got"
    else
        skip "tasks of dom0 that wait" "crash completes no session of this dump"
    fi
fi
equal "what stands out is said, or that nothing does" true "$(jq '[.statements[] | select(.about == "stands out")] | length > 0' "$WORK/xen")"
case $(meta death) in
    key-C | panic | nmi)
        waiters lock >"$WORK/locks"
        [[ -n $(dying) ]] || grep -E '^scene=.*(starved|stuck|frozen|qdisk|claim|storm)' "$LAB_DUMP/recipe" >/dev/null || [[ $(wc -l <"$WORK/locks") -gt 0 ]] ||
            equal "nothing stands out on a healthy host" nothing "$(cat "$WORK/stands-out")"
        ;;
esac
done_testing
